"""The recorder: played entries become shots, with the records that a digitizer takes of them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from simulators.chip.content import Acquisition, Content
from simulators.lab.lines import FEEDLINE, Part, signals_of
from simulators.lab.player import Played
from simulators.lab.script import Script

__all__ = ["Geometry", "Recorder", "Shot"]

CACHED = 4096
"""Distinct shots that are kept."""
MOST_ENTRIES = 512
"""Entries without any record after which a shot is ended, to keep the work bounded."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """What a record looks like."""

    samples: int
    sample_s: float
    delay: int
    """Samples between the trigger and the first sample of the record."""

    @property
    def end_s(self) -> float:
        """End of a record, seconds since its trigger."""
        return (self.delay + self.samples) * self.sample_s


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A stretch of playing that ends where nothing coherent is left to go on."""

    content: Content
    records: int


@dataclass
class Recorder:
    """Collects entries until a shot is complete.

    A trigger that comes while a record is being captured is ignored, as the board's trigger holdoff does.
    """

    geometry: Geometry
    sample_s: float
    """Of the generator."""
    lo_hz: float | None
    """Of the down-conversion; None when nothing gets through."""
    triggers: list[int] = field(default_factory=list)
    """Samples since the start of playing at which the records of finished shots were triggered, in their order."""
    _start: int = 0
    _entries: list[tuple[int, Script]] = field(default_factory=list)
    _edges: list[int] = field(default_factory=list)
    _busy_until: int = 0
    _last_drive: int = 0
    _known: OrderedDict[object, tuple[tuple[Script, ...], Shot]] = field(default_factory=OrderedDict)

    def follow(self, played: Played, ignored: int = 0) -> None:
        """Take note of a played entry.

        `ignored` samples at its beginning were played before the digitizer was armed.
        """
        script = played.script
        if script.quiet:
            return
        if not self._entries:
            self._start = played.start
        self._entries.append((played.start, script))
        length = int(np.ceil(self.geometry.end_s / self.sample_s))
        for edge in played.edges:
            at = played.start + edge
            if edge >= ignored and at >= self._busy_until:
                self._edges.append(at)
                self._busy_until = at + length
        drives = [part.first + part.samples.size for part in script.parts if part.line != FEEDLINE]
        if drives:
            self._last_drive = played.start + max(drives)

    @property
    def open(self) -> bool:
        """A record has been begun since the last shot ended."""
        return bool(self._edges)

    def complete(self, now: int) -> bool:
        """Whether a shot can end here: all records are there, and what drove the chip has been read out since."""
        if not self._entries or now < self._busy_until:
            return False
        read = bool(self._edges) and self._last_drive <= self._busy_until
        return read or len(self._entries) >= MOST_ENTRIES

    def finish(self, now: int) -> Shot | None:
        """End the shot; records that are still open go on in silence. None if nothing was played."""
        if not self._entries:
            return None
        stop = max(now, self._busy_until if self._edges else now)
        begin = self._start
        key = (
            tuple((start - begin, id(script)) for start, script in self._entries),
            tuple(edge - begin for edge in self._edges),
            stop - begin,
        )
        if key not in self._known:
            # The scripts are kept, so that no others can get their identity.
            scripts = tuple(script for _, script in self._entries)
            self._known[key] = (scripts, self._shot(stop))
            if len(self._known) > CACHED:
                self._known.popitem(last=False)
        self.triggers += self._edges
        self._entries, self._edges = [], []
        return self._known[key][1]

    def _shot(self, stop: int) -> Shot:
        geometry, begin = self.geometry, self._start
        parts: list[tuple[int, Part]] = [
            (start - begin, part) for start, script in self._entries for part in script.parts
        ]
        records = tuple(
            Acquisition(
                FEEDLINE,
                (edge - begin) * self.sample_s + geometry.delay * geometry.sample_s,
                geometry.sample_s,
                geometry.samples,
                self.lo_hz or 0.0,
            )
            for edge in self._edges
        )
        content = Content((stop - begin) * self.sample_s, signals_of(parts, self.sample_s), records)
        return Shot(content, len(records))
