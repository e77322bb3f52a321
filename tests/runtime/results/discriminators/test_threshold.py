"""Trained thresholds against the error integral."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
import pytest

from runtime.results import Threshold, train_threshold


def cloud(centre: complex, sigma: float, shots: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(scale=sigma, size=(2, shots))
    return centre + noise[0] + 1j * noise[1]


@pytest.mark.parametrize("angle", [0.0, 1.0, 2.5, -3.0])
def test_the_error_of_two_gaussian_clouds_is_the_error_integral(angle: float) -> None:
    """Overlap error of clouds a distance d apart: erfc(d / (2 sqrt(2) sigma)) / 2 each."""
    turn = np.exp(1j * angle)
    trained = train_threshold(cloud(0.1 * turn, 0.05, 40_000, 1), cloud(0.3 * turn, 0.05, 40_000, 2))
    expected = erfc(0.2 / (2 * sqrt(2) * 0.05)) / 2
    assert trained.fidelity == pytest.approx(1 - expected, abs=0.003)
    assert trained.snr == pytest.approx(2.0, rel=0.02)
    assert np.exp(1j * trained.discriminator.angle_rad) == pytest.approx(turn, abs=0.02)
    assert trained.discriminator.threshold_v == pytest.approx(0.2, abs=0.01)


def test_decayed_shots_do_not_turn_the_line() -> None:
    """A tenth of the shots of 1 that fell to 0 moves means, not medians."""
    excited = np.concatenate([cloud(1j, 0.1, 9000, 3), cloud(0, 0.1, 1000, 4)])
    trained = train_threshold(cloud(0, 0.1, 10_000, 5), excited)
    assert trained.discriminator.angle_rad == pytest.approx(np.pi / 2, abs=0.02)
    assert trained.p0_given_1 == pytest.approx(0.1, abs=0.01)


def test_a_threshold_classifies_along_its_own_direction() -> None:
    """Only the coordinate along the angle counts."""
    line = Threshold(angle_rad=np.pi / 2, threshold_v=0.5)
    assert line.classify(np.array([0.9 + 0.4j, -5 + 0.6j])).tolist() == [0, 1]
