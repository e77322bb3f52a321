"""Stretches: the time between two readouts, in which the chip evolves coherently.

A readout leaves the chip in one of its basis states, so that all a stretch can do is described by one matrix of
transition probabilities from each basis state to each. That matrix is computed once for each distinct content.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from simulators.chip.dissipation import Dissipation
from simulators.chip.drive import DrivenEvolution, DriveWindow
from simulators.chip.transmons import Real, TransmonArray

__all__ = ["Stretch", "Transitions"]

CACHED = 8192
"""How many transition matrices are kept: distinct programs times their distinct idle times."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Silence, then drive windows with silence between them, until the next readout.

    Instants are seconds since the zero of the oscillators' phases.
    """

    begin_s: float
    windows: tuple[tuple[float, DriveWindow], ...]
    """(start, window) in order of start, not overlapping."""
    end_s: float


class Transitions:
    """Computes and remembers what stretches do."""

    def __init__(self, array: TransmonArray) -> None:
        self._array = array
        self._dissipation = Dissipation(array)
        self._driven = DrivenEvolution(array, self._dissipation)
        self._cache: OrderedDict[object, Real] = OrderedDict()

    def matrix(self, stretch: Stretch) -> Real:
        """Probability T[k, j] to be found in basis state k at the end, from j: float64 (dimension, dimension)."""
        if not stretch.windows:
            return self.silence(stretch.end_s - stretch.begin_s)
        key = (stretch.begin_s, _content(stretch))
        if key not in self._cache:
            lead = self.silence(stretch.windows[0][0] - stretch.begin_s)
            self._remember(key, np.asarray(self._driven_part(stretch) @ lead, np.float64))
        return self._cache[key]

    def silence(self, duration_s: float) -> Real:
        """The same for silence alone, where populations move by relaxation only."""
        if duration_s not in self._cache:
            self._remember(duration_s, self._dissipation.populations(duration_s))
        return self._cache[duration_s]

    def _driven_part(self, stretch: Stretch) -> Real:
        key = _content(stretch)
        if key not in self._cache:
            self._remember(key, self._propagate(stretch))
        self._cache.move_to_end(key)
        return self._cache[key]

    def _propagate(self, stretch: Stretch) -> Real:
        """All basis states at once through the windows and the silences between and after them."""
        size = self._array.dimension
        states = np.zeros((size, size, size), np.complex128)
        states[np.arange(size), np.arange(size), np.arange(size)] = 1.0
        now = stretch.windows[0][0]
        for start, window in stretch.windows:
            if start > now:
                states = (states.reshape(size, -1) @ self._dissipation.silence(start - now).T).reshape(
                    states.shape
                )
            states = self._driven.evolve(states, window, start)
            now = start + window.duration_s
        populations = np.einsum("jkk->kj", states).real
        populations = np.clip(populations, 0.0, None)
        return np.asarray(
            self.silence(max(0.0, stretch.end_s - now)) @ (populations / populations.sum(axis=0)), np.float64
        )

    def _remember(self, key: object, matrix: Real) -> None:
        self._cache[key] = matrix
        if len(self._cache) > CACHED:
            self._cache.popitem(last=False)


def _content(stretch: Stretch) -> tuple[object, ...]:
    """What decides the driven part of a stretch."""
    return (*((start, window.key) for start, window in stretch.windows), stretch.end_s)
