"""From the actions on a group of transmons to windows in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulators.chip.actions import Action
from simulators.chip.content import Signal
from simulators.chip.transmons import Complex, Int, Real
from simulators.chip.windows import Drive, DriveWindow, Events

__all__ = ["find_events"]

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


def find_events(actions: Sequence[Action], members: Sequence[int], begin_s: float, end_s: float) -> Events:
    """Windows of a group in [begin_s, end_s); what reaches beyond either end is cut off there.

    Plays that overlap make one window; a window is the same as another one if the same waveforms lie in it in the
    same way and the oscillators have the same phases against each other.
    """
    place = {q: k for k, q in enumerate(members)}
    own = [action for action in actions if any(q in place for q, _ in action.rates)]
    rows = [_plays(action, begin_s, end_s) for action in own]
    number = np.concatenate([np.full(r.size, k) for k, r in enumerate(rows)] or [np.zeros(0, np.int64)]).astype(
        np.int64
    )
    play = np.concatenate([*rows, np.zeros(0, np.int64)])
    spans = [_span(action.signal, row, begin_s, end_s) for action, row in zip(own, rows, strict=True)]
    first, last = (np.concatenate([*(span[k] for span in spans), np.zeros(0, np.int64)]) for k in (0, 1))
    steps = np.array([action.signal.sample_s for action in own] or [0.0])[number] if own else np.zeros(0)
    start, stop = first * steps, last * steps
    order = np.argsort(start, kind="stable")
    number, play, start, stop = number[order], play[order], start[order], stop[order]
    first, last = first[order], last[order]
    reached = np.maximum.accumulate(stop) if stop.size else stop
    begins = (
        np.flatnonzero(np.concatenate(([True], start[1:] >= reached[:-1] - TOGETHER_S))) if start.size else order
    )
    alone = np.diff(np.append(begins, start.size)) == 1
    builder = _Builder(own, place)
    if np.all(alone):
        return builder.columns(number, play, first, last, start)
    columns = list(zip(number.tolist(), play.tolist(), first.tolist(), last.tolist(), strict=True))
    edges = np.append(begins, start.size).tolist()
    for low, high in pairwise(edges):
        builder.add([_Play(*row) for row in columns[low:high]])
    return builder.events()


def _plays(action: Action, begin_s: float, end_s: float) -> Int:
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

    def __init__(self, actions: Sequence[Action], place: dict[int, int]) -> None:
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
