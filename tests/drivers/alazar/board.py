"""A source of known records for a simulated board."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulators.alazar import Records

LSB_V = 0.8 / 4096


class CountedSource:
    """Record k is `lowest` + k LSB at input A and as much below 0 at B; there are `available` triggers."""

    def __init__(self, available: int = 1_000_000, peak_v: float = 0.0, lowest: int = 0) -> None:
        self.available = available
        self.lowest = lowest
        self.peak_v = peak_v
        self.computes_s = 0.0
        """How long the first records take to compute."""
        self.looks_s = 0.0
        """How long it takes to find that there is no trigger."""
        self.starts_s = 0.1234567
        """When the generator starts after the board was armed."""
        self.sent_s: Callable[[NDArray[np.int64]], NDArray[np.float64]] = lambda numbers: numbers * 1e-3
        """When it sends its triggers."""
        self.armed: list[tuple[int, float, int]] = []
        self._next = 0

    def arm(self, record_length: int, sample_rate_hz: float, delay: int, _now: float) -> None:
        """Note what the board was set to, and count from 0."""
        self.armed.append((record_length, sample_rate_hz, delay))
        self._next = 0

    def pull(self, limit: int) -> Records:
        """The next records."""
        count = min(limit, self.available - self._next)
        time.sleep(self.looks_s if not count else self.computes_s if not self._next else 0.0)
        numbers = np.arange(self._next, self._next + count)
        levels = (numbers + self.lowest).astype(np.float32) * np.float32(LSB_V)
        self._next += count
        volts = np.empty((count, 2, self.armed[-1][0]), np.float32)
        volts[:, 0], volts[:, 1] = levels[:, None], -levels[:, None]
        volts[:, 1, 0] += np.float32(self.peak_v)
        return Records(volts, self.starts_s + self.sent_s(numbers))

    def rest(self) -> None:
        """Nobody plays."""
