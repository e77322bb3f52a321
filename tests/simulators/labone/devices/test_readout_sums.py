"""Integration, discrimination and averaging against plain sums; the UHFQA's unit against its formula."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.labone.devices.logger import CYCLIC, SEQUENTIAL, LoggerSettings, average
from simulators.labone.devices.measuring import measure, trace_mean
from simulators.labone.devices.readout import PROBE, READOUT, QaOutput
from simulators.labone.devices.surroundings import Acquisition, Periodic
from simulators.labone.devices.uhfunit import UNITS, Source, UnitSettings, kernels, results
from tests.simulators.labone.devices.bench import Compiler, play

RNG = np.random.default_rng(7)
IDENTITY = ("dev1", 0, 2_000_000_000)


@dataclass
class Numbered:
    """An input on which readout n carries what was sent, times n + 1; it keeps what was asked."""

    asked: list[Acquisition] = field(default_factory=list)

    def traces(self, acquisition: Acquisition) -> npt.NDArray[np.complex128]:
        """Each readout louder than the one before."""
        self.asked.append(acquisition)
        return np.outer(acquisition.numbers + 1, acquisition.sent)

    def kernelled(
        self, acquisition: Acquisition, weights: npt.NDArray[np.complex128]
    ) -> npt.NDArray[np.complex128]:
        """Their sums."""
        return np.asarray(self.traces(acquisition) @ weights.T)


def output(**changes: object) -> QaOutput:
    slots = {slot: (slot + 1) * 0.1 * np.exp(2j * np.pi * 0.02 * (slot + 1) * np.arange(200)) for slot in range(3)}
    return QaOutput(**{"slots": slots, "delay": 16, **changes})


def test_a_readout_sends_the_sum_of_its_slots(seqc: Compiler) -> None:
    elf = seqc("playZero(320); startQA(QA_GEN_0 | QA_GEN_2, QA_INT_ALL); playZero(640);", "SHFQA4")
    stage = output()
    volts = play(elf, "SHFQA4", output=stage).render(0, 400).volts
    expected = np.zeros(400, dtype=complex)
    expected[16:216] = stage.slots[0] + stage.slots[2]
    assert volts == pytest.approx(expected)


def on(_taken: int) -> bool:
    """Nobody stops it."""
    return True


@pytest.mark.parametrize("delay", [0, 40])
def test_results_are_sums_over_the_window(seqc: Compiler, delay: int) -> None:
    elf = seqc("repeat (6) { playZero(4096); startQA(QA_GEN_ALL, QA_INT_0 | QA_INT_3); }", "SHFQA4")
    stage, source = output(), Numbered()
    weights = {unit: RNG.normal(size=150) + 1j * RNG.normal(size=150) for unit in (0, 3, 5)}
    run = play(elf, "SHFQA4", output=stage)
    got = measure(
        run,
        source,
        mode=READOUT,
        delay=delay,
        length=150,
        weights=weights,
        total=6,
        identity=IDENTITY,
        silent=False,
        proceed=on,
    )
    sent = np.zeros(600, dtype=complex)
    sent[16:216] = sum(stage.slots.values())
    window = sent[delay : delay + 150]
    assert got.taken == 6
    for unit in (0, 3):
        assert got.values[unit] == pytest.approx(np.sum(window * weights[unit]) * np.arange(1, 7))
    assert got.values[5].size == 0
    assert len(source.asked) == 1
    assert source.asked[0].starts.tolist() == [4096 * number + delay for number in range(6)]


def test_readouts_on_triggers_of_two_kinds_come_in_order(seqc: Compiler) -> None:
    code = """
    repeat (4) { waitDigTrigger(1); playZero(2048); startQA(QA_GEN_0, QA_INT_0);
                 playZero(2048); startQA(QA_GEN_1, QA_INT_0); playZero(2048); startQA(QA_GEN_1, QA_INT_1); }
    """
    run = play(seqc(code, "SHFQA4"), "SHFQA4", output=output(delay=0), triggers=Periodic(20_000, 4))
    source = Numbered()
    weights = {0: np.ones(100, dtype=complex), 1: np.ones(100, dtype=complex)}
    got = measure(
        run,
        source,
        mode=READOUT,
        delay=0,
        length=100,
        weights=weights,
        total=8,
        identity=IDENTITY,
        silent=False,
        proceed=on,
    )
    sums = [np.sum(output().slots[slot][:100]) for slot in (0, 1)]
    expected = [sums[place % 2] * (3 * (place // 2) + place % 2 + 1) for place in range(8)]
    assert got.values[0] == pytest.approx(expected)
    assert got.values[1] == pytest.approx([sums[1] * (3 * turn + 3) for turn in range(4)])


def test_readouts_that_come_too_early_are_counted(seqc: Compiler) -> None:
    elf = seqc("repeat (8) { playZero(512); startQA(QA_GEN_0, QA_INT_0); }", "SHFQA4")
    weights = {0: np.ones(800, dtype=complex)}
    got = measure(
        play(elf, "SHFQA4", output=output()),
        Numbered(),
        mode=READOUT,
        delay=0,
        length=800,
        weights=weights,
        total=8,
        identity=IDENTITY,
        silent=False,
        proceed=on,
    )
    assert (got.taken, got.holdoffs) == (4, 4)


def test_a_run_that_is_stopped_has_no_results(seqc: Compiler) -> None:
    elf = seqc("repeat (9000) { playZero(4096); startQA(QA_GEN_0, QA_INT_0); }", "SHFQA4")
    told: list[int] = []

    def stop(taken: int) -> bool:
        told.append(taken)
        return False

    source, weights = Numbered(), {0: np.ones(100, dtype=complex)}
    run = play(elf, "SHFQA4", output=output())
    options = {"mode": READOUT, "delay": 0, "length": 100, "weights": weights, "total": 9000, "silent": False}
    assert measure(run, source, identity=IDENTITY, proceed=stop, **options) is None
    assert told[0] < 9000


def test_spectroscopy_gives_the_mean_against_the_oscillator(seqc: Compiler) -> None:
    code = "repeat (3) { playZero(4096); setTrigger(1); setTrigger(0); }"
    stage = QaOutput(mode=PROBE, gain=0.3)
    run = play(seqc(code, "SHFQA4"), "SHFQA4", output=stage, frequencies=(17.3e6,))
    got = measure(
        run,
        Numbered(),
        mode=PROBE,
        delay=8,
        length=1000,
        weights={},
        total=3,
        identity=IDENTITY,
        silent=False,
        proceed=on,
    )
    assert got.values[0] == pytest.approx([0.3, 0.6, 0.9])


def test_traces_fill_segments_and_are_averaged(seqc: Compiler) -> None:
    elf = seqc("repeat (6) { playZero(4096); startQA(QA_GEN_0, 0, true); }", "SHFQA4")
    run = play(elf, "SHFQA4", output=output())
    options = {"mode": READOUT, "delay": 0, "length": 256, "identity": IDENTITY, "silent": False}
    means = trace_mean(run, Numbered(), segments=2, averages=3, **options)
    sent = np.zeros(256, dtype=complex)
    sent[16:216] = output().slots[0]
    assert means == pytest.approx(np.stack([3 * sent, 4 * sent]))
    assert trace_mean(run, Numbered(), segments=2, averages=4, **options) is None


@given(length=st.integers(1, 6), averages=st.integers(1, 5), seed=st.integers(0, 99))
def test_averages_in_both_orders(length: int, averages: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=length * averages + 3).astype(complex)
    cyclic = average(values, LoggerSettings(length, averages, CYCLIC))
    expected = [np.mean([values[turn * length + place] for turn in range(averages)]) for place in range(length)]
    assert cyclic == pytest.approx(expected)
    sequential = average(values, LoggerSettings(length, averages, SEQUENTIAL))
    expected = [np.mean(values[place * averages : (place + 1) * averages]) for place in range(length)]
    assert sequential == pytest.approx(expected)
    assert average(values[: length * averages - 1], LoggerSettings(length, averages, CYCLIC)) is None


@given(seed=st.integers(0, 999), source=st.sampled_from(list(Source)))
def test_the_unit_of_the_uhfqa_against_its_formula(seed: int, source: Source) -> None:
    rng = np.random.default_rng(seed)
    length = 60
    unit = UnitSettings(
        deskew=rng.normal(size=(2, 2)),
        real=rng.normal(size=(UNITS, length)),
        imag=rng.normal(size=(UNITS, length)),
        swapped=rng.random(UNITS) < 0.5,
        rotations=rng.normal(size=UNITS) + 1j * rng.normal(size=UNITS),
        crosstalk=rng.normal(size=(UNITS, UNITS)),
        thresholds=rng.normal(size=UNITS),
    )
    trace = rng.normal(size=(3, length)) + 1j * rng.normal(size=(3, length))
    got = results(trace @ kernels(unit).T, unit, source)
    for row, shot in enumerate(trace):
        straight = unit.deskew @ np.stack([shot.real, shot.imag])
        integrated = np.zeros(UNITS, dtype=complex)
        for number in range(UNITS):
            first, second = straight[::-1] if unit.swapped[number] else straight
            integrated[number] = first @ unit.real[number] + 1j * (second @ unit.imag[number])
        rotated = (integrated * unit.rotations).real
        mixed = unit.crosstalk @ rotated
        expected = {
            Source.INTEGRATION: integrated,
            Source.ROTATION: rotated,
            Source.CROSSTALK: mixed,
            Source.THRESHOLD: (mixed > unit.thresholds).astype(complex),
        }[source]
        assert got[row] == pytest.approx(expected)
