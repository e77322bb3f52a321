"""The distinct waves that an output's rows need, and the table entries that play them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.contract import OutputTrack
from drivers.zurich.seqc.rows import SILENT, MarkerPattern, Rows

__all__ = ["Entries", "StoredWave", "baked_waves", "marker_bits", "stored_waves", "table_entries"]

AMPLITUDE_DIGITS = 9
PHASE_DIGITS = 9
"""Amplitudes and phases that agree to so many digits are one table entry: far below the instruments' steps."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredWave:
    """One wave in the memory of a sequencer."""

    samples: NDArray[np.complex128]
    """Units of full scale, padding included."""
    markers: NDArray[np.uint8] | None
    """The bits of each sample, None where the wave carries none."""
    source: str
    """The pulse it comes from."""

    @property
    def length(self) -> int:
        """Samples."""
        return int(self.samples.size)


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Command table entries, and which of them each row plays."""

    wave: NDArray[np.int64]
    """Shape (entries,): index of the wave."""
    amplitude: NDArray[np.float64]
    phase_rad: NDArray[np.float64]
    of_row: NDArray[np.int64]
    """Shape (rows,)."""


def stored_waves(track: OutputTrack, rows: Rows) -> tuple[tuple[StoredWave, ...], NDArray[np.int64]]:
    """The distinct waves of the rows in the order in which they are first played, and the wave of each row."""
    key = np.stack([rows.envelope, rows.lead, rows.length, rows.pattern], axis=1)
    first, of_row = _distinct(key)
    waves = tuple(_wave(track, rows, int(row)) for row in first)
    return waves, of_row


def baked_waves(track: OutputTrack, rows: Rows) -> tuple[tuple[StoredWave, ...], NDArray[np.int64]]:
    """As `stored_waves`, with amplitude and phase inside: for sequencers without a command table."""
    amplitude = np.round(rows.amplitude, AMPLITUDE_DIGITS)
    phase = np.round(rows.phase_rad, PHASE_DIGITS)
    key = np.stack([rows.envelope, rows.lead, rows.length, rows.pattern, amplitude, phase], axis=1)
    first, of_row = _distinct(key)
    waves = []
    for row in first:
        wave = _wave(track, rows, int(row))
        factor = rows.amplitude[row] * np.exp(1j * rows.phase_rad[row])
        waves.append(StoredWave(wave.samples * factor, wave.markers, wave.source))
    return tuple(waves), of_row


def table_entries(rows: Rows, wave_of_row: NDArray[np.int64]) -> Entries:
    """The distinct (wave, amplitude, phase) of the rows, in the order in which they are first played.

    The order hangs on which rows are equal, not on their values: a sweep that changes values only keeps the
    program, and sends a new table.
    """
    amplitude = np.round(rows.amplitude, AMPLITUDE_DIGITS)
    phase = np.round(rows.phase_rad, PHASE_DIGITS)
    first, of_row = _distinct(np.stack([wave_of_row.astype(np.float64), amplitude, phase], axis=1))
    return Entries(wave_of_row[first], amplitude[first], phase[first], of_row)


def marker_bits(waves: tuple[StoredWave, ...]) -> int:
    """All marker bits that any of the waves uses."""
    bits = 0
    for wave in waves:
        if wave.markers is not None:
            bits |= int(np.bitwise_or.reduce(wave.markers))
    return bits


def _distinct(key: NDArray[np.generic]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of each distinct key, in order of appearance, and for each row the number of its key."""
    if not key.shape[0]:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # Bytes compare faster than rows of numbers; equal numbers have equal bytes but for the sign of zero.
    packed = np.ascontiguousarray(key + 0).view(np.dtype((np.void, key.dtype.itemsize * key.shape[1]))).ravel()
    _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return first[order].astype(np.int64), rank[inverse.ravel()].astype(np.int64)


def _wave(track: OutputTrack, rows: Rows, row: int) -> StoredWave:
    samples = np.zeros(int(rows.length[row]), np.complex128)
    index = int(rows.envelope[row])
    source = "marker"
    if index != SILENT:
        envelope, lead = track.envelopes[index], int(rows.lead[row])
        samples[lead : lead + envelope.size] = envelope
        source = track.sources[index] if index < len(track.sources) else f"envelope {index}"
    return StoredWave(samples, _bits(rows.patterns[int(rows.pattern[row])], samples.size), source)


def _bits(pattern: MarkerPattern, length: int) -> NDArray[np.uint8] | None:
    if not pattern:
        return None
    bits = np.zeros(length, np.uint8)
    for bit, start, stop in pattern:
        bits[start:stop] |= np.uint8(1 << bit)
    return bits
