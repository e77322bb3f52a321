"""From the events of one output to rows that a sequencer can play: padded, with their markers, gap by gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.contract import MarkerEvent, OutputTrack

__all__ = ["SILENT", "MarkerPattern", "Rows", "rows_of"]

SILENT = -1
"""The envelope of a row that only carries a marker."""

MarkerPattern = tuple[tuple[int, int, int], ...]
"""(bit, start, stop) of each marker within a row, in samples of the row."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What an output plays: one row a stored wave, program after program; shape (rows,) each."""

    begin: Ints
    """Shape (programs + 1,)."""
    start: Ints
    """Samples from the program's start, zeros in front included."""
    length: Ints
    """Samples, zeros in front and behind included."""
    lead: Ints
    """Zeros in front of the envelope."""
    envelope: Ints
    """Index into the track's envelopes, or SILENT."""
    amplitude: NDArray[np.float64]
    phase_rad: NDArray[np.float64]
    pattern: Ints
    """Index into `patterns`; 0 has no marker."""
    patterns: tuple[MarkerPattern, ...]
    event: Ints
    """The row of the track that each row comes from; SILENT for markers alone."""

    @property
    def program(self) -> Ints:
        """The program of each row."""
        return np.repeat(np.arange(self.begin.size - 1), np.diff(self.begin))

    @property
    def stop(self) -> Ints:
        """One behind the last sample of each row."""
        return self.start + self.length


def rows_of(
    track: OutputTrack,
    lengths: tuple[int, ...],
    markers: Iterable[tuple[int, MarkerEvent]],
    min_length: int,
    granularity: int,
) -> Rows:
    """The rows of a track.

    Args:
        track: What the output emits.
        lengths: Samples of each program that the output may use.
        markers: The markers that this output's waves carry, each with its bit.
        min_length: Fewest samples of a wave and of a silence: a gap that is shorter becomes zeros at the end of
            the wave before it, or at the beginning of the first.
        granularity: What starts and lengths are multiples of.
    """
    sizes = np.array([envelope.size for envelope in track.envelopes] or [0], np.int64)
    envelope = track.envelope.astype(np.int64)
    plain = Rows(
        track.begin,
        track.starts,
        sizes[envelope],
        np.zeros(envelope.size, np.int64),
        envelope,
        track.amplitudes,
        track.phases_rad,
        np.zeros(envelope.size, np.int64),
        ((),),
        np.arange(envelope.size),
    )
    marked = sorted(markers, key=lambda entry: (entry[1].program, entry[1].start))
    if marked:
        plain = _with_marker_rows(plain, lengths, [entry for _, entry in marked], min_length, granularity)
    padded = _padded(plain, np.asarray(lengths, np.int64), min_length)
    return _with_patterns(padded, marked) if marked else padded


def _padded(rows: Rows, lengths: Ints, min_length: int) -> Rows:
    """Rows whose gaps are either nothing or at least `min_length`."""
    if not rows.start.size:
        return rows
    stop = rows.start + rows.length
    first, last = rows.begin[:-1], rows.begin[1:] - 1
    used = first <= last
    before = rows.start.copy()
    before[1:] -= stop[:-1]
    before[first[used]] = rows.start[first[used]]
    after = np.empty_like(stop)
    after[:-1] = rows.start[1:] - stop[:-1]
    after[last[used]] = lengths[used] - stop[last[used]]
    tail = np.where((after > 0) & (after < min_length), after, 0)
    lead = np.zeros_like(stop)
    short = used & (rows.start[np.minimum(first, rows.start.size - 1)] < min_length)
    lead[first[short]] = rows.start[first[short]]
    return Rows(
        rows.begin,
        rows.start - lead,
        rows.length + lead + tail,
        lead,
        rows.envelope,
        rows.amplitude,
        rows.phase_rad,
        rows.pattern,
        rows.patterns,
        rows.event,
    )


