"""What a lab says to the chip: the signals of one shot on its lines, and what is recorded of the feedlines."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulators.chip.transmons import Complex, Real

__all__ = ["Acquisition", "Content", "Piece", "Signal"]

Int = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A run of samples with silence on both sides."""

    start: int
    """Its first sample, counted from the beginning of the shot."""
    samples: Complex
    """I + iQ in volts: complex128 of shape (samples,). On a flux line only I counts."""
    phase_rad: float = 0.0
    """The samples are turned by this. Cheaper than turned samples: a pulse is propagated once for all phases."""


@dataclass(frozen=True, eq=False)
class Signal:
    """What one generator output and its oscillator send into one line during a shot, as columns.

    Sample k of a play is held from (start + k) to (start + k + 1) times `sample_s`. Its field is
    ``Re[samples[k] exp(i (phase + 2 pi carrier_hz t)) exp(2 pi i lo_hz t)]`` with t since the beginning of the
    shot: all oscillators have phase zero there.
    """

    line: str
    """Name of a drive line, flux line or feedline in the chip file."""
    lo_hz: float
    """Oscillator of the up-conversion; 0 on a flux line."""
    sample_s: float
    """Duration of a sample, seconds."""
    waveforms: tuple[Complex, ...]
    """The distinct waveforms, I + iQ in volts: complex128 of shape (samples,) each."""
    starts: Int
    """First sample of each play, ascending: int64 of shape (plays,). Plays of one signal do not overlap."""
    indices: Int
    """Which waveform each play plays: int64 of shape (plays,)."""
    phases_rad: Real
    """By which each play is turned: float64 of shape (plays,)."""
    carrier_hz: float = 0.0
    """Of an oscillator that runs on between the samples. An IF that was sampled stands in the samples."""

    @classmethod
    def of_pieces(
        cls, line: str, lo_hz: float, sample_s: float, pieces: Sequence[Piece], carrier_hz: float = 0.0
    ) -> Signal:
        """The same from pieces, in any order; equal sample arrays (by identity) become one waveform."""
        ordered = sorted(pieces, key=lambda piece: piece.start)
        distinct: dict[int, int] = {}
        waveforms: list[Complex] = []
        for piece in ordered:
            if distinct.setdefault(id(piece.samples), len(waveforms)) == len(waveforms):
                waveforms.append(np.ascontiguousarray(piece.samples, np.complex128))
        return cls(
            line=line,
            lo_hz=lo_hz,
            sample_s=sample_s,
            waveforms=tuple(waveforms),
            starts=np.array([piece.start for piece in ordered], np.int64),
            indices=np.array([distinct[id(piece.samples)] for piece in ordered], np.int64),
            phases_rad=np.array([piece.phase_rad for piece in ordered], np.float64),
            carrier_hz=carrier_hz,
        )

    @cached_property
    def stops(self) -> Int:
        """The sample behind each play: int64 of shape (plays,)."""
        lengths = np.array([waveform.size for waveform in self.waveforms] or [0], np.int64)
        return np.asarray(self.starts + lengths[self.indices], np.int64)

    def digest(self) -> bytes:
        """Of everything that decides what the signal does."""
        state = hashlib.blake2b(digest_size=16)
        state.update(repr((self.line, self.lo_hz, self.sample_s, self.carrier_hz)).encode())
        for waveform in self.waveforms:
            state.update(waveform.size.to_bytes(8, "little"))
            state.update(waveform.tobytes())
        for column in (self.starts, self.indices, self.phases_rad):
            state.update(column.tobytes())
        return state.digest()

    def dense(self, first: int, stop: int) -> Complex:
        """The samples [first, stop) with phases and carrier in them: complex128, volts.

        A carrier is taken at the middle of each sample; that overrates it by 1 / sinc, 0.07 % at 50 MHz and 0.4
        ns.
        """
        out = np.zeros(stop - first, np.complex128)
        low, high = np.searchsorted(self.stops, first, "right"), np.searchsorted(self.starts, stop, "left")
        for k in range(int(low), int(high)):
            begin, end = max(first, int(self.starts[k])), min(stop, int(self.stops[k]))
            samples = self.waveforms[self.indices[k]][begin - self.starts[k] : end - self.starts[k]]
            turn = self.phases_rad[k] + (
                2.0 * np.pi * self.carrier_hz * (np.arange(begin, end) + 0.5) * self.sample_s
            )
            out[begin - first : end - first] = samples * np.exp(1j * turn)
        return out


@dataclass(frozen=True, eq=False)
class Acquisition:
    """What a receiver takes of a feedline's return, mixed down with an oscillator."""

    feedline: str
    start_s: float
    """Instant of the first sample at the receiver, seconds since the beginning of the shot."""
    sample_s: float
    samples: int
    lo_hz: float
    """Oscillator of the down-conversion."""
    weights: Complex | None = None
    """Integration weights, complex128 of shape (kernels, samples): z_k = sum_n weights[k, n] v_n with v = I + iQ
    in volts. None: the samples v_n themselves."""

    def digest(self) -> bytes:
        """Of everything that decides what is recorded."""
        state = hashlib.blake2b(digest_size=16)
        state.update(repr((self.feedline, self.start_s, self.sample_s, self.samples, self.lo_hz)).encode())
        state.update(b"" if self.weights is None else self.weights.tobytes())
        return state.digest()


@dataclass(frozen=True, eq=False)
class Content:
    """One shot: from the beginning of its first signal to the beginning of the next shot, silence included."""

    duration_s: float
    signals: tuple[Signal, ...] = ()
    acquisitions: tuple[Acquisition, ...] = field(default=())

    @cached_property
    def key(self) -> bytes:
        """Digest of the whole: equal contents are computed once."""
        state = hashlib.blake2b(repr(self.duration_s).encode(), digest_size=16)
        for digest in (*(s.digest() for s in self.signals), *(a.digest() for a in self.acquisitions)):
            state.update(digest)
        return state.digest()
