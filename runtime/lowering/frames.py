"""Frames: phase and frequency of the oscillator that a channel's pulses are played in.

Per channel a phase phi, an offset nu from the channel's carrier and an accumulator a, all 0 at the start. Sample k
of a pulse is multiplied by exp(i (2 pi nu k dt + phi + 2 pi a)), k counted from the start of the program. A change
of frequency at sample k lowers a by as much as it raises nu k dt: the carrier does not jump. Setting the phase
leaves a alone.

Phases are kept in units of 2**-64 turns, as in `nco`. Sums of such integers are exact modulo a turn and can be
taken over all channels at once; a virtual Z and its inverse cancel to the last bit.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.descriptions import Kind
from runtime.lowering.nco import TURN, phase_step

__all__ = ["AliasingWarning", "FrameColumns", "resolve", "warn_of_aliasing"]

_BELOW_HALF = float(np.nextafter(0.5, 0))


class AliasingWarning(UserWarning):
    """A frequency offset beyond half the sample rate: the samples show another frequency."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameColumns:
    """The frame after each event. Arrays of shape (events,)."""

    phase: NDArray[np.float64]
    """phi, rad within [-pi, pi]."""
    frequency: NDArray[np.float64]
    """nu, Hz."""
    accumulator: NDArray[np.float64]
    """a, turns in [0, 1]."""


def resolve(
    *,
    kind: NDArray[np.int8],
    value: NDArray[np.float64],
    time: NDArray[np.int64],
    channel: NDArray[np.integer],
    carriers: NDArray[np.float64] | None,
    dt: Fraction,
) -> FrameColumns:
    """Follow the frames of many channels.

    Args:
        kind: of each event, sorted by channel and then by time.
        value: the number of a frame change, rad or Hz.
        time: samples.
        channel: of each event; any numbers that tell channels apart.
        carriers: for each event its channel's carrier, Hz; None if no frequency is set.
        dt: seconds.
    """
    count = kind.size
    first = np.ones(count, np.bool_)
    first[1:] = channel[1:] != channel[:-1]
    frequency, accumulator = np.zeros(count), np.zeros(count)
    tuned = (kind == Kind.SHIFT_FREQUENCY) | (kind == Kind.SET_FREQUENCY)
    if tuned.any():
        rows = np.flatnonzero(tuned)
        latest = _latest(tuned | first)
        # An event that begins a channel keeps the zeros unless it changes the frequency itself.
        frequency[rows], accumulator[rows] = _tuned(
            rows=rows,
            kind=kind,
            value=value,
            time=time,
            channel=channel,
            carriers=np.zeros(count) if carriers is None else carriers,
            dt=dt,
        )
        frequency, accumulator = frequency[latest], accumulator[latest]
    return FrameColumns(_phases(kind, value, first), frequency, accumulator)


def _latest(marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each row the last marked one up to it."""
    rows: NDArray[np.int64] = np.where(marked, np.arange(marked.size), 0)
    return np.maximum.accumulate(rows)


def _phases(kind: NDArray[np.int8], value: NDArray[np.float64], first: NDArray[np.bool_]) -> NDArray[np.float64]:
    settings = kind == Kind.SET_PHASE
    changes = np.flatnonzero((kind == Kind.SHIFT_PHASE) | settings)
    if not changes.size:
        return np.zeros(kind.size)
    units = np.zeros(kind.size, np.int64)
    units[changes] = _units(value[changes])
    # Where a phase counts from: a channel's first event, and every setting. What was summed up before is taken off
    # there, so that one running sum serves all channels.
    begin = np.flatnonzero(settings | first)
    units[begin[1:]] -= np.add.reduceat(units, begin)[:-1]
    phases = units.cumsum().astype(np.float64)
    phases *= 2 * np.pi / TURN
    return phases


def _units(angles: NDArray[np.float64]) -> NDArray[np.int64]:
    """Angles in rad as signed units of phase, modulo one turn."""
    turns = angles / (2 * np.pi)
    turns -= np.floor(turns + 0.5)
    np.minimum(turns, _BELOW_HALF, out=turns)
    np.maximum(turns, -0.5, out=turns)
    turns *= TURN
    return turns.astype(np.int64)


def _tuned(
    *,
    rows: NDArray[np.int64],
    kind: NDArray[np.int8],
    value: NDArray[np.float64],
    time: NDArray[np.int64],
    channel: NDArray[np.integer],
    carriers: NDArray[np.float64],
    dt: Fraction,
) -> tuple[list[float], list[float]]:
    """Nu and a after each change of frequency; changes are few, and their products exact only in big integers."""
    columns = (kind[rows], value[rows], time[rows], channel[rows], carriers[rows])
    steps: dict[float, int] = {0.0: 0}
    offsets, accumulators = [], []
    current: object = None
    offset, units = 0.0, 0
    for change, number, instant, line, carrier in zip(*(column.tolist() for column in columns), strict=True):
        if line != current:
            current, offset, units = line, 0.0, 0
        new = number - carrier if change == Kind.SET_FREQUENCY else offset + number
        if new not in steps:
            steps[new] = phase_step(new, dt)
        units = (units + (steps[offset] - steps[new]) * instant) % TURN
        offset = new
        offsets.append(offset)
        accumulators.append(units / TURN)
    return offsets, accumulators


def warn_of_aliasing(offsets: Iterable[tuple[str, float]], dt: Fraction) -> None:
    """Warn once for each (channel name, offset in Hz) that lies beyond half the sample rate."""
    limit = float(1 / (2 * dt))
    for channel, frequency in sorted(set(offsets)):
        if abs(frequency) > limit:
            text = (
                f"{channel}: frequency offset {frequency:.6g} Hz is beyond 1/(2 dt) = {limit:.6g} Hz and aliases"
            )
            warnings.warn(text, AliasingWarning, stacklevel=3)
