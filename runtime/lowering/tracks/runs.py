"""Runs: what an output emits without a break, on the grid of its instrument; each becomes one event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.tracks.heard import Heard

__all__ = ["Grid", "Runs", "runs_of"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where events may begin and end, samples."""

    granularity: int
    min_length: int
    """Of an event and of a silence."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Program after program, by start. All arrays but `begin` have shape (runs,)."""

    program: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    begin: NDArray[np.int64]
    """Shape (runs + 1,): the pulses of a run are rows begin[r] to begin[r + 1] of `Heard`."""


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
    return Runs(program, run_start, run_stop, begin)
