"""A signal generator channel of an SHF instrument behind its nodes."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.labone.devices.commandtable import PHASE_TURN
from simulators.labone.devices.events import PlayerState
from simulators.labone.devices.oscillators import Oscillator, frequency_word
from simulators.labone.devices.outputs import SgOutput, SineMixer, dbm_to_volts
from simulators.labone.nodes import NodeTree

__all__ = ["SgChannel"]

_UNIT_GAINS = (1.0, -1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class SgChannel:
    """One channel: an AWG, oscillators, digital modulation and an output."""

    tree: NodeTree
    index: int
    sample_rate_hz: int

    @property
    def path(self) -> str:
        """Of its nodes."""
        return f"sgchannels/{self.index}"

    def preset(self) -> None:
        """What the nodes hold when the instrument has been switched on."""
        for position, gain in enumerate(_UNIT_GAINS):
            self.tree.put(f"{self.path}/awg/outputs/{position // 2}/gains/{position % 2}", gain)
        self.tree.put(f"{self.path}/awg/outputamplitude", 1.0)
        self.tree.put(f"{self.path}/sines/0/harmonic", 1)

    def state(self) -> PlayerState:
        """Phase, gains and oscillator; without modulation the gain nodes have no part."""
        steps = round(self.tree.number(f"{self.path}/sines/0/phaseshift") / 360.0 * PHASE_TURN) % PHASE_TURN
        gains = (1.0, 1.0, 1.0, 1.0)
        if self.tree.integer(f"{self.path}/awg/modulation/enable"):
            at = f"{self.path}/awg/outputs"
            gains = (
                self.tree.number(f"{at}/0/gains/0"),
                self.tree.number(f"{at}/0/gains/1"),
                self.tree.number(f"{at}/1/gains/0"),
                self.tree.number(f"{at}/1/gains/1"),
            )
        return PlayerState((steps,), gains, self.tree.integer(f"{self.path}/sines/0/oscselect"))

    def oscillators(self) -> tuple[Oscillator, ...]:
        """The channel's own eight."""
        count = len(self.tree.match(f"{self.path}/oscs/*/freq"))
        return tuple(
            Oscillator(frequency_word(self.tree.number(f"{self.path}/oscs/{number}/freq"), self.sample_rate_hz))
            for number in range(count)
        )

    def output(self) -> SgOutput:
        """The output as its nodes are set."""
        return SgOutput(
            on=bool(self.tree.integer(f"{self.path}/output/on")),
            volts=dbm_to_volts(self.tree.number(f"{self.path}/output/range")),
            modulated=bool(self.tree.integer(f"{self.path}/awg/modulation/enable")),
            gain=self.tree.number(f"{self.path}/awg/outputamplitude"),
            harmonic=max(1, self.tree.integer(f"{self.path}/sines/0/harmonic")),
            sines=self._sines(),
            delay=self._delay(),
        )

    def _delay(self) -> int:
        path = f"{self.path}/output/delay"
        return round(self.tree.number(path) * self.sample_rate_hz) if path in self.tree else 0

    def _sines(self) -> SineMixer | None:
        at = f"{self.path}/sines/0"
        in_phase, quadrature = self.tree.integer(f"{at}/i/enable"), self.tree.integer(f"{at}/q/enable")
        if not (in_phase or quadrature):
            return None
        return SineMixer(
            in_phase * self.tree.number(f"{at}/i/sin/amplitude"),
            in_phase * self.tree.number(f"{at}/i/cos/amplitude"),
            quadrature * self.tree.number(f"{at}/q/sin/amplitude"),
            quadrature * self.tree.number(f"{at}/q/cos/amplitude"),
        )
