"""Kernels and demodulation against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import AcquisitionWindow, ConfigurationError
from runtime.results import Boxcar, Integration, Weights, demodulation

RATE = 500e6


def window(start: int, stop: int, frequency: float) -> AcquisitionWindow:
    return AcquisitionWindow(record=0, qubit=0, slot=0, start=start, stop=stop, if_frequency_hz=frequency)


def integrate(volts: np.ndarray, place: AcquisitionWindow) -> np.ndarray:
    weights = demodulation(place, RATE, Boxcar())
    return Integration.of([place], [weights], volts.shape[1:]).apply(volts)[:, 0]


@settings(deadline=None)
@given(
    start=st.integers(0, 300),
    length=st.integers(1, 900),
    cycles=st.integers(-200, 200),
    amplitude=st.complex_numbers(max_magnitude=1, allow_nan=False),
)
def test_a_tone_becomes_its_complex_amplitude(start: int, length: int, cycles: int, amplitude: complex) -> None:
    """Z exp(2 pi i f t), t from the record's start, integrates to z: the definition of the demodulation."""
    frequency = cycles * RATE / 1201
    times = np.arange(start + length + 50) / RATE
    tone = amplitude * np.exp(2j * np.pi * frequency * times)
    volts = np.stack([tone.real, tone.imag])[None].astype(np.float32)
    place = window(start, start + length, frequency)
    kernelled = integrate(volts, place)
    assert kernelled.shape == (1,)
    # Single precision, and a sum of 2 * length products: each may round by half an eps of what it is added to.
    assert kernelled[0] == pytest.approx(amplitude, abs=(length + 4) * float(np.finfo(np.float32).eps))


def test_the_phase_found_does_not_depend_on_when_the_record_starts() -> None:
    """A tone that runs from the program's start, recorded from two different instants."""
    frequency, phase = 37.9e6, 0.7
    found = []
    for record_start_s in (0.0, 35.6e-9):
        times = record_start_s + np.arange(512) / RATE
        tone = np.exp(1j * (2 * np.pi * frequency * times + phase))
        place = replace(window(8, 500, frequency), record_start_s=record_start_s)
        found.append(integrate(np.stack([tone.real, tone.imag])[None].astype(np.float32), place)[0])
    assert found == pytest.approx([np.exp(1j * phase)] * 2, abs=2e-6)


def test_a_tone_at_another_frequency_integrates_to_the_dirichlet_kernel() -> None:
    """The mean of exp(2 pi i f n) over N samples is exp(pi i f (N-1)) sin(pi f N) / (N sin(pi f))."""
    count, offset = 1000, 0.0013
    tone = np.exp(2j * np.pi * offset * np.arange(count))
    volts = np.stack([tone.real, tone.imag])[None].astype(np.float32)
    place = window(0, count, 0.0)
    expected = np.exp(1j * np.pi * offset * (count - 1)) * np.sin(np.pi * offset * count)
    expected /= count * np.sin(np.pi * offset)
    assert integrate(volts, place)[0] == pytest.approx(expected, abs=1e-5)


def test_one_input_gives_its_real_projection() -> None:
    """A digitizer with one input sees the cosine only, half of whose power is at the positive frequency."""
    frequency, count = 50e6, 1000
    tone = np.cos(2 * np.pi * frequency * np.arange(count) / RATE).astype(np.float32)[None, None]
    place = window(0, count, frequency)
    assert integrate(tone, place)[0] == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, 25, 1000])
def test_many_records_are_integrated_as_each_alone(count: int) -> None:
    """However many go into one product: against a sum in double precision, record by record."""
    volts = np.random.default_rng(3).normal(size=(count, 2, 2560)).astype(np.float32)
    places = [window(0, 2560, 37e6), window(200, 1450, -21e6)]
    weights = [demodulation(place, RATE, Boxcar()) for place in places]
    found = Integration.of(places, weights, (2, 2560)).apply(volts)
    assert found.shape == (count, 2)
    traces = volts[:, 0].astype(float) + 1j * volts[:, 1]
    for column, (place, weight) in enumerate(zip(places, weights, strict=True)):
        assert found[:, column] == pytest.approx(traces[:, place.start : place.stop] @ weight, abs=1e-5)


def test_a_boxcar_weighs_only_its_own_time() -> None:
    """Instants are counted from the start of the window, in samples of the digitizer."""
    weights = Boxcar(start_s=20e-9, stop_s=60e-9).weights(100, RATE)
    assert np.flatnonzero(weights).tolist() == list(range(10, 30))
    assert weights.sum() == pytest.approx(1.0)


def test_a_boxcar_that_misses_the_window_is_refused() -> None:
    """What it would weigh is nothing of what was wanted."""
    with pytest.raises(ConfigurationError, match=r"no sample of the window.*start_s=1e-06"):
        Boxcar(start_s=1e-6).weights(10, RATE)


def test_given_weights_are_normalised_and_cut() -> None:
    """The sum of moduli is 1, whatever the length of the window."""
    given_weights = Weights(np.array([1j, 2.0, -1.0]))
    assert np.allclose(given_weights.weights(2, RATE), [1j / 3, 2 / 3])
    assert np.allclose(given_weights.weights(4, RATE), [0.25j, 0.5, -0.25, 0])
