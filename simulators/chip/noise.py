"""White Gaussian noise at the speed of memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

__all__ = ["WhiteNoise"]

LEVELS = 1 << 16


class WhiteNoise:
    """Independent samples of a normal distribution, drawn from its 65,536 equally likely quantiles.

    A 16-bit random number picks a quantile: five times faster than a general method, which would limit how many
    raw records a second can be made. Mean 0 and variance 1 are exact, the kurtosis is 2.9992, and no sample lies
    beyond 4.32 standard deviations: behind a 12-bit converter and any kernel that makes no difference.
    """

    def __init__(self, seed: np.random.SeedSequence) -> None:
        self._bits = np.random.SFC64(seed)
        quantiles = ndtri((np.arange(LEVELS) + 0.5) / LEVELS)
        self._quantiles = np.asarray(quantiles / quantiles.std(), np.float32)

    def fill(self, out: NDArray[np.float32], deviation: float) -> None:
        """Fill a contiguous array with noise of the given standard deviation."""
        numbers = self._bits.random_raw((out.size + 3) // 4).view(np.uint16)[: out.size]
        table = self._quantiles * np.float32(deviation)
        np.take(table, numbers.reshape(out.shape), out=out, mode="clip")
