"""Flat tops without memory: a pulse becomes its rise and its fall, and the player holds what is between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from drivers.contract import OutputTrack
from drivers.zurich.profiles import CoreProfile
from drivers.zurich.seqc.rows import SILENT, Rows

__all__ = ["with_holds"]

LEAST = 256
"""Fewest samples that are held: what is saved has to be worth a wave, a table entry and an instruction more."""

SAME = 1e-9
"""Samples that differ by less are equal: a step of 16 bits is 3e-5."""


def with_holds(track: OutputTrack, rows: Rows, core: CoreProfile) -> tuple[OutputTrack, Rows, NDArray[np.bool_]]:
    """The rows of a track with flat tops cut out.

    Returns:
        The track with the pieces among its envelopes, the rows, and for each row whether what stands before it is
        held, bool of shape (rows,). Rows with markers stay as they are.
    """
    spans: dict[tuple[int, int, int], tuple[int, int] | None] = {}
    pieces: dict[tuple[int, int, int], int] = {}
    envelopes, sources = (
        list(track.envelopes),
        [*track.sources, *[""] * (len(track.envelopes) - len(track.sources))],
    )
    held = np.zeros(rows.start.size, np.bool_)
    cuts = np.zeros((rows.start.size, 2), np.int64)
    first = np.zeros(rows.start.size, np.int64)
    plain = (rows.pattern == 0) & (rows.envelope != SILENT) & (rows.length >= LEAST)
    for row in np.flatnonzero(plain).tolist():
        key = (int(rows.envelope[row]), int(rows.lead[row]), int(rows.length[row]))
        if key not in spans:
            index, lead, length = key
            wave = np.zeros(length, np.complex128)
            wave[lead : lead + track.envelopes[index].size] = track.envelopes[index]
            spans[key] = span = _flat(wave, core)
            if span is not None:
                pieces[key] = len(envelopes)
                envelopes += [wave[lead : span[0]], wave[span[1] :]]
                sources += [sources[index]] * 2
        found = spans[key]
        if found is not None:
            held[row], cuts[row], first[row] = True, found, pieces[key]
    if not held.any():
        return track, rows, held
    joined = replace(track, envelopes=tuple(envelopes), sources=tuple(sources))
    return joined, *_cut(rows, held, cuts, first)


def _flat(wave: NDArray[np.complex128], core: CoreProfile) -> tuple[int, int] | None:
    """Where the longest flat stretch of a wave is held, [first, stop) on the grid; None where it is too short."""
    steps = np.flatnonzero(np.abs(np.diff(wave)) > SAME)
    edges = np.concatenate([[-1], steps, [wave.size - 1]])
    longest = int(np.argmax(np.diff(edges)))
    # The sample before the first that is held has its value already.
    begin, end = int(edges[longest]) + 2, int(edges[longest + 1]) + 1
    grid, least = core.granularity, core.min_length
    first = max(-(-begin // grid) * grid, least)
    stop = min(end // grid * grid, wave.size - least, first + core.max_silence)
    if stop - first < LEAST or np.abs(wave[first - 1 : stop] - wave[first - 1]).max() > SAME or not wave[first]:
        return None
    return first, stop


def _cut(
    rows: Rows, held: NDArray[np.bool_], cuts: NDArray[np.int64], first: NDArray[np.int64]
) -> tuple[Rows, NDArray[np.bool_]]:
    """Each held row as two: up to where it is held, and from there on."""
    count = 1 + held.astype(np.int64)
    tail = np.zeros(int(count.sum()), np.bool_)
    tail[np.cumsum(count)[held] - 1] = True
    head = np.zeros(tail.size, np.bool_)
    head[:-1] = tail[1:]

    def twice(column: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.repeat(column, count)

    start, length, lead, envelope = map(twice, (rows.start, rows.length, rows.lead, rows.envelope))
    low, high, piece = twice(cuts[:, 0]), twice(cuts[:, 1]), twice(first)
    length = np.where(head, low, np.where(tail, length - high, length))
    cut = Rows(
        np.concatenate([[0], np.cumsum(count)])[rows.begin],
        np.where(tail, start + high, start),
        length,
        np.where(tail, 0, lead),
        np.where(head, piece, np.where(tail, piece + 1, envelope)),
        np.repeat(rows.amplitude, count),
        np.repeat(rows.phase_rad, count),
        twice(rows.pattern),
        rows.patterns,
        twice(rows.event),
    )
    return cut, tail
