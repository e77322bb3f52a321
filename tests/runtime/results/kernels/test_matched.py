"""Matched filters against linear algebra, and given weights at another rate."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.contract import AcquisitionWindow, ConfigurationError
from runtime.results import Boxcar, Kernel, Weights, demodulation, matched_filter

RATE = 500e6
PLACE = AcquisitionWindow(0, 0, 0, 10, 410, 37e6, record_start_s=23e-9)
SAMPLES = PLACE.stop - PLACE.start


def traces(inputs: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """A resonator that rings up to two different states, on the IF, as the digitizer sees it."""
    times = np.arange(SAMPLES) / RATE
    carrier = np.exp(2j * np.pi * PLACE.if_frequency_hz * (times + PLACE.record_start_s + PLACE.start / RATE))
    rise = 1 - np.exp(-times * 8e6)
    found = [0.1 * rise * np.exp(1j * phase * rise) * carrier for phase in (0.4, -0.7)]
    if inputs == 1:
        found = [trace.real.astype(complex) for trace in found]
    return found[0], found[1]


def separation(kernel: Kernel, inputs: int = 2) -> float:
    """|m1 - m0| / (2 sigma along that line) for white noise of 1 V a sample and input, by hand."""
    ground, excited = traces(inputs)
    weights = demodulation(PLACE, RATE, kernel)
    difference = weights @ (excited - ground)
    # Along the line only: the projection of the weights on its direction is what noise passes.
    along = weights * np.exp(-1j * np.angle(difference))
    variance = (along.real**2).sum() + ((along.imag**2).sum() if inputs == 2 else 0)
    return float(abs(difference) / (2 * np.sqrt(variance)))


def test_the_matched_filter_reaches_the_bound_of_white_noise() -> None:
    """No linear filter separates better than |d| / (2 sigma), d the vector of all differences (Cauchy-Schwarz)."""
    ground, excited = traces()
    bound = np.linalg.norm(excited - ground) / 2
    assert separation(matched_filter(ground, excited, PLACE, RATE)) == pytest.approx(bound, rel=1e-9)
    assert separation(Boxcar()) < 0.95 * bound
    rng = np.random.default_rng(2)
    for _ in range(20):
        other = Weights(rng.normal(size=SAMPLES) + 1j * rng.normal(size=SAMPLES))
        assert separation(other) <= bound * (1 + 1e-12)


def test_one_input_reaches_its_bound_too() -> None:
    """Half the power is at the negative frequency; the filter takes it along."""
    ground, excited = traces(1)
    bound = np.linalg.norm((excited - ground).real) / 2
    assert separation(matched_filter(ground, excited, PLACE, RATE), 1) == pytest.approx(bound, rel=1e-9)


def test_single_shots_train_as_their_mean_does() -> None:
    """NaN behind a shorter window is left out."""
    ground, excited = traces()
    rng = np.random.default_rng(0)
    shots = ground + 0.01 * rng.normal(size=(50, SAMPLES))
    padded = np.concatenate([shots, np.full((50, 7), np.nan)], axis=1)
    from_shots = matched_filter(padded, excited, PLACE, RATE)
    from_mean = matched_filter(shots.mean(axis=0), excited, PLACE, RATE)
    assert np.allclose(from_shots.values, from_mean.values)
    assert from_shots.sample_rate_hz == RATE


def test_what_cannot_be_trained_is_named() -> None:
    """Traces of another window, and traces that do not differ."""
    ground, excited = traces()
    with pytest.raises(ConfigurationError, match=r"excited: the traces do not fit.*\(12,\).*\(400,\)"):
        matched_filter(ground, excited[:12], PLACE, RATE)
    with pytest.raises(ConfigurationError, match="equal"):
        matched_filter(ground, ground, PLACE, RATE)
    with pytest.raises(ConfigurationError, match="finite"):
        matched_filter(ground * np.nan, ground, PLACE, RATE)


def test_weights_refuse_another_sample_rate() -> None:
    """They would be stretched in time, silently."""
    kernel = Weights(np.ones(4), 500e6)
    assert kernel.weights(4, 500e6).tolist() == [0.25] * 4
    with pytest.raises(ConfigurationError, match="got 1e\\+09 Hz; allowed: 5e\\+08 Hz"):
        kernel.weights(4, 1e9)


@pytest.mark.parametrize("values", [[], [0, 0], [[1, 2]], [np.nan, 1]])
def test_weights_are_a_row_of_finite_numbers(values: list) -> None:
    with pytest.raises(ConfigurationError, match="no weights"):
        Weights(np.array(values, complex))


def test_long_records_are_added_in_double_precision() -> None:
    """A million samples of a tone: single precision alone would lose its last three digits."""
    from runtime.results import Integration

    samples = 1 << 20
    place = AcquisitionWindow(0, 0, 0, 0, samples, 125e6)
    tone = 0.25 * np.exp(2j * np.pi * np.arange(samples) / 4)
    volts = np.stack([tone.real, tone.imag])[None].astype(np.float32)
    found = Integration.of([place], [demodulation(place, RATE, Boxcar())], (2, samples)).apply(volts)
    assert found[0, 0] == pytest.approx(0.25, rel=3e-6)
