"""Readouts in the middle of a shot: one transmon is projected, the others stay coherent."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import qutip
from numpy.typing import NDArray
from scipy.linalg import expm

from simulators.chip import Chip, ChipConfig, Content, Piece, Signal, Truth
from simulators.chip.ensembles import TrajectorySolver
from simulators.chip.evolving import Begin, Found
from simulators.chip.shots import ShotLoop
from tests.simulators.chip.builders import SAMPLE_S, chip_config, gaussian, play, probe

TWO_PI = 2 * np.pi
F0, F1, F2 = 5.2e9, 5.05e9, 5.3e9
CROSS_SAMPLES = 700
LATER = 12000
"""Sample of the pulses behind the readout of q0, whose photons are gone by then."""


def pair(**changes: float) -> ChipConfig:
    """Two levels each: no ZZ."""
    couplings = [{"between": ["q0", "q1"], "strength_hz": 3e6}]
    each = {"levels": 2, **changes}
    return chip_config({"frequency_hz": F0, **each}, {"frequency_hz": F1, **each}, couplings=couplings)


def three(**changes: float) -> ChipConfig:
    couplings = [{"between": ["q0", "q1"], "strength_hz": 3e6}, {"between": ["q1", "q2"], "strength_hz": 3e6}]
    return chip_config(*({"frequency_hz": f, **changes} for f in (F0, F1, F2)), couplings=couplings)


def without_other_resonators(config: ChipConfig) -> ChipConfig:
    """Otherwise the tone for q0 leaves a thousandth of a photon in that of q1, whose phase it turns by 1e-2."""
    sections = config.model_dump()
    sections["feedline"]["resonators"] = {"r_q0": sections["feedline"]["resonators"]["r_q0"]}
    return ChipConfig.model_validate(sections)


def entangled(config: ChipConfig, phase: float, *, measured: bool, third: bool = False) -> Content:
    """A half pulse on q0, a cross-resonance drive, half pulses on q1 (and q2) later; q0 may be read between."""
    truth = Truth(Chip(config, 1))
    f0, f1 = truth.frequencies_hz["q0"], truth.frequencies_hz["q1"]
    half, cross = gaussian(np.pi / 2), np.full(CROSS_SAMPLES, TWO_PI * 60e6 / 1e9 + 0j)
    signals: list[Signal] = [
        play("drive_q0", f0, Piece(0, half)),
        play("drive_q0", f1, Piece(100, cross)),
        play("drive_q1", f1, Piece(LATER, half, phase)),
    ]
    if third:
        f2 = truth.frequencies_hz["q2"]
        signals.append(play("drive_q2", f2, Piece(0, half), Piece(LATER, half, 0.4)))
    if measured:
        signals.append(probe(100 + CROSS_SAMPLES, 2500))
    return Content((LATER + 100) * SAMPLE_S, tuple(signals))


def joint(chip: Chip, content: Content) -> NDArray[np.float64]:
    """Probabilities of q0's level in its readout and of the others' at the end, from |0..0>: (levels, others)."""
    (evolver,) = chip.plan(content).evolvers
    levels = dict.fromkeys(range(len(evolver.members)), 0)

    def known(stage: int, now: dict[int, int]) -> tuple[tuple[int, int], ...]:
        return tuple((q, now[q]) for q, _ in evolver.depends(stage))

    begin = Begin(0, known(0, levels))
    first = evolver.outcomes(begin)
    assert evolver.stage(0).drawn == (0,)
    rows = []
    for choice, chance in enumerate(first.tolist()):
        node = Found(1, begin, choice, known(1, {**levels, **evolver.levels_of(0, choice)}))
        final = evolver.outcomes(node).reshape(first.size, -1)
        rows.append(chance * final.sum(axis=0))
    return np.array(rows)


@pytest.mark.parametrize("phase", [0.0, 1.2, np.pi / 2, 2.9])
def test_a_readout_may_as_well_be_put_off(phase: float) -> None:
    """Little acts on q0 behind its readout: both orders of reading q0 and turning q1 give the same joint outcomes.

    The pulse on q1 turns q0 through their coupling by some 1e-3 rad, differently if q0 is still coherent.
    """
    config = without_other_resonators(pair())
    found = joint(Chip(config, 1), entangled(config, phase, measured=True))
    (evolver,) = Chip(config, 1).plan(entangled(config, phase, measured=False)).evolvers
    expected = evolver.outcomes(Begin(0, ((0, 0), (1, 0)))).reshape(2, 2)
    assert found == pytest.approx(expected, abs=5e-4)


def test_the_other_half_of_a_pair_is_found_where_quantum_mechanics_puts_it() -> None:
    """By qutip: the entangled state, q0 projected, silence, the pulse on q1; its phase counts."""
    config = without_other_resonators(pair())
    seen = []
    for phase in (0.0, np.pi / 2):
        content = entangled(config, phase, measured=True)
        found = joint(Chip(config, 1), content)
        assert found == pytest.approx(by_qutip(Chip(config, 1), content), abs=2e-4)
        seen.append(found[:, 1] / found.sum(axis=1))
    assert np.max(np.abs(seen[0] - seen[1])) > 0.2
    assert np.max(np.abs([row[0] - row[1] for row in seen])) > 0.5  # the levels of q0 and q1 belong together


def by_qutip(chip: Chip, content: Content) -> NDArray[np.float64]:
    """Sample by sample in q1's frame, without the simulator's operators or propagators."""
    device = chip.device.array
    frame = next(s.lo_hz for s in content.signals if s.line == "drive_q1")
    a, b = qutip.tensor(qutip.destroy(2), qutip.qeye(2)), qutip.tensor(qutip.qeye(2), qutip.destroy(2))
    number = a.dag() * a + b.dag() * b
    static = (
        TWO_PI
        * 1e-9
        * (
            (device.transmons[0].frequency_hz - frame) * a.dag() * a
            + (device.transmons[1].frequency_hz - frame) * b.dag() * b
            + 3e6 * (a.dag() * b + b.dag() * a)
        )
    )
    _, states = static.eigenstates()
    dressed = np.array([max((s.full()[:, 0] for s in states), key=lambda v, k=k: abs(v[k])) for k in range(4)])
    own, turns = static.full(), np.diag(number.full())
    branches, now = [dressed[0]], 0
    for signal, start, k in plays(content):
        if start == LATER:
            branches = [(part.conj() @ branches[0]) @ part for part in (dressed[:2], dressed[2:])]
        samples = signal.waveforms[signal.indices[k]]
        opening = TWO_PI * (signal.lo_hz - frame) * start * SAMPLE_S + signal.phases_rad[k]
        ladder = (a if signal.line == "drive_q0" else b).full()
        total = np.exp(1j * opening * turns)[:, None] * expm(-0.4j * (start - now) * own)
        for sample, steps in runs(samples):
            drive = 0.5 * sample * ladder
            inside = own - TWO_PI * 1e-9 * (signal.lo_hz - frame) * np.diag(turns) + drive + drive.conj().T
            total = np.linalg.matrix_power(expm(-0.4j * inside), steps) @ total
        closing = opening + TWO_PI * (signal.lo_hz - frame) * samples.size * SAMPLE_S
        branches = [np.exp(-1j * closing * turns) * (total @ state) for state in branches]
        now = start + samples.size
    amplitudes = [[np.vdot(dressed[2 * level + m], branches[level]) for m in (0, 1)] for level in (0, 1)]
    return np.abs(np.array(amplitudes)) ** 2


def plays(content: Content) -> list[tuple[Signal, int, int]]:
    """Drives in order of time: signal, first sample, number."""
    rows = [
        (s, int(start), k) for s in content.signals if s.line != "feedline" for k, start in enumerate(s.starts)
    ]
    return sorted(rows, key=lambda row: row[1])


def runs(samples: NDArray[np.complex128]) -> list[tuple[complex, int]]:
    """Equal samples in a row."""
    edges = [0, *(np.flatnonzero(np.diff(samples)) + 1).tolist(), samples.size]
    return [(complex(samples[first]), last - first) for first, last in pairwise(edges)]


def test_three_transmons_and_their_trajectories() -> None:
    """As above in a cluster of three, where states are vectors."""
    config = without_other_resonators(three())
    found = joint(Chip(config, 1), entangled(config, 0.8, measured=True, third=True))
    (evolver,) = Chip(config, 1).plan(entangled(config, 0.8, measured=False, third=True)).evolvers
    expected = evolver.outcomes(Begin(0, ((0, 0), (1, 0), (2, 0)))).reshape(3, 9)
    assert found == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(
    ("config", "third"), [(pair(t1_s=8e-6, t2_s=6e-6), False), (three(t1_s=8e-6, t2_s=6e-6), True)]
)
def test_shots_follow_the_conditional_states(config: ChipConfig, third: bool) -> None:
    """Counts of (q0 in the middle, q0 and q1 later), with decay: q0's readout tells of q1."""
    shots = 4000
    read = entangled(config, 0.0, measured=True, third=third)
    last = probe(LATER + 150, 2500, lo_hz=7.0594e9)
    content = Content(200e-6, (*read.signals, last))
    chip = Chip(config, 3)
    plan = chip.plan(content)
    loop = ShotLoop(chip.device, [plan], np.zeros(2 + third, np.int64), shots)
    outcomes = loop.play(shots, np.random.default_rng(4))
    first, later = outcomes.found[plan.slots[0, 0][0]] == 1, outcomes.found[plan.slots[1, 1][0]] == 1
    bare = Chip(config, 3)
    unread = entangled(config, 0.0, measured=False, third=third)
    expected = Truth(bare).populations(unread)["q1"][1] * math.exp(-50 * SAMPLE_S / 8e-6)
    assert later.mean() == pytest.approx(expected, abs=4 * 0.5 / math.sqrt(shots) + 0.005)
    found = joint(bare, read)
    count = round(found.shape[1] ** (1 / (1 + third)))
    tensor = found.reshape(len(found), count, -1)
    given = tensor[:, 1].sum(axis=1) / found.sum(axis=1)
    for level in (0, 1):
        count = np.count_nonzero(first == level)
        assert later[first == level].mean() == pytest.approx(given[level], abs=4 * 0.5 / math.sqrt(count) + 0.01)


