"""The events of a whole batch of programs, resolved: every timeline of the batch is a view into these columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ComplexSamples
from runtime.lowering.arena import Arena
from runtime.lowering.nco import phase_step, turns_after
from runtime.pulse import Acquire
from runtime.pulse.channels import Channel
from runtime.pulse.library import Pulse
from runtime.pulse.library.swept import samples_of

__all__ = ["AcquireColumns", "BatchColumns", "DelayColumns", "PlayColumns", "WaveformTable", "frame_turns"]

_NO_STEPS = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class PlayColumns:
    """Every Play, one row each, sorted by channel and then by start. All arrays have shape (plays,)."""

    start: NDArray[np.int64]
    """Samples from the start of the timeline."""
    duration: NDArray[np.int64]
    """Samples."""
    channel: NDArray[np.int32]
    """Row of `Timeline.channels`."""
    pulse: NDArray[np.int32]
    """Row of `Timeline.pulses`."""
    phase: NDArray[np.float64]
    """phi of the frame, rad within [-pi, pi]."""
    frequency: NDArray[np.float64]
    """nu of the frame: offset from the channel's carrier, Hz."""
    accumulator: NDArray[np.float64]
    """a of the frame, turns in [0, 1]."""

    def part(self, rows: slice) -> PlayColumns:
        """Some of the rows, without a copy."""
        return PlayColumns(
            self.start[rows],
            self.duration[rows],
            self.channel[rows],
            self.pulse[rows],
            self.phase[rows],
            self.frequency[rows],
            self.accumulator[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class DelayColumns:
    """Every Delay of more than 0 samples, in the order of insertion. All arrays have shape (delays,)."""

    start: NDArray[np.int64]
    duration: NDArray[np.int64]
    channel: NDArray[np.int32]

    def part(self, rows: slice) -> DelayColumns:
        """Some of the rows, without a copy."""
        return DelayColumns(self.start[rows], self.duration[rows], self.channel[rows])


@dataclass(frozen=True, slots=True, eq=False)
class AcquireColumns:
    """Every Acquire, in the schedule's order. All arrays have shape (acquisitions,)."""

    start: NDArray[np.int64]
    """Samples from the start of the timeline."""
    duration: NDArray[np.int64]
    qubit: NDArray[np.int32]
    """Index of the AcquireChannel."""
    slot: NDArray[np.int32]
    """Index of the MemorySlot."""
    own: NDArray[np.int32]
    """Row of `particular`, -1 for most."""
    particular: tuple[Acquire, ...] = ()
    """Those with a kernel, a discriminator or a register slot of their own, of all programs."""

    def part(self, rows: slice) -> AcquireColumns:
        """Some of the rows, without a copy."""
        return AcquireColumns(
            self.start[rows],
            self.duration[rows],
            self.qubit[rows],
            self.slot[rows],
            self.own[rows],
            self.particular,
        )


@dataclass(frozen=True, slots=True, eq=False)
class WaveformTable:
    """The samples of all pulses of a batch, at dt."""

    samples: ComplexSamples
    """One behind the other."""
    offsets: NDArray[np.int64]
    """Shape (pulses + 1,): where each begins."""


@dataclass(slots=True, eq=False)
class BatchColumns:
    """A batch of programs. The channels of all programs stand in one row; a key is a place in that row."""

    dt: Fraction
    """Seconds, exact."""
    names: Sequence[str]
    """Of the programs."""
    durations: Sequence[int]
    """Length of each program, samples."""
    channels: Sequence[tuple[Channel, ...]]
    """Of each program."""
    begin: Sequence[int]
    """Key of each program's first channel, and the number of all keys."""
    pulses: tuple[Pulse, ...]
    """Distinct pulses."""
    carriers: Mapping[Channel, float]
    """Channel to its carrier, Hz."""
    plays: PlayColumns
    delays: DelayColumns
    acquisitions: AcquireColumns
    key_plays: list[int]
    """For each key its first play, and the number of all plays."""
    program_delays: list[int]
    """For each program its first delay, and the number of all delays."""
    program_acquisitions: list[int]
    """For each program its first acquisition, and the number of all acquisitions."""
    arena: Arena
    """Where dense samples go."""
    _waveforms: tuple[NDArray[np.complex128], ...] | None = None
    _tables: dict[np.dtype[Any], WaveformTable] = field(default_factory=dict)
    _turned: tuple[NDArray[np.float64], NDArray[np.uint64]] | None = None

    def waveforms(self) -> tuple[NDArray[np.complex128], ...]:
        """The samples of each pulse, evaluated on first use."""
        if self._waveforms is None:
            self._waveforms = tuple(samples_of(self.pulses))
        return self._waveforms

    def table(self, dtype: np.dtype[Any]) -> WaveformTable:
        """The samples of all pulses in one array."""
        known = self._tables.get(dtype)
        if known is None:
            samples = self.waveforms()
            offsets = np.zeros(len(samples) + 1, np.int64)
            offsets[1:] = np.cumsum([array.size for array in samples])
            joined = np.concatenate(samples, dtype=dtype, casting="same_kind") if samples else np.zeros(0, dtype)
            known = self._tables[dtype] = WaveformTable(joined, offsets)
        return known

    def turned(self) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        """Frames as phases.

        Returns:
            Of each play's first sample, rad: float64 of shape (plays,). And how much more each further sample is
            turned, as in `nco.phase_step`: uint64 of shape (plays,), or (0,) if no frequency was ever changed.
        """
        if self._turned is None:
            angles, steps = self.plays.phase, _NO_STEPS
            if self.plays.frequency.any() or self.plays.accumulator.any():
                angles = angles + 2 * np.pi * frame_turns(self.plays, self.dt)
                known = {nu: phase_step(nu, self.dt) for nu in set(self.plays.frequency.tolist())}
                steps = np.array([known[nu] for nu in self.plays.frequency.tolist()], np.uint64)
            self._turned = (angles, steps)
        return self._turned


def frame_turns(plays: PlayColumns, dt: Fraction) -> NDArray[np.float64]:
    """What frequency and accumulator add to the phase of the first sample of each Play.

    Returns:
        Float64 of shape (plays,): nu k0 dt + a, turns, k0 being the start of the Play; 0 where the frequency was
        never changed.
    """
    turns = plays.accumulator.copy()
    for offset in set(plays.frequency.tolist()) - {0.0}:
        same = plays.frequency == offset
        turns[same] += turns_after(phase_step(offset, dt), plays.start[same])
    return turns
