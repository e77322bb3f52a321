"""What every instruction has."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Self

from drivers.contract.errors import TimingError
from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError, UnassignedDurationError
from runtime.pulse.frozen import itself, itself_deep
from runtime.pulse.library import Pulse
from runtime.pulse.parameters import (
    Assignment,
    Parameter,
    ParameterExpression,
    ParameterValue,
    assigned_value,
    float_of,
    own,
    shown,
)

if TYPE_CHECKING:
    from runtime.pulse.schedule import Schedule

__all__ = ["Instruction", "check_channel", "checked_duration", "checked_real"]


class Instruction:
    """One thing that happens on channels, for a number of samples; immutable.

    Equal are instructions of the same type, or a subclass, with equal operands; names do not count. Hashes agree
    with that. Subclasses are frozen dataclasses; their fields in order, without `name`, are the operands.
    """

    __slots__ = ()

    kind: ClassVar[str] = ""
    """Name of the class that defines the operands; subclasses made by users share it."""

    if TYPE_CHECKING:
        name: str | None
        """For people; no part of the value."""

    __copy__ = itself
    __deepcopy__ = itself_deep

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the instruction acts on, in Qiskit's order."""
        raise NotImplementedError

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that it occupies."""
        raise NotImplementedError

    @property
    def duration(self) -> ParameterValue:
        """Length in samples."""
        return 0

    @property
    def id(self) -> int:
        """The object's identity."""
        return id(self)

    @property
    def start_time(self) -> int:
        """0: an instruction alone starts at once."""
        return 0

    @property
    def stop_time(self) -> ParameterValue:
        """Its duration."""
        return self.duration

    @property
    def instructions(self) -> tuple[tuple[int, Instruction], ...]:
        """Itself at 0, as a schedule would list it."""
        return ((0, self),)

    @property
    def parameters(self) -> set[Parameter]:
        """The parameters that are open in its operands, nested ones included."""
        found: set[Parameter] = set()
        for operand in self.operands:
            if isinstance(operand, Channel | ParameterExpression):
                found |= operand.parameters
            elif isinstance(operand, Pulse):
                found |= operand.open_parameters
        return found

    def is_parameterized(self) -> bool:
        """Whether parameters are open."""
        return bool(self.parameters)

    def assigned(self, values: Assignment) -> Self:
        """This with parameters replaced; itself if none of them occurs.

        Raises:
            PulseError: an operand does not take the value.
        """
        changed = False
        operands = []
        for operand in self.operands:
            new = operand
            if isinstance(operand, ParameterExpression):
                new = assigned_value(operand, values)
            elif isinstance(operand, Channel | Pulse):
                new = operand.assigned(values)
            changed = changed or new is not operand
            operands.append(new)
        if not changed:
            return self
        return type(self)(*operands, name=self.name)  # type: ignore[call-arg]  # every subclass has a name last

    def ch_duration(self, *channels: Channel) -> ParameterValue:
        """When it ends on the given channels; 0 if it uses none of them."""
        return self.ch_stop_time(*channels)

    def ch_start_time(self, *channels: Channel) -> int:  # noqa: ARG002 - as a schedule's
        """0: an instruction alone starts at once."""
        return 0

    def ch_stop_time(self, *channels: Channel) -> ParameterValue:
        """When it ends on the given channels; 0 if it uses none of them."""
        return self.duration if any(channel in self.channels for channel in channels) else 0

    def shift(self, time: int, name: str | None = None) -> Schedule:
        """A schedule of this instruction at `time`, named like it unless `name` is given."""
        return self._schedule((time, self), name=name or self.name)

    def insert(self, start_time: int, schedule: Schedule | Instruction, name: str | None = None) -> Schedule:
        """A schedule of this instruction at 0 and `schedule` at `start_time`."""
        return self._schedule((0, self), (start_time, schedule), name=name or self.name)

    def append(self, schedule: Schedule | Instruction, name: str | None = None) -> Schedule:
        """A schedule of this instruction and then `schedule`, as early as their common channels allow."""
        return self._schedule((0, self), name=name or self.name).append(schedule)

    def __lshift__(self, time: int) -> Schedule:
        return self.shift(time)

    def __add__(self, other: Schedule | Instruction) -> Schedule:
        return self.append(other)

    def __or__(self, other: Schedule | Instruction) -> Schedule:
        return self.insert(0, other)

    @staticmethod
    def _schedule(*parts: tuple[int, Schedule | Instruction], name: str | None) -> Schedule:
        # Schedules are made of instructions and instructions make schedules: one of the two must import late.
        from runtime.pulse.schedule import Schedule

        return Schedule(*parts, name=name)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) and not (
            isinstance(other, Instruction) and (isinstance(other, type(self)) or isinstance(self, type(other)))
        ):
            return NotImplemented
        return bool(self.operands == other.operands)

    def __hash__(self) -> int:
        return hash((self.kind, self.operands))

    def __repr__(self) -> str:
        operands = ", ".join("" if operand is None else str(operand) for operand in self.operands)
        name = f", name={self.name!r}" if self.name else ""
        return f"{type(self).__name__}({operands}{name})"


def check_channel(instruction: Instruction, channel: object, *allowed: type[Channel]) -> None:
    """Refuse a channel of the wrong kind with PulseError."""
    if isinstance(channel, allowed):
        return
    names = " or ".join(kind.__name__ for kind in allowed)
    raise PulseError(f"{instruction.kind} on a wrong kind of channel", got=repr(channel), allowed=names)


def checked_real(instruction: Instruction, what: str, value: object) -> ParameterValue:
    """An expression or a finite real number; PulseError for anything else."""
    if type(value) is float and math.isfinite(value):
        return value
    number = own(value)
    if isinstance(number, ParameterExpression):
        return number
    if isinstance(number, bool) or not isinstance(number, Real):
        raise PulseError(f"{instruction.kind} needs a real number as {what}", got=shown(value))
    if not math.isfinite(float_of(number)):
        raise PulseError(f"{instruction.kind} needs a finite number as {what}", got=shown(value))
    return number  # type: ignore[return-value]  # any kind of real number, numpy's included


def checked_duration(instruction: Instruction) -> int:
    """The instruction's duration, if a schedule can take it.

    Raises:
        UnassignedDurationError: it is an expression.
        TimingError: it is no whole number of samples, or negative.
    """
    duration: object = instruction.duration
    if type(duration) is int and duration >= 0:
        return duration
    if isinstance(duration, ParameterExpression):
        raise UnassignedDurationError(
            "the duration is not assigned",
            where=repr(instruction),
            got=str(duration),
            fix="Assign it before the instruction goes into a Schedule",
        )
    if isinstance(duration, bool) or not isinstance(duration, Integral) or int(duration) < 0:
        raise TimingError(
            "a duration is a whole number of samples",
            where=repr(instruction),
            got=repr(duration),
            allowed="integers from 0",
        )
    return int(duration)