def test_a_transmon_that_is_driven_while_its_neighbour_is_read() -> None:
    """q0 is read, and half pulses act on q1 before, during and behind it, which do not notice."""
    config = pair(levels=3)
    f0, f1 = (Truth(Chip(config, 1)).frequencies_hz[q] for q in ("q0", "q1"))
    half = gaussian(np.pi / 2)
    turns = play("drive_q1", f1, *(Piece(k, half) for k in (0, 1500, 8000, 8200)))
    content = Content(1e-5, (play("drive_q0", f0, Piece(200, gaussian(np.pi))), turns, probe(400, 5000)))
    chip = Chip(config, 1)
    (evolver,) = chip.plan(content).evolvers
    assert evolver.stage(0).drawn == (0,)
    assert not evolver.stage(1).quiet
    zz = chip.device.array.energies
    assert abs(zz[4] - zz[3] - zz[1] + zz[0]) / TWO_PI > 50e3
    populations = Truth(chip).populations(content)
    assert populations["q0"][1] == pytest.approx(1.0, abs=2e-3)
    # The ZZ of q0 in |1> makes the second and the third pulse come in another phase than without it.
    silent = Truth(chip).populations(Content(1e-5, (turns,)))
    assert abs(populations["q1"][1] - silent["q1"][1]) > 0.05
    assert populations["q1"][1] == pytest.approx(by_hand(chip, f1), abs=0.02)


