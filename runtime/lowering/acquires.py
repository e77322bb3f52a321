"""The Acquires of a batch of programs, in the order of their schedules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.columns import AcquireColumns
from runtime.lowering.descriptions import Kind
from runtime.lowering.events import Events
from runtime.lowering.groups import without_companions
from runtime.pulse import Acquire, MeasureChannel
from runtime.pulse.channels import Channel

__all__ = ["acquisitions"]


def acquisitions(
    events: Events, programs: int, groups: Sequence[Sequence[int]]
) -> tuple[AcquireColumns, list[int]]:
    """The Acquires that can be used, those of companions left out.

    Args:
        events: of all programs.
        programs: how many there are.
        groups: the Target's meas_map.

    Returns:
        Them, and for each program its first one, and the number of all.
    """
    rows = np.flatnonzero(events.kind == Kind.ACQUIRE)
    rows = rows[~events.doubtful[events.source[rows]]]
    program, channels = events.program[rows], events.table.channels
    start, duration, slot = events.time[rows], events.duration[rows], events.slot[events.source[rows]]
    numbers: list[Any] = [channels[one].index for one in events.channel[rows].tolist()]
    qubit = np.array(numbers, np.int64)
    bounds: list[int] = np.searchsorted(program, np.arange(programs + 1)).tolist()
    order = np.arange(rows.size)
    if (program[1:] == program[:-1]).any():
        # As `Schedule.instructions` has them: by start, duration and name.
        order = np.lexsort((np.array(list(map(str, numbers))), duration, start, program))
    if groups:
        table = list(zip(*(one[order].tolist() for one in (start, duration, qubit)), order.tolist(), strict=True))
        parts = [table[a:b] for a, b in pairwise(bounds)]
        read_out = _read_out(events, channels, programs)
        kept = [without_companions(own, read, groups) for own, read in zip(parts, read_out, strict=True)]
        bounds = [0, *accumulate(map(len, kept))]
        order = np.array([row for *_, row in chain.from_iterable(kept)], np.int64)
    own, particular = _particular(events, rows)
    columns = AcquireColumns(
        start=start[order],
        duration=duration[order],
        qubit=qubit[order].astype(np.int32),
        slot=slot[order].astype(np.int32),
        own=own[order],
        particular=particular,
    )
    return columns, bounds


def _particular(events: Events, rows: NDArray[np.int64]) -> tuple[NDArray[np.int32], tuple[Acquire, ...]]:
    """For each Acquire its place among those that say how they are to be read, -1 if it does not; and these."""
    own = np.full(rows.size, -1, np.int32)
    marked = np.flatnonzero(events.value[rows])
    if not marked.size:
        return own, ()
    sources, own[marked] = np.unique(events.source[rows[marked]], return_inverse=True)
    found: list[Any] = events.chosen(sources.tolist())
    return own, tuple(found)


def _read_out(events: Events, channels: Sequence[Channel], programs: int) -> list[set[int]]:
    """For each program the qubits on whose MeasureChannel something is played."""
    qubit: NDArray[np.int64] = np.array([_read_qubit(channel) for channel in channels], np.int64)[events.channel]
    rows = np.flatnonzero((qubit >= 0) & (events.kind == Kind.PLAY))
    read_out: list[set[int]] = [set() for _ in range(programs)]
    for program, read in zip(events.program[rows].tolist(), qubit[rows].tolist(), strict=True):
        read_out[program].add(read)
    return read_out


def _read_qubit(channel: Channel) -> int:
    """The qubit of a MeasureChannel, -1 for other channels."""
    index: Any = channel.index
    return int(index) if isinstance(channel, MeasureChannel) and not channel.is_parameterized() else -1
