"""From programs to events: the instructions of a whole batch as columns of numbers.

Each distinct instruction, and each instruction of a distinct gate, is described once. One pass over the leaves of
the programs then only looks up what each of them is; everything else is done on whole columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.descriptions import NUMBERS, Description, described, description
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


@dataclass(slots=True, eq=False)
class Lookup:
    """The leaves of a batch of programs by codes; a code stands for a gate, or for instructions that are equal.

    Things are known by the ids of objects that the programs hold, so it lives no longer than one call of `gather`.
    """

    times: list[int] = field(default_factory=list)
    """Start of each leaf, samples."""
    codes: list[int] = field(default_factory=list)
    """Code of each leaf."""
    phases: list[float] = field(default_factory=list)
    """Of the leaves that are a ShiftPhase by a number."""
    found: list[Body | Instruction] = field(default_factory=list)
    """What each code stands for."""
    gates: dict[Body, int] = field(default_factory=dict)
    shifts: dict[int, int] = field(default_factory=dict)
    """Channel of a ShiftPhase by a number to the code, which stands for any phase."""
    plays: dict[tuple[int, int], int] = field(default_factory=dict)
    """Pulse and channel to code."""
    delays: dict[tuple[Any, int], int] = field(default_factory=dict)
    """Duration and channel to code."""

    def add(self, program: Sequence[Leaf]) -> None:
        """Look up the leaves of a program.

        This is the only loop over instructions, and takes most of the time of lowering: it looks at each object
        once, while it is in the processor's cache.
        """
        gates, shifts, found = self.gates, self.shifts, self.found
        add_time, add_code, add_phase = self.times.append, self.codes.append, self.phases.append
        leaf: Any
        for time, leaf in program:
            kind = type(leaf)
            if kind is Schedule:
                body = leaf._body  # noqa: SLF001 - calling the property would cost a tenth of the loop
                code = gates.get(body)
                if code is None:
                    gates[body] = code = len(found)
                    found.append(body)
            elif kind is ShiftPhase and type(leaf.phase) is float:
                add_phase(leaf.phase)
                channel = id(leaf.channel)
                code = shifts.get(channel)
                if code is None:
                    shifts[channel] = code = len(found)
                    found.append(leaf)
            else:
                code = self._other(leaf)
            add_time(time)
            add_code(code)

    def _other(self, leaf: Any) -> int:  # noqa: ANN401 - an instruction, or a schedule of a user's class
        """The code of what is rarely a leaf."""
        new = len(self.found)
        if type(leaf) is Play:
            code = self.plays.setdefault((id(leaf.pulse), id(leaf.channel)), new)
        elif type(leaf) is Delay:
            code = self.delays.setdefault((leaf.duration, id(leaf.channel)), new)
        elif isinstance(leaf, Schedule):
            code = self.gates.setdefault(leaf.body, new)
        else:
            code = new
        if code == new:
            self.found.append(leaf.body if isinstance(leaf, Schedule) else leaf)
        return code


def gather(bodies: Sequence[Body], pulses: PulseTable) -> Events:
    """The events of a batch of programs; new pulses go into the table."""
    programs = [leaves(body) for body in bodies]
    lookup = Lookup()
    for one in programs:
        lookup.add(one)
    parts = [(one.described or described(one)) if type(one) is Body else description(one) for one in lookup.found]
    sizes = np.fromiter(map(len, programs), np.int64, len(programs))
    program = np.repeat(np.arange(len(programs), dtype=np.int32), sizes)
    code = np.fromiter(lookup.codes, np.int64, len(lookup.codes))
    time = np.fromiter(lookup.times, np.int64, len(lookup.times))
    packed = [part[0] for part in parts]
    numbers = np.frombuffer(b"".join(packed), NUMBERS)
    count = np.fromiter(map(len, packed), np.int64, len(packed)) // NUMBERS.itemsize
    source = (np.cumsum(count) - count).take(code)
    places = np.arange(0)
    if lookup.phases:
        takes_phase = np.zeros(count.size, np.bool_)
        takes_phase[list(lookup.shifts.values())] = True
        places = np.flatnonzero(takes_phase.take(code))
    if (count != 1).any():
        repeats = count.take(code)
        begin = np.cumsum(repeats) - repeats
        leaf = np.repeat(np.arange(code.size), repeats)
        # Rows of a gate follow one another, so rows and events advance together within a leaf.
        source = (source - begin).take(leaf) + np.arange(leaf.size)
        program, time, places = program.take(leaf), time.take(leaf), begin.take(places)
    # Columns first: the packed numbers are not aligned, and each row is wanted many times.
    kind, start, duration, number = (numbers[name].copy() for name in ("kind", "time", "duration", "value"))
    table, channel = _channels(parts, numbers)
    pulse = _pulses(parts, numbers["pulse"].copy(), pulses)
    value = number.take(source)
    value[places] = lookup.phases
    return Events(
        program=program,
        time=time + start.take(source),
        source=source,
        kind=kind.take(source),
        channel=channel.take(source),
        duration=duration.take(source),
        pulse=pulse.take(source),
        value=value,
        parts=parts,
        table=table,
        slot=numbers["slot"],
        index=numbers["index"],
        doubtful=numbers["doubtful"],
    )


def _channels(parts: Sequence[Description], numbers: NDArray[np.void]) -> tuple[ChannelTable, NDArray[np.int32]]:
    """The distinct channels, and for each instruction the row of its own; 0 where there is none."""
    ids = numbers["channel"].copy()
    bound = np.flatnonzero(ids)
    own, first, row = np.unique(ids[bound], return_index=True, return_inverse=True)
    lines = list(chain.from_iterable(map(itemgetter(2), parts)))
    distinct: list[Any] = [lines[place] for place in bound[first].tolist()]
    table = ChannelTable(distinct, own, unique=bool((numbers["index"][bound] >= 0).all()))
    channel = np.zeros(ids.size, np.int32)
    channel[bound] = table.given[row]
    return table, channel


def _pulses(parts: Sequence[Description], ids: NDArray[np.int64], pulses: PulseTable) -> NDArray[np.int32]:
    """For each instruction the row of its pulse; 0 where there is none. They are told apart by id first."""
    bound = np.flatnonzero(ids)
    _, first, row = np.unique(ids[bound], return_index=True, return_inverse=True)
    order = np.argsort(first)
    shapes = list(chain.from_iterable(map(itemgetter(3), parts)))
    distinct: list[Any] = [shapes[place] for place in bound[first[order]].tolist()]
    rows = np.zeros(order.size, np.int32)
    rows[order] = pulses.rows(distinct)
    pulse = np.zeros(ids.size, np.int32)
    pulse[bound] = rows[row]
    return pulse
