"""Dropping what a device does not play, and the form that devices get."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Directive, Instruction, RelativeBarrier
from runtime.pulse.schedule import Schedule, ScheduleBlock
from runtime.pulse.transforms.blocks import block_to_schedule

__all__ = ["remove_directives", "remove_trivial_barriers", "target_qobj_transform"]

_Program = TypeVar("_Program", Schedule, ScheduleBlock)
Component = Schedule | ScheduleBlock | Instruction
"""What can be turned into a schedule by itself."""


def remove_directives(schedule: _Program) -> _Program:
    """The program without barriers and blockades; a schedule keeps all times."""
    if isinstance(schedule, ScheduleBlock):
        return schedule.exclude(instruction_types=[Directive])
    if isinstance(schedule, Schedule):
        return schedule.exclude(instruction_types=[Directive])
    raise PulseError("directives are removed from schedules and blocks", got=repr(schedule))


def remove_trivial_barriers(schedule: _Program) -> _Program:
    """The program without the barriers that hold back nothing: those on fewer than two channels."""
    if isinstance(schedule, ScheduleBlock):
        return schedule.exclude(_is_trivial)
    if isinstance(schedule, Schedule):
        return schedule.exclude(lambda timed: _is_trivial(timed[1]))
    raise PulseError("barriers are removed from schedules and blocks", got=repr(schedule))


def _is_trivial(instruction: Instruction) -> bool:
    return isinstance(instruction, RelativeBarrier) and len(set(instruction.channels)) < 2


def target_qobj_transform(
    sched: Component | tuple[int, Component] | Iterable[Component | tuple[int, Component]],
    remove_directives: bool = True,
) -> Schedule:
    """A flat schedule of what a device plays: blocks laid out, subroutines inlined, directives dropped.

    Args:
        sched: a schedule, a block, an instruction, a pair (start in samples, one of these), or several of these.
        remove_directives: drop barriers and blockades.

    Raises:
        PulseError: something that is no program, or a block that cannot be laid out.
    """
    flat = _scheduled(sched).flatten()
    return flat.exclude(instruction_types=[Directive]) if remove_directives else flat


def _scheduled(sched: object) -> Schedule:
    if isinstance(sched, Schedule):
        return sched
    if isinstance(sched, ScheduleBlock):
        return block_to_schedule(sched)
    if isinstance(sched, Instruction):
        return Schedule(sched, name=sched.name)
    if isinstance(sched, tuple) and len(sched) == 2 and not isinstance(sched[0], Component):
        return Schedule(_timed(sched))
    if isinstance(sched, Iterable) and not isinstance(sched, str):
        return Schedule(*(_timed(item) if isinstance(item, tuple | list) else _scheduled(item) for item in sched))
    raise PulseError(
        "only programs can be played",
        got=repr(sched),
        allowed="schedules, blocks, instructions, or several of them",
    )


def _timed(item: tuple[object, ...] | list[object]) -> tuple[int, Schedule]:
    if len(item) != 2:
        raise PulseError(
            "a program with its start is a pair", got=repr(item), allowed="(start in samples, program)"
        )
    start, program = item
    return start, _scheduled(program)  # type: ignore[return-value]  # Schedule checks the start
