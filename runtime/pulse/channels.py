"""Channels: where a program's signals go and where its results land.

Immutable and interned: `DriveChannel(0) is DriveChannel(0)`. Equal are those of the same type and index; names are
not unique (`MeasureChannel(0)` and `MemorySlot(0)` are both "m0"), so nothing may be keyed by name alone.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar, Self

from runtime.pulse.exceptions import PulseError
from runtime.pulse.frozen import itself, itself_deep, refuse_deletion, refuse_setting
from runtime.pulse.parameters import Assignment, Parameter, ParameterExpression, assigned_value, own

__all__ = [
    "AcquireChannel",
    "Channel",
    "ClassicalIOChannel",
    "ControlChannel",
    "DriveChannel",
    "MeasureChannel",
    "MemorySlot",
    "PulseChannel",
    "RegisterSlot",
    "SnapshotChannel",
    "is_unique",
]

# Programs name the same few channels over and over; a wild index is not worth keeping for ever.
_INTERNED_BELOW = 4096
_interned: dict[tuple[type, int], Any] = {}


class Channel:
    """Base of all channels; only those with a prefix can be made.

    Args:
        index: 0 or more, or a parameter expression that will be.

    Raises:
        NotImplementedError: the class is abstract.
        PulseError: the index is not a whole number (also 3.0 and True), or negative.
    """

    __slots__ = ("_hash", "index", "name")

    prefix: ClassVar[str | None] = None
    """First part of the name; None for abstract classes."""

    index: int | ParameterExpression
    name: str
    _hash: int

    __setattr__ = refuse_setting
    __delattr__ = refuse_deletion
    __copy__ = itself
    __deepcopy__ = itself_deep

    def __new__(cls, index: int | ParameterExpression) -> Self:
        """The channel of this index; one object per type and index."""
        if type(index) is int:
            known = _interned.get((cls, index))
            if known is not None:
                return known  # type: ignore[no-any-return]  # the table is keyed by the type it holds
        if cls.prefix is None:
            message = f"{cls.__name__} is abstract: use one of its subclasses"
            raise NotImplementedError(message)
        checked = _checked_index(cls, index)
        channel = object.__new__(cls)
        object.__setattr__(channel, "index", checked)
        object.__setattr__(channel, "name", f"{cls.prefix}{checked}")
        object.__setattr__(channel, "_hash", hash((cls.__name__, checked)))
        if isinstance(checked, int) and checked < _INTERNED_BELOW:
            # Of a numpy integer, or made by two threads at once: still one object.
            return _interned.setdefault((cls, checked), channel)  # type: ignore[no-any-return]  # as above
        return channel

    @property
    def parameters(self) -> set[Parameter]:
        """The parameters that are open in the index."""
        return self.index.parameters if isinstance(self.index, ParameterExpression) else set()

    def is_parameterized(self) -> bool:
        """Whether the index is still an expression."""
        return isinstance(self.index, ParameterExpression)

    def assigned(self, values: Assignment) -> Self:
        """This channel with parameters of its index replaced; itself if none occurs.

        Raises:
            PulseError: the index became something else than a whole number of 0 or more.
        """
        if not isinstance(self.index, ParameterExpression):
            return self
        index = assigned_value(self.index, values)
        return self if index is self.index else type(self)(index)  # type: ignore[arg-type]  # it checks its index

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return type(self) is type(other) and self.index == other.index

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.index})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.index,)


class PulseChannel(Channel):
    """Base of the channels that pulses are played on; each has a frame (phase and frequency)."""

    __slots__ = ()


class ClassicalIOChannel(Channel):
    """Base of the channels that hold results or mark instants."""

    __slots__ = ()


class DriveChannel(PulseChannel):
    """Drives a qubit at its own frequency."""

    __slots__ = ()
    prefix = "d"


class MeasureChannel(PulseChannel):
    """Carries a qubit's readout pulse."""

    __slots__ = ()
    prefix = "m"


class ControlChannel(PulseChannel):
    """Drives a qubit at another frequency than its own, as for cross resonance."""

    __slots__ = ()
    prefix = "u"


class AcquireChannel(Channel):
    """Digitizes a qubit's readout signal."""

    __slots__ = ()
    prefix = "a"


class MemorySlot(ClassicalIOChannel):
    """Holds one measured value for the user."""

    __slots__ = ()
    prefix = "m"


class RegisterSlot(ClassicalIOChannel):
    """Holds one measured bit for fast feedback."""

    __slots__ = ()
    prefix = "c"


class SnapshotChannel(ClassicalIOChannel):
    """Where snapshots stand; there is one."""

    __slots__ = ()
    prefix = "s"

    def __new__(cls) -> Self:
        """The only one, with index 0."""
        return super().__new__(cls, 0)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ()


def is_unique(channel: Channel) -> bool:
    """Whether every channel that is equal to this one is this very object."""
    return type(channel.index) is int and _interned.get((type(channel), channel.index)) is channel


def _checked_index(cls: type[Channel], index: object) -> int | ParameterExpression:
    value: object = own(index)
    if isinstance(value, ParameterExpression):
        if value.parameters:
            return value
        value = value.numeric(strict=False)
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        raise PulseError(
            f"{cls.__name__} needs an index", got=repr(index), allowed="whole numbers from 0, or a parameter"
        )
    return int(value)
