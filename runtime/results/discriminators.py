"""Discriminators: from a kernelled number to a bit, and how one is trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Threshold", "TrainedReadout", "train_threshold"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One line in the IQ plane: 1 where Re(z exp(-i angle)) exceeds the threshold."""

    angle_rad: float
    """Direction from the cloud of 0 to the cloud of 1."""
    threshold_v: float

    def classify(self, kernelled: NDArray[np.complex128]) -> NDArray[np.uint8]:
        """Bits, uint8 of the shape of `kernelled` (complex, volts)."""
        return (self.projected(kernelled) > self.threshold_v).astype(np.uint8)

    def projected(self, kernelled: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Float64 of the same shape: the coordinate along the line that joins the clouds, volts."""
        projected: NDArray[np.float64] = (kernelled * np.exp(-1j * self.angle_rad)).real
        return projected


@dataclass(frozen=True, slots=True)
class TrainedReadout:
    """A discriminator with what its training data say about it."""

    discriminator: Threshold
    fidelity: float
    """1 - (P(1|0) + P(0|1)) / 2 on the training shots."""
    snr: float
    """|m1 - m0| / (2 sigma), with sigma the standard deviation along the line, pooled."""
    p1_given_0: float
    p0_given_1: float


def train_threshold(ground: NDArray[np.complex128], excited: NDArray[np.complex128]) -> TrainedReadout:
    """Rotate to the line between the clouds and put the threshold where the empirical error is least.

    Args:
        ground: Kernelled shots after nothing, complex of shape (shots,), volts.
        excited: Kernelled shots after a pi pulse, same.
    """
    # Medians: shots that decay during readout pull a mean towards the other cloud.
    angle = float(np.angle(_median(excited) - _median(ground)))
    line = Threshold(angle, 0.0)
    zeros, ones = np.sort(line.projected(ground)), np.sort(line.projected(excited))
    candidates = np.sort(np.concatenate([zeros, ones]))
    false_ones = 1.0 - np.searchsorted(zeros, candidates, side="right") / zeros.size
    false_zeros = np.searchsorted(ones, candidates, side="right") / ones.size
    errors = false_ones + false_zeros
    # The least error is often shared by a run of candidates: its middle is farthest from both clouds.
    best = np.flatnonzero(errors <= errors.min() + 1e-12)
    middle = best[best.size // 2]
    spread = float(np.sqrt((zeros.var() + ones.var()) / 2))
    return TrainedReadout(
        Threshold(angle, float(candidates[middle])),
        fidelity=float(1 - errors[middle] / 2),
        snr=float(abs(_median(excited) - _median(ground)) / (2 * spread)) if spread > 0 else float("inf"),
        p1_given_0=float(false_ones[middle]),
        p0_given_1=float(false_zeros[middle]),
    )


def _median(cloud: NDArray[np.complex128]) -> complex:
    return complex(np.median(cloud.real), np.median(cloud.imag))
