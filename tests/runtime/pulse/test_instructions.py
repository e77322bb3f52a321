"""Instructions: operands, channels, equality, text, bad input."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    ControlChannel,
    Delay,
    Discriminator,
    DriveChannel,
    Gaussian,
    Instruction,
    Kernel,
    MeasureChannel,
    MemorySlot,
    Parameter,
    Play,
    PulseError,
    RegisterSlot,
    Schedule,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Snapshot,
    SnapshotChannel,
    Waveform,
)

D0, D1 = DriveChannel(0), DriveChannel(1)
PULSE = Gaussian(16, 0.5, 4)
KERNEL = Kernel("boxcar")

EVERY: list[tuple[Instruction, tuple[Any, ...], tuple[Any, ...], int]] = [
    (Delay(10, D0), (10, D0), (D0,), 10),
    (Delay(10, MemorySlot(0)), (10, MemorySlot(0)), (MemorySlot(0),), 10),
    (Play(PULSE, D0), (PULSE, D0), (D0,), 16),
    (SetPhase(1.5, D0), (1.5, D0), (D0,), 0),
    (ShiftPhase(-1, D0), (-1, D0), (D0,), 0),
    (SetFrequency(5e9, D0), (5e9, D0), (D0,), 0),
    (ShiftFrequency(1e6, MeasureChannel(1)), (1e6, MeasureChannel(1)), (MeasureChannel(1),), 0),
    (Snapshot("here"), ("here", "statevector"), (SnapshotChannel(),), 0),
    (
        Acquire(100, AcquireChannel(1), MemorySlot(2), RegisterSlot(3), KERNEL, Discriminator("line")),
        (100, AcquireChannel(1), MemorySlot(2), RegisterSlot(3), KERNEL, Discriminator("line")),
        (AcquireChannel(1), MemorySlot(2), RegisterSlot(3)),
        100,
    ),
    (
        Acquire(100, AcquireChannel(1), reg_slot=RegisterSlot(0)),
        (100, AcquireChannel(1), None, RegisterSlot(0), None, None),
        (AcquireChannel(1), RegisterSlot(0)),
        100,
    ),
]


@pytest.mark.parametrize(("instruction", "operands", "channels", "duration"), EVERY)
def test_operands_channels_and_duration(
    instruction: Instruction, operands: tuple[Any, ...], channels: tuple[Any, ...], duration: int
) -> None:
    assert instruction.operands == operands
    assert instruction.channels == channels
    assert instruction.duration == instruction.stop_time == instruction.ch_stop_time(*channels) == duration
    assert instruction.start_time == instruction.ch_start_time(*channels) == 0
    assert instruction.ch_duration(DriveChannel(99)) == 0
    assert instruction.instructions == ((0, instruction),)
    assert instruction.parameters == set()
    assert not instruction.is_parameterized()


@pytest.mark.parametrize("instruction", [row[0] for row in EVERY])
def test_value_objects(instruction: Instruction) -> None:
    again = pickle.loads(pickle.dumps(instruction))
    assert again == instruction
    assert hash(again) == hash(instruction)
    assert again.name == instruction.name
    assert copy.deepcopy(instruction) is instruction
    with pytest.raises(dataclasses.FrozenInstanceError):
        instruction.name = "other"
    renamed = dataclasses.replace(instruction, name="renamed")
    assert renamed == instruction
    assert hash(renamed) == hash(instruction)


def test_different_instructions_differ() -> None:
    instructions = [row[0] for row in EVERY] + [SetPhase(2.5, D0), SetPhase(1.5, D1), ShiftPhase(1.5, D0)]
    for i, one in enumerate(instructions):
        for j, other in enumerate(instructions):
            assert (one == other) is (i == j)
    assert Delay(1, D0) != "Delay(1, DriveChannel(0))"


def test_a_subclass_with_equal_operands_is_equal() -> None:
    class VirtualZ(ShiftPhase):
        __slots__ = ()

    assert VirtualZ(1.0, D0) == ShiftPhase(1.0, D0)
    assert ShiftPhase(1.0, D0) == VirtualZ(1.0, D0)
    assert hash(VirtualZ(1.0, D0)) == hash(ShiftPhase(1.0, D0))
    assert VirtualZ(1.0, D0) != SetPhase(1.0, D0)


@pytest.mark.parametrize(
    ("instruction", "text"),
    [
        (Delay(10, D0, name="x"), "Delay(10, DriveChannel(0), name='x')"),
        (SetPhase(1.57, D0), "SetPhase(1.57, DriveChannel(0))"),
        (
            Play(Waveform([1], name="test"), D1),
            "Play(Waveform(array([1.+0.j]), name='test'), DriveChannel(1), name='test')",
        ),
        (Acquire(4, AcquireChannel(0), MemorySlot(0)), "Acquire(4, AcquireChannel(0), MemorySlot(0), , , )"),
        (Snapshot("a"), "Snapshot(a, statevector, name='a')"),
    ],
)
def test_repr(instruction: Instruction, text: str) -> None:
    assert repr(instruction) == text


def test_default_names() -> None:
    assert Play(Constant(4, 0.1, name="flat"), D0).name == "flat"
    assert Play(Constant(4, 0.1, name="flat"), D0, name="mine").name == "mine"
    assert Play(Constant(4, 0.1), D0).name is None
    assert Snapshot("label").name == "label"
    assert Snapshot("label", name="other").name == "other"
    assert Snapshot("label", "density").type == "density"


def test_numpy_durations_stay_as_given() -> None:
    assert type(Delay(np.int64(4), D0).duration) is np.int64


def test_bad_durations_can_be_built_but_not_scheduled() -> None:
    assert Delay(-1, D0).duration == -1
    assert Delay(1.5, D0).duration == 1.5


BAD: list[Callable[[], object]] = [
    lambda: Play(np.ones(4), D0),
    lambda: Play(PULSE, AcquireChannel(0)),
    lambda: Play(PULSE, MemorySlot(0)),
    lambda: Play(PULSE, 0),
    lambda: SetPhase(1.0, AcquireChannel(0)),
    lambda: ShiftPhase(float("nan"), D0),
    lambda: ShiftPhase(float("inf"), D0),
    lambda: ShiftPhase("1", D0),
    lambda: SetPhase(1j, D0),
    lambda: SetPhase(True, D0),
    lambda: SetFrequency(None, D0),
    lambda: ShiftFrequency(float("-inf"), ControlChannel(0)),
    lambda: ShiftFrequency(1.0, RegisterSlot(0)),
    lambda: Delay(1, "d0"),
    lambda: Acquire(4, AcquireChannel(0)),
    lambda: Acquire(4, D0, MemorySlot(0)),
    lambda: Acquire(4, AcquireChannel(0), RegisterSlot(0)),
    lambda: Acquire(4, AcquireChannel(0), reg_slot=MemorySlot(0)),
    lambda: Acquire(4, AcquireChannel(0), MemorySlot(0), kernel="boxcar"),
    lambda: Acquire(4, AcquireChannel(0), MemorySlot(0), discriminator=KERNEL),
    lambda: Snapshot(3),
    lambda: Snapshot("a", None),
]


@pytest.mark.parametrize("make", BAD)
def test_bad_operands_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(PulseError) as caught:
        make()
    assert caught.value.got or caught.value.where


def test_parameters_of_every_depth() -> None:
    amp, index, phase, time = (Parameter(name) for name in ("amp", "index", "phase", "time"))
    play = Play(Gaussian(16, amp / 2, 4), DriveChannel(index))
    assert play.parameters == {amp, index}
    assert play.is_parameterized()
    assert play.assigned({amp: 0.5, index: 3}) == Play(Gaussian(16, 0.25, 4), DriveChannel(3))
    assert play.assigned({amp: 0.5}).parameters == {index}
    assert play.assigned({phase: 1}) is play
    assert ShiftPhase(phase, D0).assigned({phase: 2 * amp}).parameters == {amp}
    acquire = Acquire(time, AcquireChannel(0), MemorySlot(0), name="readout")
    assert acquire.is_parameterized()
    assert acquire.assigned({time: 16.0}) == Acquire(16, AcquireChannel(0), MemorySlot(0))
    assert acquire.assigned({time: 16.0}).name == "readout"
    assert Acquire((time * 1).bind({time: 4}), AcquireChannel(0), MemorySlot(0)).is_parameterized()


def test_composition_gives_schedules_named_like_the_first() -> None:
    a, b = Delay(10, D0, name="a"), Delay(5, D1, name="b")
    assert (a + b).instructions == ((0, b), (0, a))
    assert (a + a).instructions == ((0, a), (10, a))
    assert (a | b).instructions == ((0, b), (0, a))
    assert (a << 3).instructions == a.shift(3).instructions == ((3, a),)
    assert a.insert(20, a).instructions == ((0, a), (20, a))
    for schedule in (a + b, a | b, a << 3, a.insert(20, b), a.append(b)):
        assert isinstance(schedule, Schedule)
        assert schedule.name == "a"
    assert a.shift(3, name="other").name == "other"
    with pytest.raises(PulseError, match="overlaps"):
        _ = a | a
