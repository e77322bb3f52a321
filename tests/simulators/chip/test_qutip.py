"""Driven evolution against a general master-equation solver on random small cases."""

from __future__ import annotations

import numpy as np
import pytest
import qutip
from numpy.typing import NDArray

from simulators.chip import Dissipation, Drive, DrivenEvolution, DriveWindow, Transmon, TransmonArray
from tests.simulators.chip.builders import SAMPLE_S

Complex = NDArray[np.complex128]
OPTIONS = {"atol": 1e-11, "rtol": 1e-9, "nsteps": 100_000, "method": "adams"}
TWO_PI = 2 * np.pi


def _operators(array: TransmonArray) -> list[qutip.Qobj]:
    """Ladder operators by qutip's own tensor products."""
    shape = array.shape
    return [
        qutip.tensor([qutip.destroy(n) if k == q else qutip.qeye(n) for k, n in enumerate(shape)])
        for q in range(len(shape))
    ]


def _static(array: TransmonArray, frame_hz: float) -> qutip.Qobj:
    total = 0
    ladders = _operators(array)
    for a, transmon in zip(ladders, array.transmons, strict=True):
        n = a.dag() * a
        total += TWO_PI * (transmon.frequency_hz - frame_hz) * n
        total += np.pi * transmon.anharmonicity_hz * n * (n - 1)
    for (i, j), strength_hz in array.couplings_hz.items():
        hop = ladders[i].dag() * ladders[j]
        total += TWO_PI * strength_hz * (hop + hop.dag())
    return total


def _solve(
    array: TransmonArray, window: DriveWindow, frame_hz: float, state: Complex, jumps: list[object]
) -> Complex:
    """Sample by sample, time in ns; `state` in the product basis."""
    ladders = _operators(array)
    rho = qutip.Qobj(state, dims=[list(array.shape)] * 2)
    for k in range(window.samples):
        hamiltonian = _static(array, frame_hz)
        for drive in window.drives:
            a = ladders[drive.transmon]
            part = 0.5 * drive.rate[k] * (a.dag() * a if drive.flux else a)
            hamiltonian += part + part.dag()
        times = [0.0, SAMPLE_S * 1e9]
        scaled = [c * np.sqrt(1e-9) for c in jumps]  # type: ignore[operator]  # Qobj is untyped
        rho = qutip.mesolve(hamiltonian * 1e-9, rho, times, c_ops=scaled, options=OPTIONS).states[-1]
    return np.asarray(rho.full(), np.complex128)


def _random(generator: np.random.Generator, size: int) -> Complex:
    state = generator.normal(size=(size, size)) + 1j * generator.normal(size=(size, size))
    state = state @ state.conj().T
    return np.asarray(state / np.trace(state))


@pytest.mark.parametrize(("levels", "seed"), [(2, 1), (3, 2), (4, 3), (5, 4)])
def test_single_damped_transmon(levels: int, seed: int) -> None:
    """T1 and dephasing of tens of microseconds, random complex drive; decay applied every sample."""
    generator = np.random.default_rng(seed)
    transmon = Transmon("q", 5.1e9, -0.31e9, levels, 40e-6, 30e-6, 0.02)
    array = TransmonArray((transmon,), {})
    rate = 1.5e8 * (generator.normal(size=12) + 1j * generator.normal(size=12))
    window = DriveWindow((Drive(0, 5.08e9, rate),), SAMPLE_S)
    jumps = []
    for n in range(1, levels):
        down = qutip.projection(levels, n - 1, n)
        jumps += [down * np.sqrt(n * transmon.down_rate), down.dag() * np.sqrt(n * transmon.up_rate)]
    jumps.append(qutip.num(levels) * np.sqrt(2 * transmon.dephasing_rate))
    state = _random(generator, levels)
    expected = _solve(array, window, 5.08e9, state, jumps)
    found = DrivenEvolution(array, Dissipation(array), chunk=1).through(state[None], window)[0]
    assert np.max(np.abs(found - expected)) < 1e-6


@pytest.mark.parametrize("seed", [5, 6])
def test_coupled_pair_with_drives_and_flux(seed: int) -> None:
    """Unitary: both driven by one oscillator, the second one's frequency moved by flux meanwhile."""
    generator = np.random.default_rng(seed)
    array = TransmonArray((Transmon("a", 5.1e9, -0.33e9), Transmon("b", 5.0e9, -0.3e9)), {(0, 1): 8e6})
    rates = 1e8 * (generator.normal(size=(2, 10)) + 1j * generator.normal(size=(2, 10)))
    shift = TWO_PI * 80e6 * generator.normal(size=10) + 0j
    drives = (Drive(0, 5.06e9, rates[0]), Drive(1, 5.06e9, rates[1]), Drive(1, 0.0, shift, flux=True))
    window = DriveWindow(drives, SAMPLE_S)
    unitary = array.basis @ DrivenEvolution(array, Dissipation(array)).unitary(window) @ array.basis.conj().T
    state = _random(generator, 9)
    expected = _solve(array, window, 5.06e9, state, [])
    assert np.max(np.abs(unitary @ state @ unitary.conj().T - expected)) < 1e-6


def test_three_coupled_transmons() -> None:
    """A state vector of 12 levels by sesolve."""
    generator = np.random.default_rng(7)
    array = TransmonArray(
        (Transmon("a", 5.1e9, -0.3e9, 2), Transmon("b", 5.0e9, -0.3e9, 3), Transmon("c", 5.05e9, -0.3e9, 2)),
        {(0, 1): 5e6, (1, 2): 4e6},
    )
    rate = 1e8 * (generator.normal(size=10) + 1j * generator.normal(size=10))
    window = DriveWindow((Drive(1, 5.03e9, rate),), SAMPLE_S)
    unitary = array.basis @ DrivenEvolution(array, Dissipation(array)).unitary(window) @ array.basis.conj().T
    psi = qutip.basis(array.dimension, 0)
    psi.dims = [list(array.shape), [1] * 3]
    for k in range(10):
        part = 0.5 * rate[k] * _operators(array)[1]
        hamiltonian = (_static(array, 5.03e9) + part + part.dag()) * 1e-9
        psi = qutip.sesolve(hamiltonian, psi, [0.0, SAMPLE_S * 1e9], options=OPTIONS).states[-1]
    overlap = abs(np.vdot(psi.full()[:, 0], unitary[:, 0]))
    assert overlap == pytest.approx(1.0, abs=1e-6)
    assert np.max(np.abs(np.abs(psi.full()[:, 0]) ** 2 - np.abs(unitary[:, 0]) ** 2)) < 1e-6
