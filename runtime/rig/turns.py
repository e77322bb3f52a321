"""Batches take turns on the instruments."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

__all__ = ["Turns"]

T = TypeVar("T")


class Turns:
    """Lets one batch run at a time; knows those that run or wait."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._batches: set[asyncio.Task[Any]] = set()

    async def take(self, work: Callable[[], Awaitable[T]]) -> T:
        """Wait for a turn and do the work."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._batches.add(task)
        try:
            async with self._turn:
                return await work()
        finally:
            self._batches.discard(task)

    async def give_up(self) -> None:
        """Cancel what runs or waits, and let it clean up."""
        batches = list(self._batches)
        for batch in batches:
            if not batch.cancelling():
                batch.cancel()
        await asyncio.gather(*batches, return_exceptions=True)
