"""Driven transmons against closed forms and against a master equation that shares no code with the simulator."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

from simulators.chip import Dissipation, Drive, DrivenEvolution, DriveWindow, Transmon, TransmonArray
from tests.simulators.chip.builders import SAMPLE_S, after, constant, single
from tests.simulators.lab.programs import X, drag

Complex = NDArray[np.complex128]
TWO_PI = 2.0 * np.pi


@pytest.mark.parametrize("turns", [0.25, 0.5, 1.3])
def test_resonant_square_pulse_is_a_rabi_oscillation(turns: float) -> None:
    samples = 200
    rate = TWO_PI * turns / (samples * SAMPLE_S)
    matrix = after(single(levels=2), (0.0, constant(rate, samples)))
    assert matrix[1, 0] == pytest.approx(np.sin(np.pi * turns) ** 2, abs=1e-12)


@given(st.floats(-30e6, 30e6), st.floats(1e6, 40e6))
@settings(max_examples=25, deadline=None)
def test_detuned_rabi(detuning_hz: float, rabi_hz: float) -> None:
    samples = 150
    window = constant(TWO_PI * rabi_hz, samples, lo_hz=5e9 - detuning_hz)
    generalised = np.hypot(rabi_hz, detuning_hz)
    expected = (rabi_hz / generalised) ** 2 * np.sin(np.pi * generalised * samples * SAMPLE_S) ** 2
    assert after(single(levels=2), (0.0, window))[1, 0] == pytest.approx(expected, abs=1e-10)


def test_intermediate_frequency_reaches_the_transmon_from_the_other_side_of_the_oscillator() -> None:
    """A tone at LO + IF = f01 drives; the same tone at LO - IF does not."""
    samples, if_hz = 1000, 50e6
    tone = np.exp(2j * np.pi * if_hz * np.arange(samples) * SAMPLE_S)
    rate = np.pi / (samples * SAMPLE_S)
    hit = DriveWindow((Drive(0, 5e9 - if_hz, rate * tone),), SAMPLE_S)
    miss = DriveWindow((Drive(0, 5e9 - if_hz, rate * tone.conj()),), SAMPLE_S)
    assert after(single(), (0.0, hit))[1, 0] > 0.999
    assert after(single(), (0.0, miss))[1, 0] < 0.001


def test_jakarta_x_and_the_sign_of_its_drag() -> None:
    """The recorded x is a pi pulse once omegad is divided by 1.1558; +beta instead of -beta is 30 times worse."""
    array = _jakarta()
    lo_hz = array.transmons[0].frequency_hz - 50e6
    errors = {}
    for sign in (1.0, -1.0):
        amp, beta = X[0]
        rate = 0.9746859904381969e9 / 1.1558 * drag(amp, sign * beta)
        matrix = after(
            array, (0.0, DriveWindow((Drive(0, array.transmons[0].frequency_hz - 50e6, rate),), SAMPLE_S))
        )
        errors[sign] = 1.0 - matrix[3, 0]
    assert errors[1.0] < 2e-4
    assert errors[-1.0] > 20 * errors[1.0]
    # Turning half of it gives an equal superposition: the pulse's area is pi within 2 %.
    amp, beta = X[0]
    rate = 0.9746859904381969e9 / 1.1558 * drag(0.5 * amp, beta)
    half = after(array, (0.0, DriveWindow((Drive(0, lo_hz, rate),), SAMPLE_S)))
    angle = 2.0 * np.arcsin(np.sqrt(half[3, 0]))
    assert angle == pytest.approx(np.pi / 2, rel=0.02)


def test_x_gate_fidelity() -> None:
    """Average gate fidelity of the recorded x on an isolated qubit 0, phases free: above 0.999 (0.99994 known)."""
    transmon = Transmon("q0", 5.236573217536762e9, -2.13555173817207e9 / TWO_PI)
    array = TransmonArray((transmon,), {})
    amp, beta = X[0]
    rate = 0.9746859904381969e9 / 1.1558 * drag(amp, beta)
    window = DriveWindow((Drive(0, transmon.frequency_hz - 50e6, rate),), SAMPLE_S)
    evolution = DrivenEvolution(array, Dissipation(array))
    # The channel of |j><k| gives U[1, 0] and U[0, 1] up to one common phase.
    probe = np.zeros((1, 3, 3), np.complex128)
    probe[0, 0, 1] = 1.0
    coherence = _evolved(array, evolution, probe, window)[0, 1, 0]
    down, up = after(array, (0.0, window))[0, 1], after(array, (0.0, window))[1, 0]
    assert abs(coherence) == pytest.approx(np.sqrt(down * up), abs=1e-9)
    # F = (tr(M^+ M) + |tr M|^2) / (d (d + 1)) with M the 2 x 2 part of X^+ U, its phases compensated by virtual Z.
    assert (down + up + (np.sqrt(down) + np.sqrt(up)) ** 2) / 6.0 > 0.999


def test_two_oscillators_at_once_equal_a_fine_reference() -> None:
    """Both qubits' x together: sub-steps against exponentials twice as fine in the product basis."""
    array = _jakarta()
    lows = [transmon.frequency_hz - 50e6 for transmon in array.transmons]
    strength = (0.9746859904381969e9 / 1.1558, 0.8086293744515131e9 / 1.1558)
    rates = [strength[q] * drag(*X[q]) for q in (0, 1)]
    window = DriveWindow(tuple(Drive(q, lows[q], rates[q]) for q in (0, 1)), SAMPLE_S)
    start_s, fine = 13e-9, 12
    t = start_s + (np.arange(window.samples * fine) + 0.5) * SAMPLE_S / fine
    turning = np.exp(2j * np.pi * (lows[1] - lows[0]) * t)
    half = 0.5 * np.repeat(rates[0], fine)[:, None, None] * array.lowering(0)
    half = half + 0.5 * (np.repeat(rates[1], fine) * turning)[:, None, None] * array.lowering(1)
    hamiltonians = array.static_hamiltonian(lows[0]) + half + half.conj().swapaxes(1, 2)
    unitary: Complex = np.eye(9, dtype=np.complex128)
    for step in _taylor(-1j * hamiltonians * SAMPLE_S / fine):
        unitary = step @ unitary
    expected = np.abs(array.basis.conj().T @ unitary @ array.basis) ** 2
    assert np.max(np.abs(after(array, (start_s, window)) - expected)) < 1e-5


