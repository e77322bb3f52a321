"""Trigger edges that one instrument sends and another takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from simulators.labone.devices.playback import PlacedShot, Playback
from simulators.labone.devices.readout import rising_triggers
from simulators.labone.devices.surroundings import Burst

__all__ = ["EdgeTriggers", "marker_edges", "sequencer_edges"]


def sequencer_edges(playback: Playback, bit: int) -> Iterator[Burst]:
    """When a run raises a trigger bit with setTrigger, in its own samples."""
    for shot in playback.shots():
        yield from _bursts(shot, rising_triggers(shot.events, bit))


def marker_edges(playback: Playback, output: int, marker: int) -> Iterator[Burst]:
    """When a marker that is part of the waveforms goes up, in the run's own samples."""
    known: dict[bytes, list[int]] = {}
    for shot in playback.shots():
        if shot.key not in known:
            bits = playback.render_shot(shot, 0, shot.duration).markers[output] >> marker & 1
            known[shot.key] = np.flatnonzero(np.diff(bits.astype(np.int8), prepend=0) == 1).tolist()
        yield from _bursts(shot, known[shot.key])


def _bursts(shot: PlacedShot, times: Iterable[int]) -> Iterator[Burst]:
    for time in times:
        yield Burst(shot.start + time, shot.period, shot.count)


@dataclass
class EdgeTriggers:
    """Edges of another instrument, as triggers of this one.

    Attributes:
        edges: In order of their starts, in samples of the sender.
        ratio: Samples of the receiver for one of the sender.
        delay: Samples of the receiver from edge to trigger.
    """

    edges: tuple[Burst, ...]
    ratio: Fraction = Fraction(1)
    delay: int = 0
    _past: int = 0
    _asked: int = 0

    def next(self, trigger: str, after: int) -> Burst | None:  # noqa: ARG002 - the protocol's signature
        """The first edge at or after an instant, with those that follow before any other burst begins."""
        if after < self._asked:
            self._past = 0
        self._asked = after
        while self._past < len(self.edges) and self._place(self._past, self.edges[self._past].count - 1) < after:
            self._past += 1
        best: tuple[int, int, int] | None = None
        limit: int | None = None
        for index in range(self._past, len(self.edges)):
            if best is not None and self._place(index, 0) > best[0]:
                limit = self._place(index, 0)
                break
            skipped = self._skipped(index, after)
            if skipped < self.edges[index].count:
                found = (self._place(index, skipped), index, skipped)
                best = found if best is None else min(best, found)
        if best is None:
            return None
        start, index, skipped = best
        period = self.edges[index].period * self.ratio
        count = self.edges[index].count - skipped
        if limit is not None and period:
            count = min(count, max(1, -((start - limit) // period)))
        interleaved = any(
            other != index and self._skipped(other, after) < self.edges[other].count
            for other in range(self._past, len(self.edges))
            if self._place(other, 0) <= start
        )
        if count == 1 or interleaved or period.denominator != 1:
            return Burst(start, 0, 1)
        return Burst(start, int(period), count)

    def _place(self, index: int, number: int) -> int:
        burst = self.edges[index]
        # Halves always up, so that equal distances stay equal.
        return floor((burst.start + number * burst.period) * self.ratio + Fraction(1, 2)) + self.delay

    def _skipped(self, index: int, after: int) -> int:
        burst = self.edges[index]
        if self._place(index, 0) >= after:
            return 0
        if not burst.period:
            return burst.count
        number = max(0, int((after - self.delay) / self.ratio - burst.start) // burst.period)
        while self._place(index, number) < after:
            number += 1
        return min(number, burst.count)
