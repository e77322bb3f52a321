"""Resonators, feedline and single shots against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from simulators.chip import (
    Feedline,
    FeedlineSignal,
    FieldSolution,
    LevelPath,
    Resonator,
    Transmon,
    dispersive_shifts_hz,
)
from tests.simulators.chip.builders import SAMPLE_S

LO_HZ = 7e9
RESONATOR = Resonator(0, 7.02e9, (0.6e6, -0.6e6, -1.5e6), 1.2e6, 2e8)


def _tone(samples: int, if_hz: float, volts: float = 0.05) -> NDArray[np.complex128]:
    return volts * np.exp(2j * np.pi * if_hz * np.arange(samples) * SAMPLE_S)


def test_ring_up_reaches_the_steady_state() -> None:
    """After 5 us: |eps|^2 / |lambda|^2 photons, with lambda = kappa/2 + 2 pi i (resonator - tone)."""
    solution = FieldSolution(RESONATOR, 0, np.full(12500, 0.05 + 0j), SAMPLE_S, 7.0197e9)
    lam = complex(0.5 * RESONATOR.kappa, 2 * np.pi * (7.0206e9 - 7.0197e9))
    assert solution.photons()[-1] == pytest.approx((2e8 * 0.05) ** 2 / abs(lam) ** 2, rel=1e-6)


def test_field_solves_the_equation_between_samples_too() -> None:
    """The held-sample recursion against an ordinary integration of d<a>/dt with real tones."""
    volts = _tone(50, 20e6)
    solution = FieldSolution(RESONATOR, 1, volts, SAMPLE_S, LO_HZ)
    times = np.array([3.3, 17.0, 49.9]) * SAMPLE_S
    # <a> turns the other way round than the generator counts phase: integrate that and conjugate.
    detuning = 2 * np.pi * (RESONATOR.frequency_hz + RESONATOR.shifts_hz[1] - LO_HZ)
    field, expected, now = 0j, [], 0.0
    edges = sorted({*(np.arange(51) * SAMPLE_S).tolist(), *times.tolist()})
    for stop in edges[1:]:
        eps = RESONATOR.drive_rate * volts[min(int((0.5 * (now + stop)) / SAMPLE_S), 49)]

        def slope(_t: float, a: NDArray[np.complex128], eps: complex = eps) -> NDArray[np.complex128]:
            return -(0.5 * RESONATOR.kappa + 1j * detuning) * a - 1j * np.conj(eps)

        field = solve_ivp(slope, (now, stop), np.array([field]), rtol=1e-10, atol=1e-12).y[0, -1]
        now = stop
        if stop in times.tolist():
            expected.append(np.conj(field))
    assert solution.at(times) == pytest.approx(np.array(expected), rel=1e-6)


def test_dispersive_shift_turns_the_phase() -> None:
    """A tone midway between the two levels' frequencies: phases +-atan(2 chi / kappa) apart, equal amplitudes."""
    line = Feedline((RESONATOR,), 0.0, 1e-6)
    signal = FeedlineSignal(line, _tone(12500, 20e6), SAMPLE_S, LO_HZ)
    ground, excited, _ = _templates(signal, np.array([4.9e-6]))[0, :, 0]
    assert abs(ground) == pytest.approx(abs(excited), rel=1e-4)
    turned = abs(np.angle(excited / ground))
    assert turned == pytest.approx(2 * math.atan(2 * 0.6e6 / 1.2e6), rel=1e-3)


def test_dispersive_shifts_of_a_coupled_transmon() -> None:
    """2 chi = 2 g^2 / Delta * alpha / (Delta + alpha), and the level-0 shift g^2 / -Delta."""
    transmon = Transmon("q", 5e9, -0.3e9)
    g, delta = 80e6, 5e9 - 7e9
    shifts = dispersive_shifts_hz(transmon, 7e9, g)
    assert shifts[1] - shifts[0] == pytest.approx(2 * g**2 / delta * -0.3e9 / (delta - 0.3e9), rel=1e-9)
    assert shifts[0] == pytest.approx(-(g**2) / delta, rel=1e-9)