@pytest.mark.parametrize("seed", [1, 2])
def test_coupled_driven_damped_pair_solves_the_master_equation(seed: int) -> None:
    """Random drive and random state on two coupled 3-level transmons, T1 and T2 of tens of microseconds.

    The independent solution exponentiates the whole Lindblad generator in every sample. Splitting the dissipator
    off in chunks of 8 samples costs some 1e-6 here; in chunks of one sample nothing that matters.
    """
    generator = np.random.default_rng(seed)
    array = TransmonArray(
        (
            Transmon("a", 5.1e9, -0.33e9, t1_s=80e-6, t2_s=60e-6, thermal_population=0.03),
            Transmon("b", 5.0e9, -0.31e9, t1_s=50e-6, t2_s=70e-6),
        ),
        {(0, 1): 3e6},
    )
    samples, lo_hz = 16, 5.08e9
    tones = np.exp(2j * np.pi * np.outer([1, -2, 5], np.arange(samples)) / samples)
    wiggle = 6e7 * generator.normal(size=(2, 3)) @ tones
    window = DriveWindow(tuple(Drive(q, lo_hz, wiggle[q]) for q in (0, 1)), SAMPLE_S)
    state = generator.normal(size=(9, 9)) + 1j * generator.normal(size=(9, 9))
    state = state @ state.conj().T
    state /= np.trace(state)
    expected = _in_chip_frame(array, _lindblad(array, window, state), window)
    chunked = _evolved(array, DrivenEvolution(array, Dissipation(array)), state[None], window)[0]
    assert np.max(np.abs(chunked - expected)) < 1e-5
    evolution = DrivenEvolution(array, Dissipation(array), chunk=1)
    stepped = _evolved(array, evolution, state[None], window)[0]
    assert np.max(np.abs(stepped - expected)) < 1e-6


def test_plateau_equals_stepping() -> None:
    """A long constant drive is raised to a power; cut in two unequal constants it would be stepped."""
    array = single(t1_s=3e-6, t2_s=2e-6)
    flat = constant(TWO_PI * 3e6, 400)
    almost = DriveWindow((Drive(0, 5e9, flat.drives[0].rate * (1 + 1e-13 * (np.arange(400) % 2))),), SAMPLE_S)
    assert after(array, (0.0, flat)) == pytest.approx(after(array, (0.0, almost)), abs=1e-9)


