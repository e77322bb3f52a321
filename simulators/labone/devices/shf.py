"""SHF instruments: signal generator channels, quantum analyzer channels, or both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from simulators.labone.devices.core import SequencerCore
from simulators.labone.devices.instrument import SequencerDevice
from simulators.labone.devices.qachannel import QaChannel
from simulators.labone.devices.scope import Scope
from simulators.labone.devices.setup import Family
from simulators.labone.devices.sgchannel import SgChannel
from simulators.labone.devices.surroundings import Burst
from simulators.labone.devices.triggers import marker_edges, sequencer_edges
from simulators.labone.hooks import Change
from simulators.labone.node import Kind, NodeInfo

__all__ = ["Shf"]


_MARKERS, _SEQUENCER_TRIGGER, _INTERNAL_TRIGGER = 4, 32, 8
"""Sources of markers: 0..3 bits of the sequencer, 4..7 markers of the waveforms; on an analyzer 32 + channel.
Value of auxtriggers/N/channel for the instrument's own trigger."""


_TRIGGER_NODES = {
    "enable": Kind.INTEGER,
    "repetitions": Kind.INTEGER,
    "holdoff": Kind.DOUBLE,
    "progress": Kind.DOUBLE,
}


@dataclass
class Shf(SequencerDevice):
    """An SHFSG, SHFQA or SHFQC.

    Attributes:
        analyzers: Quantum analyzer channels by number.
    """

    analyzers: dict[int, QaChannel] = field(default_factory=dict)

    def build(self) -> None:
        """A core for each channel that the tree has."""
        rate = self.model.sample_rate_hz
        for path in self.tree.match("sgchannels/*/awg/enable"):
            self._assign_synthesizer(int(path.split("/")[1]))
            channel = SgChannel(self.tree, int(path.split("/")[1]), rate)
            channel.preset()
            at = f"{channel.path}/awg"
            self.cores[at] = SequencerCore(self.tree, at, Family.SG, channel)
        for path in self.tree.match("qachannels/*/generator/enable"):
            index = int(path.split("/")[1])
            analyzer = QaChannel(self.tree, index, self.serial, rate, self.faults, self.now)
            self.analyzers[index] = analyzer
            self.cores[f"qachannels/{index}/generator"] = analyzer.core
            self.tree.put(f"qachannels/{index}/oscs/0/gain", 1.0)
            for unit in ("readout", "spectroscopy"):
                self.tree.after_set(f"qachannels/{index}/{unit}/result/enable", self._logger_enabled)
        self._offer_internal_trigger()
        self.scope = Scope(self.tree, self.serial, self.analyzers, self.now)
        self.tree.after_set("scopes/0/enable", self._logger_enabled)

    def edges(self, connector: str) -> tuple[Burst, ...]:
        """When "sgchannels/N/marker" or "qachannels/N/markers/M" goes up in the runs that have been started."""
        kind, number, *_ = connector.split("/")
        core = f"{kind}/{number}/{'awg' if kind == 'sgchannels' else 'generator'}"
        playback = self.playback(core)
        if playback is None:
            return ()
        source = self.tree.integer(f"{connector}/source")
        if kind == "qachannels":
            return tuple(sequencer_edges(playback, 0)) if source == _SEQUENCER_TRIGGER + int(number) else ()
        if source < _MARKERS:
            return tuple(sequencer_edges(playback, source))
        if source < 2 * _MARKERS:
            return tuple(marker_edges(playback, (source - _MARKERS) // 2, (source - _MARKERS) % 2))
        return ()

    def _assign_synthesizer(self, channel: int) -> None:
        """Each channel of an SHFSG4 has its own, elsewhere two share one; an SHFQC's first is the analyzer's."""
        model = self.model.name
        number = channel if model == "SHFSG4" else channel // 2
        self.tree.put(f"sgchannels/{channel}/synthesizer", number + int(model == "SHFQC"))

    def _offer_internal_trigger(self) -> None:
        """Let every core of an instrument with generators wait for the trigger that starts them all.

        Current instruments have it; the catalogue's trees are older and know it on some cores only.
        """
        if not any(core.family is Family.SG for core in self.cores.values()):
            return
        for name, kind in _TRIGGER_NODES.items():
            path = f"system/internaltrigger/{name}"
            if path not in self.tree:
                self.tree.add(NodeInfo(path, kind, description="The trigger that starts all channels."))
        for core in self.cores:
            for path in self.tree.match(f"{core}/auxtriggers/*/channel"):
                info = self.tree.info(path)
                if _INTERNAL_TRIGGER not in info.options:
                    text = '"inttrig", "internal_trigger": Internal Trigger'
                    choices = {**info.options, _INTERNAL_TRIGGER: text}
                    self.tree.add(replace(info, options=choices), self.tree.value(path))

    def measure(self, core: SequencerCore) -> None:
        """Results of a quantum analyzer, and the scope's."""
        for index, analyzer in self.analyzers.items():
            if analyzer.core is core:
                analyzer.acquire(self.surroundings.readout_input(self.serial, index))
                self.scope.record(self.surroundings)

    def _logger_enabled(self, change: Change) -> None:
        """A logger that is enabled while a program repeats for ever has its results from now on."""
        if change.value:
            self.worker.submit(self._measure_running)

    def _measure_running(self) -> None:
        for analyzer in self.analyzers.values():
            if analyzer.core.running and analyzer.core.playback is not None:
                self.measure(analyzer.core)
