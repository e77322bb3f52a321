"""Decay in silence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from simulators.chip import Dissipation, Transmon, TransmonArray
from tests.simulators.chip.builders import after, constant, single


def test_t1_decay_after_a_pi_pulse() -> None:
    t1_s, wait_s = 20e-6, 13e-6
    pulse = constant(np.pi / 4e-9, 10)
    matrix = after(single(levels=2, t1_s=t1_s, t2_s=2 * t1_s), (0.0, pulse), end_s=4e-9 + wait_s)
    assert matrix[1, 0] == pytest.approx(np.exp(-wait_s / t1_s), abs=5e-4)


def test_second_level_decays_twice_as_fast() -> None:
    decay = Dissipation(single(t1_s=10e-6)).populations(1e-6)
    assert decay[2, 2] == pytest.approx(np.exp(-0.2))


def test_t2_of_a_superposition_is_seen_by_ramsey() -> None:
    """Half pulse, wait, half pulse: 1/2 (1 + exp(-t / T2)) without detuning."""
    t2_s, wait_s = 5e-6, 4e-6
    array = single(levels=2, t1_s=40e-6, t2_s=t2_s)
    half = constant(0.5 * np.pi / 4e-9, 10)
    matrix = after(array, (0.0, half), (wait_s, half))
    assert matrix[1, 0] == pytest.approx(0.5 * (1 + np.exp(-(wait_s - 4e-9) / t2_s)), abs=2e-3)


def test_heat_shortens_no_t2() -> None:
    """T2 is what the file says, whatever part of it heating takes."""
    silence = Dissipation(single(t1_s=10e-6, t2_s=8e-6, thermal_population=0.1)).silence(3e-6)
    assert abs(silence[1, 1]) == pytest.approx(np.exp(-3 / 8))


def test_silence_is_the_exponential_of_the_whole_liouvillian() -> None:
    """Two coupled transmons, all 81 x 81 elements at once, with ZZ shifts while the neighbour decays."""
    array = TransmonArray(
        (Transmon("a", 5.01e9, -0.3e9, 3, 3e-7, 2e-7, 0.1), Transmon("b", 5.0e9, -0.3e9, 3, 4e-7, 5e-7)),
        {(0, 1): 8e6},
    )
    wait_s = 2e-7
    liouvillian = -1j * (np.kron(np.diag(array.energies), np.eye(9)) - np.kron(np.eye(9), np.diag(array.energies)))
    for q, transmon in enumerate(array.transmons):
        operators = []
        for n in (1, 2):
            lower = np.zeros((3, 3))
            lower[n - 1, n] = 1.0
            operators += [np.sqrt(n * transmon.down_rate) * lower, np.sqrt(n * transmon.up_rate) * lower.T]
        operators.append(np.sqrt(2 * transmon.dephasing_rate) * np.diag([0.0, 1.0, 2.0]))
        for local in operators:
            jump = np.kron(np.kron(np.eye(3**q), local), np.eye(3 ** (1 - q)))
            both = jump.T @ jump
            liouvillian += np.kron(jump, jump) - 0.5 * (np.kron(both, np.eye(9)) + np.kron(np.eye(9), both))
    assert Dissipation(array).silence(wait_s) == pytest.approx(expm(liouvillian * wait_s), abs=1e-9)


def test_perfect_transmons_keep_everything() -> None:
    dissipation = Dissipation(single())
    assert not dissipation.active
    assert dissipation.populations(1.0) == pytest.approx(np.eye(3))
