"""What a sequencer needs of a timeline: what to play, when, and in which frame. Nothing is rendered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from runtime.pulse.channels import Channel

if TYPE_CHECKING:
    from runtime.lowering.timeline import Timeline

__all__ = ["ChannelSequence", "Sequences"]


@dataclass(frozen=True, slots=True, eq=False)
class ChannelSequence:
    """What one channel plays, in order of time. All arrays have shape (plays,)."""

    start: NDArray[np.int64]
    """Samples."""
    waveform: NDArray[np.int32]
    """Row of `Sequences.waveforms`."""
    phase: NDArray[np.float64]
    """Of the first sample, rad; what the frame's frequency has added until then is in it."""
    frequency: NDArray[np.float64]
    """Offset from the channel's carrier, Hz: sample k turns by 2 pi frequency k dt more than the first."""


class Sequences:
    """A program for sequencers that hold waveforms and turn phases themselves."""

    __slots__ = ("_bounds", "_phase", "_timeline")

    def __init__(self, timeline: Timeline) -> None:
        timeline.batch.waveforms()  # pulses that cannot be evaluated are told of here
        self._phase, _ = timeline.batch.turned()
        self._timeline = timeline
        self._bounds: dict[Channel, tuple[int, int]] | None = None

    @property
    def duration(self) -> int:
        """Samples."""
        return self._timeline.duration

    @property
    def waveforms(self) -> tuple[NDArray[np.complex128], ...]:
        """The distinct ones of all programs that were lowered together: shape (n,) at dt, units of full scale.

        Unrotated, read only.
        """
        return self._timeline.batch.waveforms()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Those that play."""
        return tuple(self._rows())

    def __getitem__(self, channel: Channel) -> ChannelSequence:
        """What a channel plays; KeyError if it plays nothing."""
        rows = slice(*self._rows()[channel])
        plays = self._timeline.batch.plays
        return ChannelSequence(plays.start[rows], plays.pulse[rows], self._phase[rows], plays.frequency[rows])

    def _rows(self) -> dict[Channel, tuple[int, int]]:
        """The rows of each channel that plays; worked out when they are asked for."""
        if self._bounds is None:
            self._bounds = self._timeline.play_bounds()
        return self._bounds
