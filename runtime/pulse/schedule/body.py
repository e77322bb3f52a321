"""What a schedule holds: its children and, for each channel, where they begin, end and lie.

Schedules share a body until one of them changes (`Body.shared`), so nesting and copying cost nothing. The
intervals of channels are built only when something is inserted before the end of a channel, or when they are asked
for: in a program that is written in order, the stop time of each channel tells that nothing overlaps.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Instruction, checked_duration
from runtime.pulse.parameters import Parameter
from runtime.pulse.schedule.rows import Rows
from runtime.pulse.schedule.timeslots import Slot, Timeslots

if TYPE_CHECKING:
    from runtime.pulse.schedule.schedule import Schedule

__all__ = ["Body", "Timed"]

Timed = tuple[int, Instruction]
"""An instruction and its start in samples."""

_CHUNK = 32
"""Columns are kept up to date by so many children at a time: few enough to be in the processor's cache still, and
enough to share the cost of a call. They make an append a tenth slower, and spare lowering 40 % of its time."""

_UPDATING = Lock()

_START: Callable[[Timed], int] = operator.itemgetter(0)


class Body:
    """Children of a schedule with their bookkeeping; not for users."""

    __slots__ = (
        "_flat",
        "_parameters",
        "_rows",
        "_slots",
        "children",
        "count",
        "described",
        "shared",
        "starts",
        "stops",
    )

    def __init__(self) -> None:
        self.children: list[tuple[int, Schedule | Instruction]] = []
        self.starts: dict[Channel, int] = {}
        """First start of each channel."""
        self.stops: dict[Channel, int] = {}
        """Last stop of each channel."""
        self.count = 0
        """Number of instructions, nested ones included."""
        self.shared = False
        """Whether more than one schedule holds this, so that none may change it."""
        self.described: tuple[Any, ...] | None = None
        """What lowering made of it; kept once it is shared, since it does not change any more."""
        self._slots: dict[Channel, Timeslots] | None = None
        self._flat: list[Timed] | None = None
        self._parameters: frozenset[Parameter] | None = None
        self._rows: Rows | None = None

    @classmethod
    def of(cls, children: Iterable[tuple[int, Schedule | Instruction]]) -> Body:
        """A body of these children, checked as they come.

        Raises:
            PulseError: see `insert_instruction` and `insert_schedule`.
        """
        body = cls()
        for time, child in children:
            if isinstance(child, Instruction):
                body.insert_instruction(time, child)
            else:
                body.insert_schedule(time, child)
        return body

    @classmethod
    def in_order(cls, children: list[tuple[int, Schedule | Instruction]]) -> Body:
        """A body of children that are known to follow one another on each channel; nothing is checked."""
        body = cls()
        body.children = children
        starts, stops = body.starts, body.stops
        for time, child in children:
            if isinstance(child, Instruction):
                stop = time + int(child.duration)
                for channel in child.channels:
                    if channel not in starts:
                        starts[channel] = time
                    stops[channel] = stop
                body.count += 1
                continue
            inner = child.body
            inner.shared = True
            body.count += inner.count
            for channel, start in inner.starts.items():
                starts.setdefault(channel, time + start)
                stops[channel] = time + inner.stops[channel]
        return body

    def copy(self) -> Body:
        """An unshared copy; nested schedules stay the same objects."""
        return self.with_children(self.children.copy())

    def with_children(self, children: list[tuple[int, Schedule | Instruction]]) -> Body:
        """A body of other children that occupy the same intervals."""
        new = Body()
        new.children = children
        new.starts = self.starts.copy()
        new.stops = self.stops.copy()
        new.count = self.count
        return new

    def alike(self, children: list[tuple[int, Schedule | Instruction]]) -> Body:
        """A body of other children that occupy the same intervals, with the same bookkeeping; both are shared."""
        self.shared = True
        new = object.__new__(Body)
        new.children = children
        new.starts = self.starts
        new.stops = self.stops
        new.count = self.count
        new.shared = True
        new.described = new._rows = new._slots = new._flat = new._parameters = None
        return new

    def flattened(self) -> Body:
        """A body of the instructions without nesting."""
        flat = self.flat()
        self._flat = None  # the new body may change it
        return self.with_children(flat)  # type: ignore[arg-type]  # instructions are children

    # Taking children

    def end_of(self, channels: Iterable[Channel]) -> int:
        """Latest stop over the given channels; 0 where none is in use."""
        stops = self.stops
        end = 0
        for channel in channels:
            stop = stops.get(channel, 0)
            if stop > end:  # noqa: PLR1730 - max() would take most of the time of an append
                end = stop
        return end

    def append_instruction(self, instruction: Instruction) -> None:
        """Take an instruction where its channels are free; nothing can overlap there.

        Raises:
            UnassignedDurationError: its duration is open.
            PulserigError: its duration is no whole number of 0 or more.
        """
        duration = checked_duration(instruction)
        channels = instruction.channels
        time = self.end_of(channels)
        stop = time + duration
        stops = self.stops
        for channel in channels:
            if channel not in stops:
                self.starts[channel] = time
            stops[channel] = stop
        if self._slots is not None:
            for channel in channels:
                self._slots.setdefault(channel, Timeslots()).add(time, stop)
        self._take(time, instruction, 1)

    def insert_instruction(self, time: int, instruction: Instruction) -> None:
        """Take an instruction at `time`.

        Raises:
            PulseError: it would start before 0, or overlap.
            UnassignedDurationError: its duration is open.
            PulserigError: its duration is no whole number of 0 or more.
        """
        duration = checked_duration(instruction)
        if time < 0:
            raise _negative_start(instruction, time)
        stop = time + duration
        stops = self.stops
        channels = instruction.channels
        for channel in channels:
            if stops.get(channel, 0) > time:
                self.slots()  # from here on they tell what is free
                break
        if self._slots is not None:
            self._occupy(self._slots, instruction, time, stop)
        for channel in channels:
            last = stops.get(channel)
            if last is None:
                self.starts[channel] = time
                stops[channel] = stop
            else:
                if stop > last:
                    stops[channel] = stop
                self.starts[channel] = min(self.starts[channel], time)
        self._take(time, instruction, 1)

    def _occupy(self, slots: dict[Channel, Timeslots], instruction: Instruction, time: int, stop: int) -> None:
        """Take the interval on all channels of an instruction, or on none and refuse it."""
        channels = instruction.channels
        if len(channels) > 1:
            self._check(instruction, time, ((channel, ((time, stop),)) for channel in channels))
        for channel in channels:
            mine = slots.get(channel)
            if mine is None:
                mine = slots[channel] = Timeslots()
            other = mine.take(time, stop)
            if other is not None:
                raise self._overlap(instruction, time, channel, (time, stop), other)

    def insert_schedule(self, time: int, schedule: Schedule) -> None:
        """Take a schedule at `time`, one that nobody else will change.

        Raises:
            PulseError: it would start before 0, or overlap.
        """
        body = schedule.body
        body.shared = True
        if not self.children and time == 0:
            self._adopt(schedule)
            return
        for channel, start in body.starts.items():
            if start + time < 0:
                raise _negative_start(schedule, start + time, channel)
        if any(self.stops.get(channel, 0) > start + time for channel, start in body.starts.items()):
            slots = body.slots().items()
            self._check(schedule, time, ((ch, ((a + time, b + time) for a, b in one)) for ch, one in slots))
        for channel, start in body.starts.items():
            self.starts[channel] = min(self.starts.get(channel, start + time), start + time)
            self.stops[channel] = max(self.stops.get(channel, 0), body.stops[channel] + time)
        if self._slots is not None:
            for channel, one in body.slots().items():
                mine = self._slots.setdefault(channel, Timeslots())
                for start, stop in one:
                    mine.add(start + time, stop + time)
        self._take(time, schedule, body.count)

    def _take(self, time: int, child: Schedule | Instruction, count: int) -> None:
        """Take a child of so many instructions, for which there is room."""
        self.children.append((time, child))
        self.count += count
        self._flat = self._parameters = None
        if not len(self.children) % _CHUNK:
            with suppress(OverflowError):
                self.columns()

    def _adopt(self, schedule: Schedule) -> None:
        """Take a schedule at 0 as the first child: the short way for chains of `a + b`."""
        body = schedule.body
        self.children = [(0, schedule)]
        self.starts = body.starts.copy()
        self.stops = body.stops.copy()
        self.count = body.count
        self._slots = self._flat = self._parameters = None

    def shift(self, time: int) -> None:
        """Move everything by `time`.

        Raises:
            PulseError: something would start before 0.
        """
        for channel, start in self.starts.items():
            if start + time < 0:
                raise PulseError(
                    "the shift leaves a negative start time",
                    where=f"{channel!r}",
                    got=f"{start} {time:+d} = {start + time}",
                    allowed=f"a shift of {-min(self.starts.values())} or more",
                )
        self.children = [(start + time, child) for start, child in self.children]
        self.starts = {channel: start + time for channel, start in self.starts.items()}
        self.stops = {channel: stop + time for channel, stop in self.stops.items()}
        self._rows = self._slots = self._flat = None

    # Looking at them

    def slots(self) -> dict[Channel, Timeslots]:
        """The occupied intervals of each channel; kept up to date once they have been asked for."""
        if self._slots is None:
            slots: dict[Channel, Timeslots] = {channel: Timeslots() for channel in self.starts}
            for time, instruction in self.flat():
                stop = time + checked_duration(instruction)
                for channel in instruction.channels:
                    slots[channel].add(time, stop)
            self._slots = slots
        return self._slots

    def columns(self) -> Rows:
        """The children as columns; not to be changed.

        Raises:
            OverflowError: one starts after, or lasts, 2^63 samples.
        """
        with _UPDATING:  # two threads may lower the same program
            rows = self._rows or Rows()
            self._rows = None
            rows.take(self.children[len(rows.codes) :])
            self._rows = rows
        return rows

    def flat(self) -> list[Timed]:
        """All instructions, sorted by (time, duration, channel names), stable; not to be changed."""
        if self._flat is None:
            # Programs are mostly written in the order of time, which this sort takes in linear time, and few
            # instructions start together. Sorting all by all three would cost the more the longer the program.
            flat: list[Timed] = []
            for _, group in groupby(sorted(self.walk(), key=_START), _START):
                simultaneous = list(group)
                if len(simultaneous) > 1:
                    simultaneous.sort(key=_order)
                flat += simultaneous
            self._flat = flat
        return self._flat

    def same_as(self, other: Body) -> bool:
        """Whether both hold the same instructions at the same times."""
        if self is other:
            return True
        if self.count != other.count or self.starts.keys() != other.starts.keys():
            return False
        # Equal programs are mostly written in the same order as well.
        return all(map(operator.eq, self.walk(), other.walk())) or self.flat() == other.flat()

    def walk(self) -> Iterator[Timed]:
        """All instructions in the order of insertion. Iterative: `a + b + c + ...` nests as deep as it is long."""
        stack = [(0, iter(self.children))]
        while stack:
            offset, children = stack[-1]
            for time, child in children:
                if isinstance(child, Instruction):
                    # Most start with what they stand in: one integer then serves all of them.
                    yield (offset + time if time else offset), child
                else:
                    stack.append((offset + time, iter(child.body.children)))
                    break
            else:
                stack.pop()

    def parameters(self) -> frozenset[Parameter]:
        """The parameters that are open in any instruction."""
        if self._parameters is None:
            found: set[Parameter] = set()
            for instruction in {id(instruction): instruction for _, instruction in self.walk()}.values():
                found |= instruction.parameters
            self._parameters = frozenset(found)
        return self._parameters

    def _check(
        self, new: Schedule | Instruction, at: int, intervals: Iterable[tuple[Channel, Iterable[Slot]]]
    ) -> None:
        """Refuse intervals that overlap with what is there."""
        slots = self.slots()
        for channel, wanted in intervals:
            mine = slots.get(channel)
            if mine is None:
                continue
            for slot in wanted:
                other = mine.collision(*slot)
                if other is not None:
                    raise self._overlap(new, at, channel, slot, other)

    def _overlap(
        self, new: Schedule | Instruction, at: int, channel: Channel, slot: Slot, other: Slot
    ) -> PulseError:
        inserted = _occupant(((at + time, instruction) for time, instruction in new.instructions), channel, slot)
        present = _occupant(self.flat(), channel, other)
        return PulseError(
            f"{inserted} at {_span(slot)} overlaps {present} at {_span(other)}",
            where=f"{channel!r} ({channel.name})",
            fix=f"The channel is free from {self.stops[channel]} on",
        )


def _order(timed: Timed) -> tuple[int, str]:
    """Where an instruction stands among those of its instant: by duration, then by channel names."""
    instruction = timed[1]
    channels = instruction.channels
    # Joined by what sorts before every character, names compare as a list of them would.
    names = channels[0].name if len(channels) == 1 else "\0".join(sorted(channel.name for channel in channels))
    return instruction.duration, names  # type: ignore[return-value]  # checked when it was taken


def _occupant(timed: Iterable[Timed], channel: Channel, slot: Slot) -> str:
    """The instruction that fills a slot, for people."""
    for time, instruction in timed:
        if time == slot[0] and channel in instruction.channels and time + checked_duration(instruction) == slot[1]:
            return repr(instruction)
    return "an instruction"


def _span(slot: Slot) -> str:
    return f"[{slot[0]}, {slot[1]})" if slot[0] != slot[1] else f"instant {slot[0]}"


def _negative_start(child: Schedule | Instruction, start: int, channel: Channel | None = None) -> PulseError:
    return PulseError(
        "negative start time",
        where=repr(channel) if channel is not None else repr(child),
        got=f"{start}",
        allowed="0 or later",
    )
