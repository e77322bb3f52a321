"""Spectra against scipy's Welch, Parseval, and the amplitude of a tone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from drivers.contract import AcquisitionError, ConfigurationError
from runtime.results import Spectrum, SpectrumCollector
from tests.runtime.results.collecting.acquisitions import RATE, block, collect, kernelled, plan_of, two_slots


def spectra(volts: np.ndarray, programs: int, segment: int | None, size: int = 7) -> tuple[Spectrum, ...]:
    plan = plan_of(programs, volts.shape[0] // programs, samples=volts.shape[2])
    collector = SpectrumCollector(plan, segment=segment)
    return collect(collector, volts, size).results([str(program) for program in range(programs)])


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("segment", [None, 64, 63])
def test_the_density_is_that_of_welchs_method(inputs: int, segment: int | None) -> None:
    """Each record by scipy, then averaged; one-sided for one input, two-sided for I and Q."""
    volts = np.random.default_rng(1).normal(size=(30, inputs, 256)).astype(np.float32)
    for program, found in enumerate(spectra(volts, 2, segment)):
        own = volts[program::2].astype(float)
        traces = own[:, 0] + 1j * own[:, 1] if inputs == 2 else own[:, 0]
        length = segment or 256
        frequencies, density = signal.welch(
            traces, RATE, "hann", length, length - max(1, length // 2), detrend=False, return_onesided=inputs == 1
        )
        order = np.argsort(frequencies, kind="stable")
        assert found.frequencies_hz == pytest.approx(frequencies[order])
        assert found.density[0] == pytest.approx(density.mean(axis=0)[order])


def test_white_noise_has_its_variance_over_the_bandwidth() -> None:
    """Parseval: the density's integral is the mean square of the voltage."""
    sigma = 0.02
    volts = np.random.default_rng(2).normal(scale=sigma, size=(400, 2, 256)).astype(np.float32)
    (found,) = spectra(volts, 1, 128)
    assert found.density[0].mean() == pytest.approx(2 * sigma**2 / RATE, rel=0.02)
    assert found.density[0].sum() * RATE / 128 == pytest.approx(2 * sigma**2, rel=0.02)
    assert found.segments.tolist() == [400 * 3]


@pytest.mark.parametrize("cycles", [-40, 25])
def test_a_tone_stands_at_its_frequency_with_its_power(cycles: int) -> None:
    """Density times noise bandwidth is the amplitude squared; negative frequencies are told from positive."""
    frequency = cycles * RATE / 256
    tone = 0.1 * np.exp(2j * np.pi * frequency * np.arange(256) / RATE)
    volts = np.broadcast_to(np.stack([tone.real, tone.imag]), (12, 2, 256)).astype(np.float32)
    (found,) = spectra(volts, 1, None)
    at, height = found.peak(0)
    assert at == pytest.approx(frequency)
    assert height * found.resolution_hz == pytest.approx(0.01, rel=1e-5)
    assert found.resolution_hz == pytest.approx(1.5 * RATE / 256)


def test_every_window_has_its_own_spectrum() -> None:
    """Two slots of one record; a Dataset with units."""
    plan = two_slots(1, 8)
    volts = np.zeros((8, 1, 64), np.float32)
    volts[:, :, 32:] = np.cos(np.pi * np.arange(32))
    (found,) = collect(SpectrumCollector(plan), volts, 3).results(["both"])
    assert found.slots == (0, 2)
    assert found.density[0].max() == 0
    assert found.peak(2)[0] == pytest.approx(RATE / 2)
    dataset = found.to_xarray()
    assert dict(dataset.sizes) == {"slot": 2, "frequency": 15}
    assert dataset["density"].attrs["units"] == "V^2/Hz"


def test_the_accounting_is_that_of_every_acquisition() -> None:
    """Gaps, shortage, damage, and blocks without traces."""
    plan = plan_of(1, 8)
    volts = np.zeros((8, 2, 32), np.float32)
    for blocks, what in (
        ([block(1, volts[1:])], "in between"),
        ([block(0, volts[:5])], "shots are missing"),
        ([block(0, volts * np.nan)], "damaged"),
        ([kernelled(0, np.zeros((8, 1)))], "spectra need records"),
    ):
        collector = SpectrumCollector(plan)
        with pytest.raises(AcquisitionError, match=what):
            [collector.take(one) for one in blocks] and collector.results(["a"])


@pytest.mark.parametrize("segment", [1, 33])
def test_segments_fit_into_the_windows(segment: int) -> None:
    plan = replace(plan_of(1, 8))
    with pytest.raises(ConfigurationError, match="2 to 32"):
        SpectrumCollector(plan, segment=segment)
