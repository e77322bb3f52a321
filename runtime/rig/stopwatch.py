"""Where the time goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Stopwatch"]


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began: dict[str, float] = {}

    def begin(self, stage: str) -> None:
        """Start to count for a stage."""
        self._began[stage] = time.perf_counter()

    def end(self, stage: str) -> None:
        """Add what passed since `begin`."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - self._began.pop(stage)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what passes inside."""
        self.begin(name)
        try:
            yield
        finally:
            self.end(name)