def test_a_drive_that_reaches_into_a_readout_is_cut_off_there() -> None:
    """A pulse of two half turns on q0, the second of which comes while q0 is read: it acts on nothing."""
    chip = Chip(pair(levels=3), 1)
    f0 = Truth(chip).frequencies_hz["q0"]
    slow = np.full(2000, np.pi / (1000 * SAMPLE_S * 1e9) + 0j)
    content = Content(1e-5, (play("drive_q0", f0, Piece(0, slow)), probe(1000 - 30, 5000, volts=1.0)))
    (evolver, *_) = chip.plan(content).evolvers
    begin_s = evolver.stage(0).end_s
    assert 900 * SAMPLE_S < begin_s < 1010 * SAMPLE_S
    expected = np.sin(0.5 * np.pi * begin_s / (1000 * SAMPLE_S)) ** 2
    assert Truth(chip).populations(content)["q0"][1] == pytest.approx(expected, abs=0.01)


def by_hand(chip: Chip, frequency_hz: float) -> float:
    """Four half turns about x at q1's frequency for q0 in |0>, and q0 in |1> from sample 250 on."""
    energies = chip.device.array.energies_in(frequency_hz)
    shift = energies[4] - energies[3]
    turn = (-0.25j * np.pi * qutip.sigmax()).expm()
    state = turn * qutip.basis(2, 0)
    for begin, stop in ((250, 1550), (1550, 8050), (8050, 8250)):
        wait = qutip.Qobj(np.diag([1.0, np.exp(-1j * shift * (stop - begin) * SAMPLE_S)]))
        state = turn * (wait * state)
    return float(abs(state.full()[1, 0]) ** 2)


