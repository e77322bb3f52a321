"""From events to timelines: a batch of programs is resolved in one go."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.acquires import acquisitions
from runtime.lowering.arena import Arena
from runtime.lowering.columns import BatchColumns, DelayColumns, PlayColumns
from runtime.lowering.descriptions import Kind
from runtime.lowering.events import Events, gather
from runtime.lowering.frames import resolve
from runtime.lowering.padding import padded_plays
from runtime.lowering.programs import LaidOut
from runtime.lowering.swept import Fault, swept_events
from runtime.lowering.tables import PulseTable
from runtime.lowering.timeline import Timeline
from runtime.pulse import Schedule
from runtime.pulse.channels import Channel, ClassicalIOChannel
from runtime.target import Target

__all__ = ["Batch"]

IntColumn = NDArray[np.int64] | NDArray[np.int32]


@dataclass(slots=True, eq=False)
class Batch:
    """Programs on their way to timelines. Nothing is checked here; see `input_checks` and `checks`."""

    laid: LaidOut
    target: Target
    pad: bool = False
    """Extend pulses with silence to the Target's grids."""
    pulses: PulseTable = field(default_factory=PulseTable)
    schedules: list[Schedule] = field(init=False)
    """The layout of each program."""
    channels: list[tuple[Channel, ...]] = field(init=False)
    """The channels of each program; all of them in one row, program after program, are the batch's keys."""
    begin: list[int] = field(init=False)
    """Key of each program's first channel, and the number of all keys."""
    durations: list[int] = field(init=False)
    """Length of each program, samples."""
    events: Events = field(init=False)
    faults: list[Fault] = field(default_factory=list)
    """Values of a sweep that pulses and frame changes refuse."""

    def __post_init__(self) -> None:
        self.schedules = self.laid.schedules
        bodies = [schedule.body for schedule in self.schedules]
        self.durations = self.laid.durations
        self.channels = [
            tuple([channel for channel in body.starts if not isinstance(channel, ClassicalIOChannel)])
            for body in bodies
        ]
        self.begin = [0, *accumulate(map(len, self.channels))]
        if self.laid.sweep is None:
            self.events = gather(bodies, self.pulses)
        else:
            self.events, self.faults = swept_events(self.laid, self.laid.sweep, self.pulses)

    def timelines(self) -> list[Timeline]:
        """The timelines, in the order of the programs."""
        columns = self._columns()
        return [Timeline(columns, program) for program in range(len(self.schedules))]

    def _columns(self) -> BatchColumns:
        keys, begin = self._keys(), np.array(self.begin, np.int32)
        plays, play_key = self._plays(keys, begin)
        key_plays, durations = np.searchsorted(play_key, np.arange(begin[-1] + 1)), self.durations
        if self.pad:
            plays = padded_plays(plays, play_key, self.pulses, self.target.timing_constraints())
            durations = _stretched(durations, plays, key_plays[begin])
        delays, delay_program = self._delays(keys, begin)
        groups = self.target.meas_map or ()
        acquired, program_acquisitions = acquisitions(self.events, len(self.schedules), groups)
        return BatchColumns(
            names=self.laid.names,
            durations=durations,
            channels=self.channels,
            begin=self.begin,
            dt=self.target.dt_exact,
            pulses=tuple(self.pulses.pulses),
            carriers=self.target.channel_frequencies,
            plays=plays,
            delays=delays,
            acquisitions=acquired,
            key_plays=key_plays.tolist(),
            program_delays=np.searchsorted(delay_program, np.arange(begin.size)).tolist(),
            program_acquisitions=program_acquisitions,
            arena=Arena(_dense_bytes(durations, begin, key_plays)),
        )

    def _keys(self) -> NDArray[np.int32]:
        """Shape (programs, rows of the channel table): the key of a channel in a program."""
        table = self.events.table
        rows = table.rows(list(chain.from_iterable(self.channels)))
        program = np.repeat(np.arange(len(self.channels)), np.diff(self.begin))
        known = np.flatnonzero(rows >= 0)  # a barrier makes no event of its channels
        lookup = np.zeros((len(self.channels), len(table.channels)), np.int32)
        lookup[program[known], rows[known]] = known
        return lookup

    def _plays(self, keys: NDArray[np.int32], begin: NDArray[np.int32]) -> tuple[PlayColumns, NDArray[np.int32]]:
        """The plays of all programs, and their keys."""
        events = self.events
        rows = np.flatnonzero(events.kind <= Kind.SET_FREQUENCY)
        key = keys.ravel().take(events.program[rows] * np.int64(keys.shape[1]) + events.channel[rows])
        order = _by_channel(key, events.time[rows], events.duration[rows])
        key, rows = key[order], rows[order]
        kind, time = events.kind[rows], events.time[rows]
        frames = resolve(
            kind=kind,
            value=events.value[rows],
            time=time,
            channel=key,
            carriers=self._carriers(events.channel[rows]) if (kind == Kind.SET_FREQUENCY).any() else None,
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

    def _carriers(self, channel: NDArray[np.int32]) -> NDArray[np.float64]:
        """The carrier of each event's channel. Where there is none, setting a frequency is refused."""
        carriers = self.target.channel_frequencies
        known = np.array([carriers.get(channel, 0.0) for channel in self.events.table.channels], np.float64)
        return known[channel]

    def _delays(self, keys: NDArray[np.int32], begin: NDArray[np.int32]) -> tuple[DelayColumns, NDArray[np.int32]]:
        """Those of more than 0 samples, and the program of each."""
        events = self.events
        rows = np.flatnonzero((events.kind == Kind.DELAY) & (events.duration > 0))
        program = events.program[rows]
        channel = keys[program, events.channel[rows]] - begin[program]
        return DelayColumns(events.time[rows], events.duration[rows], channel), program


def _stretched(durations: list[int], plays: PlayColumns, begin: NDArray[np.int64]) -> list[int]:
    """How long programs are with their padded pulses; `begin` is the first play of each, and the number of all."""
    stops = plays.start + plays.duration
    return [
        max(duration, int(stops[first:last].max(initial=0)))
        for duration, (first, last) in zip(durations, pairwise(begin.tolist()), strict=True)
    ]


def _dense_bytes(durations: list[int], begin: NDArray[np.int32], key_plays: NDArray[np.int64]) -> int:
    """Size of all samples, of channels that play, as complex64."""
    lengths = np.repeat(np.array(durations, np.float64), begin[1:] - begin[:-1])
    return 8 * int(lengths[key_plays[1:] > key_plays[:-1]].sum())


def _by_channel(key: IntColumn, time: IntColumn, duration: IntColumn) -> NDArray[np.int64]:
    """The order by key, then time, then duration, stable."""
    # 16 bits are sorted by radix, in a tenth of the time.
    narrow = key.astype(np.int16) if key.size and key.max() < 2**15 else key
    order = np.argsort(narrow, kind="stable")
    # At one instant what changes the frame comes first, and then the one thing that lasts.
    line, rank = key[order], (2 * time + (duration > 0))[order]
    early = (rank[1:] < rank[:-1]) & (line[1:] == line[:-1])
    # A program that was written in order of time is sorted already.
    return np.lexsort((duration, time, key)) if early.any() else order
