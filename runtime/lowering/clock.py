"""From samples of a schedule to samples of an instrument, in exact rational arithmetic.

Sample n of an instrument covers [n/fs, (n+1)/fs) and shows the envelope at its middle. A pulse that starts at k0
dt, on a line with a delay, is therefore evaluated at u = ((n + 1/2)/fs - delay - k0 dt)/dt, in units of dt
from its start, for every n with 0 <= u < duration.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LineClock", "Placement", "exact"]


@lru_cache(maxsize=256)
def exact(value: float) -> Fraction:
    """The decimal number that a length of time in seconds stands for: 2e-9, and 2 * 1e-9 too, is 2/10**9.

    The binary fraction next to it would put an instant that is meant to meet a sample beside it. 15 digits, and no
    more than 24 decimal places: less than 1e-24 s turns no carrier by what a float can tell.
    """
    return round(Fraction(f"{value:.15g}"), 24)


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where pulses come to lie on an instrument's clock. All arrays have shape (plays,)."""

    first: NDArray[np.int64]
    """First sample of each."""
    count: NDArray[np.int64]
    """How many samples each has; 0 for a pulse that falls between two of them."""
    offset: NDArray[np.int64] | NDArray[np.object_]
    """From the pulse's start to the middle of its first sample, in units of 1/`LineClock.parts` samples."""


class LineClock:
    """The sample clock of an instrument, seen from a schedule through a line that delays."""

    __slots__ = ("_delay_parts", "_tick_parts", "delay_s", "parts", "rate_hz", "ratio")

    def __init__(self, rate_hz: int, dt: Fraction, delay_s: Fraction, also: int = 1) -> None:
        """`also`: a denominator that `parts` has to contain, for what is given in them."""
        self.rate_hz = rate_hz
        self.delay_s = delay_s
        self.ratio = rate_hz * dt
        """Instrument samples in one dt."""
        delay = rate_hz * delay_s
        # Every instant of interest is a whole number of these parts of a sample; even, to halve one.
        self.parts = 2 * math.lcm(self.ratio.denominator, delay.denominator, also)
        self._tick_parts = int(self.ratio * self.parts)
        self._delay_parts = int(delay * self.parts)

    def place(
        self,
        start: NDArray[np.int64],
        duration: NDArray[np.int64],
        later: NDArray[np.int64] | NDArray[np.object_] | None = None,
    ) -> Placement:
        """Where pulses come to lie.

        Args:
            start: samples of dt, int64 of shape (plays,).
            duration: samples of dt.
            later: how much later each of them starts, in units of 1/`parts` samples.
        """
        parts = self.parts
        longest = int(start.max(initial=0)) + int(duration.max(initial=0))
        largest = longest * self._tick_parts + abs(self._delay_parts) + 2 * parts
        if later is not None:
            largest += int(later.max(initial=0))
        # Python's integers take over where 64 bits might not do, as for a delay with many digits.
        kind = np.int64 if largest < 2**62 else np.object_
        begin: NDArray[Any] = start.astype(kind) * self._tick_parts + self._delay_parts
        if later is not None:
            begin = begin + later.astype(kind)
        first = -((parts // 2 - begin) // parts)
        offset = first * parts + parts // 2 - begin
        count = -((offset - duration.astype(kind) * self._tick_parts) // parts)
        return Placement(first.astype(np.int64), np.maximum(count, 0).astype(np.int64), offset)

    def instants(self, offset: int, count: int) -> NDArray[np.float64]:
        """The instants u of a pulse's samples: float64 of shape (count,), units of dt from its start."""
        step = 1 / self.ratio
        samples = np.arange(count, dtype=np.int64) * step.numerator / step.denominator
        return offset / self._tick_parts + samples

    def held_samples(self, offset: int, count: int) -> NDArray[np.int64]:
        """Within which sample of dt each instant lies: int64 of shape (count,)."""
        kind = np.int64 if offset + count * self.parts < 2**62 else np.object_
        parts = np.arange(count, dtype=np.int64).astype(kind) * self.parts + offset
        return (parts // self._tick_parts).astype(np.int64)

    def on_grid(self, offset: int) -> bool:
        """Whether each sample of dt is a whole number of instrument samples, for a pulse at this offset."""
        return self.ratio.denominator == 1 and offset == self.parts // 2

    def end(self, duration: int) -> int:
        """The first instrument sample after `duration` samples of dt have passed the line."""
        return math.ceil(duration * self.ratio + self.rate_hz * self.delay_s)
