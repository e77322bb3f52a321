"""The bench: play lists in, records out; physics seen through the wires."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.chip import ChipConfig
from simulators.lab import Bench, LabConfig, Snapshot, load_lab
from simulators.tektronix import Stage
from simulators.tektronix.playback import Playback
from tests.simulators.lab.programs import RATE_HZ, TONES, X, boxcar, drag, measure, playback, step

LAB_FILE = Path(__file__).parents[3] / "configs" / "demo" / "lab.yaml"
LENGTH = 2560
Volts = NDArray[np.float32]
Tone = tuple[float, float] | None


@cache
def files() -> tuple[LabConfig, ChipConfig]:
    return load_lab(LAB_FILE)


def record(
    played: Playback | None,
    count: int,
    *,
    tones: Mapping[str, Tone] = TONES,
    seed: int = 1,
    delay: int = 0,
    armed: float = -1.0,
    chip: ChipConfig | None = None,
) -> Volts:
    """Up to `count` records of a bench armed `armed` seconds after the start (before it by default)."""
    lab, demo_chip = files()
    bench = Bench(lab.model_copy(update={"seed": seed}), chip or demo_chip, lambda: Snapshot(played, tones))
    bench.arm(LENGTH, 500e6, delay, (played.started if played else time.monotonic()) + armed)
    found: list[Volts] = [bench.pull(0).volts]
    while (left := count - sum(map(len, found))) > 0:
        found.append(bench.pull(min(32, left)).volts)
        if not len(found[-1]):
            break
    return np.concatenate(found)


def both_x() -> dict[int, NDArray[np.complex128]]:
    return {0: drag(*X[0]), 1: drag(*X[1])}


@cache
def trained(qubit: int) -> tuple[complex, complex, float]:
    """Means of |0> and |1> and the noise along the line between them, from 400 records each."""
    ground = boxcar(record(playback(step({}, measure())), 400), qubit)
    excited = boxcar(record(playback(step(both_x(), measure())), 400), qubit)
    zero = complex(np.median(ground.real), np.median(ground.imag))
    one = complex(np.median(excited.real), np.median(excited.imag))
    across = ((ground - zero) * np.exp(-1j * np.angle(one - zero))).imag
    return zero, one, float(across.std())


def bits(volts: Volts, qubit: int) -> NDArray[np.bool_]:
    zero, one, _ = trained(qubit)
    along = (boxcar(volts, qubit) - 0.5 * (zero + one)) * np.exp(-1j * np.angle(one - zero))
    return np.asarray(along.real > 0.0)


@pytest.mark.parametrize("qubit", [0, 1])
def test_measure_and_x(qubit: int) -> None:
    nothing = record(playback(step({}, measure())), 1500, seed=5)
    flipped = record(playback(step({qubit: drag(*X[qubit])}, measure())), 1500, seed=6)
    assert bits(nothing, qubit).mean() < 0.05
    assert bits(flipped, qubit).mean() > 0.95
    assert bits(flipped, 1 - qubit).mean() < 0.05


def test_u0_reaches_qubit_0_through_the_combiner() -> None:
    """On ports 5/6 with qubit 1's oscillator: nothing at qubit 1's frequency, a flip at qubit 0's."""
    there = playback(step({2: drag(*X[0], if_hz=50e6 + 5.236573217536762e9 - 5.0143686444772575e9)}, measure()))
    assert bits(record(there, 200), 0).mean() > 0.9
    away = playback(step({2: drag(*X[0])}, measure()))
    assert bits(record(away, 200), 0).mean() < 0.05


def test_overlap_error_is_that_of_white_noise() -> None:
    """D and sigma of the boxcar as from the model's own numbers, and an overlap below 0.5 %."""
    lab, chip = files()
    assert lab.seed
    for qubit in (0, 1):
        zero, one, sigma = trained(qubit)
        # Noise: sigma^2 = n_noise gain^2 / (2 dt samples).
        expected = chip.feedline.gain_v * math.sqrt(chip.feedline.noise_photons / 2 / 2e-9 / 1250)
        assert sigma == pytest.approx(expected, rel=0.1)
        assert 0.5 * math.erfc(abs(one - zero) / (2 * math.sqrt(2) * sigma)) < 0.005


