"""Counting outcomes as they come."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from runtime.results.collecting.layout import Layout
from runtime.results.collecting.stores import Kept
from runtime.results.dataset import Tally

__all__ = ["TallyStore"]

LARGEST_TABLE = 1 << 20
"""Entries, 8 MiB: what a batch's counts may take before only those outcomes are kept that have occurred."""


class TallyStore:
    """How often each combination of states came: bits of all slots of a program, counted together."""

    def __init__(self, layout: Layout, states: int) -> None:
        self._states = states
        self._tables = [_table(group.programs.size, len(group.windows), states) for group in layout.groups]

    def add(self, group: int, rows: NDArray[np.int64], shots: NDArray[np.int64], values: NDArray[Any]) -> None:
        """See `Store`."""
        del shots
        self._tables[group].add(rows, values)

    def kept(self, group: int, row: int) -> Kept:
        """See `Store`."""
        tally = self._tables[group].tally(row)
        return {"data": tally.shares(), "tally": tally}


class _Table(Protocol):
    def add(self, rows: NDArray[np.int64], states: NDArray[np.uint8]) -> None: ...

    def tally(self, row: int) -> Tally: ...


def _table(programs: int, slots: int, states: int) -> _Table:
    return _Dense(programs, slots, states) if programs * states**slots <= LARGEST_TABLE else _Sparse(programs)


class _Dense:
    """A counter for every outcome there could be."""

    def __init__(self, programs: int, slots: int, states: int) -> None:
        self._powers = states ** np.arange(slots, dtype=np.int64)
        self._states = states
        self._counts = np.zeros((programs, states**slots), np.int64)

    def add(self, rows: NDArray[np.int64], states: NDArray[np.uint8]) -> None:
        outcomes = self._counts.shape[1]
        numbers = rows * outcomes + states.astype(np.int64) @ self._powers
        np.add.at(self._counts.reshape(-1), numbers, 1)

    def tally(self, row: int) -> Tally:
        found = np.flatnonzero(self._counts[row])
        outcomes = (found[:, None] // self._powers % self._states).astype(np.uint8)
        return Tally(outcomes, self._counts[row][found])


class _Sparse:
    """A counter for every outcome that has occurred; bounded by the number of distinct outcomes."""

    def __init__(self, programs: int) -> None:
        self._counts: list[dict[bytes, int]] = [{} for _ in range(programs)]

    def add(self, rows: NDArray[np.int64], states: NDArray[np.uint8]) -> None:
        for row in np.unique(rows).tolist():
            found, numbers = np.unique(states[rows == row], axis=0, return_counts=True)
            counts = self._counts[row]
            for outcome, number in zip(found, numbers.tolist(), strict=True):
                key = outcome.tobytes()
                counts[key] = counts.get(key, 0) + number

    def tally(self, row: int) -> Tally:
        keys = sorted(self._counts[row])
        outcomes = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1)
        return Tally(outcomes, np.array([self._counts[row][key] for key in keys], np.int64))
