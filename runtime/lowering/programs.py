"""What can be lowered: schedules, blocks, several of them, and sweeps of parameters."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drivers.contract import ConfigurationError, Problem, ProblemReport
from runtime.pulse import Parameter, PulseError, Schedule, ScheduleBlock
from runtime.pulse.schedule.assignment import Values
from runtime.pulse.transforms import block_to_schedule

__all__ = ["Program", "Sweep", "laid_out"]

Program = Schedule | ScheduleBlock
"""One program."""
Axis = Mapping[Parameter, Sequence[float]]
Wanted = tuple[str, Program, Mapping[Parameter, float]]


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Sweep:
    """A program at many values of its parameters.

    The parameters of one axis go together, value by value; several axes are crossed, the last one runs fastest::

        Sweep(rabi, {amp: amplitudes})
        Sweep(ramsey, {delay: delays, phase: phases})      # zipped: as many points as delays
        Sweep(chevron, {frequency: frequencies}, {delay: delays})  # crossed: a point for each pair

    What the points share, as a readout, is lowered once.

    Raises:
        ConfigurationError: no axis, an axis without parameters or without values, values of different number on
            one axis, a parameter on two axes.
    """

    program: Program
    axes: tuple[Axis, ...]

    def __init__(self, program: Program, *axes: Axis) -> None:
        object.__setattr__(self, "program", program)
        object.__setattr__(self, "axes", axes)
        if not axes:
            raise ConfigurationError("a sweep needs an axis", fix="Give {parameter: values}")
        seen: set[Parameter] = set()
        for number, axis in enumerate(axes):
            sizes = {parameter.name: len(values) for parameter, values in axis.items()}
            if len(set(sizes.values())) != 1 or 0 in sizes.values():
                got = ", ".join(f"{name}: {size}" for name, size in sizes.items()) or "no parameters"
                allowed = "the same number of values for each, at least 1"
                raise ConfigurationError("values that do not go together", f"axis {number}", got, allowed)
            twice = seen & set(axis)
            if twice:
                names = ", ".join(sorted(parameter.name for parameter in twice))
                raise ConfigurationError("parameter on two axes", f"axis {number}", names, "one axis a parameter")
            seen |= set(axis)

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along each axis."""
        return tuple(len(next(iter(axis.values()))) for axis in self.axes)

    def points(self) -> list[dict[Parameter, float]]:
        """The values of each point, in the order in which they are lowered."""
        steps = [
            [dict(zip(axis, values, strict=True)) for values in zip(*axis.values(), strict=True)]
            for axis in self.axes
        ]
        return [
            {parameter: value for part in parts for parameter, value in part.items()}
            for parts in itertools.product(*steps)
        ]


def laid_out(program: Program | Sequence[Program] | Sweep) -> tuple[list[Schedule], list[str]]:
    """The schedules that a request stands for, and their names.

    Raises:
        ProblemReport: blocks that cannot be laid out, points that a program refuses; all of them at once.
        ConfigurationError: no program, something else than a program, or a swept parameter that the program lacks.
    """
    if isinstance(program, Sweep):
        return _swept(program)
    several: list[object] = [program] if isinstance(program, Schedule | ScheduleBlock) else list(program)
    if not several:
        raise ConfigurationError("no programs to lower", got="an empty list")
    if all(type(one) is Schedule for one in several):
        schedules: Any = several
        return schedules, [schedule.name for schedule in schedules]
    wanted: list[Wanted] = []
    for one in several:
        if not isinstance(one, Schedule | ScheduleBlock):
            allowed = "a Schedule, a ScheduleBlock, several of them, or a Sweep"
            raise ConfigurationError("not a program", got=repr(one)[:80], allowed=allowed)
        wanted.append((str(one.name), one, {}))
    return _without_problems(wanted), [name for name, _, _ in wanted]


def _swept(sweep: Sweep) -> tuple[list[Schedule], list[str]]:
    points = sweep.points()
    absent = set(points[0]) - sweep.program.parameters
    if absent:
        got = ", ".join(sorted(parameter.name for parameter in absent))
        known = ", ".join(sorted(parameter.name for parameter in sweep.program.parameters)) or "none is open"
        raise ConfigurationError("swept parameter that the program lacks", str(sweep.program.name), got, known)
    names = [f"{sweep.program.name} {_described(point)}" for point in points]
    wanted = [(name, sweep.program, point) for name, point in zip(names, points, strict=True)]
    return _without_problems(wanted), names


def _described(point: Mapping[Parameter, float]) -> str:
    return ", ".join(f"{parameter.name}={value:.6g}" for parameter, value in point.items())


def _without_problems(wanted: Sequence[Wanted]) -> list[Schedule]:
    schedules, problems = [], []
    for name, program, point in wanted:
        try:
            schedules.append(_schedule(program, point))
        except PulseError as error:
            parts = (error.where, error.got, error.allowed, error.fix)
            problems.append(Problem(error.what, ", ".join(filter(None, (name, parts[0]))), *parts[1:]))
    if problems:
        raise ProblemReport("programs that cannot be laid out", problems=tuple(problems))
    return schedules


def _schedule(program: Program, point: Mapping[Any, float]) -> Schedule:
    values: Values = dict(point)
    if isinstance(program, ScheduleBlock):
        return block_to_schedule(program.assign_parameters(values, inplace=False) if values else program)
    return program.assign_parameters(values, inplace=False) if values else program
