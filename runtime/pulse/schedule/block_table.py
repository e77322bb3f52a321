"""The subroutines of a scope by key, in a form that passes from block to block at no cost."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.pulse.schedule.block_body import Node

__all__ = ["Key", "Table"]

Key = tuple[str, ...]
"""What a subroutine is called by."""


class Table:
    """The subroutines of a scope by key; None where one is not assigned yet.

    A block that takes over the table of another one takes the dict itself, of which the older table keeps the
    beginning and copies it only if somebody looks. So blocks nested in blocks, each with a key of its own, cost
    the same per level however many keys have gathered.
    """

    __slots__ = ("_count", "_entries", "_own", "owner")

    def __init__(self, entries: dict[Key, Node | None], owner: object) -> None:
        self.owner = owner
        """Token of the block that may change this."""
        self._entries = entries
        # A number: only so many of `_entries` are ours, the rest is the dict's new owner's.
        self._count: int | None = None
        # The keys that came in here, if others hold the beginning of `_entries`: only these may be changed freely.
        self._own: set[Key] | None = None

    @property
    def entries(self) -> dict[Key, Node | None]:
        """The subroutines; to be looked at only."""
        if self._count is not None:
            self._entries = dict(itertools.islice(self._entries.items(), self._count))
            self._count = None
        return self._entries

    def taken_over(self, owner: object) -> Table:
        """The same content for another owner; nobody may change this one any more."""
        new = Table(self.entries, owner)
        new._own = set()
        self._count = len(self._entries)
        return new

    def put(self, key: Key, subroutine: Node | None) -> None:
        """Assign a subroutine, or make a key known; for the owner."""
        if self._own is not None and key not in self._own:
            if key in self._entries:
                self._copy()
            else:
                self._own.add(key)
        self._entries[key] = subroutine

    def remove(self, key: Key) -> None:
        """Drop a key; for the owner."""
        self._copy()
        del self._entries[key]

    def _copy(self) -> None:
        if self._own is not None:
            self._entries = self._entries.copy()
            self._own = None
