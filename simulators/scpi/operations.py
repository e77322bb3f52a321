"""Overlapped operations: commands that return before they have taken effect."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Operations"]


@dataclass(frozen=True, slots=True)
class _Operation:
    ends: float
    finish: Callable[[], None]


class Operations:
    """The operations under way, one after the other, in the order in which they began."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pending: list[_Operation] = []

    def begin(self, duration_s: float, finish: Callable[[], None]) -> None:
        """Start an operation whose effect, `finish`, comes `duration_s` after the ones before it have ended."""
        starts = self._pending[-1].ends if self._pending else self._clock()
        self._pending.append(_Operation(starts + duration_s, finish))
        self.advance()

    def advance(self) -> None:
        """Let the operations take effect whose time has come."""
        while self._pending and self._pending[0].ends <= self._clock():
            self._pending.pop(0).finish()

    def remaining_s(self) -> float:
        """Seconds until all operations have ended, 0.0 when none is under way."""
        self.advance()
        return max(0.0, self._pending[-1].ends - self._clock()) if self._pending else 0.0

    @property
    def pending(self) -> bool:
        """Whether any operation is under way."""
        self.advance()
        return bool(self._pending)

    def abandon(self) -> None:
        """Forget the operations under way; they never take effect."""
        self._pending.clear()
