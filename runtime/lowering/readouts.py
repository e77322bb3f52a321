"""Whether each Acquire has something to acquire: a line that hears it, and a readout pulse under it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.plays import Score
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import Wiring
from runtime.pulse import AcquireChannel, MeasureChannel

__all__ = ["acquire_problems"]


def acquire_problems(score: Score, wiring: Wiring) -> Iterator[Problem]:
    """Acquires on channels that no digitizer hears, and Acquires outside the readout on their MeasureChannel."""
    heard = {channel for line in wiring.inputs for channel in line.channels}
    columns = score.acquisitions
    for qubit in np.unique(columns.qubit).tolist():
        own = np.flatnonzero(columns.qubit == qubit)
        outside = own[_beyond_pulse(score, qubit, own)]
        for row in (own if AcquireChannel(qubit) not in heard else outside).tolist():
            program, start = int(columns.program[row]), int(columns.start[row])
            stop = start + int(columns.duration[row])
            place = f"{score.place(program)}, a{qubit}, Acquire, instant {start} dt"
            if AcquireChannel(qubit) not in heard:
                fix = "Wire it, or acquire another qubit"
                yield Problem("channel wired nowhere", place, f"a{qubit}", _names(heard), fix)
            readouts = _readouts(score.timelines[program], qubit)
            if not any(begin <= start and stop <= end for begin, end in readouts):
                allowed = ", ".join(f"[{begin}, {end}) dt" for begin, end in readouts) or "no readout"
                fix = f"Play a readout pulse on m{qubit} that lasts as long"
                yield Problem("acquisition outside the readout", place, f"[{start}, {stop}) dt", allowed, fix)


def _beyond_pulse(score: Score, qubit: int, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which acquisitions do not lie in one readout pulse: these are to be looked at closely."""
    columns, plays = score.acquisitions, score.plays
    latest = plays.latest(MeasureChannel(qubit), columns.program[rows], columns.start[rows])
    if not plays.start.size:
        return np.ones(rows.size, np.bool_)
    end = plays.start[latest] + plays.duration[latest]
    return np.asarray((latest < 0) | (columns.start[rows] + columns.duration[rows] > end), np.bool_)


def _names(channels: set[AcquireChannel]) -> str:
    return ", ".join(sorted(channel.name for channel in channels)) or "none is wired"


def _readouts(timeline: Timeline, qubit: int) -> list[tuple[int, int]]:
    """[start, stop) of every stretch of readout pulses with the Delays that follow them without a gap."""
    channel = MeasureChannel(qubit)
    if channel not in timeline.channels:
        return []
    row = timeline.channels.index(channel)
    plays, delays = timeline.plays, timeline.delays
    spans = [(*span, True) for span in _spans(plays.start, plays.duration, plays.channel == row)]
    spans += [(*span, False) for span in _spans(delays.start, delays.duration, delays.channel == row)]
    merged: list[tuple[int, int]] = []
    for start, stop, is_pulse in sorted(spans):
        if merged and start <= merged[-1][1]:  # a padded pulse reaches into the Delay behind it
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        elif is_pulse:
            merged.append((start, stop))
    return merged


def _spans(
    start: NDArray[np.int64], duration: NDArray[np.int64], rows: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    return list(zip(start[rows].tolist(), (start + duration)[rows].tolist(), strict=True))
