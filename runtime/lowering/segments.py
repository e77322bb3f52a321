"""The parts of a program in which something happens, so that the silence between them needs no waveform."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from runtime.lowering.playlist import StepGrid
from runtime.lowering.timeline import Timeline

__all__ = ["Segment", "segments"]

WORTHWHILE = 4
"""A gap of fewer shortest entries is rendered: each cut costs a play list entry."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a program that is rendered, and the silence before it."""

    silent_s: Fraction
    """A whole number of shortest entries of the grid, or 0."""
    start_s: Fraction
    """From the start of the program."""
    length_s: Fraction
    ticks: tuple[int, int]
    """What starts in [first, last) samples of dt is in it."""


def segments(
    timeline: Timeline, grid: StepGrid, margins_s: tuple[Fraction, Fraction], tail_s: Fraction | None = Fraction(0)
) -> list[Segment]:
    """Cut a program where nothing is played or acquired for long.

    Args:
        timeline: the program.
        grid: lengths that all generators can play.
        margins_s: how much earlier than scheduled something may happen (0 or negative), and how much later.
        tail_s: how long after a pulse the filters of the lines still emit something: so much longer than its
            pulses each segment is, but for the last. None, for ever, gives one segment.

    Returns:
        At least one, in order of time. The last one reaches to the end of the program.
    """
    early_s, late_s = margins_s
    whole_s = grid.length_s(timeline.duration * timeline.dt + late_s)
    if tail_s is None:
        return [Segment(Fraction(0), Fraction(0), whole_s, (0, timeline.duration + 1))]
    spans = _active(timeline, (WORTHWHILE * grid.shortest_s + late_s - early_s + tail_s) / timeline.dt)
    if not spans:
        return [Segment(Fraction(0), Fraction(0), whole_s, (0, timeline.duration + 1))]
    found: list[Segment] = []
    end_s = Fraction(0)
    for first, last in spans:
        start_s = grid.floor_s(max(Fraction(0), first * timeline.dt + early_s))
        # What does not fill an entry is rendered with what follows.
        entries = (start_s - end_s) // grid.shortest_s
        silent_s = entries * grid.shortest_s if entries >= WORTHWHILE else Fraction(0)
        start_s = end_s + silent_s
        rest_s = tail_s if (first, last) != spans[-1] else 0
        stop_s = start_s + grid.length_s(last * timeline.dt + late_s + rest_s - start_s)
        found.append(Segment(silent_s, start_s, stop_s - start_s, (first, last + 1)))
        end_s = stop_s
    rest = found[-1]
    length_s = max(rest.length_s, whole_s - rest.start_s)
    return [*found[:-1], Segment(rest.silent_s, rest.start_s, length_s, rest.ticks)]


def _active(timeline: Timeline, shortest_gap: Fraction) -> list[tuple[int, int]]:
    """[start, stop) in samples of dt of the stretches between gaps of more than `shortest_gap`."""
    plays, acquisitions = timeline.plays, timeline.acquisitions
    start = np.concatenate([plays.start, acquisitions.start])
    if not start.size:
        return []
    stop = start + np.concatenate([plays.duration, acquisitions.duration])
    order = np.argsort(start, kind="stable")
    start, stop = start[order], np.maximum.accumulate(stop[order])
    cuts = np.flatnonzero(start[1:] - stop[:-1] > math.ceil(shortest_gap))
    firsts = start[np.concatenate([[0], cuts + 1])].tolist()
    lasts = stop[np.concatenate([cuts, [stop.size - 1]])].tolist()
    return list(zip(firsts, lasts, strict=True))
