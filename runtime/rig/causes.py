"""What failed first, where several things run at the same time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ["first_cause"]


@asynccontextmanager
async def first_cause() -> AsyncIterator[None]:
    """Raise what failed, not the group that a TaskGroup wraps it in: the first failure cancelled the rest."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