def test_each_shot_of_a_decaying_cluster_is_its_own_sample() -> None:
    """T1 of 2 us between two half pulses on three transmons at once: frequencies as of the density matrix."""
    couplings = [{"between": ["q0", "q1"], "strength_hz": 4e6}, {"between": ["q1", "q2"], "strength_hz": 4e6}]
    config = chip_config(
        *({"frequency_hz": f, "t1_s": 2e-6, "t2_s": 1.5e-6} for f in (5.0e9, 5.2e9, 5.08e9)),
        couplings=couplings,
    )
    alone = [ChipConfig.model_validate({**config.model_dump(), "couplings": [couplings[k]]}) for k in (0, 1)]
    truth = Truth(Chip(config, 1))
    half, gap = gaussian(np.pi / 2), 2500
    signals = tuple(
        play(f"drive_q{q}", truth.frequencies_hz[f"q{q}"], Piece(0, half), Piece(gap, half, 0.3)) for q in range(3)
    )
    content = Content((gap + 100) * SAMPLE_S, signals)
    shots = 6000
    chip = Chip(config, 8)
    assert len(chip.plan(content).evolvers) == 1
    found = np.zeros((3, 3))
    rest = np.zeros(3, np.int64)
    loop, generator = ShotLoop(chip.device, [chip.plan(content)], rest, shots), np.random.default_rng(5)
    for _ in range(shots):
        rest[:] = 0
        loop.play(1, generator)
        found[np.arange(3), rest] += 1 / shots
    # q0 sees q1 alone: a pair, whose density matrix is exact.
    drives = Content(content.duration_s, signals[:2])
    expected = Truth(Chip(alone[0], 1)).populations(drives)["q0"]
    assert found[0] == pytest.approx(expected, abs=4 * 0.5 / math.sqrt(shots) * math.sqrt(2) + 2e-3)


