"""Pairs of ports: what their lines add up to, and what the mixer behind them needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.wiring import MixerCorrection, OutputLine, Wiring

__all__ = ["PortPair", "corrected", "port_pairs"]


@dataclass(frozen=True, slots=True)
class PortPair:
    """An I and a Q port, and every line that they carry; the lines share one mixer."""

    instrument: str
    i_port: int
    q_port: int
    lines: tuple[OutputLine, ...]

    @property
    def mixer(self) -> MixerCorrection:
        """The correction of the mixer behind the ports."""
        return self.lines[0].mixer

    @property
    def names(self) -> dict[int, str]:
        """Port to what it carries, for people."""
        lines = "+".join(line.name for line in self.lines)
        return {self.i_port: f"{lines}.I", self.q_port: f"{lines}.Q"}


def port_pairs(wiring: Wiring, instrument: str) -> tuple[PortPair, ...]:
    """The pairs of one generator in order of their I ports, lines on the same ports together."""
    lines: dict[tuple[int, int], list[OutputLine]] = {}
    for line in wiring.outputs:
        if line.instrument == instrument:
            lines.setdefault((line.i_port, line.q_port), []).append(line)
    return tuple(PortPair(instrument, *ports, tuple(found)) for ports, found in sorted(lines.items()))


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
