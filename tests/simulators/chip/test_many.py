"""Many coupled transmons: clusters, registers and splitting against density matrices and dense propagators."""

from __future__ import annotations

import time

import numpy as np
import pytest

from simulators.chip import (
    Chip,
    Content,
    Dissipation,
    Drive,
    DrivenEvolution,
    DriveWindow,
    Piece,
    Transmon,
    TransmonArray,
    Truth,
)
from simulators.chip.actions import components
from simulators.chip.cluster import Cluster
from simulators.chip.expansion import factors
from simulators.chip.grouping import Grouped
from simulators.chip.reach import NEGLECTED, neighbours
from simulators.chip.register import Register
from simulators.chip.strang import SplitChain
from simulators.chip.windows import Events
from tests.simulators.chip.builders import SAMPLE_S, chip_config, gaussian, play

TWO_PI = 2 * np.pi


def pulse(area: float) -> np.ndarray:
    return 1e9 * gaussian(area)


def chain(frequencies: list[float], levels: int = 3, j_hz: float = 2e6, **decay: float) -> TransmonArray:
    transmons = tuple(Transmon(f"q{k}", f, -0.33e9, levels, **decay) for k, f in enumerate(frequencies))
    return TransmonArray(transmons, {(k, k + 1): j_hz for k in range(len(frequencies) - 1)})


def test_components() -> None:
    assert components([0, 1, 2, 5, 6], [(0, 2), (2, 5), (3, 6)]) == ((0, 2, 5), (1,), (6,))


def ramsey(array: TransmonArray) -> tuple[Grouped, Events]:
    """Two half pulses on each of three transmons at once: of each by itself, and as windows of all."""
    frequencies = [array.part((q,), {}).energies_in(0.0)[1] / TWO_PI for q in range(3)]
    drives = tuple(Drive(q, f, pulse(np.pi / 2)) for q, f in enumerate(frequencies))
    starts = np.array([0.0, 900e-9])
    own = tuple(
        (
            (d.transmon,),
            Events((DriveWindow((Drive(0, d.lo_hz, d.rate),), SAMPLE_S),), np.zeros(2, int), starts, np.zeros(2)),
        )
        for d in drives
    )
    joint = DriveWindow(drives, SAMPLE_S)
    return own, Events.placed(((0.0, joint), (900e-9, joint)))


def mean(array: TransmonArray, groups: Grouped, end_s: float, count: int) -> np.ndarray:
    """Mean populations of trajectories from |000>."""
    register = Register(array, tuple(range(len(array.transmons))), {})
    steps, generator = register.steps(groups, 0.0, end_s), np.random.default_rng(1)
    total = np.zeros(array.dimension)
    for _ in range(count):
        state = np.zeros(array.dimension, np.complex128)
        state[0] = 1.0
        register.run(state, steps, np.zeros(len(array.transmons)), frozenset(), generator)
        total += np.abs(state) ** 2 / count
    return total


def test_register_agrees_with_the_density_matrix() -> None:
    """Ramsey on three coupled, decaying transmons at once: 3000 trajectories against 64 x 64 elements."""
    array = chain([5.0e9, 5.2e9, 5.08e9], 2, 4e6, t1_s=7e-6, t2_s=6e-6, thermal_population=0.02)
    own, joint = ramsey(array)
    found = mean(array, own, 950e-9, 3000)
    expected = Cluster(array).populations(joint, 0, 0.0, 950e-9)
    assert expected.max() < 0.9
    assert np.max(np.abs(found - expected)) < 4 * 0.5 / np.sqrt(3000)


def test_register_without_decay_is_one_state_vector() -> None:
    array = chain([5.0e9, 5.2e9, 5.08e9], 3, 3e6)
    own, joint = ramsey(array)
    expected = Cluster(array).populations(joint, 0, 0.0, 950e-9)
    # (J / Delta)^2 = 1.4e-3 is the order of what the register leaves out.
    assert np.max(np.abs(mean(array, own, 950e-9, 1) - expected)) < 6e-3