def test_the_errors_of_a_cold_long_lived_chip_are_the_overlap() -> None:
    """Without T1 and heat, and with more noise: the error rate is 1/2 erfc(d / (2 sqrt 2 sigma))."""
    chip = files()[1]
    perfect = {
        name: section.model_copy(update={"t1_s": None, "t2_s": None, "thermal_population": 0.0})
        for name, section in chip.transmons.items()
    }
    line = chip.feedline.model_copy(update={"noise_photons": 40.0})
    noisy = chip.model_copy(update={"transmons": perfect, "feedline": line})
    zero, one, _ = trained(0)
    sigma = line.gain_v * math.sqrt(40.0 / 2 / 2e-9 / 1250)
    expected = 0.5 * math.erfc(abs(one - zero) / (2 * math.sqrt(2) * sigma))
    found = bits(record(playback(step({}, measure())), 3000, chip=noisy), 0).mean()
    assert found == pytest.approx(expected, abs=4 * math.sqrt(expected / 3000))


def test_use_of_the_converter() -> None:
    volts = record(playback(step(both_x(), measure())), 200)
    assert np.mean(np.abs(volts) > 0.4) < 1e-6
    # 6 sigma from end to end take more than 8 of the 12 bits.
    assert 6 * volts.std() > 2**8 * 0.8 / 4096


def test_rabi_sweep_in_order() -> None:
    """Five amplitudes as five programs of one list: record r belongs to program r % 5."""
    programs = [step({0: drag(scale * X[0][0], X[0][1])}, measure()) for scale in (0.0, 0.5, 1.0, 1.5, 2.0)]
    ones = bits(record(playback(*programs), 1000), 0).reshape(-1, 5).mean(axis=0)
    assert ones == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0], abs=0.12)


def test_ramsey_across_entries_keeps_the_oscillators_phase() -> None:
    """Half pulse, 1 us, half pulse with 50 MHz that beat with the wait: the phase decides, not the entry."""
    half = drag(0.5 * X[0][0], X[0][1])
    wait = 2500
    for turn, expected in ((1.0, 1.0), (-1.0, 0.0)):
        train = np.zeros(89 + wait + 89, np.complex128)
        train[:89] = half
        # Counted from the start of the program, as a lowered carrier is.
        train[89 + wait :] = turn * half * np.exp(2j * np.pi * 50e6 * (89 + wait) / RATE_HZ)
        played = playback(step({0: train}, measure(), start=train.size))
        assert bits(record(played, 300), 0).mean() == pytest.approx(expected, abs=0.08)


def test_without_idle_the_chip_remembers() -> None:
    """5 us between shots: what the last measurement left is what the next finds."""
    quick = playback(step({0: drag(*X[0])}, measure()), idle_s=5e-6)
    ones = bits(record(quick, 600), 0)
    assert np.mean(ones[1:] != ones[:-1]) > 0.8


def test_seeds_replay_bit_for_bit() -> None:
    played = playback(step(both_x(), measure()))
    assert np.array_equal(record(played, 40, seed=3), record(played, 40, seed=3))
    assert not np.array_equal(record(played, 40, seed=3), record(played, 40, seed=4))


@pytest.mark.parametrize("tone", [None, (7.3e9, 6.9)])
def test_a_starved_readout_mixer_passes_nothing(tone: Tone) -> None:
    volts = record(playback(step({}, measure())), 3, tones={**TONES, "lo_readout": tone})
    assert len(volts) == 3
    assert not np.any(volts)


def test_a_drive_oscillator_that_is_off_drives_nothing() -> None:
    volts = record(playback(step(both_x(), measure())), 200, tones={**TONES, "lo_q0": None})
    assert bits(volts, 0).mean() < 0.05
    assert bits(volts, 1).mean() > 0.9


