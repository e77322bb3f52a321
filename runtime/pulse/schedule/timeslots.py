"""The occupied intervals of one channel, sorted, with insertion at any place in near-constant time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, MutableSequence

__all__ = ["Slot", "Timeslots"]

Slot = tuple[int, int]
"""(start, stop) in samples, half-open; start = stop is an instant."""

# One flat array would move all that follows with each insertion; 128 numbers move in less time than a comparison.
_RUN = 128
# What a machine word holds; times beyond are kept in lists.
_LAST = 2**63 - 1


class Timeslots:
    """Disjoint slots in order of (start, stop).

    Half-open: a slot may start where another stops. An instant collides only strictly inside another slot, never
    at its edges nor with another instant.

    Kept as runs of starts and runs of stops, as machine words side by side: a search in a list of integers would
    look at objects all over the memory.
    """

    __slots__ = ("_firsts", "_starts", "_stops")

    def __init__(self) -> None:
        self._starts: list[MutableSequence[int]] = []
        self._stops: list[MutableSequence[int]] = []
        self._firsts: list[int] = []
        """First start of each run."""

    def __iter__(self) -> Iterator[Slot]:
        for starts, stops in zip(self._starts, self._stops, strict=True):
            yield from zip(starts, stops, strict=True)

    def collision(self, start: int, stop: int) -> Slot | None:
        """A slot that overlaps with the interval, or None."""
        run, index = self._place(start, stop)
        return self._neighbour(run, index, start, stop)

    def take(self, start: int, stop: int) -> Slot | None:
        """Take a slot; where it would overlap with another one, give that one and take nothing."""
        run, index = self._place(start, stop)
        other = self._neighbour(run, index, start, stop)
        if other is None:
            self._insert(run, index, start, stop)
        return other

    def add(self, start: int, stop: int) -> None:
        """Take a slot that collides with none."""
        self._insert(*self._place(start, stop), start, stop)

    def _place(self, start: int, stop: int) -> tuple[int, int]:
        """The run and the index in it where a slot belongs; (0, 0) before all, also where there are none."""
        # At one instant, those without length come first, so that each of them ends before what starts there.
        bisect = bisect_right if stop > start else bisect_left
        run = bisect(self._firsts, start) - 1
        return (0, 0) if run < 0 else (run, bisect(self._starts[run], start))

    def _neighbour(self, run: int, index: int, start: int, stop: int) -> Slot | None:
        """What overlaps a slot that belongs there.

        Its neighbours suffice: an instant between it and a longer slot can only stand at that slot's edge.
        """
        if index and self._stops[run][index - 1] > start:
            return self._starts[run][index - 1], self._stops[run][index - 1]
        if run < len(self._starts) and index == len(self._starts[run]):
            run, index = run + 1, 0
        if run < len(self._starts) and self._starts[run][index] < stop:
            return self._starts[run][index], self._stops[run][index]
        return None

    def _insert(self, run: int, index: int, start: int, stop: int) -> None:
        if run == len(self._starts):
            self._starts.append(array("q"))
            self._stops.append(array("q"))
            self._firsts.append(start)
        starts, stops = self._starts[run], self._stops[run]
        if stop > _LAST and isinstance(stops, array):
            starts = self._starts[run] = list(starts)
            stops = self._stops[run] = list(stops)
        starts.insert(index, start)
        stops.insert(index, stop)
        if index == 0:
            self._firsts[run] = start
        if len(starts) > 2 * _RUN:
            # What is written in order fills one run after the other; elsewhere both halves get room.
            cut = len(starts) - 1 if run == len(self._starts) - 1 and index == len(starts) - 1 else _RUN
            self._starts[run : run + 1] = [starts[:cut], starts[cut:]]
            self._stops[run : run + 1] = [stops[:cut], stops[cut:]]
            self._firsts.insert(run + 1, starts[cut])
