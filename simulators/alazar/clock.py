"""The board's time: that of the wall, which stands still while a record is being computed."""

from __future__ import annotations

import threading
import time

__all__ = ["BoardClock"]


class BoardClock:
    """Seconds of the board's own time; it may be read on any thread.

    A real board records while a trigger comes; a simulated one has to compute what it would have seen. That takes
    nothing of its time. Only a search that finds no trigger has taken as long as it took: otherwise a board
    without triggers would never come to the end of a time limit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._computed_s = 0.0
        self._since: float | None = None

    def now(self) -> float:
        """Seconds, from an arbitrary origin; never goes back."""
        with self._lock:
            wall = time.monotonic() if self._since is None else self._since
            return wall - self._computed_s

    def stop(self) -> None:
        """The board begins to compute."""
        with self._lock:
            self._since = time.monotonic()

    def go_on(self, *, in_vain: bool) -> None:
        """The board has computed; `in_vain` when there was no trigger."""
        with self._lock:
            if self._since is not None and not in_vain:
                self._computed_s += time.monotonic() - self._since
            self._since = None
