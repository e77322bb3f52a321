"""Functions of time and their samplers, against closed forms written anew."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import PulseError, Square, Waveform, functional_pulse
from runtime.pulse.library import continuous, samplers

TIMES = np.arange(5.0)
AMP = 0.3 + 0.4j


def test_constant_and_zero() -> None:
    np.testing.assert_array_equal(continuous.constant(TIMES, AMP), [AMP] * 5)
    np.testing.assert_array_equal(continuous.zero(TIMES), [0] * 5)
    assert continuous.zero(TIMES).dtype == np.complex128


def ramp(x: float) -> float:
    return 2 * (x - math.floor(x + 0.5))


@given(freq=st.floats(0.01, 0.45), phase=st.floats(-6, 6), t=st.floats(0, 50))
def test_waves(freq: float, phase: float, t: float) -> None:
    x = freq * t + phase / math.pi
    if min(abs(4 * x - round(4 * x)), abs(2 * x - round(2 * x))) < 1e-9:
        return  # next to a jump
    assert continuous.sawtooth([t], AMP, freq, phase)[0] == pytest.approx(AMP * ramp(x))
    sign = 1 if x - math.floor(x) < 0.5 else -1
    assert continuous.square([t], AMP, freq, phase)[0] == pytest.approx(AMP * sign)
    shifted = freq * t + (phase - math.pi / 2) / 2 / math.pi
    assert continuous.triangle([t], AMP, freq, phase)[0] == pytest.approx(AMP * (1 - 2 * abs(ramp(shifted))))
    assert continuous.sin([t], AMP, freq, phase)[0] == pytest.approx(
        AMP * math.sin(2 * math.pi * freq * t + phase)
    )
    assert continuous.cos([t], AMP, freq, phase)[0] == pytest.approx(
        AMP * math.cos(2 * math.pi * freq * t + phase)
    )


def test_the_phase_of_a_square_has_half_the_period_of_the_pulse() -> None:
    times = np.arange(8) + 0.5
    pulse = Square(8, 0.5, phase=0.6).get_waveform().samples
    np.testing.assert_array_equal(continuous.square(times, 0.5, 1 / 8, phase=0.3), pulse)
    np.testing.assert_array_equal(
        continuous.square(times, 0.5, 1 / 8, phase=0.3 + math.pi), continuous.square(times, 0.5, 1 / 8, phase=0.3)
    )


def test_gaussian_reference() -> None:
    zeroed = continuous.gaussian(TIMES, 1, 2, 1, zeroed_width=6)
    np.testing.assert_allclose(zeroed[:3], [0.12422629, 0.59542166, 0.988891], atol=6e-9)
    rescaled = continuous.gaussian(TIMES, 1, 2, 1, zeroed_width=6, rescale_amp=True)
    np.testing.assert_allclose(rescaled[:3], [0.12562182, 0.60211051, 1], atol=6e-9)
    plain, x = continuous.gaussian(TIMES, AMP, 2, 1.5, ret_x=True)
    np.testing.assert_allclose(x, (TIMES - 2) / 1.5)
    np.testing.assert_allclose(plain, AMP * np.exp(-(((TIMES - 2) / 1.5) ** 2) / 2))
    # Nothing to restore: no 0/0.
    assert not continuous.gaussian(TIMES, 0, 2, 1, zeroed_width=6, rescale_amp=True).any()
    assert continuous.gaussian([2.0], 1, 2, 1, zeroed_width=0, rescale_amp=True)[0] == 0


@pytest.mark.parametrize("function", [continuous.gaussian, continuous.sech])
def test_derivatives_are_derivatives(function: Callable[..., Any]) -> None:
    derivative = {continuous.gaussian: continuous.gaussian_deriv, continuous.sech: continuous.sech_deriv}[function]
    step = 1e-5
    slope = (function(TIMES + step, AMP, 1.7, 1.3) - function(TIMES - step, AMP, 1.7, 1.3)) / (2 * step)
    np.testing.assert_allclose(derivative(TIMES, AMP, 1.7, 1.3), slope, atol=1e-9)
    found, bell = derivative(TIMES, AMP, 1.7, 1.3, True)
    np.testing.assert_allclose(found, slope, atol=1e-9)
    np.testing.assert_allclose(bell, function(TIMES, AMP, 1.7, 1.3))


def test_sech() -> None:
    values, x = continuous.sech(TIMES, AMP, 2, 1.5, ret_x=True)
    np.testing.assert_allclose(values, [AMP / cmath.cosh(u) for u in x])
    zeroed = continuous.sech(np.array([2.0, 5.0]), 1, 2, 1.5, zeroed_width=6, rescale_amp=True)
    np.testing.assert_allclose(zeroed, [1, 0], atol=1e-15)
    assert continuous.sech_fn(np.array([1e6]))[0] == 0


def test_gaussian_square() -> None:
    times = np.linspace(0, 20, 41)
    values = continuous.gaussian_square(times, AMP, 10, 6, 2)
    for t, value in zip(times, values, strict=True):
        outside = max(abs(t - 10) - 3, 0)
        assert value == pytest.approx(AMP * math.exp(-(outside**2) / 8))
    zeroed = continuous.gaussian_square(times, AMP, 10, 6, 2, zeroed_width=20)
    np.testing.assert_allclose(zeroed[[0, 20, 40]], [0, AMP, 0], atol=1e-15)
    with pytest.raises(PulseError, match="wider"):
        continuous.gaussian_square(times, AMP, 10, 6, 2, zeroed_width=5)


def test_drag() -> None:
    bell, slope = continuous.gaussian(TIMES, AMP, 2, 1), continuous.gaussian_deriv(TIMES, AMP, 2, 1)
    np.testing.assert_allclose(continuous.drag(TIMES, AMP, 2, 1, 0.7), bell + 0.7j * slope)


# Samplers


@pytest.mark.parametrize(
    ("sampler", "times"),
    [(samplers.left, [0, 1, 2, 3]), (samplers.midpoint, [0.5, 1.5, 2.5, 3.5]), (samplers.right, [1, 2, 3, 4])],
)
def test_samplers(sampler: Callable[..., Any], times: list[float]) -> None:
    def line(t: np.ndarray, slope: float, offset: complex = 0) -> np.ndarray:
        """A line."""
        return slope * t + offset

    pulse = sampler(line)
    waveform = pulse(4, 0.1, offset=0.2j, name="w")
    assert isinstance(waveform, Waveform)
    assert waveform.name == "w"
    np.testing.assert_allclose(waveform.samples, 0.1 * np.array(times) + 0.2j)
    assert pulse.__name__ == "line"
    assert pulse.__doc__ == "A line."
    assert sampler(continuous.gaussian)(np.int64(16), 0.5, 8, sigma=3).duration == 16


@functional_pulse
def alternating(duration: int, amp: float) -> list[float]:
    """Up and down."""
    return [amp * (-1) ** k for k in range(duration)]


def test_functional_pulse() -> None:
    waveform = alternating(3, 0.5, name="a")
    assert waveform == Waveform([0.5, -0.5, 0.5])
    assert waveform.name == "a"
    assert alternating.__doc__ == "Up and down."  # type: ignore[attr-defined]


@pytest.mark.parametrize("duration", [0, -1, 1.5, 3.0, True, "3", None, float("nan")])
def test_durations_are_whole_numbers_above_zero(duration: Any) -> None:
    with pytest.raises(PulseError, match="duration"):
        alternating(duration, 0.5)
    with pytest.raises(PulseError, match="duration"):
        samplers.left(continuous.constant)(duration, 0.5)


def test_samples_are_checked() -> None:
    with pytest.raises(PulseError, match="full scale"):
        alternating(3, 1.5)
    with pytest.raises(PulseError):
        functional_pulse(lambda duration: "no samples" * duration)(3)
