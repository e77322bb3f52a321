"""From a schedule on a recorded device to what a device model emits: every stage between, none replaced."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import SequencerProgram
from drivers.zurich.compiling import SeqcCompiler
from runtime.interop.ibm import load_target
from runtime.lowering import InputLine, OutputLine, Wiring, lower, route
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    ControlChannel,
    DriveChannel,
    GaussianSquare,
    MeasureChannel,
    MemorySlot,
    Play,
    Schedule,
    ShiftPhase,
)
from runtime.target import Target
from tests.drivers.zurich.bench import LSB, play, profile, worst

DEVICE = Path(__file__).parents[3] / "configs" / "demo" / "device"
LO_HZ = 5.2e9
STEPS = 1.5
GATES = [("x", (0,)), ("sx", (0,)), ("x", (1,)), ("sx", (1,)), ("cx", (0, 1))]


@pytest.fixture(scope="module")
def target() -> Target:
    """Two qubits of a recorded device."""
    names = (f"{kind}_jakarta.json" for kind in ("conf", "defs", "props"))
    return load_target(*(str(DEVICE / name) for name in names), qubits=(0, 1))


def _wiring(model: str, carrier: str) -> Wiring:
    lines = {"drive_q0": DriveChannel(0), "drive_q1": DriveChannel(1), "cross": ControlChannel(0)}
    outputs = []
    for number, (name, channel) in enumerate(lines.items()):
        pair = (2 * number + 1, 2 * number + 2) if model == "HDAWG8" else (number + 1, None)
        outputs.append(OutputLine(name, (channel,), "device", *pair, LO_HZ, scale=0.9, carrier=carrier))
    inputs: tuple[InputLine, ...] = ()
    if model == "SHFQC":
        feedline = (MeasureChannel(0), MeasureChannel(1))
        outputs.append(OutputLine("feedline", feedline, "device", 7, None, 7.2e9, scale=0.9, shared=True))
        inputs = (InputLine("return", (AcquireChannel(0), AcquireChannel(1)), "device", 7.2e9),)
    rate = profile(model).sample_rates_hz[0]
    return Wiring(tuple(outputs), inputs, idle_s=2e-6, sample_rates_hz={"device": rate}, interpolation="linear")


def _routed(schedules: list[Schedule], target: Target, model: str, wiring: Wiring) -> SequencerProgram:
    timelines = list(lower(schedules, target))
    routed = route(timelines, wiring, {"device": profile(model).limits()}, shots=2)
    return routed.sequencers["device"]


def _gates(target: Target, names: list[tuple[str, tuple[int, ...]]], turns: list[float]) -> Schedule:
    made = Schedule(name="gates")
    for (gate, qubits), turn in zip(names, turns, strict=True):
        made += ShiftPhase(turn, DriveChannel(qubits[0]))
        made = made.append(target.get_calibration(gate, qubits))
    return made


@pytest.mark.parametrize("carrier", ["instrument", "rendered"])
@pytest.mark.parametrize("model", ["SHFSG8", "SHFQC", "HDAWG8"])
def test_the_gates_of_a_recorded_device(model: str, carrier: str, target: Target, compiler: SeqcCompiler) -> None:
    """Each gate by itself, and all in a row, on the oscillators and without."""
    schedules = [_gates(target, [gate], [0.3]) for gate in GATES]
    schedules.append(_gates(target, GATES, [0.1, 0.2, 0.3, 0.4, 0.5]))
    if model == "SHFQC":
        measure = target.get_calibration("measure", (0, 1))
        schedules = [
            schedule.insert(schedule.ch_duration(MeasureChannel(0)) + 6400, measure) for schedule in schedules
        ]
    assert worst(model, _routed(schedules, target, model, _wiring(model, carrier)), compiler) <= STEPS


@pytest.mark.parametrize("model", ["SHFSG8", "HDAWG8"])
def test_gates_in_any_order(model: str, target: Target, compiler: SeqcCompiler) -> None:
    """Sequences made at random, with a virtual Z before each gate."""
    sequences = st.lists(st.tuples(st.sampled_from(GATES), st.floats(-3, 3)), min_size=1, max_size=8)

    @settings(max_examples=8, deadline=None, database=None)
    @given(sequences)
    def check(sequence: list[tuple[tuple[str, tuple[int, ...]], float]]) -> None:
        made = _gates(target, [gate for gate, _ in sequence], [turn for _, turn in sequence])
        routed = _routed([made], target, model, _wiring(model, "instrument"))
        assert worst(model, dataclasses.replace(routed, passes=2), compiler) <= STEPS

    check()


@pytest.mark.parametrize("model", ["SHFSG8", "HDAWG8"])
def test_randomized_benchmarking_fits(model: str, target: Target, compiler: SeqcCompiler) -> None:
    """101 sequences of 20 random gates off the device's grid in one batch: 71 samples a gate, and all played."""
    random = np.random.default_rng(3)
    names = [("x", (0,)), ("sx", (0,))]
    batch = []
    for _ in range(101):
        gates = [names[number] for number in random.integers(0, 2, 20)]
        batch.append(_gates(target, gates, (np.pi / 2 * random.integers(0, 4, 20)).tolist()))
    routed = dataclasses.replace(_routed(batch, target, model, _wiring(model, "instrument")), passes=1)
    bench, made, lead = play(model, routed, compiler)
    try:
        assert sum(wave.length for wave in made.cores[0].waves) < 20_000
        for number in (0, 100):
            begin = lead + sum(routed.lengths[:number])
            wanted = routed.tracks[0].samples(number, 1500, routed.sample_rate_hz)
            difference = bench.emitted(made.cores[0].core, begin, 1500) - wanted
            assert max(np.abs(difference.real).max(), np.abs(difference.imag).max()) <= STEPS * LSB
    finally:
        bench.close()


