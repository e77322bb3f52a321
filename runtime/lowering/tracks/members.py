"""The pulses of runs that have more than one, or that need every sample: told apart, and added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.tracks.heard import Heard
from runtime.lowering.tracks.pieces import Pieces, distinct
from runtime.lowering.tracks.runs import Runs

__all__ = ["Members"]


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """The pulses of several runs, run after run. Arrays have shape (pulses,) where nothing else is said."""

    piece: NDArray[np.int64]
    source: NDArray[np.int64]
    before: NDArray[np.int64]
    """From the start of the run to the pulse's first sample; negative where the run begins later."""
    factor: NDArray[np.complex128]
    """What the piece is to be multiplied with."""
    count: NDArray[np.int64]
    """Shape (runs,): pulses of each run."""
    length: NDArray[np.int64]
    """Shape (runs,): samples of each run."""

    @classmethod
    def of(cls, found: Heard, pieces: Pieces, runs: Runs, chosen: NDArray[np.int64]) -> Self:
        """The pulses of chosen runs."""
        count = runs.count[chosen]
        rows = _ranges(runs.low[chosen], count)
        start = runs.start[chosen]
        return cls(
            piece=pieces.row[rows],
            source=found.source[rows],
            before=found.first[rows] - np.repeat(start, count),
            factor=pieces.factor[rows],
            count=count,
            length=runs.stop[chosen] - start,
        )

    @property
    def bounds(self) -> NDArray[np.int64]:
        """Where each run's pulses begin, and the number of all: int64 of shape (runs + 1,)."""
        return np.concatenate([[0], np.cumsum(self.count)])

    def loudest(self) -> NDArray[np.complex128]:
        """The factor of each run's loudest pulse, the first of equal ones; 1 where all are 0: shape (runs,)."""
        magnitude, begin = np.abs(self.factor), self.bounds[:-1]
        # With a margin: rounding must not choose among equal ones.
        highest = np.repeat(np.maximum.reduceat(magnitude, begin) * (1 - 1e-9), self.count)
        candidates = np.flatnonzero(~(magnitude < highest))  # written so that NaN is one
        found = self.factor[candidates[np.searchsorted(candidates, begin)]]
        return np.where(found == 0, 1.0, found)

    def alike(self, relative: NDArray[np.complex128]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Runs of equal lengths, pieces, places and relative factors.

        Returns:
            For each run which of the distinct ones it is, and for each distinct one the first run.
        """
        known: dict[tuple[int, bytes, bytes, bytes], int] = {}
        number = np.zeros(self.count.size, np.int64)
        new: list[int] = []
        bounds = self.bounds.tolist()
        for run, length in enumerate(self.length.tolist()):
            rows = slice(bounds[run], bounds[run + 1])
            key = (
                length,
                self.piece[rows].tobytes(),
                self.before[rows].tobytes(),
                relative[rows].tobytes(),
            )
            number[run] = found = known.setdefault(key, len(new))
            if found == len(new):
                new.append(run)
        return number, np.array(new, np.int64)

    def rendered(
        self, pieces: Pieces, relative: NDArray[np.complex128], runs: NDArray[np.int64]
    ) -> tuple[NDArray[np.complex128], NDArray[np.int64]]:
        """The sums of the pulses of some runs.

        Returns:
            Complex128: the samples of one run behind those of the other; and int64 of shape (runs + 1,): where
            each begins.
        """
        bounds = np.concatenate([[0], np.cumsum(self.length[runs])])
        rows = _ranges(self.bounds[runs], self.count[runs])
        factor, piece, before = relative[rows], self.piece[rows], self.before[rows]
        total = np.zeros(int(bounds[-1]), np.complex128)
        # Of each pulse the part that lies within its run.
        sizes = np.array([samples.size for samples in pieces.samples], np.int64)[piece]
        skipped = np.minimum(np.maximum(-before, 0), sizes)
        behind = np.maximum(np.minimum(sizes, np.repeat(self.length[runs], self.count[runs]) - before), skipped)
        place = np.repeat(bounds[:-1], self.count[runs]) + before + skipped
        # Pulses of one channel never overlap, so that all that are alike can be placed at once.
        alike, number = distinct(piece, self.source[rows], skipped, behind)
        order = np.argsort(number, kind="stable")
        groups = np.split(order, np.flatnonzero(np.diff(number[order])) + 1)
        for same, at in zip(groups, alike.tolist(), strict=True):
            samples = pieces.samples[piece[at]][skipped[at] : behind[at]]
            if same.size == 1:
                total[place[at] : place[at] + samples.size] += factor[at] * samples
            else:
                total[place[same, None] + np.arange(samples.size)] += factor[same, None] * samples
        return total, bounds

    def pieces_of(self, run: int) -> NDArray[np.int64]:
        """The pieces of one run, in order."""
        begin = int(self.count[:run].sum())
        return self.piece[begin : begin + int(self.count[run])]


def _ranges(begin: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranges of numbers, one behind the other: each from `begin` on, `count` of them."""
    return np.repeat(begin - np.cumsum(count) + count, count) + np.arange(int(count.sum()), dtype=np.int64)
