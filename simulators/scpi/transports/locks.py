"""Who may talk to an instrument: one lock, whichever way its holders came."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

__all__ = ["InstrumentLock"]


class InstrumentLock:
    """Exclusive with an empty key, else shared by all who gave the same key."""

    def __init__(self) -> None:
        self._holders: set[object] = set()
        self._key = ""
        self._changed = asyncio.Condition()

    @property
    def exclusive(self) -> bool:
        """Whether an exclusive lock is held."""
        return bool(self._holders) and not self._key

    @property
    def holders(self) -> int:
        """How many hold the lock."""
        return len(self._holders)

    def permits(self, owner: object) -> bool:
        """Whether `owner` may send messages now."""
        return not self._holders or owner in self._holders

    async def wait_permitted(self, owner: object, timeout_s: float | None = None) -> bool:
        """Wait until `owner` may send messages; False when that took too long."""
        return await self._wait(lambda: self.permits(owner), timeout_s)

    async def acquire(self, owner: object, key: str, timeout_s: float) -> bool:
        """Take the lock; False when somebody else held it for too long."""

        def available() -> bool:
            return not self._holders or bool(key and key == self._key)

        if owner in self._holders or not await self._wait(available, timeout_s):
            return False
        self._holders.add(owner)
        self._key = key
        return True

    async def release(self, owner: object) -> bool:
        """Give the lock back; False when `owner` did not hold it."""
        if owner not in self._holders:
            return False
        self._holders.discard(owner)
        async with self._changed:
            self._changed.notify_all()
        return True

    async def _wait(self, condition: Callable[[], bool], timeout_s: float | None) -> bool:
        if condition():
            return True
        async with self._changed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._changed.wait_for(condition)
        return condition()