def test_trigger_delay_cuts_the_beginning() -> None:
    """The ring-up comes one delay earlier in the record."""
    played = playback(step({}, measure()))
    early, late = (record(played, 300, delay=delay).mean(axis=0) for delay in (0, 512))
    tone = np.exp(-2j * np.pi * 21.507659e6 * np.arange(LENGTH) / 500e6).conj()
    rising = np.abs(((early[0] + 1j * early[1]) * tone)[:200].mean())
    full = np.abs(((late[0] + 1j * late[1]) * tone)[:200].mean())
    assert rising < 0.7 * full


def test_nothing_playing_and_nothing_triggering() -> None:
    assert len(record(None, 3)) == 0
    assert len(record(playback(step({}, measure(), trigger=False)), 3)) == 0
    once = playback(step({}, measure()))
    ended = dataclasses.replace(once, steps=(dataclasses.replace(once.steps[0], goto=None),))
    # The list ends before the record does; the digitizer goes on without the generator.
    assert len(record(ended, 3)) == 1
    waiting = dataclasses.replace(once, steps=(dataclasses.replace(once.steps[0], wait="TrigA"), once.steps[1]))
    assert len(record(waiting, 3)) == 0


@pytest.mark.parametrize(("passes", "asked"), [(7, 14), (7, 20), (1, 2), (40, 80)])
def test_finite_passes_have_so_many_records_and_no_more(passes: int, asked: int) -> None:
    """Two programs a pass; the list has ended with its last record, the silence after it included."""
    looped = playback(step({}, measure()), step(both_x(), measure()))
    steps = (*looped.steps[:-1], dataclasses.replace(looped.steps[-1], goto=None))
    played = dataclasses.replace(looped, steps=steps, stages=(Stage(0, passes),))
    ended: list[Playback] = []
    lab, chip = files()
    bench = Bench(lab, chip, lambda: Snapshot(played, TONES), lambda one, _: ended.append(one))
    bench.arm(LENGTH, 500e6, 0, played.started - 1.0)
    assert bench.pull(2 * passes - 1).count == 2 * passes - 1
    assert ended == []
    last = bench.pull(asked - 2 * passes + 1).volts
    assert len(last) == 1
    assert bits(last, 0)[0]
    assert ended[0] is played
    assert bench.pull(5).count == 0


def test_when_records_were_triggered() -> None:
    """Counted from the arming: the start a second later, the marker, and a pass from each to the next."""
    played = playback(step({}, measure(), start=100), step(both_x(), measure(), start=350))
    lab, chip = files()
    bench = Bench(lab, chip, lambda: Snapshot(played, TONES))
    bench.arm(LENGTH, 500e6, 0, played.started - 1.0)
    found = np.concatenate([bench.pull(count).triggered_s for count in (3, 1, 6)])
    lengths = [one.length * (one.repeat or 0) for one in played.steps]
    turn, second = sum(lengths), lengths[0] + lengths[1]
    expected = [turn * shot + edge for shot in range(5) for edge in (100, second + 350)]
    assert found - 1.0 == pytest.approx(np.array(expected) / RATE_HZ, abs=1e-12)


def test_armed_late_time_begins_with_the_arming() -> None:
    """Half a millisecond into the first idle: what is left of it, and then the second program's marker."""
    programs = playback(step({}, measure(), start=100), step(both_x(), measure(), start=350))
    lab, chip = files()
    bench = Bench(lab, chip, lambda: Snapshot(programs, TONES))
    bench.arm(LENGTH, 500e6, 0, programs.started + 0.5e-3)
    first = programs.steps[0].length + programs.steps[1].length * (programs.steps[1].repeat or 0)
    expected = (first + 350) / RATE_HZ - 0.5e-3
    assert bench.pull(1).triggered_s.tolist() == pytest.approx([expected], abs=2 / RATE_HZ)


