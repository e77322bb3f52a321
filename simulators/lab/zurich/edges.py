"""Trigger edges that a core's markers or trigger bits send, and the trigger source that they make elsewhere."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from simulators.lab.zurich.pulses import Int, placed
from simulators.labone.devices import Burst, PlacedShot, Playback
from simulators.labone.devices.events import Event, Play
from simulators.labone.devices.readout import rising_triggers
from simulators.labone.devices.window import HOLD, ZEROS, play_window

__all__ = ["EdgeList", "marker_edges", "trigger_edges"]

MOST_EDGES = 1 << 21
"""Of an endless program no more edges are looked at than two of the longest result vectors have."""


def trigger_edges(playback: Playback, bit: int) -> Int:
    """When a run raises a trigger bit: int64 samples since it began, in order."""
    known: dict[int, tuple[tuple[Event, ...], tuple[int, ...]]] = {}

    def edges(shot: PlacedShot) -> tuple[int, ...]:
        if id(shot.events) not in known:
            known[id(shot.events)] = (shot.events, tuple(rising_triggers(shot.events, bit)))
        return known[id(shot.events)][1]

    return _all(playback, edges)


def marker_edges(playback: Playback, output: int, marker: int) -> Int:
    """When a marker that is part of the waveforms goes up: int64 samples since the run began, in order."""
    book = _MarkerBook(playback, output, marker)
    return _all(playback, book.edges)


def _all(playback: Playback, edges: Callable[[PlacedShot], tuple[int, ...]]) -> Int:
    found: list[Int] = []
    count = 0
    for shot in playback.shots():
        rises = np.array(edges(shot), np.int64)
        if rises.size:
            most = (MOST_EDGES - count) // rises.size + 1
            until = shot.start + most * max(shot.period, 1)
            found.append((shot.start + placed(shot, until)[:, None] + rises).reshape(-1))
            count += found[-1].size
        if count >= MOST_EDGES or (playback.tape.endless and not rises.size):
            break
    return np.sort(np.concatenate([*found, np.zeros(0, np.int64)]), kind="stable")


@dataclass
class _MarkerBook:
    playback: Playback
    output: int
    marker: int
    _plays: dict[object, tuple[tuple[int, ...], bool]] = field(default_factory=dict)
    _shots: dict[int, tuple[tuple[Event, ...], tuple[int, ...]]] = field(default_factory=dict)

    def edges(self, shot: PlacedShot) -> tuple[int, ...]:
        """Since the shot's start."""
        if id(shot.events) not in self._shots:
            self._shots[id(shot.events)] = (shot.events, tuple(self._find(shot.events)))
        return self._shots[id(shot.events)][1]

    def _find(self, events: tuple[Event, ...]) -> list[int]:
        rises: list[int] = []
        high, end = False, 0
        for event in events:
            if not isinstance(event, Play) or event.slot == HOLD:
                continue
            own, last = self._play(event)
            continued = high and event.time == end
            rises += [event.time + rise for rise in own if not (continued and rise == 0)]
            high, end = last, event.time + event.length
        return rises

    def _play(self, play: Play) -> tuple[tuple[int, ...], bool]:
        """Rises since the start of a playback, and the marker's level at its end."""
        if play.slot == ZEROS:
            return (), False
        key = (*play[1:6],)
        if key not in self._plays:
            window = play_window((play,), self.playback.waves, play.time, play.length, self.playback.initial)
            bits: NDArray[np.int8] = (window.markers[self.output] >> self.marker & 1).astype(np.int8)
            rises = np.flatnonzero(np.diff(bits, prepend=np.int8(0)) == 1)
            self._plays[key] = (tuple(rises.tolist()), bool(bits[-1:].any()))
        return self._plays[key]


@dataclass
class EdgeList:
    """Edges of another instrument, as triggers of this one (protocol: TriggerSource).

    Attributes:
        edges: int64, in samples of the receiver since the runs began, in order.
    """

    edges: Int

    def __post_init__(self) -> None:
        steps = np.diff(self.edges)
        # Lists: a program that waits for each of its shots asks as often, and for one edge numpy takes 40 us.
        self._edges: list[int] = self.edges.tolist()
        self._ends: list[int] = [*(np.flatnonzero(np.diff(steps)) + 1).tolist(), steps.size]

    @classmethod
    def sent(cls, edges: Int, ratio: Fraction, missed: int = 0) -> EdgeList:
        """From instants in the sender's samples; those before `missed` found nobody waiting.

        A receiver takes an edge at the beginning of the sample in which it comes.
        """
        return cls(edges[edges >= missed] * ratio.numerator // ratio.denominator)

    def next(self, trigger: str, after: int) -> Burst | None:  # noqa: ARG002 - the protocol's signature
        """The first edge at or after an instant, with those that follow at equal distances."""
        edges = self._edges
        first = bisect_left(edges, after)
        if first >= len(edges):
            return None
        start = edges[first]
        if first + 1 >= len(edges):
            return Burst(start, 0, 1)
        period = edges[first + 1] - start
        end = self._ends[bisect_right(self._ends, first)]
        return Burst(start, period, end - first + 1) if period else Burst(start, 0, 1)