@pytest.mark.parametrize(("nanoseconds", "angle"), [(16, np.pi), (8, np.pi / 2), (30, np.pi)])
def test_square_pulses_on_four_coupled_transmons_as_a_product(nanoseconds: int, angle: float) -> None:
    """Neighbours that are turned by hundredths of a radian through each other, against all 81 states at once."""
    array = chain([5.05e9, 5.15e9, 5.02e9, 5.2e9])
    samples = round(nanoseconds * 1e-9 / SAMPLE_S)
    rate = np.full(samples, angle / (samples * SAMPLE_S), np.complex128)
    frequencies = [array.part((q,), {}).energies_in(0.0)[1] / TWO_PI for q in range(4)]
    window = DriveWindow(tuple(Drive(q, f, rate) for q, f in enumerate(frequencies)), SAMPLE_S)
    turned = [angle for q, f in enumerate(frequencies) for angle in neighbours_of(array, q, f, rate)]
    assert max(turned) > NEGLECTED
    parts = factors(array, (0, 1, 2, 3), window)
    assert max(len(factor.members) for factor in parts) == 2
    found = mean(array, (((0, 1, 2, 3), Events.placed(((0.0, window),))),), window.duration_s, 1)
    exact = np.abs(DrivenEvolution(array, Dissipation(array)).unitary(window)[:, 0]) ** 2
    alone = [
        (q, Events.placed(((0.0, DriveWindow((Drive(0, f, rate),), SAMPLE_S)),)))
        for q, f in enumerate(frequencies)
    ]
    apart = mean(array, tuple(((q,), events) for q, events in alone), window.duration_s, 1)
    assert np.max(np.abs(found - exact)) < max(turned) ** 2 + 2e-4
    assert np.max(np.abs(found - exact)) < 0.5 * np.max(np.abs(apart - exact))


@pytest.mark.parametrize("count", [2, 3])
def test_what_is_left_out_between_neighbours_is_within_the_bound(count: int) -> None:
    """Pulses that do not reach a neighbour, on all at once: each population is right to half of 1e-2 rad."""
    generator = np.random.default_rng(count)
    array = chain([5.05e9, 5.21e9, 5.0e9][:count])
    frequencies = [array.part((q,), {}).energies_in(0.0)[1] / TWO_PI for q in range(count)]
    for _ in range(5):
        rates = [pulse(generator.uniform(0.5, 3.0)) * np.exp(1j * generator.uniform(0, 6)) for _ in range(count)]
        for q, (f, rate) in enumerate(zip(frequencies, rates, strict=True)):
            assert max(neighbours_of(array, q, f, rate)) < NEGLECTED
        window = DriveWindow(
            tuple(Drive(q, f, r) for q, (f, r) in enumerate(zip(frequencies, rates, strict=True))), SAMPLE_S
        )
        exact = np.abs(DrivenEvolution(array, Dissipation(array)).unitary(window)[:, 0]) ** 2
        groups = tuple(
            ((q,), Events.placed(((0.0, DriveWindow((Drive(0, f, r),), SAMPLE_S)),)))
            for q, (f, r) in enumerate(zip(frequencies, rates, strict=True))
        )
        assert np.max(np.abs(mean(array, groups, window.duration_s, 1) - exact)) < 0.5 * NEGLECTED


def neighbours_of(array: TransmonArray, q: int, frequency_hz: float, rate: np.ndarray) -> list[float]:
    """Angles by which a pulse on one transmon turns the others."""
    signal = play("line", frequency_hz, Piece(0, rate))
    return [float(angle[0]) for angle in neighbours(array, signal, q, 1.0).values()]


def test_split_chain_agrees_with_the_dense_propagator() -> None:
    array = chain([5.0e9, 5.12e9, 5.03e9])
    window = DriveWindow(tuple(Drive(q, 5.0e9 + 30e6 * q, (1 + 0.1 * q) * pulse(2.0)) for q in range(3)), SAMPLE_S)
    dense = array.basis @ DrivenEvolution(array, Dissipation(array)).unitary(window) @ array.basis.conj().T
    split = SplitChain(array)
    start = np.zeros(27, np.complex128)
    start[4] = 1.0
    turns = TWO_PI * window.duration_s * (array.levels_of @ (split.frames_hz(window) - 5.0e9))
    found = split.propagate(start, window) * np.exp(-1j * turns)
    assert abs(np.vdot(found, dense[:, 4])) ** 2 == pytest.approx(1.0, abs=1e-5)


