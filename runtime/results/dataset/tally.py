"""How often each combination of states came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Tally"]

LARGEST_TABLE = 1 << 20
"""Outcomes that are counted in a table; more are sorted."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Outcomes and their numbers."""

    outcomes: NDArray[np.uint8]
    """Uint8 of shape (outcomes, slots): states, a column a slot."""
    numbers: NDArray[np.int64]
    """Int64 of shape (outcomes,): how many shots had each."""

    @classmethod
    def of(cls, states: NDArray[np.uint8]) -> Self:
        """Count shots: uint8 of shape (shots, slots)."""
        base = int(states.max(initial=1)) + 1
        if base ** states.shape[1] > LARGEST_TABLE:
            outcomes, numbers = np.unique(states, axis=0, return_counts=True)
            return cls(outcomes, numbers.astype(np.int64))
        # Sorting rows takes 100 times as long as counting numbers: half a minute for ten million shots.
        keys = np.zeros(states.shape[0], np.int64)
        for column in states.T:
            keys *= base
            keys += column
        counted = np.bincount(keys, minlength=1)
        found = np.flatnonzero(counted)
        powers = base ** np.arange(states.shape[1] - 1, -1, -1)
        return cls((found[:, None] // powers % base).astype(np.uint8), counted[found].astype(np.int64))

    def strings(self, slots: Sequence[int]) -> dict[str, int]:
        """Numbers by string, most frequent first; the rightmost digit is the lowest slot."""
        order = np.argsort(slots)[::-1]
        found = zip(self.outcomes[:, order].tolist(), self.numbers.tolist(), strict=True)
        named = [("".join(map(str, states)), number) for states, number in found]
        return dict(sorted(named, key=lambda entry: (-entry[1], entry[0])))

    def hexadecimal(self, slots: Sequence[int]) -> dict[str, int]:
        """Numbers by hexadecimal string as Qiskit has it, most frequent first: bit k is slot k."""
        found = zip(hexadecimal(self.outcomes, slots), self.numbers.tolist(), strict=True)
        return dict(sorted(found, key=lambda entry: (-entry[1], entry[0])))

    def of_columns(self, columns: Sequence[int]) -> Tally:
        """The same shots, by the states of some columns only."""
        outcomes, which = np.unique(self.outcomes[:, list(columns)], axis=0, return_inverse=True)
        numbers = np.zeros(outcomes.shape[0], np.int64)
        np.add.at(numbers, which.reshape(-1), self.numbers)
        return Tally(outcomes, numbers)

    def shares(self) -> NDArray[np.float64]:
        """Float64 of shape (slots,): the share of shots in state 1."""
        ones: NDArray[np.float64] = (self.outcomes == 1).T @ self.numbers / max(int(self.numbers.sum()), 1)
        return ones

    def of_states(self, column: int, states: int) -> NDArray[np.int64]:
        """Int64 of shape (states,): how many shots had each state in one slot's column."""
        counted = np.zeros(states, np.int64)
        np.add.at(counted, self.outcomes[:, column], self.numbers)
        return counted


def hexadecimal(bits: NDArray[np.uint8], slots: Sequence[int]) -> list[str]:
    """A string for each row of `bits`, shape (rows, slots): Python's integers have room for any slot."""
    weights = [1 << int(slot) for slot in slots]
    rows, inverse = np.unique(bits, axis=0, return_inverse=True)
    names = [hex(sum(weight for bit, weight in zip(row, weights, strict=True) if bit)) for row in rows.tolist()]
    return [names[index] for index in inverse.reshape(-1).tolist()]
