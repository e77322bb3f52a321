"""The Rabi fit on data whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.experiments import fit_rabi


@settings(deadline=None, max_examples=30)
@given(
    pi_amplitude=st.floats(0.05, 0.9),
    turns=st.floats(0.6, 3.0),
    contrast=st.floats(0.5, 0.98),
    seed=st.integers(0, 10_000),
)
def test_the_fit_finds_the_amplitude_within_its_own_error(
    pi_amplitude: float, turns: float, contrast: float, seed: int
) -> None:
    """Binomial data of 1000 shots a point: the estimate lies within five of its own standard deviations."""
    amplitudes = np.linspace(0, 2 * turns * pi_amplitude, 41)
    truth = 0.5 - contrast / 2 * np.cos(np.pi * amplitudes / pi_amplitude)
    p1 = np.random.default_rng(seed).binomial(1000, truth) / 1000
    fit = fit_rabi(amplitudes, p1, 1000)
    assert abs(fit.pi_amplitude - pi_amplitude) < 5 * fit.pi_amplitude_error
    assert fit.pi_amplitude == pytest.approx(pi_amplitude, rel=0.05)
    assert fit.reduced_chi_square < 3


def test_perfect_zeros_and_ones_have_weights() -> None:
    """Shares of exactly 0 and 1 must not count infinitely."""
    amplitudes = np.linspace(0, 1, 21)
    fit = fit_rabi(amplitudes, (1 - np.cos(np.pi * amplitudes / 0.5)) / 2, 100)
    assert fit.pi_amplitude == pytest.approx(0.5, abs=1e-3)
