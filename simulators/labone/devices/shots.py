"""Shots: a run cut into the pieces that a laboratory cares for, with equal neighbours counted instead of repeated.

A shot is what stands between two triggers, where such sections come again and again. A section that comes once,
as in a program that waits for one start or for none, is cut further: a shot is then one pass of the outermost
loop whose passes are equal, and what stands before and after such loops is a shot of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulators.labone.devices.events import Entry, Event, Group
from simulators.labone.devices.passes import ENDLESS
from simulators.labone.devices.tape import Run, Section, Tape, flat_events, shifted

__all__ = ["Shot", "shots_of"]


@dataclass(frozen=True, slots=True)
class Shot:
    """A piece of a run.

    Attributes:
        trigger: What it waits for; None when it follows the one before at once.
        events: Times from the shot's start. One that the sequencer ran ahead to do may be earlier than 0.
        duration: Samples until the last playback is over: until the next shot starts, where that does not wait.
        armed: When the sequencer begins to wait for the next trigger.
        count: How many such shots follow one another.
    """

    trigger: str | None
    events: tuple[Event, ...]
    duration: int
    armed: int
    count: int


def shots_of(tape: Tape) -> Iterator[Shot]:
    """The shots of a run, in order; an endless run ends with a shot whose count is `ENDLESS`."""
    yield from _walk(tape.sections(), {})


def _walk(parts: Sequence[Section | Run], known: dict[int, Shot]) -> Iterator[Shot]:
    for part in parts:
        if isinstance(part, Section):
            yield from _passes(part)
        elif len(part.parts) == 1 and isinstance(part.parts[0], Section):
            yield _shot(part.parts[0], known, part.count)
        else:
            # Cyclic order: the passes are handed out one by one, each shot as the same object.
            for _ in range(part.count):
                for inner in part.parts:
                    if isinstance(inner, Section):
                        yield _shot(inner, known, 1)
                    else:
                        yield from _walk((inner,), known)


def _shot(section: Section, known: dict[int, Shot], count: int) -> Shot:
    shot = known.get(id(section))
    if shot is None:
        shot = known[id(section)] = Shot(
            section.trigger, tuple(flat_events(section.entries)), section.duration, section.armed, 1
        )
    return shot if count == 1 else Shot(shot.trigger, shot.events, shot.duration, shot.armed, count)


def _passes(section: Section) -> Iterator[Shot]:
    """Cut a section that comes once at the passes of its loops: the first piece waits, the others follow."""
    entries, begin, trigger = list(section.entries), 0, section.trigger
    while (place := next((i for i, entry in enumerate(entries) if isinstance(entry, Group)), None)) is not None:
        group = entries[place]
        assert isinstance(group, Group)  # noqa: S101 - narrows the type for the checker
        before, after = entries[:place], entries[place + 1 :]
        before, after, group = _absorb(before, after, group, begin, section.duration)
        if before or group.start > begin or trigger is not None:
            yield _piece(before, begin, group.start, trigger)
            trigger = None
        period = group.period or 0
        yield Shot(None, tuple(flat_events(group.body)), period, period, group.passes)
        if group.passes >= ENDLESS:
            return
        entries, begin = after, group.start + group.passes * period
    if entries or section.duration > begin or trigger is not None:
        yield _piece(entries, begin, section.duration, trigger)


def _absorb(
    before: list[Entry], after: list[Entry], group: Group, begin: int, end: int
) -> tuple[list[Entry], list[Entry], Group]:
    """Take in the passes beside a group: the first, by which it was found, and the last, which left the loop."""
    size, period = len(group.body), group.period or 0
    while (
        size
        and group.start - period >= begin
        and tuple(before[-size:]) == shifted(group.body, group.start - period)
    ):
        before = before[:-size]
        group = group._replace(start=group.start - period, passes=group.passes + 1)
    stop = group.start + group.passes * period
    if size and stop + period <= end and tuple(after[:size]) == shifted(group.body, stop):
        after = after[size:]
        group = group._replace(passes=group.passes + 1)
    return before, after, group


def _piece(entries: Sequence[Entry], begin: int, end: int, trigger: str | None) -> Shot:
    return Shot(trigger, tuple(flat_events(shifted(entries, -begin))), end - begin, end - begin, 1)
