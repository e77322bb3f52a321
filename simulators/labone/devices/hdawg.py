"""The HDAWG: two outputs a core, oscillators that all cores share."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.labone.devices.commandtable import PHASE_TURN
from simulators.labone.devices.core import SequencerCore
from simulators.labone.devices.events import PlayerState
from simulators.labone.devices.instrument import SequencerDevice
from simulators.labone.devices.oscillators import Oscillator, frequency_word
from simulators.labone.devices.outputs import HdawgOutput
from simulators.labone.devices.setup import Family
from simulators.labone.devices.surroundings import Burst, HostTriggers, TriggerSource
from simulators.labone.devices.triggers import EdgeTriggers, marker_edges, sequencer_edges
from simulators.labone.hooks import Change
from simulators.labone.nodes import NodeTree

__all__ = ["Hdawg", "HdawgCore"]


@dataclass(frozen=True, slots=True)
class HdawgCore:
    """The two outputs of a core behind their nodes."""

    tree: NodeTree
    index: int

    def state(self) -> PlayerState:
        """Phases of the two sine generators."""
        phases = tuple(
            round(self.tree.number(f"sines/{2 * self.index + number}/phaseshift") / 360.0 * PHASE_TURN)
            % PHASE_TURN
            for number in (0, 1)
        )
        return PlayerState(phases, (1.0, 1.0), 0)

    def oscillators(self) -> tuple[Oscillator, ...]:
        """All of the instrument's: programs name them by their number in it."""
        rate = self.tree.number("system/clocks/sampleclock/freq") or 2.4e9
        count = len(self.tree.match("oscs/*/freq"))
        return tuple(
            Oscillator(frequency_word(self.tree.number(f"oscs/{number}/freq"), rate)) for number in range(count)
        )

    def output(self) -> HdawgOutput:
        """The outputs as their nodes are set."""
        tree, first = self.tree, 2 * self.index
        at = f"awgs/{self.index}/outputs"

        def pair(name: str) -> tuple[float, float]:
            return tree.number(f"sigouts/{first}/{name}"), tree.number(f"sigouts/{first + 1}/{name}")

        on, ranges, delays = pair("on"), pair("range"), pair("delay")
        rate = tree.number("system/clocks/sampleclock/freq") or 2.4e9
        return HdawgOutput(
            on=(bool(on[0]), bool(on[1])),
            volts=(ranges[0] / 2, ranges[1] / 2),
            offsets=pair("offset"),
            modes=(tree.integer(f"{at}/0/modulation/mode"), tree.integer(f"{at}/1/modulation/mode")),
            gains=(
                (tree.number(f"{at}/0/gains/0"), tree.number(f"{at}/0/gains/1")),
                (tree.number(f"{at}/1/gains/0"), tree.number(f"{at}/1/gains/1")),
            ),
            amplitudes=(tree.number(f"{at}/0/amplitude"), tree.number(f"{at}/1/amplitude")),
            oscillators=(tree.integer(f"sines/{first}/oscselect"), tree.integer(f"sines/{first + 1}/oscselect")),
            harmonics=(
                max(1, tree.integer(f"sines/{first}/harmonic")),
                max(1, tree.integer(f"sines/{first + 1}/harmonic")),
            ),
            sines=(self._sine(first), self._sine(first + 1)),
            delay=(round(delays[0] * rate), round(delays[1] * rate)),
        )

    def _sine(self, number: int) -> tuple[float, float]:
        return (self._contribution(number, 0), self._contribution(number, 1))

    def _contribution(self, number: int, wave: int) -> float:
        enabled = self.tree.integer(f"sines/{number}/enables/{wave}")
        return self.tree.number(f"sines/{number}/amplitudes/{wave}") if enabled else 0.0


_MARKERS, _HIGH = 4, 17
"""Sources of a trigger output: 0..3 bits of the sequencer, 4..7 markers of the two outputs, the host's level."""


@dataclass
class Hdawg(SequencerDevice):
    """An HDAWG4 or HDAWG8."""

    def edges(self, connector: str) -> tuple[Burst, ...]:
        """When "triggers/out/N" goes up in the runs that have been started, in samples."""
        index = int(connector.rsplit("/", 1)[1])
        source = self.tree.integer(f"triggers/out/{index}/source")
        playback = self.playback(f"awgs/{index // 2}")
        if playback is None or source >= 2 * _MARKERS:
            return ()
        if source < _MARKERS:
            return tuple(sequencer_edges(playback, source))
        return tuple(marker_edges(playback, (source - _MARKERS) // 2, (source - _MARKERS) % 2))

    def own_trigger(self, core: SequencerCore, channel: str) -> TriggerSource | None:
        """Cores can wait for the instrument's own trigger outputs, "trigout0" to "trigout3"."""
        if not channel.startswith("trigout"):
            return None
        if core.host_triggers:
            return HostTriggers(core.host_triggers)
        edges = self.edges(f"triggers/out/{channel.removeprefix('trigout')}")
        return EdgeTriggers(edges) if edges else None

    def _output_switched(self, change: Change) -> None:
        """The host raises a trigger output: those who listen to it go on."""
        if change.value == _HIGH and change.before != _HIGH:
            listened = f"trigout{change.indices[0]}"
            self.worker.submit(lambda: self.host_edge(listened))

    def build(self) -> None:
        """A core for each pair of outputs."""
        self.tree.after_set("triggers/out/*/source", self._output_switched)
        for path in self.tree.match("awgs/*/enable"):
            index = int(path.split("/")[1])
            for output in (0, 1):
                self.tree.put(f"awgs/{index}/outputs/{output}/gains/{output}", 1.0)
            self.cores[f"awgs/{index}"] = SequencerCore(
                self.tree, f"awgs/{index}", Family.HDAWG, HdawgCore(self.tree, index)
            )