def test_measurement_begins_with_the_photons_and_ends_after_them() -> None:
    volts = np.concatenate((np.zeros(1000), _tone(5000, 20e6), np.zeros(6000)))
    signal = FeedlineSignal(Feedline((RESONATOR,), 0.0, 1e-6), volts, SAMPLE_S, LO_HZ)
    ((first, stop),) = signal.measured
    assert 1000 < first < 1300
    assert 6000 < stop < 8500
    faint = FeedlineSignal(Feedline((RESONATOR,), 0.0, 1e-6), 0.01 * volts, SAMPLE_S, LO_HZ)
    assert faint.measured == ()


def test_between_two_readouts_there_is_time_for_a_gate() -> None:
    """A silence in which the photons are gone for 60 ns, less than 1 / kappa: two measurements, not one."""
    tone = np.full(12500, 0.05 + 0j)
    ring_down = math.log((2e8 * 0.05 / (np.pi * 1.2e6)) ** 2 / 0.1) / RESONATOR.kappa
    gap = int((ring_down + 60e-9) / SAMPLE_S)
    volts = np.concatenate((tone, np.zeros(gap, np.complex128), tone))
    line = Feedline((RESONATOR,), 0.0, 1e-6)
    signal = FeedlineSignal(line, volts.copy(), SAMPLE_S, 7.0206e9)
    (_, first), (second, _) = signal.filled(0)
    assert 30e-9 < (second - first) * SAMPLE_S < 1 / RESONATOR.kappa
    # A pause in the middle of a readout, where the line plays on, is none.
    volts[12500 : 12500 + gap] = 1e-6
    assert len(FeedlineSignal(line, volts, SAMPLE_S, 7.0206e9).filled(0)) == 1


def test_jumps_change_the_trace_as_a_piecewise_integration_does() -> None:
    line = Feedline((RESONATOR,), 0.0, 1e-6, delay_s=30e-9, phase_rad=0.4)
    volts = _tone(5000, 20e6)
    signal = FeedlineSignal(line, volts, SAMPLE_S, LO_HZ)
    times = np.arange(1000) * 2e-9 + 30e-9
    jumps = ((0.601e-6, 0, 0), (1.2e-6, 0, 1), (1.2004e-6, 0, 2))
    trace = _templates(signal, times)[0, 1].copy()
    signal.add_jumps(trace, LevelPath((1,), jumps), times)
    # Sample by sample by hand, jumps rounded to the generator's samples (0.4 ns).
    field, levels = 0j, np.ones(5000, int)
    for at, _, level in jumps:
        levels[round(at / SAMPLE_S) :] = level
    edges = [0j]
    for k in range(5000):
        pole = RESONATOR.pole(int(levels[k]), LO_HZ)
        decay = np.exp(-pole * SAMPLE_S)
        field = decay * field + 1j * RESONATOR.drive_rate * volts[k] * (1 - decay) / pole
        edges.append(field)
    expected = 1e-6 * np.exp(0.4j) * np.sqrt(RESONATOR.kappa) * np.array(edges)[::5][:1000]
    assert np.max(np.abs(trace - expected)) < 2e-3 * np.max(np.abs(expected))
    late = times > 1.3e-6
    assert np.max(np.abs(trace - _templates(signal, times)[0, 1])[late]) > 0.1 * np.max(np.abs(expected))


def _templates(signal: FeedlineSignal, times_s: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Noiseless volts for constant levels, of shape (resonators, levels, times), at instants at the digitizer."""
    fields = [
        [solution.at(times_s - signal.feedline.delay_s) for solution in levels] for levels in signal._solutions
    ]
    return np.array([[signal.volts_per_field(q) * field for field in levels] for q, levels in enumerate(fields)])
