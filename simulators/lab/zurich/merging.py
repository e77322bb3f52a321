"""Many outputs on one clock: a run cut into shots, each with all that happens on every line of the chip.

Instants are ticks of 1/36 ns, of which every sample rate of these instruments has a whole number a sample
(2.4 GS/s: 15, 2.0: 18, 1.8: 20). All runs that belong together begin at tick 0.

A shot ends where something begins after a silence that follows a readout. Silences between the readouts of one
program are short against those between programs; so a cut comes only after `QUIET_S`, or half the longest silence
if that is less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulators.chip.content import Acquisition, Content, Signal
from simulators.lab.zurich.pulses import Complex, Int, Pulses

__all__ = ["TICKS_HZ", "Merged", "Receiver", "Source", "merge"]

TICKS_HZ = 36_000_000_000
QUIET_S = 20e-6


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Pulses on their way to a line of the chip.

    Attributes:
        line: As the chip calls it.
        lo_hz: Of the up-conversion.
        sample_rate_hz: Of the instrument.
        factor: By which volts get through to the line.
        pulses: What is played.
        probes: The line is a feedline.
    """

    line: str
    lo_hz: float
    sample_rate_hz: int
    factor: float
    pulses: Pulses
    probes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Receiver:
    """Who records what, and when.

    Attributes:
        feedline: As the chip calls it.
        lo_hz: Of the down-conversion.
        sample_rate_hz: Of the receiver.
        starts: First samples of the windows since the run began, int64 of shape (windows,), in order.
        length: Of a window, samples.
    """

    feedline: str
    lo_hz: float
    sample_rate_hz: int
    starts: Int
    length: int

    def acquisition(self, start_s: float, weights: Complex | None) -> Acquisition:
        """One window of a shot."""
        return Acquisition(self.feedline, start_s, 1.0 / self.sample_rate_hz, self.length, self.lo_hz, weights)


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """A run as shots.

    Attributes:
        contents: The distinct ones, without their acquisitions.
        windows_s: For each of them when its windows open, seconds since its beginning.
        order: Which content each shot is, int64 of shape (shots,).
        first: Number of the first window of each shot, int64 of shape (shots + 1,).
        turns: What is recorded in each shot is turned by this, complex128 of shape (shots,).
    """

    contents: tuple[Content, ...]
    windows_s: tuple[tuple[float, ...], ...]
    order: Int
    first: Int
    turns: Complex


