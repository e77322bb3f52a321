"""Envelopes on an instrument's clock, each computed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.clock import LineClock
from runtime.lowering.nco import turns_after
from runtime.lowering.wiring import Interpolation
from runtime.pulse.library import Waveform

__all__ = ["EnvelopeCache", "IncommensurateClock", "Unit"]


class Unit(Protocol):
    """What has an envelope at any instants: a pulse, or what is left of one without its amplitude."""

    def evaluate(self, times: NDArray[np.float64]) -> NDArray[np.complex128]:
        """The envelope at instants in samples of dt from its start: complex128 of their shape."""
        ...


class IncommensurateClock(ValueError):
    """Sampled waveforms have no value between their samples, and interpolation was not asked for."""


@dataclass(slots=True)
class EnvelopeCache:
    """Envelopes by pulse and offset, and rotations by frequency.

    Exact: only equal pulses at equal offsets from the clock's samples share an envelope.
    """

    interpolation: Interpolation
    interpolated: set[int] = field(default_factory=set)
    """Rows of the pulses that needed interpolation."""
    _envelopes: dict[tuple[int, LineClock, int], NDArray[np.complex128]] = field(default_factory=dict)
    _rotated: dict[tuple[int, LineClock, int, int], NDArray[np.complex128]] = field(default_factory=dict)
    _rotations: dict[int, NDArray[np.complex128]] = field(default_factory=dict)

    def rotated(
        self, row: int, pulse: Unit, clock: LineClock, offset: int, count: int, *, step: int
    ) -> NDArray[np.complex128]:
        """An envelope on a carrier that starts at phase 0.

        Args:
            row: what to know the pulse by.
            pulse: the pulse.
            clock: the line's clock.
            offset: of its first sample, as in `Placement`.
            count: samples.
            step: the carrier's phase units a sample, as in `nco.phase_step`.

        Returns:
            Complex128 of shape (count,), units of full scale. It is shared: do not write to it.

        Raises:
            IncommensurateClock: a sampled waveform on another clock, without interpolation.
        """
        key = (row, clock, offset, step)
        found = self._rotated.get(key)
        if found is None:
            envelope = self._envelope(row, pulse, clock, offset, count)
            found = self._rotated[key] = envelope * self._rotation(step, count) if step else envelope
        return found

    def _envelope(
        self, row: int, pulse: Unit, clock: LineClock, offset: int, count: int
    ) -> NDArray[np.complex128]:
        key = (row, clock, offset)
        found = self._envelopes.get(key)
        if found is None:
            if isinstance(pulse, Waveform):
                found = self._sampled(row, pulse, clock, offset, count)
            else:
                found = np.asarray(pulse.evaluate(clock.instants(offset, count)), np.complex128)
            self._envelopes[key] = found
        return found

    def _sampled(
        self, row: int, pulse: Waveform, clock: LineClock, offset: int, count: int
    ) -> NDArray[np.complex128]:
        samples = np.asarray(pulse.samples, np.complex128)
        if clock.on_grid(offset):
            return samples[clock.held_samples(offset, count)]
        if self.interpolation == "none":
            raise IncommensurateClock
        self.interpolated.add(row)
        if self.interpolation == "hold":
            return samples[clock.held_samples(offset, count)]
        # Samples stand at the middle of their dt; before the first and after the last middle they are held.
        middles = np.arange(samples.size) + 0.5
        return np.asarray(np.interp(clock.instants(offset, count), middles, samples), np.complex128)

    def _rotation(self, step: int, count: int) -> NDArray[np.complex128]:
        found = self._rotations.get(step)
        if found is None or found.size < count:
            turns = turns_after(step, np.arange(count, dtype=np.int64))
            found = self._rotations[step] = np.exp(2j * np.pi * turns)
        return found[:count]
