"""Samples at dt, rendered when they are asked for: as pieces, by numpy, or as one dense array, by compiled code.

Neither is kept, so the samples of a long program exist once at most.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from drivers.contract import ComplexSamples, ConfigurationError, SampleStream
from runtime.lowering.columns import BatchColumns
from runtime.lowering.nco import turns_after
from runtime.pulse.channels import Channel

__all__ = ["ChannelStream", "render_streams"]

_set = object.__setattr__

Piece = tuple[int, ComplexSamples]
_TYPES = (np.dtype(np.complex128), np.dtype(np.complex64))


def render_streams(
    batch: BatchColumns, rows: dict[Channel, tuple[int, int]], duration: int, dtype: DTypeLike
) -> dict[Channel, SampleStream]:
    """See `Timeline.streams`."""
    wanted = _sample_type(dtype)
    batch.table(wanted)  # pulses that cannot be evaluated are told of here, not when samples are looked at
    return {channel: ChannelStream(batch, own, duration, wanted) for channel, own in rows.items()}


def _sample_type(dtype: DTypeLike) -> np.dtype[Any]:
    allowed = "complex128, complex64"
    try:
        wanted = np.dtype(dtype)
    except TypeError as error:
        raise ConfigurationError("unknown sample type", got=repr(dtype)[:80], allowed=allowed) from error
    if wanted not in _TYPES:
        raise ConfigurationError("unknown sample type", got=str(wanted), allowed=allowed)
    return wanted


class ChannelStream(SampleStream):
    """A stream that renders itself whenever its samples are asked for."""

    __slots__ = ("_batch", "_dtype", "_rows")
    _batch: BatchColumns
    _dtype: np.dtype[Any]
    _rows: tuple[int, int]

    def __init__(self, batch: BatchColumns, rows: tuple[int, int], duration: int, dtype: np.dtype[Any]) -> None:
        # The base is frozen. One by one, as a program may have hundreds of channels.
        _set(self, "_batch", batch)
        _set(self, "_rows", rows)
        _set(self, "duration", duration)
        _set(self, "_dtype", dtype)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """(start, samples) of each play; those that need no rotation share their memory, so do not write to it."""
        return tuple(map(self._piece, range(*self._rows)))

    def _piece(self, row: int) -> Piece:
        """One play; rotated in complex128, whatever the result's type."""
        plays = self._batch.plays
        angles, steps = self._batch.turned()
        start, pulse, angle = int(plays.start[row]), int(plays.pulse[row]), float(angles[row])
        step = int(steps[row]) if steps.size else 0
        if angle == 0 and not step:
            table = self._batch.table(self._dtype)
            return start, table.samples[table.offsets[pulse] : table.offsets[pulse + 1]]
        rotated = self._batch.waveforms()[pulse] * np.exp(1j * angle)
        if step:
            rotated *= np.exp(2j * np.pi * turns_after(step, np.arange(rotated.size, dtype=np.int64)))
        return start, rotated.astype(self._dtype, copy=False)

    def to_array(self) -> ComplexSamples:
        """All samples, silence as zeros: complex array of shape (duration,), units of full scale."""
        first, last = self._rows
        plays, table = self._batch.plays, self._batch.table(self._dtype)
        out = self._batch.arena.zeros(self.duration, self._dtype)
        _kernel()(out, first, last, plays.start, plays.pulse, *self._batch.turned(), table.samples, table.offsets)
        return out

    def __reduce__(self) -> tuple[Any, ...]:
        return SampleStream, (self.pieces, self.duration)


@cache
def _kernel() -> Any:  # noqa: ANN401 - numba has no types
    """The compiled loop; numba is loaded by whoever asks for dense samples first."""
    from runtime.lowering.kernels import fill_dense

    return fill_dense