def _readout_wiring(model: str) -> Wiring:
    feedline = (MeasureChannel(0), MeasureChannel(1))
    port, *rest = profile(model).analyzer_outputs[-1]
    line = OutputLine("feedline", feedline, "device", port, rest[0] if rest else None, 7.2e9, 0.9, shared=True)
    heard = InputLine("return", (AcquireChannel(0), AcquireChannel(1)), "device", 7.2e9)
    rate = profile(model).sample_rates_hz[0]
    return Wiring((line,), (heard,), idle_s=6e-6, sample_rates_hz={"device": rate}, interpolation="linear")


def _readouts(starts: list[int], lengths: list[int], qubits: tuple[int, ...]) -> Schedule:
    """Readouts of some qubits one after another, each pulse with its own length."""
    made = Schedule(name="readouts")
    for number, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        for qubit in qubits:
            pulse = GaussianSquare(length, 0.3 + 0.1 * qubit, 64, length - 256, angle=0.4 * qubit + number)
            slot = MemorySlot(len(qubits) * number + qubits.index(qubit))
            made = made.insert(start, Play(pulse, MeasureChannel(qubit)))
            made = made.insert(start, Acquire(length, AcquireChannel(qubit), slot))
    return made


@pytest.mark.parametrize("model", ["SHFQA4", "SHFQA2", "SHFQC", "UHFQA"])
def test_readouts_of_a_recorded_device(model: str, target: Target, compiler: SeqcCompiler) -> None:
    """Its own calibration (5 us, both tones summed), and pulses of several lengths, twice in a program."""
    measure = target.get_calibration("measure", (0, 1))
    schedules = [
        Schedule().insert(288, measure),
        _readouts([288], [1600], (0,)),
        _readouts([1440, 1440 + 7200], [1600, 1600], (0, 1)),
    ]
    routed = _routed(schedules, target, model, _readout_wiring(model))
    assert worst(model, routed, compiler) <= STEPS


@pytest.mark.parametrize("model", ["SHFQA4", "UHFQA"])
def test_readouts_at_any_instant(model: str, target: Target, compiler: SeqcCompiler) -> None:
    """Made at random: lengths, instants on and off the device's grid, one qubit or both."""
    one = st.tuples(st.integers(0, 200), st.integers(20, 80), st.sampled_from([(0,), (1,), (0, 1)]))

    @settings(max_examples=8, deadline=None, database=None)
    @given(st.lists(one, min_size=1, max_size=3))
    def check(drawn: list[tuple[int, int, tuple[int, ...]]]) -> None:
        made = [_readouts([16 * start], [16 * length], qubits) for start, length, qubits in drawn]
        routed = _routed(made, target, model, _readout_wiring(model))
        assert worst(model, routed, compiler) <= STEPS

    check()
