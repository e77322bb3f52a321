"""From what can be lowered to schedules: blocks and the points of sweeps are laid out in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError, Problem, PulserigError
from runtime.lowering.sweep import Program, Sweep, described
from runtime.pulse import Schedule, ScheduleBlock
from runtime.pulse.schedule.assignment import Values
from runtime.pulse.schedule.layout_parameters import layout_parameters, moving_parameters
from runtime.pulse.schedule.swept_layout import SweptLayout, swept_layout
from runtime.pulse.transforms import block_to_schedule

__all__ = ["LaidOut", "laid_out"]

PROGRAMS = "a Schedule, a ScheduleBlock, several of them, or a Sweep"
"""What can be lowered, for messages."""
LONGEST = 1 << 62
"""Samples; so that instants, and sums of two, are 64-bit integers."""


@dataclass(frozen=True, slots=True, eq=False)
class LaidOut:
    """Programs laid out in time."""

    layouts: list[Schedule]
    """Distinct ones; empty where a program cannot be laid out."""
    names: list[str]
    """Of the programs."""
    row: NDArray[np.int64]
    """Shape (programs,): the layout of each program."""
    lengths: list[int]
    """Of the layouts, samples."""
    sweep: Sweep | None = None
    """Whose points the programs are. What it sweeps may still be open in the layouts, but in no length."""
    faults: Mapping[int, Problem] = field(default_factory=dict)
    """Row of a layout to why there is none."""
    times: SweptLayout | None = None
    """Where given, there is one schedule, that of the first layout, and this says when what stands in it begins in
    each of them."""

    @property
    def schedules(self) -> list[Schedule]:
        """The layout of each program, or what stands for it."""
        if self.times is not None:
            return self.layouts * self.row.size
        return [self.layouts[row] for row in self.row.tolist()]

    def moved(self, layouts: list[Schedule]) -> LaidOut:
        """The same programs laid out in another way."""
        return replace(self, layouts=layouts, lengths=list(map(_length, layouts)))

    @property
    def durations(self) -> list[int]:
        """Of each program, samples."""
        return [self.lengths[row] for row in self.row.tolist()]


def laid_out(program: Program | Sequence[Program] | Sweep, *, each: bool = False) -> LaidOut:
    """Lay out what a request stands for.

    Args:
        program: what is to be lowered.
        each: make a schedule of each layout of a sweep, in place of one and the times of all.

    Raises:
        ConfigurationError: no program, something else than a program, or a swept parameter that the program lacks.
    """
    if isinstance(program, Sweep):
        return _swept(program, each=each)
    # What is neither a program nor several is told of as one that is none.
    several: list[object] = list(program) if _are_several(program) else [program]
    if not several:
        raise ConfigurationError("no programs to lower", got="an empty list")
    layouts: list[Schedule] = []
    names: list[str] = []
    faults: dict[int, Problem] = {}
    for row, one in enumerate(several):
        if not isinstance(one, Schedule | ScheduleBlock):
            raise ConfigurationError("not a program", got=repr(one)[:80], allowed=PROGRAMS)
        names.append(str(one.name))
        layouts.append(one if isinstance(one, Schedule) else _layout(one, {}, row, faults))
    lengths = _lengths(layouts, faults)
    return LaidOut(layouts, names, np.arange(len(layouts)), lengths, faults=faults)


def _are_several(program: object) -> TypeGuard[Iterable[object]]:
    return isinstance(program, Iterable) and not isinstance(program, Schedule | ScheduleBlock | str)


def _swept(sweep: Sweep, *, each: bool) -> LaidOut:
    program, swept, present = sweep.program, sweep.parameters, sweep.program.parameters
    absent = swept - present
    if absent:
        got = ", ".join(sorted(parameter.name for parameter in absent))
        known = ", ".join(sorted(parameter.name for parameter in present)) or "none is open"
        raise ConfigurationError("swept parameter that the program lacks", str(program.name), got, known)
    # What stays open is told of point by point: a value of 0 may make an open factor vanish.
    whole = present > swept
    if not whole and not each and isinstance(program, ScheduleBlock):
        found = _at_once(sweep, program)
        if found is not None:
            return found
    combinations = sweep.combinations(swept if whole else layout_parameters(program, swept))
    layouts: list[Schedule] = []
    faults: dict[int, Problem] = {}
    for row, point in enumerate(combinations):
        layouts.append(_layout(program, point, row, faults))
    lengths = _lengths(layouts, faults)
    return LaidOut(layouts, sweep.names(), combinations.row, lengths, None if whole else sweep, faults)


def _at_once(sweep: Sweep, program: ScheduleBlock) -> LaidOut | None:
    """All layouts of a sweep in one go; None where each has to be made by itself."""
    moving = moving_parameters(program, sweep.parameters)
    if not moving:
        return None
    combinations = sweep.combinations(moving)
    times = swept_layout(program, combinations.columns, combinations.count)
    if times is None:
        return None
    faults: dict[int, Problem] = {}
    first = _layout(program, next(iter(combinations)), 0, faults)
    # The same instructions in the same order, or else a schedule of each.
    same = [one.kind for _, one in first.body.walk()] == [one.kind for one in times.instructions]
    if faults or not same:
        return None
    return LaidOut([first], sweep.names(), combinations.row, times.duration.tolist(), sweep, times=times)


def _layout(program: Program, point: Mapping[Any, float], row: int, faults: dict[int, Problem]) -> Schedule:
    """A program at some values of its parameters, laid out in time; an empty one if that cannot be."""
    values: Values = dict(point)
    try:
        assigned = program.assign_parameters(values, inplace=False) if values else program
        return block_to_schedule(assigned) if isinstance(assigned, ScheduleBlock) else assigned
    except PulserigError as error:
        where = ", ".join(filter(None, (described(point), error.where)))
        faults[row] = Problem(error.what, where, error.got, error.allowed, error.fix)
        return Schedule(name=program.name)


def _length(layout: Schedule) -> int:
    return max(layout.body.stops.values(), default=0)


def _lengths(layouts: list[Schedule], faults: dict[int, Problem]) -> list[int]:
    """How long each lasts, samples; one that lasts too long is a fault, and replaced by an empty one."""
    lengths = list(map(_length, layouts))
    if max(lengths) >= LONGEST:
        for row in [row for row, length in enumerate(lengths) if length >= LONGEST]:
            got, allowed = f"{lengths[row]:.3g} dt", f"less than {LONGEST:.3g} dt"
            faults[row] = Problem("program that lasts too long", got=got, allowed=allowed)
            layouts[row], lengths[row] = Schedule(name=layouts[row].name), 0
    return lengths
