"""A timeline against the timing constraints of a Target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.timeline import Timeline
from runtime.pulse.library import Pulse, SymbolicPulse
from runtime.target import Target, TimingConstraints

__all__ = ["constraint_problems", "legal_neighbours", "pulse_name"]


def constraint_problems(
    timelines: Sequence[Timeline], target: Target, *, reuse_slots: bool = False
) -> list[list[Problem]]:
    """For each timeline all that the Target's constraints forbid, in order of kind and then of row."""
    grids = target.timing_constraints()
    groups = [set(group) for group in (*(target.meas_map or ()), *(target.concurrent_measurements or ()))]
    suspects = _suspects(timelines, grids, grouped=any(len(group) > 1 for group in groups))
    return [
        [
            *_start_problems(timeline, grids.pulse_alignment, grids.acquire_alignment),
            *_duration_problems(timeline, grids.granularity, grids.min_length),
            *(() if reuse_slots else _slot_problems(timeline)),
            *_group_problems(timeline, groups),
        ]
        if suspect
        else []
        for timeline, suspect in zip(timelines, suspects, strict=True)
    ]


def _suspects(timelines: Sequence[Timeline], grids: TimingConstraints, *, grouped: bool) -> list[bool]:
    """Which timelines to look at closely. Most often none: then a few operations on whole columns have told so."""
    batch = timelines[0].batch
    start, duration = batch.plays.start, batch.plays.duration
    off = (
        (start % grids.pulse_alignment != 0) | (duration % grids.granularity != 0) | (duration < grids.min_length)
    )
    plays, bounds = off.any(), batch.program_acquisitions
    late = batch.acquisitions.start % grids.acquire_alignment != 0
    if not plays and not late.any() and (np.diff(bounds) <= 1).all():
        return [False] * len(timelines)
    return [
        bool(plays and off[timeline.play_rows].any())
        or suspect
        or (grouped and bounds[timeline.program + 1] - bounds[timeline.program] > 1)
        for timeline, suspect in zip(timelines, _suspect_acquisitions(timelines, late.tolist()), strict=True)
    ]


def _suspect_acquisitions(timelines: Sequence[Timeline], late: Sequence[bool]) -> list[bool]:
    batch = timelines[0].batch
    slots, bounds = batch.acquisitions.slot.tolist(), batch.program_acquisitions
    rows = [(bounds[timeline.program], bounds[timeline.program + 1]) for timeline in timelines]
    return [any(late[a:b]) or (b - a > 1 and len(set(slots[a:b])) < b - a) for a, b in rows]


def legal_neighbours(value: int, step: int, lowest: int = 0) -> tuple[int, ...]:
    """The nearest multiples of `step` from `lowest` on: the one below, if there is one, and the one above."""
    floor = -(-lowest // step) * step
    below = value // step * step
    return (below, below + step) if below >= floor else (floor,)


def pulse_name(pulse: Pulse) -> str:
    """What to call a pulse in a message: its name, or its type."""
    if pulse.name:
        return str(pulse.name)
    return pulse.pulse_type if isinstance(pulse, SymbolicPulse) else type(pulse).__name__


def _off_grid(values: NDArray[np.int64], step: int) -> list[int]:
    found: list[int] = np.flatnonzero(values % step).tolist()
    return found


def _or(values: Sequence[int]) -> str:
    return " or ".join(str(value) for value in values)


def _play_place(timeline: Timeline, row: int) -> str:
    plays = timeline.plays
    pulse = timeline.pulses[plays.pulse[row]]
    channel = timeline.channels[plays.channel[row]]
    return f"{channel.name}, Play {pulse_name(pulse)}, instant {plays.start[row]} dt"


def _start_problems(timeline: Timeline, pulse_alignment: int, acquire_alignment: int) -> Iterator[Problem]:
    plays, acquisitions = timeline.plays, timeline.acquisitions
    fix = "Move it there, or put a Delay before it"
    for row in _off_grid(plays.start, pulse_alignment):
        start = int(plays.start[row])
        allowed = f"{_or(legal_neighbours(start, pulse_alignment))} dt (pulse_alignment {pulse_alignment})"
        yield Problem("start off the pulse alignment", _play_place(timeline, row), f"{start} dt", allowed, fix)
    for row in _off_grid(acquisitions.start, acquire_alignment):
        start = int(acquisitions.start[row])
        place = f"a{acquisitions.qubit[row]}, Acquire, instant {start} dt"
        allowed = f"{_or(legal_neighbours(start, acquire_alignment))} dt (acquire_alignment {acquire_alignment})"
        yield Problem("start off the acquire alignment", place, f"{start} dt", allowed, fix)


def _duration_problems(timeline: Timeline, granularity: int, min_length: int) -> Iterator[Problem]:
    durations = timeline.plays.duration
    short = durations < min_length
    for row in np.flatnonzero(short).tolist():
        least = legal_neighbours(min_length - 1, granularity, min_length)[-1]
        yield Problem(
            "pulse shorter than min_length",
            _play_place(timeline, row),
            f"{durations[row]} dt",
            f"{least} dt (min_length {min_length}, granularity {granularity})",
            "Make the pulse longer",
        )
    for row in _off_grid(np.where(short, 0, durations), granularity):
        duration = int(durations[row])
        legal = legal_neighbours(duration, granularity, max(min_length, 1))
        yield Problem(
            "pulse length off the granularity",
            _play_place(timeline, row),
            f"{duration} dt",
            f"{_or(legal)} dt (granularity {granularity})",
            "Change the pulse's duration",
        )


def _slot_problems(timeline: Timeline) -> Iterator[Problem]:
    acquisitions = timeline.acquisitions
    first: dict[int, int] = {}
    for row, slot in enumerate(acquisitions.slot.tolist()):
        earlier = first.setdefault(slot, row)
        if earlier == row:
            continue
        place = f"a{acquisitions.qubit[row]}, Acquire, instant {acquisitions.start[row]} dt"
        taken = f"a{acquisitions.qubit[earlier]} at instant {acquisitions.start[earlier]} dt"
        yield Problem(
            "memory slot used twice",
            place,
            f"MemorySlot({slot}), already written by {taken}",
            "one Acquire a memory slot",
            "Give each Acquire its own slot",
        )


def _group_problems(timeline: Timeline, groups: Sequence[set[int]]) -> Iterator[Problem]:
    """Acquires of one measurement group that overlap in time must coincide: the group shares a digitizer."""
    columns = timeline.acquisitions
    rows = list(zip(columns.qubit.tolist(), columns.start.tolist(), columns.duration.tolist(), strict=True))
    for (qubit, start, duration), (other, later, length) in combinations(rows, 2):
        apart = later >= start + duration or start >= later + length or (start, duration) == (later, length)
        if apart or not any({qubit, other} <= group for group in groups):
            continue
        yield Problem(
            "acquisitions of one measurement group that do not coincide",
            f"a{other}, Acquire, instant {later} dt",
            f"[{later}, {later + length}) dt, while a{qubit} is acquired in [{start}, {start + duration}) dt",
            "the same start and duration",
            "Acquire the qubits of a group together, or one after the other",
        )