def _with_marker_rows(
    rows: Rows, lengths: tuple[int, ...], markers: list[MarkerEvent], min_length: int, grid: int
) -> Rows:
    """Rows with silent ones wherever a marker is high and no envelope is played."""
    extra: list[tuple[int, int, int]] = []
    stops = rows.start + rows.length
    for program in sorted({marker.program for marker in markers}):
        part = slice(int(rows.begin[program]), int(rows.begin[program + 1]))
        gaps = _gaps(rows.start[part].tolist(), stops[part].tolist(), lengths[program])
        high = [(m.start // grid * grid, -(-m.stop // grid) * grid) for m in markers if m.program == program]
        extra += [(program, start, stop) for start, stop in _uncovered(gaps, high, min_length)]
    if not extra:
        return rows
    added = np.array(extra, np.int64)
    count = added.shape[0]
    programs = np.concatenate([rows.program, added[:, 0]])
    starts = np.concatenate([rows.start, added[:, 1]])
    order = np.lexsort((starts, programs))
    silent = np.full(count, SILENT, np.int64)

    def merged(old: NDArray[np.generic], new: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.concatenate([old, new])[order]

    return Rows(
        np.concatenate([[0], np.cumsum(np.bincount(programs, minlength=len(lengths)))]).astype(np.int64),
        starts[order],
        merged(rows.length, added[:, 2] - added[:, 1]).astype(np.int64),
        np.zeros(order.size, np.int64),
        merged(rows.envelope, silent).astype(np.int64),
        merged(rows.amplitude, np.ones(count)).astype(np.float64),
        merged(rows.phase_rad, np.zeros(count)).astype(np.float64),
        np.zeros(order.size, np.int64),
        rows.patterns,
        merged(rows.event, silent).astype(np.int64),
    )


def _gaps(starts: list[int], stops: list[int], length: int) -> list[tuple[int, int]]:
    edges = zip([0, *stops], [*starts, length], strict=True)
    return [(low, high) for low, high in edges if low < high]


def _uncovered(gaps: list[tuple[int, int]], high: list[tuple[int, int]], min_length: int) -> list[tuple[int, int]]:
    """The parts of gaps in which a marker is high, joined, each at least `min_length` where the gap has that."""
    parts: list[tuple[int, int]] = []
    for low, end in gaps:
        if end - low < min_length:
            continue  # becomes zeros of the wave before it, which carry the marker as well
        inside = sorted((max(low, start), min(end, stop)) for start, stop in high if start < end and stop > low)
        reached = low
        for start, stop in inside:
            first = min(max(start, reached), max(end - min_length, reached))
            # A silence that is too short to be one becomes part of the row, on either side.
            first = reached if first - reached < min_length else first
            last = min(max(stop, first + min_length), end)
            last = end if end - last < min_length else last
            if last <= reached:
                continue
            if parts and parts[-1][1] == first and first > low:
                parts[-1] = (parts[-1][0], last)
            else:
                parts.append((first, last))
            reached = last
    return parts


def _with_patterns(rows: Rows, markers: list[tuple[int, MarkerEvent]]) -> Rows:
    """Rows that know which of their samples carry a marker."""
    patterns: dict[MarkerPattern, int] = {(): 0}
    pattern = np.zeros(rows.start.size, np.int64)
    found: dict[int, list[tuple[int, int, int]]] = {}
    stop = rows.stop
    for bit, marker in markers:
        low, high = int(rows.begin[marker.program]), int(rows.begin[marker.program + 1])
        first = low + int(np.searchsorted(stop[low:high], marker.start, side="right"))
        for row in range(first, high):
            offset = int(rows.start[row])
            if offset >= marker.stop:
                break
            inside = (max(marker.start - offset, 0), min(marker.stop, int(stop[row])) - offset)
            found.setdefault(row, []).append((bit, *inside))
    for row, parts in found.items():
        pattern[row] = patterns.setdefault(tuple(sorted(parts)), len(patterns))
    return Rows(
        rows.begin,
        rows.start,
        rows.length,
        rows.lead,
        rows.envelope,
        rows.amplitude,
        rows.phase_rad,
        pattern,
        tuple(patterns),
        rows.event,
    )
