"""What is remembered of gates and channels: it is right for every program, and goes with the program."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from drivers.contract import ProblemReport
from runtime.lowering import lower
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Drag,
    DriveChannel,
    Gaussian,
    MemorySlot,
    Parameter,
    Play,
    Schedule,
    ShiftPhase,
)
from runtime.pulse.schedule.body import Body
from runtime.target import Target
from tests.runtime.lowering.lab import D0, D1, M0, make_target

TARGET = make_target()
X = Drag(160, 0.2, 40.0, 2.0)


def gate(amp: float = 0.2) -> Schedule:
    return Schedule(ShiftPhase(0.5, D0), Play(Gaussian(160, amp, 40.0), D0), name="gate")


def test_a_gate_within_a_gate_is_found() -> None:
    inner = Schedule(Play(X, D0))
    program = Schedule().append(Schedule(inner)).append(inner)
    assert lower(program, TARGET).plays.start.tolist() == [0, 160]


def test_a_gate_that_is_changed_after_a_program_was_lowered_is_looked_at_again() -> None:
    changing = gate()
    before = lower(Schedule(changing, name="before"), TARGET)
    first = Schedule(name="first")
    first.append(changing, inplace=True)
    first.append(changing, inplace=True)
    lower(first, TARGET)
    changing.append(Play(X, D0), inplace=True)
    second = Schedule(name="second")
    second.append(changing, inplace=True)
    second.append(changing, inplace=True)
    assert before.plays.start.tolist() == [0]
    assert lower(first, TARGET).plays.start.tolist() == [0, 160]
    assert lower(second, TARGET).plays.start.tolist() == [0, 160, 320, 480]


def test_a_program_that_grows_between_two_lowerings_is_lowered_as_it_is() -> None:
    program = Schedule(Play(X, D0))
    assert lower(program, TARGET).plays.start.tolist() == [0]
    program.append(Play(X, D0), inplace=True)
    assert lower(program, TARGET).plays.start.tolist() == [0, 160]


def test_a_known_gate_comes_out_as_on_its_first_use() -> None:
    known = gate()
    programs = [Schedule(name="a").append(known).append(ShiftPhase(0.25, D0)).append(known) for _ in range(2)]
    first, again = (lower(program, TARGET) for program in programs)
    np.testing.assert_array_equal(first.streams()[D0].to_array(), again.streams()[D0].to_array())
    assert first.plays.phase.tolist() == pytest.approx([0.5, 1.25])


def test_nothing_of_a_program_outlives_it() -> None:
    def lowered() -> list[weakref.ref[object]]:
        pulse = Gaussian(160, 0.123, 40.0)
        own = Schedule(Play(pulse, D0))
        timeline = lower(Schedule().append(own).append(own).append(Play(pulse, D1)), TARGET)
        assert timeline.pulses == (pulse,)
        return [weakref.ref(pulse)]

    kept = lowered()
    gc.collect()
    assert [reference() for reference in kept] == [None]


def test_what_is_known_of_gates_does_not_grow_with_the_programs() -> None:
    from runtime.lowering.descriptions import _pulses, _shift

    fixed = gate()

    def night(programs: range) -> int:
        for index in programs:
            program = Schedule().append(fixed).append(gate(0.1 + 1e-4 * index))
            program.append(ShiftPhase(0.1 * index, DriveChannel(index % 2)), inplace=True)
            lower(program, TARGET).streams()[D0].to_array()
        gc.collect()
        return sum(isinstance(one, Body) for one in gc.get_objects()) + len(_pulses)

    assert night(range(100, 400)) == night(range(20))
    assert _shift.cache_info().maxsize == 4096


def test_pulses_of_equal_content_are_one_waveform_and_keep_their_names() -> None:
    program = Schedule()
    for name, channel in (("first", D0), ("second", D1)):
        program.append(Schedule(Play(Gaussian(150, 0.2, 40.0, name=name), channel)), inplace=True)
    strict = Target(num_qubits=2, dt=1e-9, granularity=16)
    with pytest.raises(ProblemReport) as caught:
        lower(program, strict)
    assert len(caught.value.problems) == 2
    assert len(lower(program, TARGET).pulses) == 1
    other = Schedule().append(Schedule(Play(Gaussian(150, 0.2, 40.0, name="third"), D0)))
    with pytest.raises(ProblemReport, match="third"):
        lower(other, strict)


@pytest.mark.parametrize("index", [np.int64(1), 1, 5000])
def test_channels_that_are_made_in_other_ways_are_the_same_channel(index: int) -> None:
    program = Schedule()
    for _ in range(2):
        program.append(Schedule(ShiftPhase(0.5, DriveChannel(index)), Play(X, DriveChannel(index))), inplace=True)
    program.append(Play(X, DriveChannel(int(index))), inplace=True)
    timeline = lower(program, Target(dt=1e-9))
    assert timeline.channels == (DriveChannel(int(index)),)
    assert timeline.plays.start.tolist() == [0, 160, 320]
    assert timeline.plays.phase.tolist() == pytest.approx([0.5, 1.0, 1.0])


def test_open_channels_are_told() -> None:
    program = Schedule(Play(X, DriveChannel(Parameter("q"))), Play(X, DriveChannel(7)))
    with pytest.raises(ProblemReport) as caught:
        lower(program, TARGET)
    assert [problem.what for problem in caught.value.problems] == [
        "unassigned parameters",
        "channel that the Target lacks",
    ]


def test_acquires_are_in_the_order_of_the_schedule() -> None:
    program = Schedule(Play(Gaussian(160, 0.1, 40.0), M0))
    for qubit in (10, 2, 1):
        program.insert(160, Acquire(160, AcquireChannel(qubit), MemorySlot(qubit + 5)), inplace=True)
    program.insert(0, Acquire(160, AcquireChannel(3), MemorySlot(0)), inplace=True)
    found = lower(program, Target(dt=1e-9)).acquisitions
    expected = [one for _, one in program.instructions if isinstance(one, Acquire)]
    assert found.qubit.tolist() == [one.channel.index for one in expected] == [3, 1, 10, 2]
    assert found.slot.tolist() == [0, 6, 15, 7]
    assert found.start.tolist() == [0, 160, 160, 160]
