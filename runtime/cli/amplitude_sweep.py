"""What the demo found on one qubit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.experiments import RabiFit

__all__ = ["AmplitudeSweep"]


@dataclass(frozen=True, slots=True, eq=False)
class AmplitudeSweep:
    """One qubit's amplitude sweep."""

    qubit: int
    amplitudes: NDArray[np.float64]
    """Float64 of shape (points,), units of full scale."""
    p1: NDArray[np.float64]
    """Float64 of shape (points,)."""
    shots: int
    calibrated: float
    """The amplitude of the device's own x, units of full scale."""
    fit: RabiFit
