"""Phase as a numerically controlled oscillator keeps it: integers modulo one turn.

A turn is 2**64 units. A frequency becomes a whole number of units a tick, and the phase after k ticks is the
product modulo 2**64, which integers do without loss: the error is k * 2**-65 turns. Floating point loses digits
with every turn that has passed.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

__all__ = ["TURN", "phase_step", "turns_after", "wrapped"]

TURN = 1 << 64
"""Units of phase in one turn."""


def phase_step(frequency_hz: float | Fraction, tick_s: Fraction) -> int:
    """Units of phase a tick: int in [0, 2**64), so that negative frequencies wrap around."""
    return round(Fraction(frequency_hz) * tick_s * TURN) % TURN


def turns_after(step: int, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Phase after `ticks` (int64 of any shape) at `step` units a tick: float64 of that shape, turns in [0, 1]."""
    units = ticks.astype(np.uint64) * np.uint64(step)  # array products wrap modulo 2**64, as wanted
    return units.astype(np.float64) / TURN


def wrapped(turns: Fraction) -> float:
    """A phase in turns, modulo one turn: float in [0, 1]."""
    return float(turns % 1)
