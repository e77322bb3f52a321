"""Kernels: how a record is weighted in time and taken down to one complex number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionWindow

__all__ = ["Boxcar", "Integration", "Kernel", "Weights", "demodulation"]


MOST_PRODUCTS = 1 << 18
"""Of one call to BLAS. OpenBLAS shares more than these among threads. For a matrix of a few columns that costs ten
times the work itself as soon as the simulated lab wants a core too: 0.29 s in place of 0.03 s a demo."""


class Kernel(Protocol):
    """A weight for each sample of an acquisition window."""

    def weights(self, samples: int, sample_rate_hz: float) -> NDArray[np.complex128]:
        """Complex128 of shape (samples,), with the sum of moduli 1, so that a kernelled tone is in volts."""
        ...


@dataclass(frozen=True, slots=True)
class Boxcar:
    """Equal weights between two instants, counted from the start of the acquisition window."""

    start_s: float = 0.0
    stop_s: float | None = None
    """None: until the window ends."""

    def weights(self, samples: int, sample_rate_hz: float) -> NDArray[np.complex128]:
        """See `Kernel`. A window that ends before the boxcar starts is weighted equally throughout."""
        start = min(max(round(self.start_s * sample_rate_hz), 0), samples)
        stop = samples if self.stop_s is None else min(round(self.stop_s * sample_rate_hz), samples)
        if stop <= start:
            start, stop = 0, samples
        box = np.zeros(samples, np.complex128)
        box[start:stop] = 1.0 / (stop - start)
        return box


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Given weights, such as a matched filter; longer windows are weighted with zero behind them."""

    values: NDArray[np.complex128]
    """Complex128 of shape (n,), at the digitizer's sample rate."""

    def weights(self, samples: int, sample_rate_hz: float) -> NDArray[np.complex128]:  # noqa: ARG002, the protocol's
        """See `Kernel`."""
        cut = np.zeros(samples, np.complex128)
        count = min(samples, self.values.size)
        cut[:count] = self.values[:count]
        total = np.abs(cut).sum()
        return cut / total if total > 0 else cut


def demodulation(window: AcquisitionWindow, sample_rate_hz: float, kernel: Kernel) -> NDArray[np.complex128]:
    """Kernel times exp(-2 pi i f_IF t), t from the start of the program: complex128 of shape (samples,).

    The generators' IF carriers start with the program, so the phase found is the same wherever it reads out.
    """
    times = window.record_start_s + np.arange(window.start, window.stop) / sample_rate_hz
    turn = np.exp(-2j * np.pi * ((window.if_frequency_hz * times) % 1.0))
    weights: NDArray[np.complex128] = turn * kernel.weights(times.size, sample_rate_hz)
    return weights


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
        product = np.empty((records.shape[0], self.matrix.shape[1]), np.float32)
        rows = max(1, MOST_PRODUCTS // max(self.matrix.size, 1))
        for first in range(0, records.shape[0], rows):
            some = slice(first, first + rows)
            np.matmul(records[some], self.matrix, out=product[some])
        kernelled: NDArray[np.complex128] = product[:, ::2] + 1j * product[:, 1::2].astype(np.float64)
        return kernelled
