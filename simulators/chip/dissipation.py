"""Relaxation and dephasing: closed forms for the time in which nothing is driven.

The dissipator is secular: each transmon has the jumps sqrt(n G) |n-1><n|, one operator for each transition, the
thermal jumps up, and pure dephasing on n. In the dressed basis it therefore acts on populations and coherences
separately, and the generator of the density matrix falls into small blocks: along a transmon whose row and column
levels are equal, population moves along the ladder; along one whose levels differ, the element only decays. Each
block is exponentiated exactly, static ZZ shifts included.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.chip.transmons import Complex, Int, Real, TransmonArray

__all__ = ["Dissipation"]

CACHED_DURATIONS = 512
"""How many static superoperators are kept; a station has a handful of distinct delays in each program."""


@dataclass(frozen=True)
class Dissipation:
    """Evolution of density matrices without drives, as superoperators on row-major flattened matrices."""

    array: TransmonArray
    _cache: OrderedDict[tuple[float, bool], Complex] = field(default_factory=OrderedDict, repr=False)
    _sparse: OrderedDict[bytes, tuple[Int, Int, Real]] = field(default_factory=OrderedDict, repr=False)

    @property
    def active(self) -> bool:
        """Whether anything decays at all."""
        return any(np.isfinite(t.t1_s) or np.isfinite(t.t2_s) for t in self.array.transmons)

    def silence(self, duration_s: float) -> Complex:
        """Free evolution in the chip's frame `array.frame_hz`: complex128 (dimension**2, dimension**2)."""
        return self._superoperator(duration_s, with_energies=True)

    def decay(self, duration_s: float) -> Complex:
        """The dissipator alone, for splitting: complex128 (dimension**2, dimension**2)."""
        return self._superoperator(duration_s, with_energies=False)

    def sparse_decays(self, durations_s: Real) -> tuple[Int, Int, Real]:
        """The dissipator alone for several durations: row pointers, columns, and (durations, elements)."""
        key = durations_s.tobytes()
        if key not in self._sparse:
            dense = np.array([self.decay(float(duration_s)).real for duration_s in durations_s])
            used = np.any(dense != 0.0, axis=0)
            pointers = np.concatenate(([0], np.cumsum(used.sum(axis=1)))).astype(np.int64)
            self._sparse[key] = (
                pointers,
                np.nonzero(used)[1].astype(np.int64),
                np.ascontiguousarray(dense[:, used]),
            )
            if len(self._sparse) > CACHED_DURATIONS:
                self._sparse.popitem(last=False)
        return self._sparse[key]

    def populations(self, duration_s: float) -> Real:
        """Transition matrix T of the joint populations, p(t) = T p(0): float64 (dimension, dimension)."""
        joint: Real = np.ones((1, 1))
        for transmon in self.array.transmons:
            joint = np.asarray(np.kron(joint, _exponential(transmon.rate_matrix() * duration_s).real), np.float64)
        return joint

    def _superoperator(self, duration_s: float, *, with_energies: bool) -> Complex:
        key = (duration_s, with_energies)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        result = self._build(duration_s, with_energies=with_energies)
        self._cache[key] = result
        if len(self._cache) > CACHED_DURATIONS:
            self._cache.popitem(last=False)
        return result

    def _build(self, duration_s: float, *, with_energies: bool) -> Complex:
        size = self.array.dimension
        result = np.zeros((size * size, size * size), np.complex128)
        pairs = [_level_pairs(levels) for levels in self.array.shape]
        for choice in itertools.product(*pairs):
            rows, columns = self._block(choice)
            frequencies = self.array.energies[rows] - self.array.energies[columns] if with_energies else 0.0 * rows
            generator = self._generator(choice)
            # The block's mean frequency is split off: kHz shifts over a ms keep their digits next to 100 MHz.
            mean = float(np.mean(frequencies))
            exponent = (generator - 1j * np.diag(frequencies - mean)) * duration_s
            index = rows * size + columns
            result[np.ix_(index, index)] = _exponential(exponent) * np.exp(-1j * mean * duration_s)
        return result

    def _block(self, choice: tuple[tuple[int, int] | None, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column states of the elements that mix: those of transmons on the diagonal (None) run freely."""
        shape = self.array.shape
        free = [range(levels) if pair is None else (pair,) for pair, levels in zip(choice, shape, strict=True)]
        elements = [
            [(item, item) if isinstance(item, int) else item for item in row] for row in itertools.product(*free)
        ]
        grid = np.array(elements, np.int64)
        rows = np.ravel_multi_index(tuple(grid[:, :, 0].T), shape)
        columns = np.ravel_multi_index(tuple(grid[:, :, 1].T), shape)
        return np.asarray(rows, np.int64), np.asarray(columns, np.int64)

    def _generator(self, choice: tuple[tuple[int, int] | None, ...]) -> Complex:
        """Generator of one block: the Kronecker sum of each transmon's rates or decay, 1/s."""
        total = np.zeros((1, 1), np.complex128)
        for pair, transmon in zip(choice, self.array.transmons, strict=True):
            rates = transmon.rate_matrix()
            if pair is None:
                part = rates.astype(np.complex128)
            else:
                j, k = pair
                loss = 0.5 * (rates[j, j] + rates[k, k]) - transmon.dephasing_rate * (j - k) ** 2
                part = np.full((1, 1), loss, np.complex128)
            total = np.kron(total, np.eye(len(part))) + np.kron(np.eye(len(total)), part)
        return total


def _level_pairs(levels: int) -> list[tuple[int, int] | None]:
    """None for the diagonal, and every pair of different levels."""
    pairs = [(j, k) for j in range(levels) for k in range(levels) if j != k]
    return [None, *pairs]


def _exponential(matrix: NDArray[Any]) -> Complex:
    """exp(A) of a small matrix: its series for A / 2^k of norm below 1/2, squared k times.

    13 terms leave 1e-15. These matrices have few rows and decay: this is exact enough, and many times faster than
    a general routine, whose setup costs more than the work.
    """
    norm = float(np.abs(matrix).sum(axis=0).max())
    squarings = max(0, int(np.ceil(np.log2(2.0 * norm)))) if norm > 0.0 else 0
    scaled = np.asarray(matrix, np.complex128) / 2.0**squarings
    term = total = np.eye(len(matrix), dtype=np.complex128)
    for order in range(1, 14):
        term = term @ scaled / order
        total = total + term
    for _ in range(squarings):
        total = total @ total
    return total
