"""Instructions at fixed times."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar, Self

from runtime.pulse import filters
from runtime.pulse.channels import Channel
from runtime.pulse.drawing import Drawable
from runtime.pulse.exceptions import PulseError
from runtime.pulse.filters import Criterion, Interval
from runtime.pulse.instructions import Instruction
from runtime.pulse.parameters import Parameter
from runtime.pulse.schedule import stored
from runtime.pulse.schedule.assignment import Values, assigned_body, resolve
from runtime.pulse.schedule.body import Body, Timed
from runtime.pulse.schedule.naming import automatic_name, checked_metadata

if TYPE_CHECKING:
    from runtime.pulse.schedule.block import ScheduleBlock

__all__ = ["Schedule", "ScheduleComponent"]

_SHOWN_INSTRUCTIONS = 50


class Schedule(Drawable):
    """Instructions at fixed times, in samples, on channels; no two overlap on one channel.

    `insert`, `append`, `shift`, `+`, `|` and `<<` give a new schedule that holds this one as its first child; with
    `inplace=True` they change this one. Programs written in order cost the same per instruction however long they
    are. A child is taken as it is at that moment: changing it later does not reach its parents. A zero-length
    instruction may stand at the edge of another one, not inside.

    Equal are schedules, or a schedule and an instruction, with the same channels and the same instructions at the
    same times; nesting, names and metadata do not count. Not hashable.

    Args:
        schedules: schedules or instructions, which start at 0, or pairs (start, schedule or instruction).
        name: for people; "sched" and a running number if left out.
        metadata: anything about it, by key.

    Raises:
        PulseError: a start is no whole number, negative times, overlaps, or something that is no program.
        UnassignedDurationError: an instruction's duration is open.
        PulserigError: an instruction's duration is no whole number of samples, or negative.
        TypeError: metadata is no dict.
    """

    __slots__ = ("_body", "_metadata", "_name")
    __hash__ = None  # type: ignore[assignment]  # schedules change

    prefix: ClassVar[str] = "sched"
    instances_counter: ClassVar[itertools.count[int]] = itertools.count()

    def __init__(
        self,
        *schedules: ScheduleComponent | tuple[int, ScheduleComponent],
        name: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._name = automatic_name(self.prefix, self.instances_counter) if name is None else name
        # None for nothing, which is the rule.
        self._metadata: dict[str, Any] | None = None if metadata is None else checked_metadata(metadata)
        self._body = Body()
        for item in schedules:
            time, child = item if isinstance(item, tuple | list) and len(item) == 2 else (0, item)
            _put(self._body, _checked_time(time), child)

    @classmethod
    def initialize_from(cls, other_program: Schedule | ScheduleBlock, name: str | None = None) -> Self:
        """An empty schedule with the other one's name (unless given) and metadata."""
        # Blocks are laid out to schedules, so one of the two must import late.
        from runtime.pulse.schedule.block import ScheduleBlock

        if not isinstance(other_program, Schedule | ScheduleBlock):
            raise PulseError("only a program can lend its name and metadata", got=repr(other_program))
        return cls(name=name or other_program.name, metadata=other_program.metadata.copy())

    # What it is

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def metadata(self) -> dict[str, Any]:
        """What the user wants to keep with it."""
        if self._metadata is None:
            self._metadata = {}
        return self._metadata

    @metadata.setter
    def metadata(self, metadata: dict[str, Any] | None) -> None:
        self._metadata = checked_metadata(metadata)

    @property
    def body(self) -> Body:
        """The children with their bookkeeping; for pulserig itself."""
        return self._body

    @property
    def children(self) -> tuple[tuple[int, ScheduleComponent], ...]:
        """Direct children with their start times, in the order of insertion."""
        return tuple(
            (time, child if isinstance(child, Instruction) else copy.copy(child))
            for time, child in self._body.children
        )

    @property
    def instructions(self) -> tuple[Timed, ...]:
        """All instructions with their start times, sorted by (time, duration, channel names), stable."""
        return tuple(self._body.flat())

    @property
    def timeslots(self) -> dict[Channel, list[Interval]]:
        """The occupied intervals of each channel in order, zero-length ones included."""
        return {channel: list(slots) for channel, slots in self._body.slots().items()}

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels in use."""
        return tuple(self._body.starts)

    @property
    def duration(self) -> int:
        """When the last instruction ends, in samples."""
        return max(self._body.stops.values(), default=0)

    @property
    def start_time(self) -> int:
        """When the first instruction starts, in samples; 0 if there is none."""
        return min(self._body.starts.values(), default=0)

    @property
    def stop_time(self) -> int:
        """When the last instruction ends, in samples."""
        return self.duration

    def ch_duration(self, *channels: Channel) -> int:
        """When the last instruction on any of the channels ends, in samples."""
        return self.ch_stop_time(*channels)

    def ch_start_time(self, *channels: Channel) -> int:
        """When the first instruction on any of the channels starts, in samples; 0 if there is none."""
        starts = self._body.starts
        return min((starts[channel] for channel in channels if channel in starts), default=0)

    def ch_stop_time(self, *channels: Channel) -> int:
        """When the last instruction on any of the channels ends, in samples; 0 if there is none."""
        return self._body.end_of(channels)

    # Building

    def insert(
        self, start_time: int, schedule: ScheduleComponent, name: str | None = None, inplace: bool = False
    ) -> Schedule:
        """Put a schedule or an instruction at `start_time`.

        Args:
            start_time: in samples.
            schedule: what to put there.
            name: of the result; ignored in place.
            inplace: change this schedule instead of making a new one.

        Raises:
            PulseError: the start is no whole number, times would be negative, or it overlaps.
            UnassignedDurationError: an instruction's duration is open.
        """
        time = _checked_time(start_time)
        return self._with(time, schedule, name, inplace)

    def append(self, schedule: ScheduleComponent, name: str | None = None, inplace: bool = False) -> Schedule:
        """Put a schedule or an instruction where the channels that both use are free; at 0 if they share none.

        Raises:
            UnassignedDurationError: an instruction's duration is open.
        """
        return self._with(None, schedule, name, inplace)

    def shift(self, time: int, name: str | None = None, inplace: bool = False) -> Schedule:
        """Move everything by `time` samples.

        Raises:
            PulseError: `time` is no whole number, or something would start before 0.
        """
        checked = _checked_time(time)
        if not inplace:
            return self.holding(self._nested(checked), name)
        self._own().shift(checked)
        return self

    def flatten(self) -> Schedule:
        """The same instructions without nesting, as a new schedule of this name and metadata."""
        return self.holding(self._body.flattened())

    def replace(self, old: ScheduleComponent, new: ScheduleComponent, inplace: bool = False) -> Schedule:
        """Put `new` in place of each direct child that equals `old`.

        Raises:
            PulseError: `new` overlaps with what follows.
        """
        body = Body()
        for time, child in self._body.children:
            _put(body, time, new if child == old else child)
        if not inplace:
            return self.holding(body)
        self._body = body
        return self

    def filter(
        self,
        *filter_funcs: Criterion,
        channels: Iterable[Channel] | Channel | None = None,
        instruction_types: Iterable[type[Instruction]] | type[Instruction] | None = None,
        time_ranges: Iterable[Interval] | Interval | None = None,
        intervals: Iterable[Interval] | Interval | None = None,
    ) -> Schedule:
        """A flat schedule of the instructions that meet all criteria.

        Args:
            filter_funcs: functions of (start, instruction).
            channels: it uses any of these.
            instruction_types: it is one of these.
            time_ranges: it lies within one of these, both ends inclusive, in samples.
            intervals: the same as `time_ranges`; both must hold if both are given.
        """
        chosen = filters.criteria(filter_funcs, channels, instruction_types, time_ranges, intervals)
        return self._chosen(lambda timed: all(holds(timed) for holds in chosen))

    def exclude(
        self,
        *filter_funcs: Criterion,
        channels: Iterable[Channel] | Channel | None = None,
        instruction_types: Iterable[type[Instruction]] | type[Instruction] | None = None,
        time_ranges: Iterable[Interval] | Interval | None = None,
        intervals: Iterable[Interval] | Interval | None = None,
    ) -> Schedule:
        """A flat schedule of what `filter` with the same arguments leaves out; of everything if there are none."""
        chosen = filters.criteria(filter_funcs, channels, instruction_types, time_ranges, intervals)
        return self._chosen(lambda timed: not chosen or not all(holds(timed) for holds in chosen))

    # Parameters

    @property
    def parameters(self) -> set[Parameter]:
        """The parameters that are open."""
        return set(self._body.parameters())

    def is_parameterized(self) -> bool:
        """Whether parameters are open."""
        return bool(self._body.parameters())

    def get_parameters(self, parameter_name: str) -> list[Parameter]:
        """The open parameters of that name; names need not be unique."""
        return [parameter for parameter in self._body.parameters() if parameter.name == parameter_name]

    def assign_parameters(self, value_dict: Values, inplace: bool = True) -> Schedule:
        """Replace parameters by numbers or expressions.

        Args:
            value_dict: by Parameter, by ParameterVector (a sequence of its length), or by name (all of that name).
                Unknown Parameter objects are ignored.
            inplace: change this schedule instead of making a new one.

        Raises:
            KeyError: no open parameter has the given name.
            PulseError: a value breaks a rule of the pulse or channel it goes to, is not finite, or makes channels
                coincide whose instructions overlap.
        """
        named = any(isinstance(key, str) for key in value_dict)
        values = resolve(value_dict, self._body.parameters() if named else ())
        body = assigned_body(self._body, values)
        if inplace:
            self._body = body
            return self
        body.shared = body is self._body
        return self.holding(body)

    # Operators

    def __add__(self, other: ScheduleComponent) -> Schedule:
        return self.append(other)

    def __or__(self, other: ScheduleComponent) -> Schedule:
        return self.insert(0, other)

    def __lshift__(self, time: int) -> Schedule:
        return self.shift(time)

    def __len__(self) -> int:
        return self._body.count

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Instruction):
            return self._body.count == 1 and self._body.flat() == [(0, other)]
        if not isinstance(other, Schedule):
            return NotImplemented
        return self._body.same_as(other.body)

    def __repr__(self) -> str:
        flat = self._body.flat()
        shown = [repr(timed) for timed in flat[:_SHOWN_INSTRUCTIONS]]
        if len(flat) > _SHOWN_INSTRUCTIONS:
            shown.append("...")
        return f'{type(self).__name__}({", ".join(shown)}, name="{self._name}")'

    def holding(self, body: Body, name: str | None = None, metadata: dict[str, Any] | None = None) -> Schedule:
        """A schedule of this type with another content and, unless given, this name and metadata.

        For pulserig itself. Mark the body as shared if another schedule keeps it.
        """
        new = object.__new__(type(self))
        new._body = body
        new._name = self._name if name is None else name
        new._metadata = self._metadata.copy() if metadata is None and self._metadata else metadata
        return new

    # Inside

    def _with(self, time: int | None, child: object, name: str | None, inplace: bool) -> Schedule:
        """This, or a new schedule that holds it, with one more child; without a time, where channels are free."""
        taken = copy.copy(self) if child is self else child  # as it is before the change
        body = self._own() if inplace else self._nested()
        _put(body, time, taken)
        return self if inplace else self.holding(body, name)

    def _own(self) -> Body:
        """The body, for changing it; a copy of it if another schedule holds it too."""
        if self._body.shared:
            self._body = self._body.copy()
        return self._body

    def _nested(self, time: int = 0) -> Body:
        """A new body that holds this schedule at `time`."""
        body = Body()
        body.insert_schedule(time, self.holding(self._body))
        return body

    def _chosen(self, wanted: Criterion) -> Schedule:
        return self.holding(Body.of(timed for timed in self._body.flat() if wanted(timed)))

    def __copy__(self) -> Schedule:
        self._body.shared = True
        return self.holding(self._body)

    def __deepcopy__(self, memo: dict[int, object]) -> Schedule:
        # Instructions are immutable, so only what the user hung on it needs copying.
        self._body.shared = True
        return self.holding(self._body, metadata=copy.deepcopy(self._metadata, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), stored.rows(self))


ScheduleComponent = Schedule | Instruction
"""What a schedule is made of."""


def _checked_time(time: object) -> int:
    if type(time) is int:
        return time
    if isinstance(time, bool) or not isinstance(time, Integral):
        raise PulseError("a start time is a whole number of samples", got=repr(time), allowed="integers")
    return int(time)


def _put(body: Body, time: int | None, child: object) -> None:
    """Take a child into a body that no other schedule holds; without a time where its channels are free."""
    if isinstance(child, Instruction):
        if time is None:
            body.append_instruction(child)
        else:
            body.insert_instruction(time, child)
    elif isinstance(child, Schedule):
        start = body.end_of(child.channels) if time is None else time
        body.insert_schedule(start, child.holding(child.body))
    else:
        raise PulseError("only schedules and instructions go into a schedule", got=repr(child))


def _restored(kind: type[Schedule], table: list[stored.Row]) -> Schedule:
    return stored.schedule_of(table, kind(name=""))
