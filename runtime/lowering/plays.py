"""The plays and the acquisitions of a batch, one table each: a channel of all programs is one comparison away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Self

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.columns import frame_turns
from runtime.lowering.tables import PulseTable
from runtime.lowering.timeline import Timeline
from runtime.pulse.channels import Channel
from runtime.pulse.library import Pulse

__all__ = ["Acquisitions", "Plays", "Score"]


@dataclass(frozen=True, slots=True, eq=False)
class Plays:
    """Every Play of a batch of programs. All arrays have shape (plays,)."""

    program: NDArray[np.int64]
    channel: NDArray[np.int32]
    """Row of `channels`."""
    start: NDArray[np.int64]
    """Samples of dt from the program's start."""
    duration: NDArray[np.int64]
    pulse: NDArray[np.int32]
    """Row of `pulses`."""
    phase: NDArray[np.float64]
    """phi of the frame, rad."""
    frequency: NDArray[np.float64]
    """nu of the frame, Hz."""
    turns: NDArray[np.float64]
    """What frequency and accumulator add to the phase at the play's start, turns."""
    channels: dict[Channel, int]
    """Channel to its row."""
    pulses: Sequence[Pulse]

    def rows(self, channel: Channel) -> NDArray[np.int64]:
        """The plays of a channel, program after program, by start."""
        row = self.channels.get(channel)
        return np.zeros(0, np.int64) if row is None else np.flatnonzero(self.channel == row)

    def earliest(self, channel: Channel) -> Iterator[tuple[int, int]]:
        """Each program that plays on a channel, with the first start; programs in ascending order."""
        rows = self.rows(channel)
        first = rows[np.diff(self.program[rows], prepend=-1) > 0]
        return zip(self.program[first].tolist(), self.start[first].tolist(), strict=True)

    def latest(
        self, channel: Channel, program: NDArray[np.int64], instant: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The last play of a channel that begins at or before an instant of a program.

        Args:
            channel: which.
            program: of each instant.
            instant: samples of dt.

        Returns:
            Rows, -1 where nothing came before: int64 of the shape of `instant`.
        """
        rows = self.rows(channel)
        if not rows.size:
            return np.full(instant.size, -1, np.int64)
        span = int(max(self.start[rows].max(), instant.max(initial=0))) + 1
        place = (
            np.searchsorted(self.program[rows] * span + self.start[rows], program * span + instant, "right") - 1
        )
        found = rows[np.maximum(place, 0)]
        return np.where((place >= 0) & (self.program[found] == program), found, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Acquisitions:
    """Every Acquire of a batch of programs, in order. All arrays have shape (acquisitions,)."""

    program: NDArray[np.int64]
    start: NDArray[np.int64]
    """Samples of dt from the program's start."""
    duration: NDArray[np.int64]
    qubit: NDArray[np.int64]
    slot: NDArray[np.int64]

    def of(self, qubits: set[int]) -> NDArray[np.int64]:
        """The rows of some qubits."""
        return np.flatnonzero(np.isin(self.qubit, list(qubits)))

    def earliest(self, qubits: set[int]) -> Iterator[tuple[int, int]]:
        """Each program that acquires some of these qubits, with the first start; programs in ascending order."""
        rows = self.of(qubits)
        first = np.flatnonzero(np.diff(self.program[rows], prepend=-1))
        starts = np.minimum.reduceat(self.start[rows], first) if first.size else first
        return zip(self.program[rows[first]].tolist(), starts.tolist(), strict=True)


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """A batch of programs that is routed together."""

    timelines: Sequence[Timeline]
    plays: Plays
    acquisitions: Acquisitions
    leads_s: tuple[Fraction, ...]
    """How much later than its schedule says each program begins, all of it."""

    @classmethod
    def of(cls, timelines: Sequence[Timeline]) -> Self:
        """The score of several programs, whether they were lowered together or not."""
        return cls(timelines, _plays(timelines), _acquisitions(timelines), (Fraction(0),) * len(timelines))

    @property
    def dt(self) -> Fraction:
        """Length of a sample, seconds, exact."""
        return self.timelines[0].dt

    def place(self, program: int) -> str:
        """How a message calls a program."""
        return f"program {program} ({self.timelines[program].name})"


def _acquisitions(timelines: Sequence[Timeline]) -> Acquisitions:
    columns = [timeline.acquisitions for timeline in timelines]
    return Acquisitions(
        program=np.repeat(np.arange(len(columns), dtype=np.int64), [column.start.size for column in columns]),
        start=np.concatenate([column.start for column in columns]).astype(np.int64),
        duration=np.concatenate([column.duration for column in columns]).astype(np.int64),
        qubit=np.concatenate([column.qubit for column in columns]).astype(np.int64),
        slot=np.concatenate([column.slot for column in columns]).astype(np.int64),
    )


def _plays(timelines: Sequence[Timeline]) -> Plays:
    channels: dict[Channel, int] = {}
    table = PulseTable()
    parts: list[Plays] = []
    first = 0
    for _, several in groupby(timelines, key=lambda timeline: id(timeline.batch)):
        part = list(several)
        parts.append(_columns(part, first, channels, table))
        first += len(part)
    if len(parts) == 1:
        return parts[0]
    return Plays(
        np.concatenate([part.program for part in parts]),
        np.concatenate([part.channel for part in parts]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.duration for part in parts]),
        np.concatenate([part.pulse for part in parts]),
        np.concatenate([part.phase for part in parts]),
        np.concatenate([part.frequency for part in parts]),
        np.concatenate([part.turns for part in parts]),
        channels,
        table.pulses,
    )


def _columns(timelines: Sequence[Timeline], first: int, channels: dict[Channel, int], table: PulseTable) -> Plays:
    """The plays of programs that were lowered together; `first` is the number of the first one."""
    keys: list[int] = []
    key_channel: list[int] = []
    for timeline in timelines:
        keys += range(timeline.key, timeline.key + len(timeline.channels))
        key_channel += [channels.setdefault(channel, len(channels)) for channel in timeline.channels]
    batch = timelines[0].batch
    bounds = np.array(batch.key_plays, np.int64)
    key = np.array(keys, np.int64)
    count = bounds[key + 1] - bounds[key]
    # The rows of each key, one key behind the other.
    rows = np.repeat(bounds[key] - np.cumsum(count) + count, count) + np.arange(int(count.sum()), dtype=np.int64)
    program = np.repeat(np.arange(first, first + len(timelines)), [len(one.channels) for one in timelines])
    plays = batch.plays
    return Plays(
        program=np.repeat(program, count),
        channel=np.repeat(np.array(key_channel, np.int32), count),
        start=plays.start[rows],
        duration=plays.duration[rows],
        pulse=table.rows(batch.pulses)[plays.pulse[rows]] if rows.size else plays.pulse[rows],
        phase=plays.phase[rows],
        frequency=plays.frequency[rows],
        turns=frame_turns(plays, batch.dt)[rows],
        channels=channels,
        pulses=table.pulses,
    )
