"""Alignments: rules that say when the elements of a block start.

Elements are laid out in the order in which they were appended. An element is rigid: a nested block occupies all of
its channels from its start to its end, its idle times included.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError, UnassignedDurationError
from runtime.pulse.frozen import itself, itself_deep, refuse_deletion, refuse_setting
from runtime.pulse.parameters import (
    Assignment,
    Parameter,
    ParameterExpression,
    ParameterValue,
    assigned_value,
    own,
)
from runtime.pulse.schedule.schedule import Schedule

__all__ = [
    "AlignEquispaced",
    "AlignFunc",
    "AlignLeft",
    "AlignRight",
    "AlignSequential",
    "AlignmentKind",
    "Part",
]

Part = tuple[int, Collection[Channel]]
"""An element as far as layout is concerned: its length in samples and its channels."""


class AlignmentKind:
    """Base of all alignments; immutable, equal by type and settings.

    One of your own overrides `starts`, or `align`, which then gets a schedule of the elements appended one
    after the other.
    """

    __slots__ = ()

    is_sequential: ClassVar[bool] = True
    """Whether the order of elements counts even where they share no channel."""

    __setattr__ = refuse_setting
    __delattr__ = refuse_deletion
    __copy__ = itself
    __deepcopy__ = itself_deep

    @property
    def settings(self) -> tuple[Any, ...]:
        """The constructor's arguments."""
        return ()

    @property
    def parameters(self) -> set[Parameter]:
        """The parameters that are open in the settings."""
        found: set[Parameter] = set()
        for setting in self.settings:
            if isinstance(setting, ParameterExpression):
                found |= setting.parameters
        return found

    @property
    def extent(self) -> int | None:
        """How long a block of this alignment is where it stands in another one; None if as long as its content.

        Raises:
            UnassignedDurationError: that is an open parameter.
        """
        return None

    def assigned(self, values: Assignment) -> Self:
        """This with parameters replaced; itself if none of them occurs."""
        # Not isdisjoint, which walks through all values of a program for each of its blocks.
        if not any(parameter in values for parameter in self.parameters):
            return self
        return type(self)(*(assigned_value(setting, values) for setting in self.settings))

    def starts(self, parts: Sequence[Part]) -> list[int]:
        """When each of the parts starts, in samples.

        Raises:
            PulseError: they cannot be laid out.
        """
        raise NotImplementedError

    def align(self, schedule: Schedule) -> Schedule:
        """The direct children of a schedule, laid out anew in their order.

        Raises:
            PulseError: they cannot be laid out, or would overlap.
        """
        children = [child for _, child in schedule.children]
        starts = self.starts([(child.duration, child.channels) for child in children])  # type: ignore[misc]  # numbers, in a schedule
        aligned = Schedule.initialize_from(schedule)
        for start, child in zip(starts, children, strict=True):
            aligned.insert(start, child, inplace=True)
        return aligned

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, AlignmentKind):
            return NotImplemented
        return self.settings == other.settings

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.settings))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(str, self.settings))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.settings


class AlignLeft(AlignmentKind):
    """Each element as early as possible after the earlier ones on its own channels."""

    __slots__ = ()
    is_sequential = False

    def starts(self, parts: Sequence[Part]) -> list[int]:
        """When each part starts; see the class."""
        return _left(parts)


class AlignRight(AlignmentKind):
    """Each element as late as possible before the later ones on its own channels; the last ones end together.

    Elements without length that meet on a channel keep their order. (Qiskit turns it round.)
    """

    __slots__ = ()
    is_sequential = False

    def starts(self, parts: Sequence[Part]) -> list[int]:
        """When each part starts; see the class. The mirror image of AlignLeft."""
        distances = _left(parts[::-1])
        distances.reverse()
        ends = [distance + part[0] for distance, part in zip(distances, parts, strict=True)]
        total = max(ends, default=0)
        return [total - end for end in ends]


class AlignSequential(AlignmentKind):
    """Each element when everything before it, on any channel, has ended."""

    __slots__ = ()

    def starts(self, parts: Sequence[Part]) -> list[int]:
        """When each part starts; see the class."""
        starts = []
        now = 0
        for duration, _ in parts:
            starts.append(now)
            now += duration
        return starts


