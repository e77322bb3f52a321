"""The occupied intervals of one channel, sorted, with insertion at any place in near-constant time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

__all__ = ["Slot", "Timeslots"]

Slot = tuple[int, int]
"""(start, stop) in samples, half-open; start = stop is an instant."""

# One flat list would move all that follows with each insertion; 512 pairs move in less time than a comparison.
_BLOCK = 512


class Timeslots:
    """Disjoint slots in order of (start, stop).

    Half-open: a slot may start where another stops. An instant collides only strictly inside another slot, never
    at its edges nor with another instant.
    """

    __slots__ = ("_blocks", "_firsts")

    def __init__(self) -> None:
        self._blocks: list[list[Slot]] = []
        self._firsts: list[Slot] = []

    def __iter__(self) -> Iterator[Slot]:
        for block in self._blocks:
            yield from block

    def collision(self, slot: Slot) -> Slot | None:
        """A slot that overlaps with `slot`, or None.

        Its neighbours suffice: an instant between it and a longer slot can only stand at that slot's edge.
        """
        start, stop = slot
        block_index = bisect_right(self._firsts, slot) - 1
        if block_index < 0:
            after = self._firsts[0] if self._firsts else None
        else:
            block = self._blocks[block_index]
            index = bisect_right(block, slot)
            before = block[index - 1]
            if before[1] > start:
                return before
            if index < len(block):
                after = block[index]
            else:
                after = self._firsts[block_index + 1] if block_index + 1 < len(self._firsts) else None
        return after if after is not None and after[0] < stop else None

    def add(self, slot: Slot) -> None:
        """Take a slot that collides with none."""
        blocks = self._blocks
        if not blocks:
            blocks.append([slot])
            self._firsts.append(slot)
            return
        last = blocks[-1]
        if slot >= last[-1]:
            if len(last) < _BLOCK:
                last.append(slot)
            else:
                blocks.append([slot])
                self._firsts.append(slot)
            return
        index = max(bisect_right(self._firsts, slot) - 1, 0)
        block = blocks[index]
        block.insert(bisect_left(block, slot), slot)
        self._firsts[index] = block[0]
        if len(block) > 2 * _BLOCK:
            blocks[index : index + 1] = [block[:_BLOCK], block[_BLOCK:]]
            self._firsts[index : index + 1] = [block[0], block[_BLOCK]]
