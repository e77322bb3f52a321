"""Sweeps: a program at many values of its parameters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Complex
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError
from runtime.pulse import Parameter, Schedule, ScheduleBlock

__all__ = ["Axis", "Combinations", "Program", "Sweep", "described"]

Program = Schedule | ScheduleBlock
"""One program."""
Values = Sequence[float] | NDArray[np.floating[Any]] | NDArray[np.integer[Any]]
"""Of one parameter; an array of shape (n,) will do."""
Axis = Mapping[Parameter, Values]
"""Parameters that go together, value by value."""


@dataclass(frozen=True, slots=True, eq=False)
class Combinations:
    """The values that some parameters of a sweep take together, each combination once."""

    columns: Mapping[Parameter, Sequence[float]]
    """Of each parameter its value in each combination."""
    row: NDArray[np.int64]
    """Shape (points,): the combination of each point of the sweep."""
    count: int

    def __iter__(self) -> Iterator[dict[Parameter, float]]:
        if not self.columns:
            return iter([{} for _ in range(self.count)])
        return (
            dict(zip(self.columns, values, strict=True)) for values in zip(*self.columns.values(), strict=True)
        )


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Sweep:
    """A program at many values of its parameters.

    The parameters of one axis go together, value by value; several axes are crossed, the last one runs fastest::

        Sweep(rabi, {amp: amplitudes})
        Sweep(ramsey, {delay: delays, phase: phases})      # zipped: as many points as delays
        Sweep(chevron, {frequency: frequencies}, {delay: delays})  # crossed: a point for each pair

    It is lowered as a whole: what does not depend on a parameter is worked out once, and what depends on some of
    them once for each of their combinations.

    Raises:
        ConfigurationError: no axis, an axis without parameters or without values, values of different number on
            one axis, values that are no numbers, a parameter on two axes; no program, mapping or Parameter where
            one is wanted.
    """

    program: Program
    axes: tuple[Axis, ...]

    def __init__(self, program: Program, *axes: Axis) -> None:
        object.__setattr__(self, "program", program)
        object.__setattr__(self, "axes", axes)
        if not axes:
            raise ConfigurationError("a sweep needs an axis", fix="Give {parameter: values}")
        _check_program(program)
        seen: set[Parameter] = set()
        for number, axis in enumerate(axes):
            _check_kinds(number, axis)
            sizes = {parameter.name: len(values) for parameter, values in axis.items()}
            if len(set(sizes.values())) != 1 or 0 in sizes.values():
                got = ", ".join(f"{name}: {size}" for name, size in sizes.items()) or "no parameters"
                allowed = "the same number of values for each, at least 1"
                raise ConfigurationError("values that do not go together", f"axis {number}", got, allowed)
            for parameter, values in axis.items():
                strange = _strange(values)
                if strange:
                    place = f"axis {number}, {parameter.name}"
                    raise ConfigurationError("values that are no numbers", place, strange, "numbers")
            twice = seen & set(axis)
            if twice:
                names = ", ".join(sorted(parameter.name for parameter in twice))
                raise ConfigurationError("parameter on two axes", f"axis {number}", names, "one axis a parameter")
            seen |= set(axis)

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along each axis."""
        return tuple(len(next(iter(axis.values()))) for axis in self.axes)

    @property
    def parameters(self) -> set[Parameter]:
        """Those that are swept."""
        return {parameter for axis in self.axes for parameter in axis}

    def combinations(self, parameters: set[Parameter]) -> Combinations:
        """What some of the parameters are at each point; with all of them, a combination for each point."""
        shape = self.shape
        involved = [number for number, axis in enumerate(self.axes) if not parameters.isdisjoint(axis)]
        part = tuple(shape[number] for number in involved)
        count = math.prod(part)
        places = np.unravel_index(np.arange(math.prod(shape)), shape)
        row = np.zeros(math.prod(shape), np.int64)
        if involved:
            row = np.ravel_multi_index(tuple(places[number] for number in involved), part).astype(np.int64)
        columns: dict[Parameter, Sequence[float]] = {}
        along = np.unravel_index(np.arange(count), part) if part else ()
        for number, index in zip(involved, along, strict=True):
            picked = index.tolist()
            for parameter, given in self.axes[number].items():
                if parameter in parameters:
                    values: Sequence[float] = given.tolist() if isinstance(given, np.ndarray) else given
                    columns[parameter] = values if count == len(values) else [values[at] for at in picked]
        return Combinations(columns, row, count)

    def points(self) -> list[dict[Parameter, float]]:
        """The values of each point, in the order in which they are lowered."""
        return list(self.combinations(self.parameters))

    def names(self) -> list[str]:
        """What to call each point: the program's name and its values."""
        return [f"{self.program.name} {described(point)}" for point in self.points()]


def _check_program(program: object) -> None:
    if not isinstance(program, Schedule | ScheduleBlock):
        allowed = "a Schedule or a ScheduleBlock"
        raise ConfigurationError("not a program to sweep", got=repr(program)[:80], allowed=allowed)


def _check_kinds(number: int, axis: object) -> None:
    """An axis goes from Parameters to sequences or arrays."""
    if not isinstance(axis, Mapping):
        allowed = "a mapping from Parameter to values"
        raise ConfigurationError("not an axis", f"axis {number}", repr(axis)[:80], allowed)
    for parameter, values in axis.items():
        if not isinstance(parameter, Parameter):
            fix = "Give the Parameter itself, not its name"
            raise ConfigurationError("not a parameter", f"axis {number}", repr(parameter)[:80], "a Parameter", fix)
        if isinstance(values, str) or not (isinstance(values, Sequence) or getattr(values, "ndim", 0) > 0):
            place = f"axis {number}, {parameter.name}"
            raise ConfigurationError(
                "not the values of a parameter", place, repr(values)[:80], "a list or an array of numbers"
            )


def _strange(values: Iterable[object]) -> str:
    """The first that is no number, for a message."""
    found = (value for value in values if isinstance(value, bool) or not isinstance(value, Complex))
    return "".join(repr(value)[:80] for value in itertools.islice(found, 1))


def described(point: Mapping[Parameter, float]) -> str:
    """The values of a point, for people."""
    return ", ".join(f"{parameter.name}={value:.6g}" for parameter, value in point.items())
