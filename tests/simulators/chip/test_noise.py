"""The noise is white, normal and replayable."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from simulators.chip import WhiteNoise


def test_moments_distribution_and_whiteness() -> None:
    out = np.empty((50, 2, 1001), np.float32)
    WhiteNoise(np.random.SeedSequence(1)).fill(out, 0.05)
    flat = out.ravel().astype(np.float64) / 0.05
    assert flat.mean() == pytest.approx(0.0, abs=4 / np.sqrt(flat.size))
    assert flat.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * flat.size))
    assert kstest(flat, "norm").pvalue > 1e-3
    lagged = [float(np.mean(flat[lag:] * flat[:-lag])) for lag in (1, 2, 4, 1001)]
    assert np.max(np.abs(lagged)) < 5 / np.sqrt(flat.size)


def test_a_seed_replays() -> None:
    first, second = np.empty(999, np.float32), np.empty(999, np.float32)
    WhiteNoise(np.random.SeedSequence(2)).fill(first, 1.0)
    WhiteNoise(np.random.SeedSequence(2)).fill(second, 1.0)
    assert np.array_equal(first, second)
