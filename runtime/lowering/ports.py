"""Pairs of ports: what their lines add up to, and what the mixer behind them needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.wiring import MixerCorrection, OutputLine, Wiring

__all__ = ["PortPair", "corrected", "port_pairs"]


@dataclass(frozen=True, slots=True)
class PortPair:
    """An I and a Q port, and every line that they carry; the lines share one mixer.

    Or one port that converts up by itself.
    """

    instrument: str
    i_port: int
    q_port: int | None
    lines: tuple[OutputLine, ...]

    @property
    def mixer(self) -> MixerCorrection:
        """The correction of the mixer behind the ports."""
        return self.lines[0].mixer

    @property
    def names(self) -> dict[int, str]:
        """Port to what it carries, for people."""
        lines = "+".join(line.name for line in self.lines)
        if self.q_port is None:
            return {self.i_port: lines}
        return {self.i_port: f"{lines}.I", self.q_port: f"{lines}.Q"}

    @property
    def ports(self) -> tuple[int, ...]:
        """I and Q, or the one port of an output that converts up by itself."""
        return (self.i_port,) if self.q_port is None else (self.i_port, self.q_port)


def port_pairs(wiring: Wiring, instrument: str) -> tuple[PortPair, ...]:
    """The pairs of one generator in order of their I ports, lines on the same ports together."""
    lines: dict[tuple[int, int | None], list[OutputLine]] = {}
    for line in wiring.outputs:
        if line.instrument == instrument:
            lines.setdefault((line.i_port, line.q_port), []).append(line)
    pairs = [PortPair(instrument, *ports, tuple(found)) for ports, found in lines.items()]
    return tuple(sorted(pairs, key=lambda pair: pair.ports))


def corrected(
    signal: NDArray[np.complex128], mixer: MixerCorrection
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the I and Q ports emit so that the mixer emits `signal`; see `MixerCorrection` for the formula.

    Args:
        signal: complex128 of shape (n,), units of full scale, I + iQ.
        mixer: the correction of the mixer behind the ports.

    Returns:
        Float64 of shape (n,) for I and for Q, offsets included.
    """
    i_port = signal.real + mixer.offset_i
    if mixer.phase_rad:
        i_port += np.tan(mixer.phase_rad) * signal.imag
    q_port = mixer.gain / np.cos(mixer.phase_rad) * signal.imag + mixer.offset_q
    return i_port, q_port
