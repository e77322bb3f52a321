"""Choosing instructions of a schedule by channel, type, time or any function.

Each function here makes a test of (start, instruction) pairs; `Schedule.filter` keeps what passes all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeVar, overload

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Instruction, checked_duration

__all__ = [
    "Criterion",
    "Interval",
    "composite_filter",
    "criteria",
    "filter_instructions",
    "with_channels",
    "with_instruction_types",
    "with_intervals",
]

if TYPE_CHECKING:
    from runtime.pulse.schedule import Schedule, ScheduleBlock
    from runtime.pulse.schedule.block_filters import InstructionTest

_T = TypeVar("_T")

Interval = tuple[int, int]
"""(start, stop) in samples."""
Criterion = Callable[[tuple[int, Instruction]], bool]
"""A test of an instruction with its start time."""


def criteria(
    filter_funcs: Iterable[Criterion],
    channels: Iterable[Channel] | Channel | None,
    instruction_types: Iterable[type[Instruction]] | type[Instruction] | None,
    time_ranges: Iterable[Interval] | Interval | None,
    intervals: Iterable[Interval] | Interval | None,
) -> list[Criterion]:
    """The tests that the arguments of `Schedule.filter` stand for.

    Raises:
        PulseError: a criterion of the wrong kind.
    """
    tests: list[Criterion] = []
    for function in filter_funcs:
        if not callable(function):
            raise PulseError("a filter is a function of (time, instruction)", got=repr(function))
        tests.append(function)
    if channels is not None:
        tests.append(with_channels(channels))
    if instruction_types is not None:
        tests.append(with_instruction_types(instruction_types))
    tests.extend(with_intervals(ranges) for ranges in (time_ranges, intervals) if ranges is not None)
    return tests


def composite_filter(
    channels: Iterable[Channel] | Channel | None = None,
    instruction_types: Iterable[type[Instruction]] | type[Instruction] | None = None,
    time_ranges: Iterable[Interval] | Interval | None = None,
    intervals: Iterable[Interval] | Interval | None = None,
) -> list[Criterion]:
    """The tests that the named criteria of `Schedule.filter` stand for."""
    return criteria((), channels, instruction_types, time_ranges, intervals)


@overload
def filter_instructions(
    sched: Schedule, filters: Iterable[Criterion], negate: bool = ..., recurse_subroutines: bool = ...
) -> Schedule: ...
@overload
def filter_instructions(
    sched: ScheduleBlock, filters: Iterable[InstructionTest], negate: bool = ..., recurse_subroutines: bool = ...
) -> ScheduleBlock: ...
def filter_instructions(
    sched: Schedule | ScheduleBlock,
    filters: Iterable[Callable[[Any], bool]],
    negate: bool = False,
    recurse_subroutines: bool = True,
) -> Schedule | ScheduleBlock:
    """What passes all tests: `filter(*filters)` of a program, or its `exclude` if `negate`.

    Args:
        sched: the program.
        filters: tests of (start, instruction) pairs for a schedule, of instructions for a block.
        negate: keep what fails a test instead.
        recurse_subroutines: look into the subroutines of a block.
    """
    # Programs stand above this module.
    from runtime.pulse.schedule import Schedule

    if isinstance(sched, Schedule):
        return sched.exclude(*filters) if negate else sched.filter(*filters)
    choose = sched.exclude if negate else sched.filter
    return choose(*filters, check_subroutine=recurse_subroutines)


def with_channels(channels: Iterable[Channel] | Channel) -> Criterion:
    """It uses any of the channels."""
    wanted = frozenset(_listed(channels, Channel))
    return lambda timed: not wanted.isdisjoint(timed[1].channels)


def with_instruction_types(types: Iterable[type[Instruction]] | type[Instruction]) -> Criterion:
    """It is one of the types."""
    wanted = tuple(_listed(types, type))
    return lambda timed: isinstance(timed[1], wanted)


def with_intervals(ranges: Iterable[Interval] | Interval) -> Criterion:
    """It lies within one of the intervals, both ends inclusive."""
    given: Sequence[Any] = tuple(ranges)
    if len(given) == 2 and all(isinstance(end, Integral) for end in given):
        given = (given,)
    for interval in given:
        if len(interval) != 2:
            raise PulseError("an interval is a pair (start, stop)", got=repr(interval))

    def within(timed: tuple[int, Instruction]) -> bool:
        start = timed[0]
        stop = start + checked_duration(timed[1])
        return any(low <= start and stop <= high for low, high in given)

    return within


def _listed(items: Iterable[_T] | _T, kind: type) -> list[_T]:
    """The items, also where a single one was given."""
    listed: list[_T] = [items] if isinstance(items, kind) else list(items)  # type: ignore[list-item, arg-type]  # by `kind`
    for item in listed:
        if not isinstance(item, kind):
            raise PulseError("a criterion of the wrong kind", got=repr(item), allowed=kind.__name__)
    return listed
