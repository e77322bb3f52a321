"""From programs to events: the instructions of a whole batch as columns of numbers.

Each distinct instruction, and each instruction of a distinct gate, is described once. One pass over the leaves of
the programs then only looks up what each of them is; everything else is done on whole columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.descriptions import Descriptions
from runtime.lowering.leaves import Leaf, leaves
from runtime.lowering.tables import ChannelTable, PulseTable
from runtime.pulse import Delay, Play, Schedule, ShiftPhase
from runtime.pulse.instructions import Instruction
from runtime.pulse.schedule.body import Body

__all__ = ["Events", "gather"]


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Every instruction of a batch, program by program, in the order of insertion. All arrays: shape (events,)."""

    program: NDArray[np.int32]
    """Which program of the batch."""
    time: NDArray[np.int64]
    """Samples from the program's start."""
    source: NDArray[np.int64]
    """Row of `objects`."""
    kind: NDArray[np.int8]
    """A `Kind`."""
    channel: NDArray[np.int32]
    """Row of the batch's `ChannelTable`; 0 for what has no channel of its own."""
    duration: NDArray[np.int64]
    """Samples."""
    pulse: NDArray[np.int32]
    """Row of the batch's `PulseTable`; 0 for what is no Play."""
    value: NDArray[np.float64]
    """The number of a frame change, rad or Hz; 0 where it is still open."""
    objects: tuple[Instruction, ...]
    """An instruction of each kind and operands, but for the phase of a ShiftPhase."""
    doubtful: NDArray[np.bool_]
    """Shape (objects,): has open parameters, or cannot be used."""


def gather(bodies: Sequence[Body], channels: ChannelTable, pulses: PulseTable) -> Events:
    """The events of a batch of programs; new channels and pulses go into the tables."""
    found = [leaves(body) for body in bodies]
    described = Descriptions(channels, pulses)
    codes: list[int] = []
    phases: list[float] = []
    for program in found:
        _look_up(program, described, codes, phases)
    times = [time for program in found for time, _ in program]
    sizes = np.fromiter(map(len, found), np.int64, len(found))
    leaf_program = np.repeat(np.arange(len(found), dtype=np.int32), sizes)
    code, time = np.fromiter(codes, np.int64, len(codes)), np.fromiter(times, np.int64, len(times))
    value = np.zeros(code.size)
    value[np.array(described.takes_phase, np.bool_)[code]] = np.fromiter(phases, np.float64, len(phases))
    first, count = np.array(described.first, np.int64), np.array(described.count, np.int64)
    source = first[code]
    if (count != 1).any():
        repeats = count[code]
        leaf = np.repeat(np.arange(code.size), repeats)
        # Rows of a gate follow one another, so rows and events advance together within a leaf.
        source = np.repeat(source - (np.cumsum(repeats) - repeats), repeats) + np.arange(leaf.size)
        leaf_program, time, value = leaf_program[leaf], time[leaf], value[leaf]
    rows = described.rows
    objects, kind, channel, duration, pulse, own_value, offset, doubtful = (
        zip(*rows, strict=True) if rows else [()] * 8
    )
    return Events(
        program=leaf_program,
        time=time + np.array(offset, np.int64)[source],
        source=source,
        kind=np.array(kind, np.int8)[source],
        channel=np.array(channel, np.int32)[source],
        duration=np.array(duration, np.int64)[source],
        pulse=np.array(pulse, np.int32)[source],
        value=value + np.array(own_value, np.float64)[source],
        objects=objects,
        doubtful=np.array(doubtful, np.bool_),
    )


def _look_up(program: Sequence[Leaf], described: Descriptions, codes: list[int], phases: list[float]) -> None:
    """For each leaf the code of what it is; and the phases of those that are a ShiftPhase.

    This is the only loop over instructions, and takes most of the time of lowering: it looks at each object once,
    while it is in the processor's cache.
    """
    gates, shifts, plays, delays = described.gates, described.shifts, described.plays, described.delays
    leaf: Any
    for _, leaf in program:
        kind = type(leaf)
        code: int | None = None
        if kind is Schedule:
            code = gates.get(id(leaf.body))
        elif kind is ShiftPhase:
            code = shifts.get(id(leaf.channel))
            phase = leaf.phase
            if code is None or type(phase) is not float:
                code = described.add(leaf)
            if type(phase) is float:
                phases.append(phase)
        elif kind is Play:
            code = plays.get((id(leaf.pulse), id(leaf.channel)))
        elif kind is Delay:
            code = delays.get((leaf.duration, id(leaf.channel)))
        if code is None:
            code = described.add_gate(leaf.body) if isinstance(leaf, Schedule) else described.add(leaf)
        codes.append(code)