def merge(sources: Sequence[Source], receiver: Receiver) -> Merged:
    """Put everything on one clock and cut it into shots; what comes after the last window is left out."""
    rows = _rows(sources)
    windows = receiver.starts * (TICKS_HZ // receiver.sample_rate_hz)
    window_ends = windows + receiver.length * (TICKS_HZ // receiver.sample_rate_hz)
    if windows.size == 0:
        return Merged((), (), np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.complex128))
    rows = rows[rows[:, 0] < window_ends[-1]]
    grid = math.lcm(
        *(TICKS_HZ // rate for rate in (receiver.sample_rate_hz, *(s.sample_rate_hz for s in sources)))
    )
    begins = _cuts(rows, windows, window_ends) // grid * grid
    return _shots(rows, windows, np.append(begins, _end(rows, window_ends)), sources)


def _rows(sources: Sequence[Source]) -> Int:
    """One row a pulse, by start: tick of its start and end, source, waveform, phase (the bits of a float64)."""
    parts = [np.zeros((0, 5), np.int64)]
    for number, source in enumerate(sources):
        pulses, tick = source.pulses, TICKS_HZ // source.sample_rate_hz
        lengths = np.array([w.size for w in pulses.waveforms] or [0], np.int64)
        starts = pulses.starts
        parts.append(
            np.stack(
                (
                    starts * tick,
                    (starts + lengths[pulses.which]) * tick,
                    np.full(starts.size, number, np.int64),
                    pulses.which,
                    np.round(np.mod(pulses.phases_rad, 2.0 * np.pi), 12).view(np.int64),
                ),
                axis=1,
            )
        )
    rows = np.concatenate(parts)
    return np.asarray(rows[np.argsort(rows[:, 0], kind="stable")], np.int64)


def _cuts(rows: Int, windows: Int, window_ends: Int) -> Int:
    """Where shots begin."""
    starts, ends = np.concatenate((rows[:, 0], windows)), np.concatenate((rows[:, 1], window_ends))
    is_window = np.concatenate((np.zeros(len(rows), np.bool_), np.ones(windows.size, np.bool_)))
    order = np.argsort(starts, kind="stable")
    starts, reached = starts[order], np.maximum.accumulate(ends[order])
    gaps = starts[1:] - reached[:-1]
    # How many windows have opened before each beginning: a shot has at least one.
    seen = np.cumsum(is_window[order])
    after = _closing(gaps, seen)
    quiet = min(QUIET_S * TICKS_HZ, 0.5 * float(gaps[after].max())) if after.size else 0.0
    cuts, last = [0], 0
    for place in after[gaps[after] >= quiet].tolist():
        if seen[place] > last:
            cuts.append(place + 1)
            last = int(seen[place])
    return np.asarray(starts[cuts], np.int64)


def _closing(gaps: Int, seen: Int) -> Int:
    """Places of the silences before which a window has opened since the silence before."""
    silent = np.flatnonzero(gaps > 0)
    return silent[seen[silent] > np.concatenate(([0], seen[silent[:-1]]))] if silent.size else silent


def _end(rows: Int, window_ends: Int) -> int:
    return int(max(window_ends.max(), rows[:, 1].max() if len(rows) else 0))


def _shots(rows: Int, windows: Int, edges: Int, sources: Sequence[Source]) -> Merged:
    durations = np.diff(edges)
    first_row = np.searchsorted(rows[:, 0], edges)
    first_window = np.searchsorted(windows, edges)
    owner = np.repeat(np.arange(durations.size), np.diff(first_row))
    local = rows[first_row[0] : first_row[-1]].copy()
    local[:, :2] -= edges[owner][:, None]
    first_row = first_row - first_row[0]
    opened = windows - np.repeat(edges[:-1], np.diff(first_window))
    turns = _turned_back(local, owner, durations.size, sources)
    known: dict[bytes, dict[int, int]] = {}
    contents: list[Content] = []
    opens: list[tuple[float, ...]] = []
    order = np.zeros(durations.size, np.int64)
    for shot, duration in enumerate(durations.tolist()):
        part = local[first_row[shot] : first_row[shot + 1]]
        window = opened[first_window[shot] : first_window[shot + 1]]
        same = known.setdefault(part.tobytes() + b"|" + window.tobytes(), {})
        # How long the silence after the last shot is, nobody can tell.
        ticks = next(iter(same)) if shot == durations.size - 1 and same else duration
        if ticks not in same:
            same[ticks] = len(contents)
            contents.append(Content(ticks / TICKS_HZ, _signals(part, sources)))
            opens.append(tuple((window / TICKS_HZ).tolist()))
        order[shot] = same[ticks]
    return Merged(tuple(contents), tuple(opens), order, np.asarray(first_window, np.int64), turns)


def _turned_back(rows: Int, owner: Int, shots: int, sources: Sequence[Source]) -> Complex:
    """Turn the signals on the feedline so that the first of each shot has phase 0, in place; returns the turns.

    The feedline is linear and its noise has no preferred phase, so shots that differ in this only are equal.
    """
    probes = [number for number, source in enumerate(sources) if source.probes]
    mine = np.flatnonzero(np.isin(rows[:, 2], probes))
    angles = np.zeros(shots)
    owners, first = np.unique(owner[mine], return_index=True)
    phases = np.ascontiguousarray(rows[mine, 4]).view(np.float64)
    angles[owners] = phases[first]
    left = np.round(np.mod(phases - angles[owner[mine]] + 1e-9, 2.0 * np.pi) - 1e-9, 9) + 0.0
    rows[mine, 4] = left.view(np.int64)
    return np.asarray(np.exp(1j * angles), np.complex128)


def _signals(rows: Int, sources: Sequence[Source]) -> tuple[Signal, ...]:
    signals = []
    for number, source in enumerate(sources):
        own = rows[rows[:, 2] == number]
        if not len(own):
            continue
        distinct, indices = np.unique(own[:, 3], return_inverse=True)
        waveforms = tuple(source.factor * source.pulses.waveforms[k] for k in distinct.tolist())
        signals.append(
            Signal(
                line=source.line,
                lo_hz=source.lo_hz,
                sample_s=1.0 / source.sample_rate_hz,
                waveforms=waveforms,
                starts=own[:, 0] // (TICKS_HZ // source.sample_rate_hz),
                indices=np.asarray(indices.reshape(-1), np.int64),
                phases_rad=np.ascontiguousarray(own[:, 4]).view(np.float64),
            )
        )
    return tuple(signals)
