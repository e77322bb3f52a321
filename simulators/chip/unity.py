"""The unit matrix, in place, for compiled code."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["make_unit"]


@njit(cache=True, nogil=True)
def make_unit(matrix: NDArray[np.complex128]) -> None:
    """Overwrite a square matrix with unity."""
    matrix[:] = 0.0
    for i in range(len(matrix)):
        matrix[i, i] = 1.0
