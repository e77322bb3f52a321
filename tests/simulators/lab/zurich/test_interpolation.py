"""Interpolating outputs are flat over the band once the samples are held; samples as they are lose by sinc."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad_vec

from simulators.lab.zurich.interpolation import BAND, flattened

RATE_HZ = 2e9


def held_spectrum(samples: np.ndarray, frequency_hz: float) -> complex:
    """The Fourier integral of held samples, by numerical integration over one of them, V s."""
    turns = np.exp(-2j * np.pi * frequency_hz / RATE_HZ * np.arange(samples.size))
    one = quad_vec(lambda time: np.exp(-2j * np.pi * frequency_hz * time), 0.0, 1.0 / RATE_HZ)[0]
    return complex(np.sum(samples * turns) * one)


@pytest.mark.parametrize("frequency_hz", [0.0, 50e6, -186e6, 278e6, 400e6, -BAND * RATE_HZ])
def test_a_pulse_has_its_strength_at_every_intermediate_frequency(frequency_hz: float) -> None:
    """A Gaussian on a carrier: at the carrier the integral of its envelope, which held samples miss by sinc."""
    place = np.arange(400) + 0.5
    envelope = np.exp(-((place - 200) ** 2) / (2 * 40**2))
    samples = envelope * np.exp(2j * np.pi * frequency_hz / RATE_HZ * place)
    wanted = envelope.sum() / RATE_HZ
    assert abs(held_spectrum(flattened(samples), frequency_hz)) == pytest.approx(wanted, rel=3e-4)
    droop = np.sinc(frequency_hz / RATE_HZ)
    assert abs(held_spectrum(samples, frequency_hz)) == pytest.approx(wanted * droop, rel=3e-4)


def test_nothing_is_sent_outside_a_pulse() -> None:
    samples = np.ones(5, np.complex128)
    assert flattened(samples).shape == samples.shape
    assert flattened(np.zeros(40, np.complex128)).any() == np.False_
