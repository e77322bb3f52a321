"""Timeline: a program as columns of numbers, ready for rendering."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike

from drivers.contract import Colours, SampleStream
from runtime.lowering.columns import AcquireColumns, BatchColumns, DelayColumns, PlayColumns
from runtime.lowering.sequences import Sequences
from runtime.lowering.streams import render_streams
from runtime.pulse import MeasureChannel
from runtime.pulse.channels import Channel
from runtime.pulse.library import Pulse

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Timeline"]


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """What a program does on each channel: checked against a Target, parameters bound, frames resolved."""

    batch: BatchColumns
    """Of all programs that were lowered together."""
    program: int
    """Which one of them this is."""

    @property
    def name(self) -> str:
        """The program's."""
        return self.batch.names[self.program]

    @property
    def duration(self) -> int:
        """Length of the whole, samples."""
        return self.batch.durations[self.program]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Every channel that the program uses, PulseChannels and AcquireChannels alike."""
        return self.batch.channels[self.program]

    @property
    def key(self) -> int:
        """Of its first channel in the batch."""
        return self.batch.begin[self.program]

    @property
    def dt(self) -> Fraction:
        """Length of a sample, seconds, exact."""
        return self.batch.dt

    @property
    def carriers(self) -> tuple[float | None, ...]:
        """For each channel its carrier frequency, Hz; None where the Target has none."""
        return tuple(map(self.batch.carriers.get, self.channels))

    @property
    def readout_carriers(self) -> dict[int, float]:
        """Qubit index to the carrier of its MeasureChannel, Hz, for the qubits that are acquired."""
        carriers = self.batch.carriers
        channels = {qubit: MeasureChannel(qubit) for qubit in self.acquisitions.qubit.tolist()}
        return {qubit: carriers[channel] for qubit, channel in channels.items() if channel in carriers}

    @property
    def pulses(self) -> tuple[Pulse, ...]:
        """Distinct pulses, of all programs that were lowered together."""
        return self.batch.pulses

    @property
    def plays(self) -> PlayColumns:
        """Every Play."""
        return self.batch.plays.part(self.play_rows)

    @property
    def play_rows(self) -> slice:
        """Its rows of the batch's plays."""
        bounds, begin = self.batch.key_plays, self.batch.begin
        return slice(bounds[begin[self.program]], bounds[begin[self.program + 1]])

    @property
    def delays(self) -> DelayColumns:
        """Every Delay of more than 0 samples."""
        bounds = self.batch.program_delays
        return self.batch.delays.part(slice(bounds[self.program], bounds[self.program + 1]))

    @property
    def acquisitions(self) -> AcquireColumns:
        """Every Acquire."""
        bounds = self.batch.program_acquisitions
        return self.batch.acquisitions.part(slice(bounds[self.program], bounds[self.program + 1]))

    def rows(self, channel: int) -> slice:
        """The rows of `plays` on a channel, given by its row of `channels`."""
        bounds, first = self.batch.key_plays, self.batch.key_plays[self.key]
        return slice(bounds[self.key + channel] - first, bounds[self.key + channel + 1] - first)

    def streams(self, dtype: DTypeLike = np.complex128) -> dict[Channel, SampleStream]:
        """The samples of every channel that plays, at dt.

        Args:
            dtype: complex128 or complex64.

        Returns:
            For each channel its samples in units of full scale, frame included: sample k covers [k dt, (k+1) dt).
            They are rendered whenever they are asked for: `to_array` in one pass by compiled code, `pieces` one by
            one. Pieces that need no rotation share their memory, so do not write to them.

        Raises:
            ConfigurationError: another dtype.
        """
        return render_streams(self.batch, self.play_bounds(), self.duration, dtype)

    def play_bounds(self) -> dict[Channel, tuple[int, int]]:
        """Channel to its first row of the batch's plays and the row behind its last; those that play."""
        bounds = self.batch.key_plays[self.key : self.key + len(self.channels) + 1]
        rows = zip(self.channels, bounds[:-1], bounds[1:], strict=True)
        return {channel: (first, last) for channel, first, last in rows if first != last}

    def sequences(self) -> Sequences:
        """Starts, phases and distinct waveforms of every channel that plays, at dt, with nothing rendered."""
        return Sequences(self)

    def draw(self, *, style: Colours | str = "light") -> Figure:
        """A picture of every channel that plays: in time, closer where there is much silence, and as spectrum.

        Args:
            style: "light", "dark" or colours of your own.

        Raises:
            ConfigurationError: no such style.
        """
        from runtime.lowering.drawing import draw_timeline

        return draw_timeline(self, style=style)
