"""Runs: what an output emits without a break, on the grid of its instrument; each becomes an event, or several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.tracks.heard import Heard

__all__ = ["Grid", "Runs", "cut", "runs_of"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where events may begin and end, samples."""

    granularity: int
    min_length: int
    """Of an event and of a silence."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Program after program, by start. All arrays have shape (runs,)."""

    program: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    low: NDArray[np.int64]
    """The pulses of a run are rows low[r] to high[r] of `Heard`; of each the samples that lie within the run."""
    high: NDArray[np.int64]

    @property
    def count(self) -> NDArray[np.int64]:
        """Pulses of each run."""
        return self.high - self.low


def runs_of(found: Heard, grid: Grid, tail: NDArray[np.int64], *, long: bool = False) -> Runs:
    """Pulses that share a cell of the grid, or leave less silence than the instrument can play, go together.

    Args:
        found: sorted by program and first sample.
        grid: of the instrument.
        tail: for each pulse how many samples its line's filter goes on after it: int64 of shape (pulses,).
        long: what meets without a silence goes together as well: fewer events, larger envelopes.
    """
    size, least = grid.granularity, grid.min_length
    start = found.first // size * size
    stop = np.maximum(-(-(found.first + found.count + tail) // size) * size, start + least)
    # One axis for all programs.
    span = int(stop.max(initial=0)) + 1
    shift = found.program * span
    reach = np.maximum.accumulate(shift + stop)
    breaks = (
        np.flatnonzero((shift + start)[1:] >= reach[:-1] + (long & (found.program[1:] == found.program[:-1]))) + 1
    )
    first = np.concatenate([[0], breaks])[: min(1, found.first.size) + breaks.size].astype(np.int64)
    begin = np.append(first, found.first.size).astype(np.int64)
    program, run_start = found.program[first], start[first]
    run_stop = reach[begin[1:] - 1] - shift[first]
    before = np.zeros_like(run_start)
    follows = program[1:] == program[:-1]
    before[1:][follows] = run_stop[:-1][follows]
    # A silence that is too short is played as zeros before the run.
    run_start = np.where(run_start - before < least, before, run_start)
    return Runs(program, run_start, run_stop, begin[:-1], begin[1:])


def cut(found: Heard, runs: Runs, grid: Grid) -> Runs:
    """Runs cut at the cells in which one pulse ends and the next begins: these alone, and what lies between them.

    Where gates follow one another off the grid, a run is as long as their sequence, and no two sequences have one
    in common. What lies between two shared cells is part of one pulse, at one of few offsets from the grid; and a
    shared cell, with so many more as a shortest event has, is the end of one gate and the beginning of another.
    The sum of the events is the run, sample by sample.
    """
    joints = _joints(found, runs, grid)
    if not joints.row.size:
        return runs
    # The parts of each run: what comes before its first joint, that joint, what comes between, ..., the rest.
    count = np.bincount(joints.run, minlength=runs.start.size)
    first = np.cumsum(2 * count + 1) - (2 * count + 1)
    begins, ends = np.empty(int((2 * count + 1).sum()), np.int64), np.empty(int((2 * count + 1).sum()), np.int64)
    number = np.arange(joints.run.size) - np.repeat(np.cumsum(count) - count, count)
    at = first[joints.run] + 1 + 2 * number
    begins[at], ends[at] = joints.start, joints.start + grid.min_length
    begins[first], ends[first + 2 * count] = runs.start, runs.stop
    begins[at + 1], ends[at - 1] = joints.start + grid.min_length, joints.start
    # What is too short to be an event goes with the joints beside it.
    whole = np.zeros(begins.size, np.bool_)
    between = np.ones(begins.size, np.bool_)
    between[at] = False
    whole[between] = (ends - begins)[between] >= grid.min_length
    opens = whole.copy()
    opens[1:] |= whole[:-1]
    opens[first] = True
    places = np.flatnonzero(opens)
    lasts = np.append(places[1:], begins.size) - 1
    run = np.repeat(np.arange(runs.start.size), 2 * count + 1)[places]
    start, stop = begins[places], ends[lasts]
    return Runs(runs.program[run], start, stop, *_rows(found, runs, run, start, stop))


@dataclass(frozen=True, slots=True, eq=False)
class _Joints:
    """Where a pulse begins in the cell in which those before it end; shape (joints,) each."""

    row: NDArray[np.int64]
    """The pulse that begins."""
    run: NDArray[np.int64]
    start: NDArray[np.int64]
    """The cell's first sample."""


def _joints(found: Heard, runs: Runs, grid: Grid) -> _Joints:
    """The joints of all runs that leave room for a shortest event up to the run's end."""
    reach = _reach(found, runs)
    run = np.repeat(np.arange(runs.start.size), runs.count)
    start = found.first // grid.granularity * grid.granularity
    inside = np.zeros(found.first.size, np.bool_)
    inside[1:] = run[1:] == run[:-1]
    follows = np.zeros(found.first.size, np.bool_)
    follows[1:] = (found.first[1:] >= reach[:-1]) & (start[1:] < reach[:-1])
    row = np.flatnonzero(inside & follows & (start + grid.min_length <= runs.stop[run]))
    # A cell in which several pulses begin is one joint.
    new = np.ones(row.size, np.bool_)
    new[1:] = (run[row[1:]] != run[row[:-1]]) | (start[row[1:]] != start[row[:-1]])
    row = row[new]
    return _Joints(row, run[row], start[row])


def _reach(found: Heard, runs: Runs) -> NDArray[np.int64]:
    """For each pulse the sample up to which it and those before it in its run are heard."""
    ends = found.first + found.count
    shift = np.repeat(np.arange(runs.start.size), runs.count) * (int(ends.max(initial=0)) + 1)
    return np.asarray(np.maximum.accumulate(ends + shift) - shift, np.int64)


def _rows(
    found: Heard, runs: Runs, run: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pulses that are heard in parts of runs: from the first that is to the last that is."""
    size = int(max(found.first.max(initial=0), runs.stop.max(initial=0))) + 1
    shift = np.repeat(np.arange(runs.start.size), runs.count) * size
    low = np.searchsorted(_reach(found, runs) + shift, start + run * size, side="right")
    high = np.searchsorted(found.first + shift, stop + run * size, side="left")
    return np.maximum(low, runs.low[run]), np.minimum(high, runs.high[run])
