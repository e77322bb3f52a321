"""The policy `pad`: pulses that start or end off a grid are extended with silence to the grid's next lines.

What is heard does not change: no sample moves. A pulse's silence needs room, so it must not reach into the pulse
before or after it on the channel. Acquisitions cannot be padded, since other samples would be integrated.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from runtime.lowering.columns import PlayColumns
from runtime.lowering.tables import PulseTable
from runtime.pulse import Waveform
from runtime.pulse.library import Pulse
from runtime.pulse.parameters import Assignment, Parameter
from runtime.target import TimingConstraints

__all__ = ["padded_plays"]


def padded_plays(
    plays: PlayColumns, key: NDArray[np.int32], pulses: PulseTable, grids: TimingConstraints
) -> PlayColumns:
    """The plays with every pulse extended that needs it and has room; `pulses` gets the extended ones.

    Args:
        plays: sorted by key and start.
        key: of each play's channel.
        pulses: what `plays.pulse` refers to.
        grids: the Target's.
    """
    off = (plays.start % grids.pulse_alignment != 0) | (plays.duration % grids.granularity != 0)
    off |= plays.duration < grids.min_length
    rows = np.flatnonzero(off).tolist()
    if not rows:
        return plays
    start, duration, pulse = plays.start.copy(), plays.duration.copy(), plays.pulse.copy()
    for row in rows:
        first = int(start[row]) // grids.pulse_alignment * grids.pulse_alignment
        before = int(start[row]) - first
        least = max(before + int(duration[row]), grids.min_length)
        length = -(-least // grids.granularity) * grids.granularity
        follows = row > 0 and key[row - 1] == key[row]
        free_from = int(start[row - 1] + duration[row - 1]) if follows else 0
        ends = row + 1 == start.size or key[row + 1] != key[row]
        free_until = None if ends else int(start[row + 1])
        if first < free_from or (free_until is not None and first + length > free_until):
            continue  # no room; the check that follows tells of it
        after = length - before - int(duration[row])
        pulse[row] = pulses.row(_padded(pulses.pulses[pulse[row]], before, after))
        start[row], duration[row] = first, length
    return replace(plays, start=start, duration=duration, pulse=pulse)


def _padded(pulse: Pulse, before: int, after: int) -> Pulse:
    if isinstance(pulse, Waveform):
        return Waveform(np.pad(pulse.samples, (before, after)), pulse.name, limit_amplitude=False)
    return PaddedPulse(pulse, before, after)


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """Silence around a pulse, samples."""

    before: int
    after: int


class PaddedPulse(Pulse):
    """A parametric pulse with silence before and after it."""

    def __init__(self, pulse: Pulse, before: int, after: int) -> None:
        self._set(
            name=pulse.name,
            limit_amplitude=None,
            duration=before + int(pulse.duration) + after,
            _pulse=pulse,
            _extent=Extent(before, after),
        )

    @property
    def inner(self) -> Pulse:
        """The pulse itself."""
        pulse: Pulse = self.__dict__["_pulse"]
        return pulse

    @property
    def before(self) -> int:
        """Samples of silence before it."""
        extent: Extent = self.__dict__["_extent"]
        return extent.before

    @property
    def key(self) -> tuple[Hashable, ...]:
        """That of the pulse, and where it lies."""
        return ("Padded", self.before, int(self.duration), *self.inner.key)

    @property
    def open_parameters(self) -> set[Parameter]:
        """Those of the pulse."""
        return self.inner.open_parameters

    def evaluate(self, times: ArrayLike) -> NDArray[np.complex128]:
        """The envelope; see `Pulse.evaluate`."""
        instants = np.asarray(times, np.float64) - self.before
        inside = (instants >= 0) & (instants < int(self.inner.duration))
        envelope = np.zeros(instants.shape, np.complex128)
        envelope[inside] = self.inner.evaluate(instants[inside])
        return envelope

    def get_waveform(self) -> Waveform:
        """The samples at the middle of each dt."""
        samples = self.evaluate(np.arange(int(self.duration)) + 0.5)
        return Waveform(samples, self.name, limit_amplitude=False)

    def assigned(self, values: Assignment) -> PaddedPulse:
        """Itself: it is made of a pulse without open parameters."""
        del values
        return self
