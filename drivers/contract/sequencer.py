"""Sequencer programs: what an instrument with stored envelopes, oscillators and a command table plays.

Where `InstrumentProgram` holds what a port emits sample by sample, a `SequencerProgram` holds envelopes that are
stored once, and when each is emitted with which amplitude and phase on which oscillator. The emission of an output
during one program is::

    z(n) = offset + sum over events of  amplitude exp(i phase) envelope(n - start) exp(2 pi i oscillator n / fs)

with n counted in the instrument's samples from the program's start, where every oscillator has phase 0.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from drivers.contract.colours import Colours

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["MarkerEvent", "OutputSettings", "OutputTrack", "PlayOrder", "SequencerProgram"]

PlayOrder = Literal["cyclic", "sequential"]
"""How a batch of programs is repeated: all programs, then all again; or each as often as wanted, then the next."""


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """How one output of a sequencer instrument is set."""

    ports: tuple[int, ...]
    """A pair of ports (I, Q) before a mixer, or the one port of an output that converts up by itself; from 1."""
    full_scale_v: float
    """Peak volts that 1.0 stands for."""
    lo_frequency_hz: float | None = None
    """The synthesizer of an output that converts up by itself."""
    delay_s: float = 0.0
    """What the instrument adds to everything the output emits; 0 where the program contains it."""
    inputs: tuple[int, ...] = ()
    """The inputs whose records belong to this output, for readout; from 1."""
    input_full_scale_v: float | None = None


@dataclass(frozen=True, slots=True)
class MarkerEvent:
    """A marker that is high during [start, stop) of a program, in samples of the instrument."""

    program: int
    port: int
    marker: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True, eq=False)
class OutputTrack:
    """What one output emits in each program of a batch: a row an event, program after program, by start.

    Events of one program do not overlap.
    """

    name: str
    """For people: the line, e.g. `drive_q0`."""
    ports: tuple[int, ...]
    oscillator_hz: float
    """Signed; 0 where the envelopes carry their carrier themselves."""
    envelopes: tuple[NDArray[np.complex128], ...]
    """Distinct envelopes, complex128 of shape (n,), n a multiple of the granularity, magnitude at most 1."""
    begin: NDArray[np.int64]
    """Shape (programs + 1,): the events of program p are rows begin[p] to begin[p + 1]."""
    starts: NDArray[np.int64]
    """Samples from the program's start, multiples of the granularity."""
    envelope: NDArray[np.int32]
    """Index into `envelopes`."""
    amplitudes: NDArray[np.float64]
    """0 to 1."""
    phases_rad: NDArray[np.float64]
    """In (-pi, pi]."""
    sources: tuple[str, ...] = ()
    """For each envelope the pulse it comes from, for messages."""
    offset: complex = 0j
    """Emitted always, units of full scale: nulls the oscillator of a mixer that leaks."""

    def samples(self, program: int, length: int, sample_rate_hz: int) -> NDArray[np.complex128]:
        """What the output emits during the first `length` samples of a program: complex128 of shape (length,)."""
        emitted = np.zeros(length, np.complex128)
        for row in range(int(self.begin[program]), int(self.begin[program + 1])):
            start = int(self.starts[row])
            envelope = self.envelopes[self.envelope[row]][: max(0, length - start)]
            emitted[start : start + envelope.size] += (
                self.amplitudes[row] * np.exp(1j * self.phases_rad[row]) * envelope
            )
        if self.oscillator_hz:
            emitted *= np.exp(2j * np.pi * self.oscillator_hz / sample_rate_hz * np.arange(length))
        return emitted + self.offset


@dataclass(frozen=True, slots=True, eq=False)
class SequencerProgram:
    """What one sequencer instrument plays for a batch of programs."""

    instrument: str
    sample_rate_hz: int
    tracks: tuple[OutputTrack, ...]
    lengths: tuple[int, ...]
    """Samples of each program, the idle after it included; multiples of the granularity."""
    markers: tuple[MarkerEvent, ...] = ()
    passes: int = 1
    """How often each program is played."""
    order: PlayOrder = "cyclic"
    trigger_input: int | None = None
    """Each program starts at a rising edge there, counted from 1; None: it runs by its own clock."""

    def draw(self, program: int = 0, *, style: Colours | str = "light") -> Figure:
        """A picture of what each output emits in one program of the batch, in time and as spectrum.

        I and Q, or what an output converts up by itself; a tick where an event begins.

        Args:
            program: which one; the idle behind it is left out, and long silences are cut short.
            style: "light", "dark" or colours of your own.

        Raises:
            ConfigurationError: no such program or style.
        """
        from drivers.contract.program_pictures import draw_tracks

        return draw_tracks(self, program, style)

    def content_hash(self) -> str:
        """Hexadecimal digest (sha256) of all that one pass plays; `passes` and `order` are not in it."""
        digest = hashlib.sha256(
            repr((self.sample_rate_hz, self.lengths, self.markers, self.trigger_input)).encode()
        )
        for track in self.tracks:
            digest.update(repr((track.ports, track.oscillator_hz, track.offset)).encode())
            columns: tuple[NDArray[np.generic], ...] = (
                track.begin,
                track.starts,
                track.envelope,
                track.amplitudes,
                track.phases_rad,
                *track.envelopes,
            )
            for array in columns:
                digest.update(f"{array.dtype}{array.shape}".encode())
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()
