"""The non-zero elements that the Hamiltonians of an array of transmons share."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from simulators.chip.transmons import Complex, Int, Real, TransmonArray

__all__ = ["Pattern"]

Kind = tuple[int, bool]
"""A drive's transmon, and whether it is flux."""


class Pattern:
    """Rows and columns of the non-zero elements, and each part of the Hamiltonian as a list of them."""

    def __init__(self, array: TransmonArray) -> None:
        self._array = array
        self._operators: dict[tuple[Kind, ...], tuple[Complex, Complex, Real]] = {}
        self._energies: dict[float | None, tuple[Complex, float]] = {}

    @cached_property
    def _elements(self) -> tuple[Int, Int]:
        """Drives connect neighbouring excitation numbers; flux mixes the dressed states of one number."""
        order = self._array.excitations[:, None] - self._array.excitations[None, :]
        ladders = [np.abs(self._array.dressed_lowering(q)) for q in range(len(self._array.transmons))]
        used = (np.abs(order) == 1) & np.any([ladder + ladder.T > 1e-14 for ladder in ladders], axis=0)
        if self._array.couplings_hz:
            used |= order == 0
        used |= np.eye(self._array.dimension, dtype=np.bool_)
        rows, columns = np.nonzero(used)
        return rows.astype(np.int64), columns.astype(np.int64)

    @property
    def rows(self) -> Int:
        """int64 of shape (elements,)."""
        return self._elements[0]

    @property
    def columns(self) -> Int:
        """int64 of shape (elements,)."""
        return self._elements[1]

    def operators(self, drives: tuple[Kind, ...]) -> tuple[Complex, Complex, Real]:
        """What each drive's rate and its conjugate multiply, (drives, elements) each, and a bound of the norm."""
        if drives not in self._operators:
            matrices = [0.5 * self._operator(*kind) for kind in drives]
            low = np.array([matrix[self.rows, self.columns] for matrix in matrices])
            high = np.array([matrix.conj().T[self.rows, self.columns] for matrix in matrices])
            bound = [np.abs(matrix + matrix.conj().T).sum(axis=0).max() for matrix in matrices]
            self._operators[drives] = (low, high, np.array(bound, np.float64))
        return self._operators[drives]

    def energies(self, frame_hz: float | None) -> tuple[Complex, float]:
        """Static part in a frame, (elements,), and its norm, rad/s; None: the chip's own frame.

        The spectrum's middle is taken away from all energies: a common phase nobody sees, and shorter series.
        """
        if frame_hz not in self._energies:
            energies = self._array.energies_in(self._array.frame_hz if frame_hz is None else frame_hz)
            energies = energies - 0.5 * (energies.max() + energies.min())
            values = np.where(self.rows == self.columns, energies[self.rows], 0.0).astype(np.complex128)
            self._energies[frame_hz] = (values, float(np.abs(energies).max()))
        return self._energies[frame_hz]

    def _operator(self, transmon: int, flux: bool) -> Complex:
        lowering = self._array.dressed_lowering(transmon)
        if not flux:
            return lowering
        # n of the transmon itself, between dressed states: the truncated a^+ a is exact, its factors are not.
        levels = np.diag(self._array.levels_of[:, transmon].astype(np.complex128))
        return np.asarray(self._array.basis.conj().T @ levels @ self._array.basis, np.complex128)
