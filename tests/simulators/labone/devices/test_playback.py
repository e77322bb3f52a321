"""Shots in time: placing at triggers, telling contents apart, rendering windows."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.labone.devices.events import ResetPhase
from simulators.labone.devices.oscillators import TURN, Oscillator, OscillatorBank, frequency_word
from simulators.labone.devices.surroundings import Burst, LossyTriggers, Periodic, RoutedTriggers
from simulators.labone.devices.triggers import EdgeTriggers, marker_edges, sequencer_edges
from tests.simulators.labone.devices.bench import LSB, Compiler, carrier, gauss, play, table

A = gauss(64, 0.5, 32, 8)
WAVE = "wave a = gauss(64, 0.5, 32, 8); assignWaveIndex(1, 2, a, 0);"


def test_shots_stand_at_their_triggers(seqc: Compiler) -> None:
    elf = seqc(WAVE + "repeat (5) { waitDigTrigger(1); playWave(1, 2, a); playZero(400); }", "SHFSG8")
    run = play(elf, "SHFSG8", triggers=Periodic(1000, 5, start=30), frequencies=(0.0,) * 8)
    placed = [(shot.start, shot.count, shot.period) for shot in run.shots() if shot.duration]
    assert placed == [(30, 5, 1000)]
    volts = run.render(0, 5000).volts
    for number in range(5):
        assert np.abs(volts[30 + 1000 * number :][:64] - A).max() < 1.5 * LSB
    assert np.count_nonzero(np.abs(volts) > 2 * LSB) <= 5 * 64
    assert not run.starved


def test_triggers_that_come_too_early_are_missed(seqc: Compiler) -> None:
    elf = seqc("repeat (3) { waitDigTrigger(1); playZero(1600); }", "SHFSG8")
    run = play(elf, "SHFSG8", triggers=Periodic(1000, 20))
    assert [shot.start for shot in run.shots() if shot.duration] == [0, 2000, 4000]
    assert run.missed >= 2


def test_a_program_without_its_triggers_starves(seqc: Compiler) -> None:
    elf = seqc("repeat (6) { waitDigTrigger(1); playZero(160); }", "SHFSG8")
    run = play(elf, "SHFSG8", triggers=Periodic(1000, 4))
    assert sum(shot.count for shot in run.shots() if shot.duration) == 4
    assert run.starved
    lossy = play(elf, "SHFSG8", triggers=LossyTriggers(Periodic(1000, 6)))
    assert [shot.start for shot in lossy.shots() if shot.duration] == [1000]
    assert lossy.starved
    assert RoutedTriggers({"digital1": None}).next("digital1", 0) is None


def test_equal_shots_have_equal_keys(seqc: Compiler) -> None:
    """A carrier whose period divides the distance of the shots, one that does not, and one that is reset."""
    code = WAVE + "repeat (8) { waitDigTrigger(1); %s playWave(1, 2, a); playZero(32); }"
    steady = play(seqc(code % "", "SHFSG8"), "SHFSG8", triggers=Periodic(1024, 8), frequencies=(2e9 / 64,) * 8)
    assert [(shot.count, shot.period) for shot in steady.shots()] == [(8, 1024)]
    drifting = play(seqc(code % "", "SHFSG8"), "SHFSG8", triggers=Periodic(1024, 8), frequencies=(10.1e6,) * 8)
    assert len({shot.key for shot in drifting.shots() if shot.events}) == 8
    reset = play(
        seqc(code % "resetOscPhase();", "SHFSG8"), "SHFSG8", triggers=Periodic(1024, 8), frequencies=(10.1e6,) * 8
    )
    assert [(shot.count, shot.period) for shot in reset.shots()] == [(8, 1024)]
    for run in (steady, drifting, reset):
        keys: dict[bytes, np.ndarray] = {}
        for shot in run.shots():
            samples = run.render_shot(shot, 0, 128).volts
            assert keys.setdefault(shot.key, samples) == pytest.approx(samples)


def test_oscillators_that_nobody_hears_do_not_tell_shots_apart(seqc: Compiler) -> None:
    elf = seqc(WAVE + "repeat (8) { waitDigTrigger(1); playWave(1, 2, a); playZero(32); }", "SHFSG8")
    run = play(elf, "SHFSG8", triggers=Periodic(1024, 8), frequencies=(0.0, *(1.23e6,) * 7))
    assert [shot.count for shot in run.shots()] == [8]


def test_contents_differ_by_table_and_settings(seqc: Compiler) -> None:
    elf = seqc(WAVE + "waitDigTrigger(1); executeTableEntry(0);", "SHFSG8")

    def key(gain: float) -> bytes:
        rows = [{"index": 0, "waveform": {"index": 0}, "amplitude00": {"value": gain}}]
        return list(play(elf, "SHFSG8", table=table(rows)).shots())[-1].key

    assert key(0.5) == key(0.5)
    assert key(0.5) != key(0.25)


def test_windows_of_a_long_run_agree_with_the_whole(seqc: Compiler) -> None:
    code = WAVE + "repeat (40) { playWave(1, 2, a); playZero(96); } playWave(1, a); repeat (3) { playZero(160); }"
    run = play(seqc(code, "SHFSG8"), "SHFSG8", frequencies=(33.3e6,) * 8)
    whole = run.render(0, 7200).volts
    expected = np.zeros(7200, dtype=complex)
    for number in range(41):
        begin = 160 * number
        turned = A * carrier(33.3e6, 2e9, begin, 64)
        # The last is led to I alone, so only its cosine leaves.
        expected[begin : begin + 64] = turned if number < 40 else turned.real
    assert np.abs(whole - expected).max() < 1.5 * LSB
    for start, length in ((0, 1), (63, 5), (150, 400), (6300, 300), (6399, 800)):
        assert np.abs(run.render(start, length).volts - whole[start : start + length]).max() < 1e-12


def test_edges_of_triggers_and_markers(seqc: Compiler) -> None:
    code = """
    wave m = zeros(64) + join(marker(16, 0), marker(16, 1), marker(32, 0));
    repeat (10) { playWave(1, m); setTrigger(1); playZero(96); setTrigger(0); }
    """
    run = play(seqc(code, "HDAWG8"), "HDAWG8")
    rises = [burst.start + k * burst.period for burst in sequencer_edges(run, 0) for k in range(burst.count)]
    assert rises == [160 * number for number in range(10)]
    marked = [burst.start + k * burst.period for burst in marker_edges(run, 0, 0) for k in range(burst.count)]
    assert marked == [160 * number + 16 for number in range(10)]
    assert run.render(0, 160).triggers.tolist() == [1] * 64 + [0] * 96


BURSTS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(16, 300), st.integers(1, 6)).map(lambda each: Burst(*each)),
    min_size=1,
    max_size=5,
)


@given(
    bursts=BURSTS, ratio=st.sampled_from([Fraction(1), Fraction(3, 4), Fraction(5, 3)]), dead=st.integers(1, 200)
)
def test_edges_are_taken_as_from_a_list(bursts: list[Burst], ratio: Fraction, dead: int) -> None:
    """Whoever asks again after a dead time gets the edges that a sorted list of them all gives."""
    ordered = tuple(sorted(bursts, key=lambda burst: burst.start))
    sent = [burst.start + k * burst.period for burst in ordered for k in range(burst.count)]
    every = sorted(floor(edge * ratio + Fraction(1, 2)) + 7 for edge in sent)
    expected, after = [], 0
    for edge in every:
        if edge >= after:
            expected.append(edge)
            after = edge + dead
    source, taken, after = EdgeTriggers(ordered, ratio, 7), [], 0
    while (burst := source.next("digital1", after)) is not None:
        count = burst.count if burst.period >= dead else 1
        taken.extend(burst.start + k * burst.period for k in range(count))
        after = taken[-1] + dead
    assert taken == expected


@given(
    word=st.integers(0, TURN - 1),
    phase=st.integers(0, TURN - 1),
    times=st.lists(st.integers(0, 5000), max_size=4),
    start=st.integers(0, 10**12),
)
def test_phases_are_exact_at_every_sample(word: int, phase: int, times: list[int], start: int) -> None:
    events = tuple(ResetPhase(time, 1) for time in sorted(times))
    bank = OscillatorBank.through((Oscillator(word, phase),), events)
    phases = bank.phases(0, start % 6000, 50)
    for offset, value in enumerate(phases):
        instant = start % 6000 + offset
        last = max((time for time in times if time <= instant), default=None)
        exact = word * (instant - last) if last is not None else phase + word * instant
        assert int(value) % TURN == exact % TURN
    assert Oscillator(word, phase).after(start).phase == (phase + word * start) % TURN


def test_frequency_words_are_the_compilers() -> None:
    assert frequency_word(100e6, 2e9) == round(0.05 * 2**48)
    assert frequency_word(-100e6, 2e9) == TURN - round(0.05 * 2**48)
