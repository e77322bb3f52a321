"""What a sequencer needs of a timeline: what to play, when, and in which frame. Nothing is rendered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.columns import BatchColumns
from runtime.pulse.channels import Channel

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

    __slots__ = ("_batch", "_bounds", "_phase", "_rows", "duration", "waveforms")

    def __init__(
        self, batch: BatchColumns, rows: Callable[[], dict[Channel, tuple[int, int]]], duration: int
    ) -> None:
        self._batch = batch
        self._rows = rows
        self._bounds: dict[Channel, tuple[int, int]] | None = None
        self._phase, _ = batch.turned()
        self.duration = duration
        """Samples."""
        self.waveforms = batch.waveforms()
        """The distinct ones of all programs that were lowered together: complex128 of shape (n,) at dt, units of
        full scale, unrotated, read only."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Those that play."""
        return tuple(self._by_channel())

    def __getitem__(self, channel: Channel) -> ChannelSequence:
        """What a channel plays; KeyError if it plays nothing."""
        rows = slice(*self._by_channel()[channel])
        plays = self._batch.plays
        return ChannelSequence(plays.start[rows], plays.pulse[rows], self._phase[rows], plays.frequency[rows])

    def _by_channel(self) -> dict[Channel, tuple[int, int]]:
        """The rows of each channel that plays."""
        if self._bounds is None:
            self._bounds = self._rows()
        return self._bounds
