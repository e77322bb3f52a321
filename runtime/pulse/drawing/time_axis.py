"""The time axis: which stretches are shortened because nothing changes in them, and where the ticks stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from runtime.pulse.drawing.envelopes import still_stretches
from runtime.pulse.drawing.scene import Row
from runtime.pulse.library.pulse import FloatArray

__all__ = ["TimeAxis", "time_axis"]

Span = tuple[float, float]

# Where the changes take less than this share of the axis, they get `_WIDENED` of it.
_CRAMPED = 0.08
_WIDENED = 0.3
# More breaks than this confuse more than they help.
_MOST_BREAKS = 12
# A program of flat pulses changes at instants only; then a stretch is long beside all that are shorter.
_LONG = 12.0
_TICKS = 14
# Share of the axis.
_LEAST_BETWEEN_TICKS = 0.055
_GAP = 0.006


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """From instants (samples) to places on the axis, piecewise linear and rising."""

    instants: FloatArray
    """Ends of the stretches, samples; float64, at least two."""
    places: FloatArray
    """Where they lie; equal to `instants` up to an offset where nothing is shortened."""
    shortened: tuple[Span, ...] = ()
    """Stretches that are not drawn at full length, samples."""

    def place(self, instants: ArrayLike) -> FloatArray:
        """Places of instants; outside of the ends the axis goes on at full length."""
        return _piecewise(np.asarray(instants, dtype=np.float64), self.instants, self.places)

    def instant(self, places: ArrayLike) -> FloatArray:
        """The instants at places."""
        return _piecewise(np.asarray(places, dtype=np.float64), self.places, self.instants)

    @property
    def length(self) -> float:
        """Length of the axis, in places."""
        return float(self.places[-1] - self.places[0])

    def share(self, start: float, stop: float) -> float:
        """The part of the axis that lies between two instants."""
        low, high = self.place([start, stop])
        return float(high - low) / self.length

    @property
    def gaps(self) -> list[Span]:
        """Where the axis is cut to show that a stretch is shortened, in places: the middle of each stretch."""
        found = []
        for low, high in self.shortened:
            left, right = self.place([low, high])
            half = min((right - left) / 6, _GAP * self.length)
            found.append((float((left + right) / 2 - half), float((left + right) / 2 + half)))
        return found

    def ticks(self, per_sample: float) -> list[float]:
        """Instants (samples) to write times at: round numbers of units, none inside a shortened stretch.

        Args:
            per_sample: units a sample.
        """
        step = _round_step(self.length * per_sample / _TICKS)
        if per_sample == 1.0:
            step = max(step, 1.0)  # there is no half a sample
        found: list[float] = []
        for start, stop in self._drawn_in_full():
            first = math.ceil(start * per_sample / step - 1e-9)
            last = math.floor(stop * per_sample / step + 1e-9)
            for number in range(first, last + 1):
                tick = number * step / per_sample
                if not found or self.share(found[-1], tick) > _LEAST_BETWEEN_TICKS:
                    found.append(tick)
        end = float(self.instants[-1])
        if self.shortened and self.share(found[-1], end) > _LEAST_BETWEEN_TICKS:
            found.append(end)
        return found

    def _drawn_in_full(self) -> Iterable[Span]:
        start = float(self.instants[0])
        for low, high in self.shortened:
            yield start, low
            start = high
        yield start, float(self.instants[-1])


def time_axis(rows: Sequence[Row], start: float, stop: float, *, breaks: bool) -> TimeAxis:
    """The axis from `start` to `stop`, with long still stretches shortened.

    A stretch is still where no row changes: silence, but also the flat top of a readout pulse and an acquisition
    in progress.
    """
    ends = np.array([start, stop], dtype=np.float64)
    still = _between(_moving(rows, start, stop), start, stop) if breaks else []
    longest = _longest_shown(sorted(high - low for low, high in still), stop - start)
    # What would lose little stays whole.
    long = tuple((low, high) for low, high in still if high - low > 2 * longest)
    if not 0 < len(long) <= _MOST_BREAKS:
        return TimeAxis(ends, ends)
    instants = np.array([start, *(end for span in long for end in span), stop])
    steps = np.diff(instants)
    steps[1::2] = longest
    places = np.concatenate([[start], start + np.cumsum(steps)])
    # A stretch at an end of the axis, or right after another one, leaves a step of no length.
    kept = np.append(True, np.diff(places) > 0)
    return TimeAxis(instants[kept], places[kept], long)


def _longest_shown(lengths: Sequence[float], whole: float) -> float:
    """At which length still stretches are cut; infinity where nothing is cramped.

    Args:
        lengths: of the still stretches, rising.
        whole: length of the axis.
    """
    moving = whole - sum(lengths)
    if moving <= 0:
        return _knee(lengths)
    if moving >= _CRAMPED * whole:
        return math.inf
    # Stretches cut at c fill what is left beside the changes: shorter ones as they are, the others c each.
    room = moving * (1 - _WIDENED) / _WIDENED
    for number, length in enumerate(lengths):
        if length * (len(lengths) - number) >= room:
            return room / (len(lengths) - number)
        room -= length
    return math.inf


def _knee(lengths: Sequence[float]) -> float:
    """A third of the sum of all that are shorter than the first long one; infinity if there is none."""
    shorter = 0.0
    for length in lengths:
        if shorter and length > _LONG * shorter:
            return shorter / 3
        shorter += length
    return math.inf


def _moving(rows: Iterable[Row], start: float, stop: float) -> list[Span]:
    """Sorted, disjoint spans in which something changes; instants have no length."""
    spans: list[Span] = []
    known: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        for play in row.plays:
            if play.is_open:
                spans += [(play.start, play.start), (play.stop, play.stop)]
                continue
            still = known.get(id(play.pulse))
            if still is None:
                still = known[id(play.pulse)] = still_stretches(play.pulse)
            edges = [play.start, *(play.start + edge for span in still for edge in span), play.stop]
            spans += zip(edges[::2], edges[1::2], strict=True)
        for mark in row.acquisitions:
            spans += [(mark.start, mark.start), (mark.stop, mark.stop)]
        for low, high in row.delays:
            spans += [(low, low), (high, high)]
        instants = [*row.changes, *row.barriers, *(instant for instant, _ in row.snapshots)]
        spans += [(instant, instant) for instant in instants]
    return _joined((max(low, start), min(high, stop)) for low, high in spans if low <= stop and high >= start)


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _between(moving: Sequence[Span], start: float, stop: float) -> list[Span]:
    """The spans from `start` to `stop` that `moving` leaves."""
    edges = [start, *(edge for span in moving for edge in span), stop]
    return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if high > low]


def _round_step(step: float) -> float:
    """1, 2 or 5 times a power of ten, the one that is nearest by ratio."""
    power = 10.0 ** math.floor(math.log10(step))
    return min((factor * power for factor in (1, 2, 5, 10)), key=lambda near: abs(math.log(near / step)))


def _piecewise(values: FloatArray, knots: FloatArray, images: FloatArray) -> FloatArray:
    inside = np.interp(values, knots, images)
    before, after = np.minimum(values - knots[0], 0.0), np.maximum(values - knots[-1], 0.0)
    return np.asarray(inside + before + after, dtype=np.float64)
