"""Static properties of coupled transmons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from simulators.chip import Dissipation, Transmon, TransmonArray
from tests.simulators.chip.builders import single


def test_ladder_energies() -> None:
    array = single(levels=4)
    steps = np.diff(array.energies_in(0.0)) / (2 * np.pi)
    assert steps == pytest.approx([5e9, 4.66e9, 4.32e9])


def test_exchange_oscillation_of_a_product_state() -> None:
    """|10> comes and goes with 4 J^2 / (4 J^2 + Delta^2) sin^2(pi sqrt(4 J^2 + Delta^2) t)."""
    j_hz, delta_hz, t = 4e6, 7e6, 83e-9
    array = TransmonArray((Transmon("a", 5e9, -0.3e9), Transmon("b", 5e9 - delta_hz, -0.3e9)), {(0, 1): j_hz})
    # Through the simulator's own silence, from the product basis and back.
    start = np.zeros(9, np.complex128)
    start[3] = 1.0
    dressed = array.basis.conj().T @ start
    silence = Dissipation(array).silence(t)
    rho = (silence @ np.outer(dressed, dressed.conj()).ravel()).reshape(9, 9)
    swapped = (array.basis @ rho @ array.basis.conj().T)[1, 1].real
    speed = np.hypot(2 * j_hz, delta_hz)
    assert swapped == pytest.approx((2 * j_hz / speed) ** 2 * np.sin(np.pi * speed * t) ** 2, abs=1e-9)


def test_frame_change_is_exact_with_coupling() -> None:
    """exp(i phi N) between frames: the static Hamiltonian in another frame differs by N alone."""
    array = TransmonArray((Transmon("a", 5.2e9, -0.3e9), Transmon("b", 5.0e9, -0.3e9)), {(0, 1): 5e6})
    t = 31e-9
    here, there = array.static_hamiltonian(5.1e9), array.static_hamiltonian(4.9e9)
    turn = np.diag(np.exp(-2j * np.pi * 0.2e9 * t * array.excitations))
    assert expm(-1j * there * t) == pytest.approx(turn @ expm(-1j * here * t), abs=1e-9)


def test_labels_follow_weak_coupling() -> None:
    array = TransmonArray((Transmon("a", 5.2e9, -0.3e9), Transmon("b", 5.0e9, -0.3e9)), {(0, 1): 2e6})
    assert np.all(np.abs(np.diag(array.basis)) > 0.99)
    # Second-order shift of a coupled pair.
    shift = (array.energies_in(0.0)[3]) / (2 * np.pi) - 5.2e9
    assert shift == pytest.approx(2e6**2 / 0.2e9, rel=1e-3)


def test_equilibrium_is_stationary() -> None:
    array = TransmonArray(
        (Transmon("a", 5e9, -0.3e9, 3, 1e-6, 1e-6, 0.05), Transmon("b", 5e9, -0.3e9, 2, 1e-6)), {}
    )
    rest = array.equilibrium()
    assert rest.sum() == pytest.approx(1.0)
    assert Dissipation(array).populations(3e-6) @ rest == pytest.approx(rest, abs=1e-12)
    assert Dissipation(array).populations(1e-3)[:, 5] == pytest.approx(rest, abs=1e-9)
