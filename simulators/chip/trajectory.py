"""Single shots: outcomes and jumps drawn at random, everything from one seed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

import numpy as np

from simulators.chip.stretch import Stretch, Transitions
from simulators.chip.transmons import Real, TransmonArray

__all__ = ["Jump", "Trajectory"]

Jump = tuple[float, int, int]
"""(seconds since the beginning, transmon, its new level)."""

BATCH = 4096
"""Random numbers drawn at a time."""


class Trajectory:
    """The chip's state from readout to readout: always a basis state, since a readout has just found it there."""

    def __init__(self, array: TransmonArray, transitions: Transitions, seed: np.random.SeedSequence) -> None:
        generator = np.random.default_rng(seed)
        self._array = array
        self._transitions = transitions
        self._uniform = _stream(lambda: generator.random(BATCH))
        self._waits = _stream(lambda: generator.standard_exponential(BATCH))
        self._rates = [transmon.rate_matrix() for transmon in array.transmons]
        self._levels = [tuple(row) for row in array.levels_of.tolist()]
        self._cumulative: dict[int, tuple[Real, list[list[float]]]] = {}
        self.state = 0
        """The basis state that the last readout left."""
        self.thermalise()

    @property
    def levels(self) -> tuple[int, ...]:
        """Level of each transmon."""
        return self._levels[self.state]

    def thermalise(self) -> None:
        """Draw the state from thermal equilibrium."""
        self.state = min(
            bisect_right(np.cumsum(self._array.equilibrium()).tolist(), next(self._uniform)),
            self._array.dimension - 1,
        )

    def pass_through(self, stretch: Stretch) -> None:
        """Evolve to the end of a stretch and collapse there."""
        matrix = self._transitions.matrix(stretch)
        columns = self._columns(matrix)
        self.state = min(bisect_right(columns[self.state], next(self._uniform)), self._array.dimension - 1)

    def dwell(self, duration_s: float) -> list[Jump]:
        """Stay in basis states for a while, jumping between them by relaxation and heating."""
        levels = list(self.levels)
        jumps: list[Jump] = []
        for q, rates in enumerate(self._rates):
            now = 0.0
            while (rate := -float(rates[levels[q], levels[q]])) > 0.0:
                now += next(self._waits) / rate
                if now >= duration_s:
                    break
                down = levels[q] > 0 and next(self._uniform) * rate < float(rates[levels[q] - 1, levels[q]])
                levels[q] += -1 if down else 1
                jumps.append((now, q, levels[q]))
        if jumps:
            self.state = int(np.ravel_multi_index(levels, self._array.shape))
            jumps.sort()
        return jumps

    def _columns(self, matrix: Real) -> list[list[float]]:
        """Cumulative probabilities from each state; kept as long as the matrix is (its identity is the key)."""
        known = self._cumulative.get(id(matrix))
        if known is None or known[0] is not matrix:
            if len(self._cumulative) > BATCH:
                self._cumulative.clear()
            known = (matrix, np.cumsum(matrix, axis=0).T.tolist())
            self._cumulative[id(matrix)] = known
        return known[1]


def _stream(draw: Callable[[], Real]) -> Iterator[float]:
    """Endless numbers from batches."""
    while True:
        yield from draw().tolist()