class _WithDuration(AlignmentKind):
    """An alignment over a given number of samples."""

    __slots__ = ("duration",)

    duration: ParameterValue
    """Length of the context in samples."""

    def __init__(self, duration: ParameterValue) -> None:
        object.__setattr__(self, "duration", _checked_length(type(self).__name__, duration))

    @property
    def settings(self) -> tuple[Any, ...]:
        """The constructor's arguments."""
        return (self.duration,)

    @property
    def extent(self) -> int:
        """The length of the context in samples.

        Raises:
            UnassignedDurationError: it is an open parameter.
        """
        if not isinstance(self.duration, int):
            raise UnassignedDurationError(
                "the length of the context is not assigned", where=type(self).__name__, got=str(self.duration)
            )
        return self.duration


class AlignEquispaced(_WithDuration):
    """The elements in sequence with equal gaps, so that they fill `duration`; a single one in the middle.

    What does not divide is split before the first and after the last one. Elements that are longer than that
    together are left where AlignLeft puts them.

    Args:
        duration: in samples; may be a parameter.

    Raises:
        PulseError: the duration is no whole number of 0 or more.
    """

    __slots__ = ()

    def starts(self, parts: Sequence[Part]) -> list[int]:
        """When each part starts; see the class."""
        idle = self.extent - sum(duration for duration, _ in parts)
        if idle < 0:
            return _left(parts)
        gap, rest = divmod(idle, len(parts) - 1) if len(parts) > 1 else (0, idle)
        starts = []
        now = rest // 2 + rest % 2
        for duration, _ in parts:
            starts.append(now)
            now += duration + gap
        return starts


class AlignFunc(_WithDuration):
    """The middle of element j (1, 2, ...) at `duration * func(j)`, rounded toward zero.

    Elements that AlignLeft would make longer than `duration` are left where it puts them.

    Args:
        duration: in samples; may be a parameter.
        func: fraction of the duration for each element's number.

    Raises:
        PulseError: the duration is no whole number of 0 or more, or `func` no function.
    """

    __slots__ = ("func",)

    func: Callable[[int], float]

    def __init__(self, duration: ParameterValue, func: Callable[[int], float]) -> None:
        super().__init__(duration)
        if not callable(func):
            raise PulseError("AlignFunc needs a function of an element's number", got=repr(func))
        object.__setattr__(self, "func", func)

    @property
    def settings(self) -> tuple[Any, ...]:
        """The constructor's arguments."""
        return (self.duration, self.func)

    def starts(self, parts: Sequence[Part]) -> list[int]:
        """When each part starts; see the class.

        Raises:
            PulseError: a start is before 0 or after `duration`, or the function gives no finite number.
        """
        total = self.extent
        plain = _left(parts)
        if any(start + duration > total for start, (duration, _) in zip(plain, parts, strict=True)):
            return plain
        return [self._start(number, duration) for number, (duration, _) in enumerate(parts, 1)]

    def _start(self, number: int, duration: int) -> int:
        fraction: object = self.func(number)
        if isinstance(fraction, bool) or not isinstance(fraction, Real) or not math.isfinite(fraction):
            raise PulseError(
                "the function of AlignFunc gives no number", where=f"element {number}", got=repr(fraction)
            )
        start = int(self.extent * float(fraction) - 0.5 * duration)
        if not 0 <= start <= self.extent:
            raise PulseError(
                "AlignFunc puts an element outside of its context",
                where=f"element {number} of length {duration}",
                got=f"start {start} at fraction {fraction}",
                allowed=f"starts from 0 to {self.extent}",
            )
        return start


def _left(parts: Sequence[Part]) -> list[int]:
    ends: dict[Channel, int] = {}
    starts = []
    for duration, channels in parts:
        start = 0
        for channel in channels:
            end = ends.get(channel, 0)
            if end > start:  # noqa: PLR1730 - max() takes three times as long in the innermost loop
                start = end
        stop = start + duration
        for channel in channels:
            ends[channel] = stop
        starts.append(start)
    return starts


def _checked_length(where: str, given: object) -> ParameterValue:
    duration = own(given)
    if isinstance(duration, ParameterExpression):
        if duration.parameters:
            return duration
        duration = duration.numeric(strict=False)
    if isinstance(duration, bool) or not isinstance(duration, Integral) or duration < 0:
        raise PulseError(
            "the length of a context is a whole number of samples",
            where=where,
            got=repr(duration),
            allowed="integers from 0, or a parameter",
        )
    return int(duration)
