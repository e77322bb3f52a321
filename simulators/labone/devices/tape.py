"""The record of a run: entries as they came, and their cut into sections at the triggers that were waited for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from simulators.labone.devices.events import Entry, Event, Group, Wait

__all__ = ["Run", "Section", "Tape", "flat_events", "shifted"]


def shifted(entries: Iterable[Entry], samples: int) -> tuple[Entry, ...]:
    """Entries moved in time, up to and with the first wait; what follows it counts from its trigger."""
    moved: list[Entry] = []
    moving = True
    for entry in entries:
        if not moving:
            moved.append(entry)
        elif isinstance(entry, Wait):
            moved.append(entry._replace(armed=entry.armed + samples, end=entry.end + samples))
            moving = False
        elif isinstance(entry, Group):
            moved.append(entry._replace(start=entry.start + samples))
            moving = entry.period is not None
        else:
            moved.append(entry._replace(time=entry.time + samples))
    return tuple(moved)


@dataclass(frozen=True, slots=True)
class Section:
    """What happens from a trigger until the next is waited for.

    Attributes:
        trigger: What began it; None for the start of the program.
        entries: Events and groups, from the section's start.
        armed: When the sequencer began to wait for the next trigger.
        duration: When the last playback is over.
    """

    trigger: str | None
    entries: tuple[Entry, ...]
    armed: int
    duration: int


@dataclass(frozen=True, slots=True)
class Run:
    """Sections that follow one another, `count` times over."""

    count: int
    parts: tuple[Section | Run, ...]


@dataclass(frozen=True, slots=True)
class Tape:
    """What running a program gave.

    Attributes:
        entries: In program order.
        time: Where the sequencer stood at the end, in the last section's time.
        edge: When the player was done.
        endless: The last group repeats for ever.
        registers: The user registers at the end.
    """

    entries: tuple[Entry, ...]
    time: int
    edge: int
    endless: bool
    registers: tuple[int, ...]

    def sections(self) -> tuple[Section | Run, ...]:
        """The run, cut at its triggers; equal neighbours are joined."""
        cutter = _Cutter(None)
        cutter.feed(self.entries)
        cutter.close(self.time, self.edge)
        before = _last_section(cutter.done[:-1])
        last = cutter.done[-1]
        if before is not None and isinstance(last, Section) and replace(last, armed=before.armed) == before:
            # After the last section nothing is waited for, so when it could have been does not tell it apart.
            cutter.done[-1] = before
        return _joined(cutter.done)

    @property
    def triggered(self) -> bool:
        """Whether the program waits for triggers."""
        return any(
            isinstance(entry, Wait) or (isinstance(entry, Group) and entry.period is None)
            for entry in self.entries
        )


@dataclass
class _Cutter:
    trigger: str | None
    entries: list[Entry] = field(default_factory=list)
    done: list[Section | Run] = field(default_factory=list)

    def feed(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if isinstance(entry, Wait):
                self.close(entry.armed, entry.end)
                self.trigger = entry.trigger
            elif isinstance(entry, Group) and entry.period is None:
                self._feed_passes(entry)
            else:
                self.entries.append(entry)

    def close(self, armed: int, end: int) -> None:
        self.done.append(Section(self.trigger, tuple(self.entries), armed, end))
        self.entries = []

    def _feed_passes(self, group: Group) -> None:
        self.feed(shifted(group.body, group.start))
        if group.passes == 1:
            return
        # A pass begins in the section in which the one before ended: so one period of the repetition is that
        # section with the next pass's beginning, and all but the last section of the pass.
        again = _Cutter(self.trigger, list(self.entries))
        again.feed(shifted(group.body, group.end))
        self.done.append(Run(group.passes - 1, _joined(again.done)))


def _last_section(parts: Sequence[Section | Run]) -> Section | None:
    if not parts:
        return None
    last = parts[-1]
    return last if isinstance(last, Section) else _last_section(last.parts)


def _joined(parts: Sequence[Section | Run]) -> tuple[Section | Run, ...]:
    joined: list[Section | Run] = []
    for part in parts:
        run = part if isinstance(part, Run) else Run(1, (part,))
        last = joined[-1] if joined else None
        if last is not None and (last.parts if isinstance(last, Run) else (last,)) == run.parts:
            joined[-1] = Run((last.count if isinstance(last, Run) else 1) + run.count, run.parts)
        else:
            joined.append(part)
    return tuple(joined)


def flat_events(entries: Iterable[Entry], start: int = 0) -> Iterator[Event]:
    """Every event of a section, groups written out; a section holds no waits."""
    for entry in entries:
        if isinstance(entry, Group):
            for number in range(entry.passes):
                yield from flat_events(entry.body, start + entry.start + number * (entry.period or 0))
        elif not isinstance(entry, Wait):
            yield entry if start == 0 else entry._replace(time=entry.time + start)
