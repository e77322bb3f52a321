"""Choosing instructions of a schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    DriveChannel,
    Instruction,
    MemorySlot,
    Play,
    PulseError,
    Reference,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
)
from runtime.pulse.filters import composite_filter, filter_instructions

D0, D1 = DriveChannel(0), DriveChannel(1)
PLAY, PHASE, DELAY = Play(Constant(10, 0.1), D0), ShiftPhase(1.0, D0), Delay(10, D1)
ACQUIRE = Acquire(20, AcquireChannel(0), MemorySlot(1))
PROGRAM = Schedule(PLAY, (10, PHASE), (20, DELAY), (20, ACQUIRE), name="program")


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        ({"channels": D0}, [PLAY, PHASE]),
        ({"channels": [D1, MemorySlot(1)]}, [DELAY, ACQUIRE]),
        ({"channels": {AcquireChannel(0)}}, [ACQUIRE]),
        ({"channels": []}, []),
        ({"instruction_types": Play}, [PLAY]),
        ({"instruction_types": [Play, Acquire]}, [PLAY, ACQUIRE]),
        ({"instruction_types": []}, []),
        ({"time_ranges": [(0, 10)]}, [PLAY, PHASE]),
        ({"time_ranges": (0, 10)}, [PLAY, PHASE]),
        ({"intervals": [(20, 30), (30, 40)]}, [DELAY]),
        ({"time_ranges": [(0, 5), (5, 10)]}, [PHASE]),
        ({"time_ranges": (0, 30), "intervals": (10, 50)}, [PHASE, DELAY]),
        ({"time_ranges": []}, []),
        ({"channels": D0, "time_ranges": (5, 100)}, [PHASE]),
        ({}, [PLAY, PHASE, DELAY, ACQUIRE]),
    ],
)
def test_all_given_criteria_must_hold(criteria: dict[str, Any], kept: list[Any]) -> None:
    everything = [PLAY, PHASE, DELAY, ACQUIRE]
    chosen = PROGRAM.filter(**criteria)
    assert [i for _, i in chosen.instructions] == kept
    assert chosen.name == "program"
    dropped = [i for i in everything if i not in kept] if criteria else everything
    assert [i for _, i in PROGRAM.exclude(**criteria).instructions] == dropped


def test_functions_get_time_and_instruction() -> None:
    chosen = PROGRAM.filter(lambda timed: timed[0] >= 10, lambda timed: isinstance(timed[1], ShiftPhase))
    assert chosen.instructions == ((10, PHASE),)
    assert chosen.duration == 10
    assert PROGRAM.exclude(lambda timed: timed[0] >= 10).instructions == ((0, PLAY),)


def test_nested_schedules_are_flattened() -> None:
    assert Schedule((5, PROGRAM)).filter(channels=[D1]).children == ((25, DELAY),)


@pytest.mark.parametrize(
    "criteria",
    [{"channels": ["d0"]}, {"instruction_types": [3]}, {"time_ranges": [(1, 2, 3)]}, {"intervals": [(0,)]}],
)
def test_criteria_of_the_wrong_kind_are_refused(criteria: dict[str, Any]) -> None:
    with pytest.raises(PulseError):
        PROGRAM.filter(**criteria)
    with pytest.raises(PulseError, match="function"):
        PROGRAM.filter(3)


def test_lists_of_tests_as_in_qiskit() -> None:
    tests = composite_filter(channels=[D0], instruction_types=[Play])
    assert filter_instructions(PROGRAM, tests) == PROGRAM.filter(channels=[D0], instruction_types=[Play])
    assert filter_instructions(PROGRAM, tests, negate=True) == PROGRAM.exclude(*tests)
    assert len(composite_filter(D0, Play, (0, 10), [(0, 20)])) == 4
    assert composite_filter() == []


def test_lists_of_tests_for_blocks() -> None:
    block = ScheduleBlock(name="b").append(PLAY).append(Reference("sub"))
    block.assign_references({("sub",): ScheduleBlock().append(PHASE).append(DELAY)})
    only_play: list[Callable[[Instruction], bool]] = [lambda instruction: isinstance(instruction, Play)]
    assert filter_instructions(block, only_play).blocks == (PLAY,)
    outside = filter_instructions(block, only_play, negate=True, recurse_subroutines=False)
    assert list(outside.references) == [("sub",)]
    assert len(filter_instructions(block, only_play, negate=True).instructions) == 2
