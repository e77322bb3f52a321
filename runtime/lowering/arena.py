"""Memory for many arrays.

The system hands out memory page by page, which takes longer than to write the samples of a short array. numpy asks
for large pages from 4 MiB on: to make and fill 254 arrays of 42 kB took 9 ms, and 1.5 ms in pieces of that size;
80 arrays of 656 kB 22 ms, and 16 ms in pieces of 16 MiB, no less in larger ones.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ComplexSamples

__all__ = ["Arena"]

_LARGE = 1 << 22
"""Bytes; numpy asks for large pages from here on."""
_PIECE = 1 << 24
_SHORT = _PIECE // 8
"""Longer arrays have memory of their own, so that no piece goes to waste by more."""
_ALIGNMENT = 64
"""Bytes: a line of the processor's cache."""


class Arena:
    """Gives zeros. Short arrays share pieces; a piece is freed with the last array that lies in it.

    Args:
        expected: bytes that will be asked for; less than large pages are not worth a piece.
    """

    __slots__ = ("_at", "_expected", "_lock", "_piece", "_worth")

    def __init__(self, expected: int) -> None:
        self._worth = expected >= _LARGE
        self._expected = expected
        self._piece: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._at = 0
        self._lock = threading.Lock()

    def zeros(self, count: int, dtype: np.dtype[Any]) -> ComplexSamples:
        """A new array of zeros of shape (count,)."""
        size = count * dtype.itemsize
        if not self._worth or size > _SHORT:
            # The system hands out long zeros without touching memory, so silence is not written.
            return np.zeros(count, dtype)
        with self._lock:
            if self._at + size > self._piece.size:
                room = self._expected + self._expected // 32  # for the alignment as well
                self._piece, self._at = np.zeros(min(max(room, _LARGE), _PIECE), np.uint8), 0
            piece, first = self._piece, self._at
            self._at += -(-size // _ALIGNMENT) * _ALIGNMENT
            self._expected -= size
        return np.frombuffer(piece, dtype, count, first)
