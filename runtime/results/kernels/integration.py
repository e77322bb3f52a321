"""Several windows of a record, each to one complex number, as one matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionWindow

__all__ = ["Integration"]


MOST_PRODUCTS = 1 << 18
"""Of one call to BLAS. OpenBLAS shares more than these among threads. For a matrix of a few columns that costs ten
times the work itself as soon as the simulated lab wants a core too: 0.29 s in place of 0.03 s a demo."""

LONGEST_SUM = 1 << 14
"""Products added in single precision; sums of longer records are added up in double. An error that grows with the
root of their number stays below 128 eps = 1.5e-5 of full scale, and below a 12-bit converter's step."""


@dataclass(frozen=True, slots=True, eq=False)
class Integration:
    """Several windows of a record, each to one complex number, as one real matrix product."""

    matrix: NDArray[np.float32]
    """Float32 of shape (inputs * samples, 2 * windows): real parts in even columns, imaginary ones in odd."""

    @classmethod
    def of(
        cls,
        windows: Sequence[AcquisitionWindow],
        weights: Sequence[NDArray[np.complex128]],
        record: tuple[int, int],
    ) -> Self:
        """The product for `windows` with `weights` (from `demodulation`) on records of shape (inputs, samples).

        Input 0 is I; input 1, where there is one, is Q: z = sum (I + iQ) w.
        """
        inputs, samples = record
        matrix = np.zeros((inputs, samples, len(windows), 2), np.float32)
        for column, (window, weight) in enumerate(zip(windows, weights, strict=True)):
            place = slice(window.start, window.stop)
            matrix[0, place, column] = np.stack([weight.real, weight.imag], axis=1)
            if inputs > 1:
                matrix[1, place, column] = np.stack([-weight.imag, weight.real], axis=1)
        return cls(matrix.reshape(inputs * samples, 2 * len(windows)))

    def apply(self, volts: NDArray[np.float32]) -> NDArray[np.complex128]:
        """Kernelled numbers in volts: complex128 of shape (records, windows).

        Args:
            volts: Float32 of shape (records, inputs, samples).
        """
        records = volts.reshape(volts.shape[0], self.matrix.shape[0])
        length = self.matrix.shape[0]
        if length <= LONGEST_SUM:
            product = self._product(records, slice(0, length)).astype(np.float64)
        else:
            product = np.zeros((records.shape[0], self.matrix.shape[1]))
            for first in range(0, length, LONGEST_SUM):
                product += self._product(records, slice(first, first + LONGEST_SUM))
        kernelled: NDArray[np.complex128] = product[:, ::2] + 1j * product[:, 1::2]
        return kernelled

    def _product(self, records: NDArray[np.float32], part: slice) -> NDArray[np.float32]:
        matrix = self.matrix[part]
        product = np.empty((records.shape[0], matrix.shape[1]), np.float32)
        rows = max(1, MOST_PRODUCTS // max(matrix.size, 1))
        for first in range(0, records.shape[0], rows):
            some = slice(first, first + rows)
            np.matmul(records[some, part], matrix, out=product[some])
        return product