def test_at_rest_the_generator_plays_on_by_the_clock() -> None:
    """A drive after the last readout, which nobody pulls: it ends when it would."""
    looped = playback(step({}, measure()), step(both_x(), None, trigger=False))
    steps = (*looped.steps[:-1], dataclasses.replace(looped.steps[-1], goto=None))
    played = dataclasses.replace(looped, steps=steps, stages=(Stage(0, 3),))
    ends: list[float] = []
    lab, chip = files()
    bench = Bench(lab, chip, lambda: Snapshot(played, TONES), lambda _, left_s: ends.append(left_s))
    bench.arm(LENGTH, 500e6, 0, played.started - 1.0)
    assert bench.pull(1).count == 1
    bench.rest()
    assert bench.pull(2).count == 2
    bench.rest()
    turn = sum(one.length * (one.repeat or 0) for one in steps)
    first = steps[0].length + steps[1].length * (steps[1].repeat or 0)
    assert ends == pytest.approx([(3 * turn - first) / RATE_HZ, (turn - first) / RATE_HZ], abs=10e-6)


def test_a_list_that_goes_on_in_silence_has_not_ended() -> None:
    quiet = dataclasses.replace(playback(step({}, measure())).steps[1], repeat=None, goto=None)
    once = playback(step({}, measure()))
    played = dataclasses.replace(once, steps=(once.steps[0], quiet))
    ended: list[Playback] = []
    lab, chip = files()
    bench = Bench(lab, chip, lambda: Snapshot(played, TONES), lambda one, _: ended.append(one))
    bench.arm(LENGTH, 500e6, 0, played.started - 1.0)
    assert bench.pull(3).count == 1
    assert ended == []


def test_arming_late_misses_what_was_played() -> None:
    """Two programs a millisecond apart: armed in the idle after the first, the second comes first."""
    programs = playback(step({}, measure()), step(both_x(), measure()))
    on_time = bits(record(programs, 20), 0)
    late = bits(record(programs, 20, armed=0.5e-3), 0)
    assert on_time[1::2].mean() > 0.8
    assert on_time[::2].mean() < 0.2
    assert late[::2].mean() > 0.8
    assert late[1::2].mean() < 0.2


def test_triggers_during_a_record_are_ignored() -> None:
    busy = step({}, measure())
    markers = [rows.copy() for rows in busy.markers]
    markers[6][0, 3000:3100] = True
    doubled = dataclasses.replace(busy, markers=tuple(markers))
    quiet = record(playback(busy), 20, seed=9)
    assert np.array_equal(record(playback(doubled), 20, seed=9), quiet)


def test_a_drive_during_the_measurement_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    long = np.full(8000, 0.1, np.complex128)
    record(playback(step({0: long}, measure())), 1)
    assert "fall into a measurement" in caplog.text


def test_an_oscillator_that_moves_takes_the_drive_along() -> None:
    tones = {**TONES, "lo_q0": (TONES["lo_q0"][0] + 30e6, 13.0)}  # type: ignore[index]  # it is on
    assert bits(record(playback(step({0: drag(*X[0])}, measure())), 100, tones=tones), 0).mean() < 0.3


def test_playing_goes_on_where_it_stood_when_a_setting_changes() -> None:
    """New oscillator settings in mid-run apply to what comes next; the order of programs holds."""
    lab, chip = files()
    played = playback(step({}, measure()), step({0: drag(*X[0])}, measure()))
    tones: dict[str, Tone] = dict(TONES)
    bench = Bench(lab, chip, lambda: Snapshot(played, dict(tones)))
    bench.arm(LENGTH, 500e6, 0, played.started - 1.0)
    first = bench.pull(201).volts
    tones["lo_q0"] = None
    rest = bench.pull(200).volts
    tones["lo_q0"] = TONES["lo_q0"]
    again = bench.pull(200).volts
    assert bits(first, 0)[1::2].mean() > 0.9
    assert bits(rest, 0).mean() < 0.1
    assert bits(again, 0)[::2].mean() > 0.8
    assert bits(again, 0)[1::2].mean() < 0.2
