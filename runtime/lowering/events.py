"""From programs to events: the instructions of a whole batch as columns of numbers.

Programs come as codes of what is distinct in them. Each distinct instruction, and each instruction of a distinct
gate, is described once; everything else is done on whole columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.descriptions import NUMBERS, Description, described, description
from runtime.lowering.leaves import leaf_rows
from runtime.lowering.tables import ChannelTable, PulseTable
from runtime.pulse.channels import Channel
from runtime.pulse.instructions import Instruction
from runtime.pulse.library import Pulse
from runtime.pulse.schedule.body import Body
from runtime.pulse.schedule.rows import LENGTH, PHASE

__all__ = ["Events", "gather"]


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Every instruction of a batch, program by program, in the order of insertion. All arrays: shape (events,)."""

    program: NDArray[np.int32]
    """Which program of the batch."""
    time: NDArray[np.int64]
    """Samples from the program's start."""
    source: NDArray[np.int64]
    """Row of `objects`, and of `slot`, `index` and `doubtful`."""
    kind: NDArray[np.int8]
    """A `Kind`."""
    channel: NDArray[np.int32]
    """Row of `table`; 0 for what has no channel of its own."""
    duration: NDArray[np.int64]
    """Samples."""
    pulse: NDArray[np.int32]
    """Row of the batch's `PulseTable`; 0 for what is no Play."""
    value: NDArray[np.float64]
    """The number of a frame change, rad or Hz; 0 where it is still open."""
    parts: Sequence[Description]
    """What the programs are made of."""
    table: ChannelTable
    """The channels."""
    slot: NDArray[np.int64]
    """Shape (objects,): index of an Acquire's MemorySlot."""
    index: NDArray[np.int64]
    """Shape (objects,): index of the channel, -1 if it is not known as a number."""
    doubtful: NDArray[np.bool_]
    """Shape (objects,): has open parameters, or cannot be used."""

    def objects(self) -> list[Instruction]:
        """An instruction of each kind and operands, but for the phase of a ShiftPhase."""
        return [instruction for part in self.parts for instruction in part[1]]

    def chosen(self, sources: Sequence[int]) -> list[Instruction]:
        """Those of `objects` in some rows, given in ascending order."""
        found: list[Instruction] = []
        first, wanted = 0, iter(sources)
        row = next(wanted, None)
        for part in self.parts:
            while row is not None and row < first + len(part[1]):
                found.append(part[1][row - first])
                row = next(wanted, None)
            if row is None:
                break
            first += len(part[1])
        return found


def gather(bodies: Sequence[Body], pulses: PulseTable) -> Events:
    """The events of a batch of programs; new pulses go into the table."""
    rows, sizes = leaf_rows(bodies)
    parts = [description(one) if isinstance(one, Instruction) else described(one.body) for one in rows.distinct]
    packed, channels, shapes = _joined(parts)
    numbers = np.frombuffer(b"".join(packed), NUMBERS)
    # Columns first: the packed numbers are not aligned, and each row is wanted many times.
    kind, start, length, operand = (numbers[name].copy() for name in ("kind", "time", "duration", "value"))
    table, channel = _channels(channels, numbers)
    pulse = _pulses(shapes, numbers["pulse"].tolist(), pulses)

    code, time = np.array(rows.codes), np.array(rows.starts)
    program = np.repeat(np.arange(len(bodies), dtype=np.int32), sizes)
    size = np.fromiter(map(len, packed), np.int64, len(packed)) // NUMBERS.itemsize
    source, place = (np.cumsum(size) - size).take(code), None
    if (size != 1).any():  # an empty gate has none
        # Rows of a gate follow one another, so sources and events advance together within a leaf.
        repeats = size.take(code)
        place = np.cumsum(repeats) - repeats
        leaf = np.repeat(np.arange(code.size), repeats)
        source = (source - place).take(leaf) + np.arange(leaf.size)
        program, time = program.take(leaf), time.take(leaf)
    value, duration = operand.take(source), length.take(source)
    for column, varying, given in ((value, PHASE, rows.phases), (duration, LENGTH, rows.lengths)):
        if given:
            where = np.flatnonzero((np.frombuffer(rows.varies, np.int8) == varying).take(code))
            column[where if place is None else place.take(where)] = given
    return Events(
        program=program,
        time=time + start.take(source),
        source=source,
        kind=kind.take(source),
        channel=channel.take(source),
        duration=duration,
        pulse=pulse.take(source),
        value=value,
        parts=parts,
        table=table,
        slot=numbers["slot"],
        index=numbers["index"],
        doubtful=numbers["doubtful"],
    )


def _joined(parts: Sequence[Description]) -> tuple[list[bytes], list[Channel | None], list[Pulse | None]]:
    """The packed numbers of each part; and the channel and the pulse of each instruction."""
    packed: list[bytes] = []
    channels: list[Channel | None] = []
    shapes: list[Pulse | None] = []
    for numbers, _, lines, played in parts:
        packed.append(numbers)
        channels += lines
        shapes += played
    return packed, channels, shapes


def _channels(
    channels: Sequence[Channel | None], numbers: NDArray[np.void]
) -> tuple[ChannelTable, NDArray[np.int32]]:
    """The distinct channels, and for each instruction the row of its own; 0 where there is none."""
    bound = np.flatnonzero(numbers["channel"])
    own = [channel for channel in channels if channel is not None]
    table = ChannelTable(own, unique=bool(numbers["index"].take(bound).min(initial=0) >= 0))
    row = np.zeros(len(channels), np.int32)
    row[bound] = table.rows(own)
    return table, row


def _pulses(shapes: Sequence[Pulse | None], ids: Sequence[int], pulses: PulseTable) -> NDArray[np.int32]:
    """For each instruction the row of its pulse; 0 where there is none. They are told apart by id first."""
    distinct = dict(zip(ids, shapes, strict=True))
    rows = {key: pulses.row(pulse) if pulse else 0 for key, pulse in distinct.items()}
    return np.fromiter(map(rows.__getitem__, ids), np.int32, len(ids))
