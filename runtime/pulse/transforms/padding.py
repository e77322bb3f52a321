"""Filling idle times."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from numbers import Integral

from runtime.pulse.channels import Channel, ClassicalIOChannel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Delay, TimeBlockade
from runtime.pulse.schedule import Schedule

__all__ = ["pad"]


def pad(
    schedule: Schedule,
    channels: Iterable[Channel] | None = None,
    until: int | None = None,
    inplace: bool = False,
    pad_with: type[Delay | TimeBlockade] | None = None,
) -> Schedule:
    """Fill the gaps on each channel from 0 on.

    Args:
        schedule: what to fill.
        channels: where; all channels of the schedule if left out. One that it does not use gets one delay. Memory
            slots and other classical channels are passed over.
        until: up to when, in samples; the schedule's duration if left out.
        inplace: change this schedule instead of making a new one.
        pad_with: Delay (if left out) or TimeBlockade.

    Raises:
        PulseError: `until` is no whole number of 0 or more, or one of the others is of the wrong kind.
    """
    filler = _checked_filler(pad_with)
    if not isinstance(schedule, Schedule):
        raise PulseError("only schedules have gaps", got=repr(schedule))
    end = schedule.duration if until is None else _checked_end(until)
    wanted = list(dict.fromkeys(schedule.channels if channels is None else channels))
    for channel in wanted:
        if not isinstance(channel, Channel):
            raise PulseError("gaps are filled on channels", got=repr(channel))
    slots = schedule.timeslots
    target = schedule if inplace else copy.copy(schedule)
    for channel in wanted:
        if isinstance(channel, ClassicalIOChannel):
            continue
        for start, stop in _gaps(slots.get(channel, ()), end):
            target.insert(start, filler(stop - start, channel), inplace=True)
    return target


def _checked_filler(pad_with: object) -> type[Delay | TimeBlockade]:
    if pad_with is None:
        return Delay
    if isinstance(pad_with, type) and issubclass(pad_with, Delay | TimeBlockade):
        return pad_with
    raise PulseError("gaps are filled with Delay or TimeBlockade", got=repr(pad_with))


def _checked_end(until: object) -> int:
    if isinstance(until, bool) or not isinstance(until, Integral) or until < 0:
        raise PulseError(
            "gaps are filled up to an instant", got=repr(until), allowed="whole numbers of samples from 0"
        )
    return int(until)


def _gaps(slots: Iterable[tuple[int, int]], end: int) -> Iterator[tuple[int, int]]:
    now = 0
    for start, stop in slots:
        if now >= end:
            return
        if start > now:
            yield now, min(start, end)
        now = max(now, stop)
    if now < end:
        yield now, end
