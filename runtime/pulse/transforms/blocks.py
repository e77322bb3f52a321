"""From blocks to schedules and back."""

from __future__ import annotations

from typing import TypeVar, overload

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Instruction, TimeBlockade, checked_duration
from runtime.pulse.schedule.block import ScheduleBlock
from runtime.pulse.schedule.block_layout import scheduled
from runtime.pulse.schedule.schedule import Schedule

__all__ = ["block_to_schedule", "flatten", "inline_subroutines", "schedule_to_block"]


Program = TypeVar("Program", Schedule, ScheduleBlock)
"""A schedule or a block, and back comes the same."""


def block_to_schedule(block: ScheduleBlock) -> Schedule:
    """Lay a block out in time: a schedule of its name, in which nested blocks are nested schedules.

    A nested block occupies all of its channels for its whole length, its idle times included. Where a context has
    a duration of its own (AlignEquispaced, AlignFunc) and is nested, a RelativeBarrier marks its end if its
    content ends before. Without any content it takes no time.

    Raises:
        UnassignedDurationError: a length or a subroutine is not assigned.
        PulseError: not a block, a nested block is longer than its context, or elements overlap.
    """
    if not isinstance(block, ScheduleBlock):
        raise PulseError("only blocks are laid out", got=repr(block))
    return scheduled(block.node)


def schedule_to_block(schedule: Schedule) -> ScheduleBlock:
    """A block, aligned to the left, that keeps the times of a schedule wherever it is put.

    Gaps become TimeBlockades.

    Raises:
        PulseError: not a schedule.
    """
    if not isinstance(schedule, Schedule):
        raise PulseError("not a schedule", got=repr(schedule))
    block = ScheduleBlock(schedule.name, schedule.metadata.copy())
    ends: dict[Channel, int] = {}
    for start, instruction in schedule.instructions:
        stop = start + checked_duration(instruction)
        for channel in instruction.channels:
            gap = start - ends.get(channel, 0)
            if gap > 0:
                block.append(TimeBlockade(gap, channel))
            ends[channel] = stop
        block.append(instruction)
    return block


@overload
def flatten(program: Schedule) -> Schedule: ...
@overload
def flatten(program: Instruction) -> Instruction: ...
def flatten(program: Schedule | Instruction) -> Schedule | Instruction:
    """The same instructions at the same times without nesting; an instruction is itself.

    Raises:
        PulseError: a block, or something that is no program.
    """
    if isinstance(program, Instruction):
        return program
    if not isinstance(program, Schedule):
        raise PulseError("only schedules are flattened", got=repr(program), fix="Lay a block out first")
    return program.flatten()


def inline_subroutines(program: Program) -> Program:
    """The program with assigned subroutines as nested blocks in place of the references; a schedule has none.

    Raises:
        PulseError: not a program.
    """
    if isinstance(program, ScheduleBlock):
        return program.inlined()
    if not isinstance(program, Schedule):
        raise PulseError("only programs have subroutines", got=repr(program))
    return program