def test_cross_resonance_brings_the_neighbour_in_and_turns_it_by_the_controls_level() -> None:
    """Bloch trajectory of the target: a rotation about x whose rate changes with the control's level.

    ZX of a transmon pair in perturbation theory (Magesan and Gambetta, Phys. Rev. A 101, 052308, eq. 4.25):
    J Omega / Delta * alpha / (alpha + Delta) for the difference of half the two rates.
    """
    config = chip_config({"frequency_hz": 5.2e9}, {}, couplings=[{"between": ["q0", "q1"], "strength_hz": 2e6}])
    chip = Chip(config, 1)
    target_hz = Truth(chip).frequencies_hz["q1"]
    omega = TWO_PI * 8e6
    found = {0: [], 1: []}
    steps = np.arange(1, 7) * 500
    for samples in steps:
        content = Content(1e-5, (play("drive_q0", target_hz, Piece(0, np.full(int(samples), omega / 1e9 + 0j))),))
        assert [evolver.members for evolver in chip.plan(content).evolvers] == [(0, 1)]
        for level in (0, 1):
            found[level].append(Truth(chip).populations(content, {"q0": level})["q1"][1])
    rates = [np.polyfit(steps * SAMPLE_S, 2 * np.arcsin(np.sqrt(found[level])), 1)[0] for level in (0, 1)]
    delta, alpha, j = TWO_PI * 200e6, -TWO_PI * 300e6, TWO_PI * 2e6
    # |0>: -J Omega / (Delta + alpha) ...; both turn the same way or apart: compare the larger combination.
    difference = abs(j * omega / delta * 2 * alpha / (alpha + delta))
    assert (
        min(abs(abs(rates[0] - rates[1]) - difference), abs(rates[0] + rates[1] - difference)) < 0.1 * difference
    )


def test_transmons_that_nothing_acts_upon_stay_apart() -> None:
    couplings = [{"between": [f"q{k}", f"q{k + 1}"], "strength_hz": 2e6} for k in range(3)]
    config = chip_config(*({"frequency_hz": f} for f in (5.0e9, 5.15e9, 5.02e9, 5.2e9)), couplings=couplings)
    chip = Chip(config, 1)
    one = Content(1e-6, (play("drive_q1", 5.15e9, Piece(0, gaussian(np.pi))),))
    assert [e.members for e in chip.plan(one).evolvers] == [(0,), (1,), (2,), (3,)]
    two = Content(1e-6, (*one.signals, play("drive_q2", 5.02e9, Piece(500, gaussian(np.pi)))))
    assert [e.members for e in chip.plan(two).evolvers] == [(0,), (1, 2), (3,)]
    # Within 40 ns the ZZ of 50 kHz turns by 0.01 rad; within 4 ns by nothing that counts.
    short = [play(f"drive_q{q}", f, Piece(0, gaussian(0.1, 10, 3.0))) for q, f in ((1, 5.15e9), (2, 5.02e9))]
    assert [e.members for e in chip.plan(Content(1e-6, tuple(short))).evolvers] == [(0,), (1,), (2,), (3,)]


@pytest.mark.parametrize("samples", [None, 89, 40, 20])
def test_seven_driven_qubits_are_affordable(samples: int | None) -> None:
    """1024 shots of a program that drives all seven, Gaussian or ever shorter square pulses, not seen before."""
    frequencies = (5.24e9, 5.01e9, 5.11e9, 5.18e9, 5.21e9, 5.06e9, 5.30e9)
    bonds = ((0, 1), (1, 2), (1, 3), (3, 5), (4, 5), (5, 6))
    config = chip_config(
        *({"frequency_hz": f, "t1_s": 100e-6, "t2_s": 80e-6, "thermal_population": 0.01} for f in frequencies),
        couplings=[{"between": [f"q{a}", f"q{b}"], "strength_hz": 2e6} for a, b in bonds],
    )
    pulse_v = gaussian(np.pi) if samples is None else np.full(samples, np.pi / (samples * SAMPLE_S * 1e9) + 0j)

    def everything(duration_s: float) -> Content:
        signals = [play(f"drive_q{q}", f, Piece(0, pulse_v)) for q, f in enumerate(frequencies)]
        return Content(duration_s, tuple(signals))

    Chip(config, 1).run([everything(1e-3)], 1)  # compiles
    begin = time.process_time()
    chip = Chip(config, 2)
    chip.run([everything(1e-3)], 1024)
    assert time.process_time() - begin < 5.0
    for row in Truth(chip).populations(everything(1e-7)).values():
        assert row[1] == pytest.approx(1.0, abs=0.01 if samples is None else 0.04)