@pytest.mark.parametrize(("shots", "least"), [(100, 8), (3000, 200)])
def test_trajectories_are_as_many_as_the_shots_need(
    shots: int, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their standard error is a quarter of the shots', or there is one for each shot."""
    made: list[float] = []
    begin = TrajectorySolver.begin

    def counted(self: TrajectorySolver, *arguments: object, **options: object) -> object:
        ensemble = begin(self, *arguments, **options)  # type: ignore[arg-type]  # passed on
        made.append(ensemble.weights.size)
        return ensemble

    monkeypatch.setattr(TrajectorySolver, "begin", counted)
    config = three(t1_s=3e-6, t2_s=3e-6)
    content = entangled(config, 0.0, measured=False, third=True)
    chip = Chip(config, 1)
    chip.run([content], shots)
    assert least <= max(made) <= max(shots, 1024 + shots)


def test_photons_of_a_faint_tone_in_a_cluster_of_three() -> None:
    """The coherence of q0 between two half pulses, as for a single transmon in test_chip."""
    config = three()
    truth = Truth(Chip(config, 1))
    names = ("q0", "q1", "q2")
    half, wait = gaussian(np.pi / 2, 20, 6.0), 10000
    volts = np.sqrt(0.02) * np.pi * 1.2e6 * np.sqrt(2) / 2.4e8
    tone = probe(0, 10 * wait, float(volts), 7.0003e9)
    poles = [np.pi * 1.2e6 + 2j * np.pi * shift for shift in (-0.3e6, -1.5e6)]
    fields = [2.4e8 * volts / pole for pole in poles]
    rate = 2 * np.pi * 1.2e6 * fields[0] * np.conj(fields[1]) * wait * SAMPLE_S

    def contrast(signals: tuple[Signal, ...]) -> complex:
        seen = []
        for phi in (0.0, np.pi / 2):
            drives = [
                play(f"drive_{q}", truth.frequencies_hz[q], Piece(2 * wait, half), Piece(3 * wait, half, phi))
                for q in names
            ]
            content = Content(1e-4, (*drives, *signals))
            chip = Chip(config, 1)
            (evolver,) = chip.plan(content).evolvers
            assert evolver.members == (0, 1, 2)
            evolver.expect(20000)
            seen.append(Truth(chip).populations(content)["q0"][1])
        return complex(2 * seen[0] - 1, 2 * seen[1] - 1)

    with_tone, without = contrast((tone,)), contrast(())
    assert abs(with_tone) / abs(without) == pytest.approx(np.exp(-abs(rate.imag)), abs=0.06)
    turned = np.angle(with_tone / without)
    assert abs(turned) == pytest.approx(abs(rate.real), abs=0.1)
    assert abs(rate.real) > 0.1


def test_trajectories_follow_from_the_seed_of_the_chip() -> None:
    """Equal seeds draw equal ensembles; chips of other seeds, and other contents, draw their own."""
    config = three(t1_s=3e-6, t2_s=3e-6)

    def found(seed: int, phase: float = 0.0) -> float:
        content = entangled(config, phase, measured=False, third=True)
        return float(Truth(Chip(config, seed)).populations(content)["q0"][1])

    assert found(1) == found(1)
    assert abs(found(1) - found(2)) > 1e-6
    assert abs(found(1) - found(1, 1e-9)) > 1e-6  # the same physics to 1e-9
    drifting = ChipConfig.model_validate(
        {
            **config.model_dump(),
            "drift": {"gain": {"sigma": 0.1, "tau_s": 1e3}},
        }  # changes nothing that is asked here
    )
    content, chips = entangled(config, 0.0, measured=False, third=True), [Chip(drifting, 1) for _ in range(2)]
    before = [Truth(chip).populations(content)["q0"][1] for chip in chips]
    for chip in chips:
        chip.advance(1.0)
    behind = [Truth(chip).populations(content)["q0"][1] for chip in chips]
    assert before[0] == before[1]
    assert behind[0] == behind[1]
    assert abs(behind[0] - before[0]) > 1e-6


def test_levels_that_readouts_have_left_get_as_many_trajectories_as_common_ones() -> None:
    """Behind the readouts q1 and q2 are in |1>, where a chip at rest never is; then they decay by T1."""
    t1_s, shots = 10e-6, 8000
    config = three(t1_s=t1_s, t2_s=t1_s)
    frequencies = [Truth(Chip(config, 1)).frequencies_hz[f"q{k}"] for k in range(3)]
    flip = gaussian(np.pi)
    probes = [probe(8300, 2500, lo_hz=6.9994e9 + 60e6 * k) for k in range(3)]
    content = Content(
        300e-6,
        (
            play("drive_q0", frequencies[0], Piece(8000, flip)),
            play("drive_q1", frequencies[1], Piece(500, flip), Piece(8100, flip)),
            play("drive_q2", frequencies[2], Piece(1500, flip)),
            probe(0, 2500),
            probe(1000, 2500, lo_hz=6.9994e9 + 60e6),
            probe(2000, 2500, lo_hz=6.9994e9 + 120e6),
            *probes,
        ),
    )
    chip = Chip(config, 3)
    plan = chip.plan(content)
    assert [evolver.members for evolver in plan.evolvers] == [(0, 1, 2)]
    outcomes = ShotLoop(chip.device, [plan], np.zeros(3, np.int64), shots).play(shots, np.random.default_rng(0))
    found = {
        q: float(np.mean(outcomes.found[numbers[-1]] == 1))
        for (reading, q), numbers in plan.slots.items()
        if plan.readings[reading].measured[q] and plan.slot_times_s[numbers[-1]] > 3e-6
    }
    end_s = 8365 * SAMPLE_S

    def left(begin: int, stop_s: float = end_s) -> float:
        return math.exp(-(stop_s - begin * SAMPLE_S) / t1_s)

    expected = {0: left(8050), 1: (1 - left(550, 8150 * SAMPLE_S)) * left(8150), 2: left(1550)}
    assert found == pytest.approx(expected, abs=0.03)
