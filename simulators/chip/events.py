"""From the actions on a group of transmons to windows in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulators.chip.actions import Action
from simulators.chip.content import Signal
from simulators.chip.transmons import Complex, Int, Real
from simulators.chip.windows import Drive, DriveWindow, Events

__all__ = ["Plays", "find_events"]

TOGETHER_S = 1e-13
"""Plays that overlap by less than this follow one another."""


@dataclass(frozen=True, slots=True)
class _Play:
    """A play, or what lies of it within the interval."""

    action: int
    row: int
    first: int
    """Sample since the beginning of the shot."""
    last: int


@dataclass(frozen=True, eq=False)
class Plays:
    """Plays within an interval in order of their starts, as columns."""

    actions: tuple[Action, ...]
    """Whose plays they are."""
    number: Int
    """Action of each play: int64 of shape (plays,)."""
    row: Int
    """Its number in the action's signal."""
    first: Int
    """Its first sample within the interval, since the beginning of the shot."""
    last: Int
    """The one behind its last."""
    start_s: Real
    stop_s: Real

    @classmethod
    def within(cls, actions: Sequence[Action], members: Iterable[int], begin_s: float, end_s: float) -> Plays:
        """What acts on some transmons in [begin_s, end_s); what reaches beyond either end is cut off there."""
        inside = set(members)
        own = tuple(action for action in actions if any(q in inside for q, _ in action.rates))
        none = np.zeros(0, np.int64)
        rows = [_rows(action, begin_s, end_s) for action in own]
        spans = [_span(action.signal, row, begin_s, end_s) for action, row in zip(own, rows, strict=True)]
        number = np.concatenate([none, *(np.full(row.size, k, np.int64) for k, row in enumerate(rows))])
        row = np.concatenate([none, *rows])
        first, last = (np.concatenate([none, *(span[k] for span in spans)]) for k in (0, 1))
        steps = np.array([*(action.signal.sample_s for action in own), 0.0])[number]
        order = np.argsort(first * steps, kind="stable")
        found = cls(own, number, row, first, last, first * steps, last * steps)
        return found.only(order)

    def only(self, which: NDArray[np.bool_] | Int) -> Plays:
        """Some of them."""
        return Plays(
            self.actions,
            self.number[which],
            self.row[which],
            self.first[which],
            self.last[which],
            self.start_s[which],
            self.stop_s[which],
        )

    def events(self, place: Mapping[int, int]) -> Events:
        """As windows for transmons that are evolved together; plays that overlap make one window.

        `place` has the position of each transmon in its group; what acts on others is left out. A window is the
        same as another one if the same waveforms lie in it in the same way and the oscillators have the same
        phases against each other.
        """
        builder = _Builder(self.actions, place)
        if not self.row.size:
            return builder.events()
        reached_s = np.maximum.accumulate(self.stop_s)
        begins = np.flatnonzero(np.concatenate(([True], self.start_s[1:] >= reached_s[:-1] - TOGETHER_S)))
        if begins.size == self.row.size:
            return builder.columns(self.number, self.row, self.first, self.last, self.start_s)
        columns = (self.number, self.row, self.first, self.last)
        rows = [_Play(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
        for low, high in pairwise(np.append(begins, len(rows)).tolist()):
            builder.add(rows[low:high])
        return builder.events()


def find_events(actions: Sequence[Action], members: Sequence[int], begin_s: float, end_s: float) -> Events:
    """Windows in [begin_s, end_s) of transmons that are evolved together."""
    return Plays.within(actions, members, begin_s, end_s).events({q: k for k, q in enumerate(members)})


def _rows(action: Action, begin_s: float, end_s: float) -> Int:
    """Plays of an action that lie at least partly in an interval: int64."""
    signal = action.signal
    low = np.searchsorted(signal.stops * signal.sample_s, begin_s + TOGETHER_S, "right")
    high = np.searchsorted(signal.starts * signal.sample_s, end_s - TOGETHER_S, "left")
    return np.arange(low, high)


def _span(signal: Signal, plays: Int, begin_s: float, end_s: float) -> tuple[Int, Int]:
    """First sample of each play within an interval, and the one behind its last."""
    first = int(np.ceil((begin_s - TOGETHER_S) / signal.sample_s))
    last = int(np.floor((end_s + TOGETHER_S) / signal.sample_s))
    return np.maximum(signal.starts[plays], first), np.minimum(signal.stops[plays], last)


class _Builder:
    """Collects windows, each distinct one once."""

    def __init__(self, actions: Sequence[Action], place: Mapping[int, int]) -> None:
        self._actions = actions
        self._place = place
        self._known: dict[object, int] = {}
        self._windows: list[DriveWindow] = []
        self._which: list[int] = []
        self._starts: list[float] = []
        self._phases: list[float] = []

    def columns(self, number: Int, play: Int, first: Int, last: Int, start: Real) -> Events:
        """Windows of one play each, without walking through them."""
        waveform, skipped, phase = np.zeros_like(play), np.zeros_like(play), np.zeros(play.size)
        for k, action in enumerate(self._actions):
            mine, signal = number == k, action.signal
            waveform[mine] = signal.indices[play[mine]]
            phase[mine] = signal.phases_rad[play[mine]]
            skipped[mine] = first[mine] - signal.starts[play[mine]]
        columns = np.stack((number, waveform, skipped, last - first))
        distinct, which = np.unique(columns, axis=1, return_inverse=True)
        windows = []
        for k, index, skip, length in distinct.T.tolist():
            samples = self._actions[k].signal.waveforms[index][skip : skip + length]
            drives = tuple(self._drives(self._actions[k], samples))
            windows.append(DriveWindow(drives, self._actions[k].signal.sample_s))
        return Events(tuple(windows), which.reshape(-1), np.asarray(start, np.float64), phase)

    def add(self, plays: list[_Play]) -> None:
        """A window of plays that overlap, in order of their starts."""
        # The frame is that of the first play that is no flux pulse.
        first = next((play for play in plays if not self._actions[play.action].flux), plays[0])
        reference = self._actions[first.action]
        start_s = min(self._start_s(play) for play in plays)
        phase = 0.0 if reference.flux else float(reference.signal.phases_rad[first.row])
        relative = [self._relative(play, reference, phase, start_s) for play in plays]
        key = tuple(
            (
                play.action,
                int(self._actions[play.action].signal.indices[play.row]),
                play.first - int(self._actions[play.action].signal.starts[play.row]),
                play.last - play.first,
                round(angle, 9),
                round((self._start_s(play) - start_s) * 1e15),
            )
            for play, angle in zip(plays, relative, strict=True)
        )
        index = self._known.setdefault(key, len(self._windows))
        if index == len(self._windows):
            self._windows.append(self._window(plays, relative, start_s))
        self._which.append(index)
        self._starts.append(start_s)
        self._phases.append(phase)

    def events(self) -> Events:
        """All that was added."""
        columns = np.array(self._which, np.int64), np.array(self._starts), np.array(self._phases)
        return Events(tuple(self._windows), *columns)

    def _start_s(self, play: _Play) -> float:
        return play.first * self._actions[play.action].signal.sample_s

    def _relative(self, play: _Play, reference: Action, phase: float, start_s: float) -> float:
        """Phase of a play against the reference at the window's start, turns of the frames included, rad."""
        action = self._actions[play.action]
        if action.flux:
            return 0.0
        turns = (action.frame_hz - reference.frame_hz) * start_s % 1.0
        return float((action.signal.phases_rad[play.row] - phase + 2.0 * np.pi * turns) % (2.0 * np.pi))

    def _window(self, plays: list[_Play], relative: list[float], start_s: float) -> DriveWindow:
        """All plays on one grid: the union of their samples' edges; their own one if they have it in common."""
        signals = [self._actions[play.action].signal for play in plays]
        offsets = [self._start_s(play) - start_s for play in plays]
        waves = []
        for play, signal in zip(plays, signals, strict=True):
            skipped = play.first - int(signal.starts[play.row])
            waves.append(signal.waveforms[signal.indices[play.row]][skipped : skipped + play.last - play.first])
        sample_s = signals[0].sample_s
        shifts = np.array(offsets) / sample_s
        ends = [o + w.size * s.sample_s for o, w, s in zip(offsets, waves, signals, strict=True)]
        common = all(s.sample_s == sample_s for s in signals) and np.all(np.abs(shifts - np.round(shifts)) < 1e-4)
        if common:
            edges = np.arange(round(max(ends) / sample_s) + 1) * sample_s
        else:
            grids = [
                o + np.arange(w.size + 1) * s.sample_s for o, w, s in zip(offsets, waves, signals, strict=True)
            ]
            edges = np.unique(np.round(np.concatenate(grids), 15))
        middles = 0.5 * (edges[1:] + edges[:-1])
        drives: list[Drive] = []
        for play, wave, offset, signal, angle in zip(plays, waves, offsets, signals, relative, strict=True):
            index = np.floor((middles - offset) / signal.sample_s).astype(np.int64)
            inside = (index >= 0) & (index < wave.size)
            samples = np.where(inside, wave[np.clip(index, 0, wave.size - 1)], 0.0) * np.exp(1j * angle)
            drives += self._drives(self._actions[play.action], samples)
        return DriveWindow(tuple(_joined(drives)), sample_s, None if common else np.diff(edges))

    def _drives(self, action: Action, samples: Complex) -> list[Drive]:
        return [
            Drive(self._place[q], action.frame_hz, np.asarray(rate * samples, np.complex128), action.flux)
            for q, rate in action.rates
            if q in self._place
        ]


def _joined(drives: list[Drive]) -> list[Drive]:
    """Drives of one transmon at one frequency become one; one that is no flux comes first."""
    found: dict[tuple[int, float, bool], Drive] = {}
    for drive in drives:
        key = (drive.transmon, drive.lo_hz, drive.flux)
        rate = drive.rate + found[key].rate if key in found else drive.rate
        found[key] = Drive(drive.transmon, drive.lo_hz, rate, drive.flux)
    return sorted(found.values(), key=lambda drive: drive.flux)