def test_equal_windows_have_equal_keys() -> None:
    assert constant(1e6, 10).key == constant(1e6, 10).key
    assert constant(1e6, 10).key != constant(1e6, 11).key
    assert constant(1e6, 10).key != constant(1e6, 10, lo_hz=5.1e9).key


def _taylor(exponents: Complex) -> Complex:
    """Exponentials of many small matrices (norms below 0.3) by their series: 14 terms are exact to 1e-16."""
    term = total = np.broadcast_to(np.eye(exponents.shape[-1], dtype=np.complex128), exponents.shape)
    for order in range(1, 15):
        term = term @ exponents / order
        total = total + term
    return total


def _jakarta() -> TransmonArray:
    return TransmonArray(
        (
            Transmon("q0", 5.236573217536762e9, -2.13555173817207e9 / TWO_PI),
            Transmon("q1", 5.0143686444772575e9, -2.1563927057817027e9 / TWO_PI),
        ),
        {(0, 1): 0.012286377631357464e9 / TWO_PI},
    )


def _in_chip_frame(array: TransmonArray, state: Complex, window: DriveWindow) -> Complex:
    """From the drive's frame to the chip's at the window's end; at instant zero the two agree."""
    turn = TWO_PI * (window.drives[0].lo_hz - array.frame_hz) * window.duration_s
    order = array.excitations[:, None] - array.excitations[None, :]
    return np.asarray(state * np.exp(-1j * turn * order))


def _lindblad(array: TransmonArray, window: DriveWindow, state: Complex) -> Complex:
    """The exponential of the whole generator in each sample: drive's frame, dressed basis."""
    one = np.eye(9)
    static = array.basis.conj().T @ array.static_hamiltonian(window.drives[0].lo_hz) @ array.basis
    ladder = [array.basis.conj().T @ array.lowering(q) @ array.basis for q in range(2)]
    dissipator = np.zeros((81, 81), np.complex128)
    for jump in _jumps(array):
        both = jump.T @ jump
        dissipator += np.kron(jump, jump) - 0.5 * (np.kron(both, one) + np.kron(one, both.T))
    flat = state.ravel()
    for k in range(window.samples):
        half = sum(0.5 * drive.rate[k] * ladder[drive.transmon] for drive in window.drives)
        hamiltonian = static + half + np.conj(half).T
        generator = -1j * (np.kron(hamiltonian, one) - np.kron(one, hamiltonian.T)) + dissipator
        flat = expm(generator * SAMPLE_S) @ flat
    return np.asarray(flat.reshape(9, 9))


def _jumps(array: TransmonArray) -> list[NDArray[np.float64]]:
    """Jump operators of both transmons, written out."""
    jumps = []
    for q, transmon in enumerate(array.transmons):
        heat = transmon.thermal_population
        local = []
        for n in (1, 2):
            lower = np.zeros((3, 3))
            lower[n - 1, n] = 1.0
            local += [np.sqrt(n * (1 - heat) / transmon.t1_s) * lower, np.sqrt(n * heat / transmon.t1_s) * lower.T]
        out_of_two_levels = (heat + (1 - heat) + 2 * heat) / transmon.t1_s
        dephasing = 1 / transmon.t2_s - 0.5 * out_of_two_levels
        local.append(np.sqrt(2 * dephasing) * np.diag([0.0, 1.0, 2.0]))
        jumps += [np.kron(np.kron(np.eye(3**q), op), np.eye(3 ** (1 - q))) for op in local]
    return jumps


def _evolved(
    array: TransmonArray, evolution: DrivenEvolution, states: NDArray[np.complex128], window: DriveWindow
) -> NDArray[np.complex128]:
    """Density matrices (batch, dimension, dimension) at the end of a window from time 0, in the chip's frame."""
    order = array.excitations[:, None] - array.excitations[None, :]
    states = states * np.exp(1j * evolution.turn(window, 0.0) * order)
    states = evolution.through(states, window.placed(0.0))
    return states * np.exp(-1j * evolution.turn(window, window.duration_s) * order)
