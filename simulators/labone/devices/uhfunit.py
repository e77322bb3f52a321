"""The quantum analyzer unit of a UHFQA: deskew, weighted integration, rotation, crosstalk, threshold.

With the inputs a and b after the deskew matrix, unit k gives (I + iQ) r_k, real part, where
I = sum a(n) real_k(n), Q = sum b(n) imag_k(n) and r_k is the rotation; the crosstalk matrix mixes the units;
the threshold compares what comes out of it. Sums are not normalised.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

__all__ = ["UNITS", "Source", "UnitSettings", "kernels", "results"]

UNITS = 10


class Source(IntEnum):
    """Where the result logger listens; values of qas/0/result/source."""

    CROSSTALK = 0
    THRESHOLD = 1
    ROTATION = 2
    INTEGRATION = 7


@dataclass(frozen=True, slots=True, eq=False)
class UnitSettings:
    """The unit as its nodes set it.

    Attributes:
        deskew: float64 (2, 2).
        real: float64 (10, length): weights of the first input.
        imag: float64 (10, length): weights of the second input.
        swapped: For each unit whether the inputs change places.
        rotations: complex128 (10,).
        crosstalk: float64 (10, 10).
        thresholds: float64 (10,).
    """

    deskew: npt.NDArray[np.float64]
    real: npt.NDArray[np.float64]
    imag: npt.NDArray[np.float64]
    swapped: npt.NDArray[np.bool_]
    rotations: npt.NDArray[np.complex128]
    crosstalk: npt.NDArray[np.float64]
    thresholds: npt.NDArray[np.float64]


def kernels(settings: UnitSettings) -> npt.NDArray[np.complex128]:
    """Complex kernels that give I and Q of every unit from one complex trace x = a + ib.

    The sum of a(n) u(n) + b(n) v(n) is the real part of the sum of x(n) (u - iv)(n): so the first ten kernels have
    I as the real part of their sums, the other ten Q.

    Returns:
        complex128, shape (20, length).
    """
    first, second = settings.deskew
    rows = []
    for weights, own, other in ((settings.real, first, second), (settings.imag, second, first)):
        for unit in range(UNITS):
            a, b = other if settings.swapped[unit] else own
            rows.append(weights[unit] * (a - 1j * b))
    return np.asarray(rows, dtype=np.complex128)


def results(sums: npt.NDArray[np.complex128], settings: UnitSettings, source: int) -> npt.NDArray[np.complex128]:
    """What the logger gets for each readout.

    Args:
        sums: complex128, shape (readouts, 20), of `kernels`.
        settings: The unit's.
        source: Value of `Source`.

    Returns:
        complex128, shape (readouts, 10); real but for the integration source.
    """
    integrated = sums[:, :UNITS].real + 1j * sums[:, UNITS:].real
    if source == Source.INTEGRATION:
        return np.asarray(integrated, dtype=np.complex128)
    rotated = (integrated * settings.rotations).real
    if source == Source.ROTATION:
        return np.asarray(rotated, dtype=np.complex128)
    mixed = rotated @ settings.crosstalk.T
    if source == Source.THRESHOLD:
        return np.asarray(mixed > settings.thresholds, dtype=np.complex128)
    return np.asarray(mixed, dtype=np.complex128)
