"""From events to timelines: a batch of programs is resolved in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.columns import AcquireColumns, BatchColumns, DelayColumns, PlayColumns
from runtime.lowering.descriptions import Kind
from runtime.lowering.events import Events, gather
from runtime.lowering.frames import resolve
from runtime.lowering.groups import AcquireRow, without_companions
from runtime.lowering.padding import padded_plays
from runtime.lowering.tables import ChannelTable, PulseTable
from runtime.lowering.timeline import Timeline
from runtime.pulse import MeasureChannel, Schedule
from runtime.pulse.channels import Channel, ClassicalIOChannel
from runtime.target import Target

__all__ = ["Batch"]

IntColumn = NDArray[np.int64] | NDArray[np.int32]


@dataclass(slots=True, eq=False)
class Batch:
    """Programs on their way to timelines. Nothing is checked here; see `input_checks` and `checks`."""

    schedules: Sequence[Schedule]
    target: Target
    names: Sequence[str]
    pad: bool = False
    """Extend pulses with silence to the Target's grids."""
    table: ChannelTable = field(default_factory=ChannelTable)
    pulses: PulseTable = field(default_factory=PulseTable)
    channels: list[tuple[Channel, ...]] = field(init=False)
    """The channels of each program; all of them in one row, program after program, are the batch's keys."""
    begin: list[int] = field(init=False)
    """Key of each program's first channel, and the number of all keys."""
    events: Events = field(init=False)

    def __post_init__(self) -> None:
        self.channels = [
            tuple([channel for channel in schedule.body.starts if not isinstance(channel, ClassicalIOChannel)])
            for schedule in self.schedules
        ]
        self.begin = [0, *accumulate(map(len, self.channels))]
        self.events = gather([schedule.body for schedule in self.schedules], self.table, self.pulses)

    def timelines(self) -> list[Timeline]:
        """The timelines, in the order of the programs."""
        columns = self._columns()
        parts = zip(self.names, self.schedules, self.channels, self.begin, strict=False)
        timelines = [
            Timeline(name, int(schedule.duration), channels, columns, index, key)
            for index, (name, schedule, channels, key) in enumerate(parts)
        ]
        return list(map(_stretched, timelines)) if self.pad else timelines

    def _columns(self) -> BatchColumns:
        keys, begin = self._keys(), np.array(self.begin, np.int32)
        plays, play_key = self._plays(keys, begin)
        if self.pad:
            plays = padded_plays(plays, play_key, self.pulses, self.target.timing_constraints())
        delays, delay_program = self._delays(keys, begin)
        acquired = self._acquisitions()
        table = np.array(list(chain.from_iterable(acquired)), np.int64).reshape(-1, 4)
        qubit, slot = table[:, 2:].T.astype(np.int32)
        return BatchColumns(
            dt=self.target.dt_exact,
            pulses=tuple(self.pulses.pulses),
            carriers=dict(self.target.channel_frequencies),
            plays=plays,
            delays=delays,
            acquisitions=AcquireColumns(table[:, 0], table[:, 1], qubit, slot),
            key_plays=np.searchsorted(play_key, np.arange(begin[-1] + 1)).tolist(),
            program_delays=np.searchsorted(delay_program, np.arange(begin.size)).tolist(),
            program_acquisitions=[0, *accumulate(map(len, acquired))],
        )

    def _keys(self) -> NDArray[np.int32]:
        """Shape (programs, rows of the channel table): the key of a channel in a program."""
        rows = [self.table.row(channel) for channel in chain.from_iterable(self.channels)]
        lookup = np.zeros((len(self.channels), len(self.table.channels)), np.int32)
        sizes = np.diff(self.begin)
        lookup[np.repeat(np.arange(sizes.size), sizes), rows] = np.arange(len(rows))
        return lookup

    def _plays(self, keys: NDArray[np.int32], begin: NDArray[np.int32]) -> tuple[PlayColumns, NDArray[np.int32]]:
        """The plays of all programs, and their keys."""
        events = self.events
        rows = np.flatnonzero(events.kind <= Kind.SET_FREQUENCY)
        key = keys[events.program[rows], events.channel[rows]]
        order = _by_channel(key, events.time[rows], events.duration[rows])
        key, rows = key[order], rows[order]
        carriers = self.target.channel_frequencies
        # A frequency that is set on a channel without a carrier is refused; any number will do.
        known = np.array([carriers.get(channel, 0.0) for channel in self.table.channels], np.float64)
        kind, time = events.kind[rows], events.time[rows]
        frames = resolve(
            kind=kind,
            value=events.value[rows],
            time=time,
            channel=key,
            carriers=known[events.channel[rows]],
            dt=self.target.dt_exact,
        )
        is_play = np.flatnonzero(kind == Kind.PLAY)
        rows, key = rows[is_play], key[is_play]
        columns = PlayColumns(
            start=time[is_play],
            duration=events.duration[rows],
            channel=key - begin[events.program[rows]],
            pulse=events.pulse[rows],
            phase=frames.phase[is_play],
            frequency=frames.frequency[is_play],
            accumulator=frames.accumulator[is_play],
        )
        return columns, key

    def _delays(self, keys: NDArray[np.int32], begin: NDArray[np.int32]) -> tuple[DelayColumns, NDArray[np.int32]]:
        """Those of more than 0 samples, and the program of each."""
        events = self.events
        rows = np.flatnonzero((events.kind == Kind.DELAY) & (events.duration > 0))
        program = events.program[rows]
        channel = keys[program, events.channel[rows]] - begin[program]
        return DelayColumns(events.time[rows], events.duration[rows], channel), program

    def _acquisitions(self) -> list[list[AcquireRow]]:
        """Of each program. Acquires are few: these are looked at one by one."""
        events = self.events
        rows: list[list[AcquireRow]] = [[] for _ in self.schedules]
        known: dict[int, tuple[int, int, int]] = {}
        found = np.flatnonzero(events.kind == Kind.ACQUIRE)
        columns = (events.program[found], events.time[found], events.source[found])
        for program, time, source in zip(*(column.tolist() for column in columns), strict=True):
            if events.doubtful[source]:
                continue
            if source not in known:
                acquire: Any = events.objects[source]
                known[source] = int(acquire.duration), int(acquire.channel.index), int(acquire.mem_slot.index)
            rows[program].append((time, *known[source]))
        for own in rows:
            if len(own) > 1:
                own.sort(key=lambda row: (row[0], row[1], str(row[2])))  # as `Schedule.instructions` has them
        groups = self.target.meas_map or ()
        if not groups:
            return rows
        read_out = self._read_out()
        return [without_companions(own, qubits, groups) for own, qubits in zip(rows, read_out, strict=True)]

    def _read_out(self) -> list[set[int]]:
        """For each program the qubits on whose MeasureChannel something is played."""
        events = self.events
        qubit = np.array([_read_qubit(channel) for channel in self.table.channels], np.int64)[events.channel]
        found = np.flatnonzero((qubit >= 0) & (events.kind == Kind.PLAY))
        read_out: list[set[int]] = [set() for _ in self.schedules]
        for program, read in zip(events.program[found].tolist(), qubit[found].tolist(), strict=True):
            read_out[program].add(read)
        return read_out


def _stretched(timeline: Timeline) -> Timeline:
    """The timeline, as long as its padded pulses need."""
    plays = timeline.plays
    return replace(timeline, duration=max(timeline.duration, int((plays.start + plays.duration).max(initial=0))))


def _read_qubit(channel: Channel) -> int:
    """The qubit of a MeasureChannel, -1 for other channels."""
    index: Any = channel.index
    return int(index) if isinstance(channel, MeasureChannel) and not channel.is_parameterized() else -1


def _by_channel(key: IntColumn, time: IntColumn, duration: IntColumn) -> NDArray[np.int64]:
    """The order by key, then time, then duration, stable."""
    # 16 bits are sorted by radix, in a tenth of the time.
    narrow = key.astype(np.int16) if key.size and key.max() < 2**15 else key
    order = np.argsort(narrow, kind="stable")
    line, start, length = key[order], time[order], duration[order]
    same = line[1:] == line[:-1]
    early = (start[1:] < start[:-1]) | ((start[1:] == start[:-1]) & (length[1:] < length[:-1]))
    # A program that was written in order of time is sorted already.
    return np.lexsort((duration, time, key)) if (same & early).any() else order
