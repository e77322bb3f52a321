"""Whether each Acquire has something to acquire: a line that hears it, and a readout pulse under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import Wiring
from runtime.pulse import AcquireChannel, MeasureChannel

__all__ = ["acquire_problems"]


def acquire_problems(timelines: Sequence[Timeline], wiring: Wiring) -> Iterator[Problem]:
    """Acquires on channels that no digitizer hears, and Acquires outside the readout on their MeasureChannel."""
    heard = {channel for line in wiring.inputs for channel in line.channels}
    for index, timeline in enumerate(timelines):
        columns = timeline.acquisitions
        for row, qubit in enumerate(columns.qubit.tolist()):
            start, stop = int(columns.start[row]), int(columns.start[row] + columns.duration[row])
            place = f"program {index} ({timeline.name}), a{qubit}, Acquire, instant {start} dt"
            if AcquireChannel(qubit) not in heard:
                fix = "Wire it, or acquire another qubit"
                yield Problem("channel wired nowhere", place, f"a{qubit}", _names(heard), fix)
            readouts = _readouts(timeline, qubit)
            if not any(begin <= start and stop <= end for begin, end in readouts):
                allowed = ", ".join(f"[{begin}, {end}) dt" for begin, end in readouts) or "no readout"
                fix = f"Play a readout pulse on m{qubit} that lasts as long"
                yield Problem("acquisition outside the readout", place, f"[{start}, {stop}) dt", allowed, fix)


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
