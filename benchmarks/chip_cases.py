"""The jobs that benchmarks/chip.py measures: each as the simulator does it, and as a bare kernel does it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import chip_floor as floor
import numpy as np
from numpy.typing import NDArray

from simulators.chip import (
    Acquisition,
    Chip,
    ChipConfig,
    Content,
    Dissipation,
    Drive,
    DrivenEvolution,
    DriveWindow,
    Piece,
    Signal,
    Transmon,
    TransmonArray,
)
from simulators.chip.cluster import Cluster
from simulators.chip.strang import SplitChain
from simulators.chip.windows import Events

__all__ = ["Case", "cases"]

Complex = NDArray[np.complex128]
DT = 2e-9 / 9
CHUNK = 8


@dataclass(frozen=True)
class Case:
    """One comparison."""

    name: str
    must: float
    """Largest ratio."""
    ours: Callable[[], object]
    floor: Callable[[], object] | None
    """None: one second."""
    check: Callable[[], None]
    """Raises if the two do not compute the same."""
    note: str = ""


def cases() -> Iterator[Case]:
    """All of them."""
    yield _drag()
    yield _damped_drag()
    yield _cross_resonance()
    yield _chain()
    yield _benchmarking()
    yield _kernelled()
    yield _seven_qubits()


def _gaussian(samples: int, sigma: float, area: float) -> NDArray[np.float64]:
    t = np.arange(samples) + 0.5 - samples / 2
    shape = np.exp(-0.5 * (t / sigma) ** 2) - np.exp(-0.5 * (samples / 2 / sigma) ** 2)
    return np.asarray(area * shape / (shape.sum() * DT))


def _sweep() -> tuple[TransmonArray, Complex]:
    """1000 amplitudes of a 160-sample DRAG pulse."""
    envelope = _gaussian(160, 40, np.pi)
    drag = envelope - 1j * np.gradient(envelope) / (2 * np.pi * 0.34e9 * DT)
    return TransmonArray((Transmon("q", 5e9, -0.34e9),), {}), np.outer(np.linspace(0.01, 1, 1000), drag)


def _drag() -> Case:
    array, rates = _sweep()
    static, lowering = np.diag(array.energies_in(5e9)).astype(np.complex128), array.dressed_lowering(0)

    def ours() -> Complex:
        # A new evolution each time: nothing is cached from the round before.
        driven = DrivenEvolution(array, Dissipation(array))
        return np.array([driven.unitary(DriveWindow((Drive(0, 5e9, rate),), DT))[:, 0] for rate in rates])

    def bare() -> Complex:
        return np.asarray(floor.floor_states(static, lowering, rates, DT))

    def check() -> None:
        assert np.max(np.abs(np.abs(ours()) ** 2 - np.abs(bare()) ** 2)) < 1e-9

    return Case("1000 amplitudes of DRAG, 3 levels", 2.0, ours, bare, check, "(floor: state vectors)")


def _damped_drag() -> Case:
    array, rates = _sweep()
    array = TransmonArray((Transmon("q", 5e9, -0.34e9, t1_s=80e-6, t2_s=60e-6, thermal_population=0.01),), {})
    static, lowering = np.diag(array.energies_in(5e9)).astype(np.complex128), array.dressed_lowering(0)
    decay = Dissipation(array).decay(0.5 * CHUNK * DT).reshape(3, 3, 3, 3)
    half = np.einsum("ijij->ij", decay).copy()
    mixing = np.einsum("iijj->ij", decay).copy()
    ground = np.zeros((1, 3, 3), np.complex128)
    ground[0, 0, 0] = 1.0

    def ours() -> Complex:
        driven = DrivenEvolution(array, Dissipation(array))
        return np.array([driven.through(ground, DriveWindow((Drive(0, 5e9, rate),), DT))[0] for rate in rates])

    def bare() -> Complex:
        return np.asarray(floor.floor_damped(static, lowering, rates, DT, CHUNK, half, mixing))

    def check() -> None:
        assert np.max(np.abs(ours() - bare())) < 1e-8

    return Case("the same with T1 and T2", 2.0, ours, bare, check, "(floor: density matrices, split every 8)")


def _cross_resonance() -> Case:
    array = TransmonArray((Transmon("a", 5.24e9, -0.34e9), Transmon("b", 5.01e9, -0.34e9)), {(0, 1): 2e6})
    edge, flat = _gaussian(128, 32, 1.0)[:64], np.ones(472)
    half = np.concatenate((edge / edge.max(), flat, edge[::-1] / edge.max())) * 2 * np.pi * 30e6
    rates = np.concatenate((half, -half)).astype(np.complex128)
    frame_hz = float(array.energies_in(0.0)[1] / (2 * np.pi))
    energies = array.energies_in(frame_hz)
    static, lowering = np.diag(energies - energies.mean()).astype(np.complex128), array.dressed_lowering(0)
    window = DriveWindow((Drive(0, frame_hz, rates),), DT)

    def ours() -> Complex:
        return DrivenEvolution(array, Dissipation(array)).unitary(window)

    def bare() -> Complex:
        return np.asarray(floor.floor_propagator(static, lowering, rates, DT, len(rates))[0])

    def check() -> None:
        assert abs(abs(np.trace(ours().conj().T @ bare())) - 9.0) < 1e-7

    return Case("two qubits, 1200-sample CR echo", 2.0, ours, bare, check, "(floor: full propagator)")


def _chain() -> Case:
    frequency_hz, strength_hz, samples = 5e9, 2e6, 2000
    array = TransmonArray(
        tuple(Transmon(f"q{k}", frequency_hz + 20e6 * (k % 2), -0.33e9) for k in range(5)),
        {(k, k + 1): strength_hz for k in range(4)},
    )
    envelope = _gaussian(samples, 500, np.pi).astype(np.complex128)
    window = DriveWindow(tuple(Drive(q, frequency_hz, (1 + 0.1 * q) * envelope) for q in range(5)), DT)
    ground = np.zeros(243, np.complex128)
    ground[0] = 1.0
    single = [TransmonArray((t,), {}) for t in array.transmons]
    pair = TransmonArray(array.transmons[:2], {})
    hop = pair.lowering(0).conj().T @ pair.lowering(1)
    values, vectors = np.linalg.eigh(2 * np.pi * strength_hz * DT * (hop + hop.conj().T))
    bond = np.where(
        np.abs(hop + hop.T) @ np.abs(hop + hop.T) + np.abs(hop + hop.T) + np.eye(9) > 0,
        (vectors * np.exp(-1j * values)) @ vectors.conj().T,
        0.0,
    )

    def ours() -> Complex:
        return SplitChain(array).propagate(ground, window)

    def bare() -> Complex:
        sites = np.empty((5, samples, 3, 3), np.complex128)
        for q, alone in enumerate(single):
            static = np.diag(alone.energies_in(frequency_hz)).astype(np.complex128)
            rates = window.drives[q].rate
            sites[q] = floor.floor_propagator(static, alone.lowering(0), rates, DT, 1)
        state = ground.copy()
        floor.floor_chain(state, sites, bond, 3)
        return state

    def check() -> None:
        exact = _reference(array, window, frequency_hz)
        infidelity = 1.0 - abs(np.vdot(ours(), exact)) ** 2
        assert infidelity < 1e-5, infidelity

    return Case("5-qubit chain, 2000 samples, 1e-5", 2.0, ours, bare, check, "(floor: Strang, bare)")


def _reference(array: TransmonArray, window: DriveWindow, frame_hz: float) -> Complex:
    """The series of the whole exponential on the state vector, sample by sample."""
    import scipy.sparse

    static = scipy.sparse.csr_array(array.static_hamiltonian(frame_hz))
    ladders = [scipy.sparse.csr_array(array.lowering(q)) for q in range(5)]
    state = np.zeros(array.dimension, np.complex128)
    state[0] = 1.0
    drive = sum((ladder + ladder.T) * (0.5 * (1 + 0.1 * q)) for q, ladder in enumerate(ladders))
    for k in range(window.samples):
        hamiltonian = (static + drive * window.drives[0].rate[k].real) * (-1j * DT)
        term = state
        for order in range(1, 15):
            term = hamiltonian @ term / order
            state = state + term
    return np.asarray(state)


def _benchmarking() -> Case:
    plays, array = 62840, TransmonArray((Transmon("q", 5e9, -0.34e9, t1_s=80e-6, t2_s=60e-6),), {})
    generator = np.random.default_rng(1)
    pulses = (_gaussian(160, 40, np.pi), _gaussian(160, 40, np.pi / 2))
    windows = tuple(DriveWindow((Drive(0, 5e9, pulse.astype(np.complex128)),), DT) for pulse in pulses)
    events = Events(
        windows,
        generator.integers(0, 2, plays),
        np.arange(plays) * 160 * DT,
        0.5 * np.pi * generator.integers(0, 4, plays),
    )
    cluster = Cluster(array)
    ground = np.zeros((1, 3, 3), np.complex128)
    ground[0, 0, 0] = 1.0
    driven = DrivenEvolution(array, Dissipation(array))
    table = np.array([driven.superoperator(window) for window in windows])
    turned = []
    order = (array.excitations[:, None] - array.excitations[None, :]).ravel()
    for matrix in table:
        for quarter in range(4):
            turn = np.exp(0.5j * np.pi * quarter * order)
            turned.append(turn.conj()[:, None] * matrix * turn)
    which = events.which * 4 + np.round(events.phases_rad / (0.5 * np.pi)).astype(np.int64)

    def ours() -> Complex:
        return cluster.walked(ground, events)[0]

    def bare() -> Complex:
        return np.asarray(floor.floor_product(np.array(turned), which, ground.ravel().copy())).reshape(3, 3)

    def check() -> None:
        assert np.max(np.abs(np.abs(ours()) - np.abs(bare()))) < 1e-6

    return Case("62,840 pulses of one-qubit RB", 5.0, ours, bare, check, "(floor: cached propagators)")


def _readout_chip(count: int) -> ChipConfig:
    names = [f"q{k}" for k in range(count)]
    frequencies = [5.24e9, 5.01e9, 5.11e9, 5.18e9, 5.21e9, 5.06e9, 5.30e9]
    return ChipConfig.model_validate(
        {
            "version": 1,
            "transmons": {
                name: {
                    "frequency_hz": frequencies[k],
                    "anharmonicity_hz": -0.34e9,
                    "t1_s": 100e-6,
                    "t2_s": 80e-6,
                    "thermal_population": 0.01,
                }
                for k, name in enumerate(names)
            },
            "couplings": [
                {"between": [names[a], names[b]], "strength_hz": 2e6}
                for a, b in ((0, 1), (1, 2), (1, 3), (3, 5), (4, 5), (5, 6))
                if b < count
            ],
            "drive_lines": {f"d{k}": {"transmon": n, "rabi_rad_per_s_per_v": 3e9} for k, n in enumerate(names)},
            "feedline": {
                "noise_photons": 6.0,
                "gain_v": 1.3e-6,
                "resonators": {
                    f"r{k}": {
                        "transmon": name,
                        "frequency_hz": 7.0e9 + 60e6 * k,
                        "chi_hz": -0.6e6,
                        "kappa_hz": 1.2e6,
                        "drive_rad_per_s_per_v": 2.44e8,
                    }
                    for k, name in enumerate(names)
                },
            },
        }
    )


def _shot(count: int, depth: int = 1) -> Content:
    """Half pulses on all qubits, then a multiplexed readout of 2.5 us with one kernel for each."""
    sample_s, length = 0.4e-9, 89
    pulse = np.asarray(_gaussian(length, 22, 0.5 * np.pi) * DT / sample_s / 3e9, np.complex128)
    frequencies = [5.24e9, 5.01e9, 5.11e9, 5.18e9, 5.21e9, 5.06e9, 5.30e9]
    signals = [
        Signal.of_pieces(f"d{q}", frequencies[q], sample_s, [Piece(length * k, pulse) for k in range(depth)])
        for q in range(count)
    ]
    k, n = np.arange(6250), np.arange(1250)
    offsets = [60e6 * q - 0.6e6 for q in range(count)]
    tone = np.sum([0.0489 * np.exp(2j * np.pi * f * k * sample_s) for f in offsets], axis=0)
    signals.append(Signal.of_pieces("feedline", 7e9, sample_s, [Piece(length * depth, tone)]))
    weights = np.array([np.exp(-2j * np.pi * f * n * 2e-9) / n.size for f in offsets])
    taken = Acquisition("feedline", length * depth * sample_s, 2e-9, 1250, 7e9, weights)
    return Content(1e-3, tuple(signals), (taken,))


def _kernelled() -> Case:
    shots, chip, content = 500_000, Chip(_readout_chip(1), 3), _shot(1)
    generator = np.random.default_rng(1)
    reference = chip.run([content], 2000)[0][0][:, 0]
    centre = complex(reference.mean())
    slopes = np.linspace(0.005, 0.0, 1000).astype(np.complex128)

    def ours() -> object:
        return chip.run([content], shots)

    def bare() -> object:
        clouds = np.array([centre - 0.005, centre + 0.005])
        return floor.floor_sampler(0.5, 100e-6, 2.5e-6, clouds, slopes, 0.0023, shots, generator)

    def check() -> None:
        begin = time.process_time()
        ours()
        assert time.process_time() - begin < 5.0

    return Case("500,000 kernelled shots", 2.0, ours, bare, check, "(floor: numpy sampler)")


def _seven_qubits() -> Case:
    content = _shot(7, depth=2)
    config = _readout_chip(7)

    def ours() -> object:
        # A new chip each time: all distributions are computed again.
        return Chip(config, 5).run([content], 1024)

    return Case("7 driven qubits, 1024 shots", 1.0, ours, None, lambda: None, "(of one second)")
