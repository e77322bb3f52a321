"""Histories of many shots: outcomes, and jumps during readouts."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from simulators.chip import Chip, Content, Piece
from simulators.chip.shots import Outcomes, ShotLoop
from simulators.lab import load_lab
from tests.simulators.chip.builders import SAMPLE_S, chip_config, gaussian, play, probe

SHOTS = 20000
JAKARTA = load_lab(Path(__file__).parents[3] / "configs" / "jakarta" / "lab.yaml")[1]


def played(content: Content, seed: int = 3, **transmon: object) -> tuple[Outcomes, float, Chip]:
    """Outcomes of many shots, and how long the readout lasts."""
    chip = Chip(chip_config(transmon), 1)
    plan = chip.plan(content)
    outcomes = ShotLoop(chip.device, [plan], np.zeros(1, np.int64)).play(SHOTS, np.random.default_rng(seed))
    ((begin, end),) = plan.readings[0].measured[0]
    return outcomes, end - begin, chip


def test_fraction_that_jumps_during_a_readout_and_when() -> None:
    """From |1>: 1 - exp(-t / T1) within t, at T1 - t (1 - p) / p on average; |0> stays."""
    flip = play("drive_q0", 5e9, Piece(0, gaussian(np.pi)))
    outcomes, length_s, _ = played(Content(1e-3, (flip, probe(100, 12500))), levels=2, t1_s=20e-6)
    excited = outcomes.found[0] == 1
    shots = np.count_nonzero(excited)
    assert shots > 0.99 * SHOTS
    expected = 1 - math.exp(-length_s / 20e-6)
    jumped = len(outcomes.jumps)
    assert jumped / shots == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / shots))
    assert np.all(excited[outcomes.jumps[:, 0]])
    begin = 40e-9
    mean = 20e-6 - length_s * (1 - expected) / expected
    found = float(np.mean(outcomes.times_s)) - begin
    assert found == pytest.approx(mean, abs=30e-9 + 4 * length_s / math.sqrt(12 * jumped))


def test_heat_and_relaxation_balance_over_many_jumps() -> None:
    content = Content(20e-6, (probe(100, 12500),))
    outcomes, _, chip = played(content, t1_s=1e-6, t2_s=1e-6, thermal_population=0.2)
    found = np.bincount(outcomes.found[0], minlength=3) / SHOTS
    assert found == pytest.approx(chip.device.array.equilibrium(), abs=0.01)
    assert len(outcomes.jumps) > SHOTS


def test_outcomes_follow_the_distribution_and_replay_from_the_seed() -> None:
    """A pulse, then 7 us of silence before the readout at T1 = 10 us."""
    pulse = play("drive_q0", 5e9, Piece(0, gaussian(np.pi, 20, 5.0)))
    content = Content(1e-3, (pulse, probe(17500)))
    outcomes, _, _ = played(content, levels=2, t1_s=10e-6)
    assert outcomes.found[0].mean() == pytest.approx(math.exp(-0.7), abs=0.02)
    assert np.array_equal(outcomes.found, played(content, levels=2, t1_s=10e-6)[0].found)
    assert not np.array_equal(outcomes.found, played(content, 4, levels=2, t1_s=10e-6)[0].found)


def test_integrated_values_separate_as_the_overlap_of_two_clouds_says() -> None:
    """Assignment error of an ideal transmon by noise alone: erfc(d / (2 sqrt 2 sigma)) / 2."""
    from simulators.chip import Acquisition, ChipConfig

    sections = chip_config({"levels": 2}).model_dump()
    sections["feedline"]["noise_photons"] = 30.0
    chip = Chip(ChipConfig.model_validate(sections), 2)
    weights = np.ones((1, 1000), np.complex128) / 1000
    flip = play("drive_q0", 5e9, Piece(0, gaussian(np.pi)))
    content = Content(1e-5, (flip, probe(100)), (Acquisition("feedline", 40e-9, 2e-9, 1000, 6.9994e9, weights),))
    values = chip.run([content], SHOTS)[0][0][:, 0]
    # Without relaxation the pulse toggles: every other shot is |1>.
    first, second = values[::2], values[1::2]
    apart = second.mean() - first.mean()
    along = np.real((values - 0.5 * (first.mean() + second.mean())) * np.conj(apart) / abs(apart))
    sigma = 0.5 * (along[::2].std() + along[1::2].std())
    error = 0.5 * (np.mean(along[::2] > 0) + np.mean(along[1::2] < 0))
    expected = 0.5 * math.erfc(abs(apart) / (2 * math.sqrt(2) * sigma))
    assert sigma == pytest.approx(1e-6 * math.sqrt(30.0 / (2 * 2e-9) / 1000), rel=0.03)
    assert error == pytest.approx(expected, abs=4 * math.sqrt(expected / SHOTS) + 1e-4)


def test_rare_states_are_as_likely_as_they_are() -> None:
    """Seven transmons turned by 0.4 pi each, read on one line, a few shots at a time.

    Most shots meet a joint state that nobody has computed anything for yet. They have to go on as they were: drawn
    anew, the commonest state won more often than it should, and 0.19 was found in place of 0.35.
    """
    chip, names = Chip(JAKARTA, 5), list(JAKARTA.transmons)
    angle, samples = 0.4 * np.pi, 100
    signals = []
    for line, section in JAKARTA.drive_lines.items():
        transmon = JAKARTA.transmons[section.transmon]
        volts = angle / (section.rabi_rad_per_s_per_v * samples * SAMPLE_S)
        signals.append(play(line, transmon.frequency_hz, Piece(0, np.full(samples, volts, np.complex128))))
    offsets_hz = [resonator.frequency_hz - 7.23e9 for resonator in JAKARTA.feedline.resonators.values()]
    turns = np.exp(2j * np.pi * np.outer(offsets_hz, np.arange(4000) * SAMPLE_S))
    plan = chip.plan(Content(1e-3, (*signals, play("feedline", 7.23e9, Piece(150, 0.02 * turns.sum(axis=0))))))
    slots, generator = [plan.slots[0, q][0] for q in range(7)], np.random.default_rng(3)
    found = [
        ShotLoop(chip.device, [plan], np.zeros(7, np.int64)).play(18, generator).found[slots] for _ in range(40)
    ]
    heat = np.array([JAKARTA.transmons[name].thermal_population for name in names])
    expected = float(np.mean(np.sin(angle / 2) ** 2 * (1 - heat) + np.cos(angle / 2) ** 2 * heat))
    spread = math.sqrt(expected * (1 - expected) / np.size(found))
    assert np.mean(np.array(found) == 1) == pytest.approx(expected, abs=4 * spread)
