"""The recorder: which records a digitizer takes, and the volts in each."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulators.chip import Feedline, FeedlineSignal, LevelPath
from simulators.lab.player import Played

__all__ = ["Emission", "Geometry", "Record", "Recorder", "TraceBook"]

Volts = NDArray[np.float32]
CACHED_TRACES = 512
"""Noiseless traces that are kept: 20 kB each at 2560 samples."""
RING_DOWN = 20.0
"""A signal counts as gone this many 1/kappa after its last sample."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """What a record looks like."""

    samples: int
    sample_s: float
    delay: int
    """Samples between the trigger and the first sample of the record."""

    @property
    def end_s(self) -> float:
        """End of a record, seconds since its trigger."""
        return (self.delay + self.samples) * self.sample_s


@dataclass(frozen=True, slots=True)
class Emission:
    """A feedline signal that was played, and the levels it met."""

    signal: FeedlineSignal
    start: int
    path: LevelPath


@dataclass(frozen=True, slots=True)
class Record:
    """A complete record: its trigger and what was on the line."""

    edge: int
    emissions: tuple[Emission, ...]


@dataclass
class Recorder:
    """Opens a record at each trigger and closes it when its last sample was played.

    A trigger that comes while a record is being captured is ignored, as the board's trigger holdoff does.
    """

    geometry: Geometry
    sample_s: float
    """Of the generator."""
    tail_s: float
    """How long a signal goes on after its last sample."""
    _busy_until: int = 0
    _open: list[int] = field(default_factory=list)
    _emissions: list[Emission] = field(default_factory=list)

    def follow(self, played: Played, path: LevelPath, ignored: int = 0) -> list[Record]:
        """Take note of a played entry; returns the records that are complete now.

        `ignored` samples at its beginning were played before the digitizer was armed.
        """
        length = self._length
        for edge in played.edges:
            at = played.start + edge
            if edge >= ignored and at >= self._busy_until:
                self._open.append(at)
                self._busy_until = at + length
        if played.script.feedline is not None:
            self._emissions.append(Emission(played.script.feedline, played.start, path))
        if not self._open:
            self._forget(played.stop)
            return []
        done = [self._record(at) for at in self._open if at + length <= played.stop]
        self._open = self._open[len(done) :]
        self._forget(played.stop)
        return done

    def finish(self) -> list[Record]:
        """The records still open when the generator falls silent for good: they go on without it."""
        done, self._open = [self._record(at) for at in self._open], []
        return done

    @cached_property
    def _length(self) -> int:
        """Generator samples from a trigger to the end of its record."""
        return int(np.ceil(self.geometry.end_s / self.sample_s))

    def _record(self, at: int) -> Record:
        stop = at + self._length
        return Record(at, tuple(e for e in self._emissions if e.start < stop and self._end(e) > at))

    def _forget(self, now: int) -> None:
        if self._emissions:
            oldest = min([now, *self._open])
            self._emissions = [emission for emission in self._emissions if self._end(emission) > oldest]

    def _end(self, emission: Emission) -> int:
        return emission.start + emission.signal.volts.size + int(self.tail_s / self.sample_s)


class TraceBook:
    """Noiseless traces of records; what repeats is computed once."""

    def __init__(
        self, feedline: Feedline, geometry: Geometry, sample_s: float, down_conversion_hz: float | None
    ) -> None:
        self._feedline = feedline
        self._geometry = geometry
        self._sample_s = sample_s
        self._lo_hz = down_conversion_hz
        self._grid = (geometry.delay + np.arange(geometry.samples, dtype=np.float64)) * geometry.sample_s
        self._templates: OrderedDict[tuple[int, int], tuple[FeedlineSignal, NDArray[np.complex128]]] = (
            OrderedDict()
        )
        self._traces: OrderedDict[object, tuple[tuple[Emission, ...], Volts]] = OrderedDict()

    def trace(self, record: Record) -> Volts:
        """Volts of I and Q without noise: float32 of shape (2, samples), read-only by convention."""
        if any(emission.path.jumps for emission in record.emissions):
            return self._build(record)
        key = tuple((id(e.signal), e.start - record.edge, e.path.levels) for e in record.emissions)
        if key not in self._traces:
            # The emissions are kept beside the trace, so that no other signal can get the same identity.
            self._traces[key] = (record.emissions, self._build(record))
            if len(self._traces) > CACHED_TRACES:
                self._traces.popitem(last=False)
        return self._traces[key][1]

    def _build(self, record: Record) -> Volts:
        total = np.zeros(self._geometry.samples, np.complex128)
        for emission in record.emissions if self._lo_hz is not None else ():
            total += self._emitted(emission, record.edge - emission.start)
        return np.stack((total.real, total.imag)).astype(np.float32)

    def _emitted(self, emission: Emission, offset: int) -> NDArray[np.complex128]:
        """One signal's part of a record that was triggered `offset` generator samples after its beginning."""
        times_s = offset * self._sample_s + self._grid
        templates = self._template(emission.signal, offset, times_s)
        levels = emission.path.levels
        parts = [templates[k, levels[r.transmon]] for k, r in enumerate(self._feedline.resonators)]
        trace = np.asarray(np.sum(parts, axis=0), np.complex128)
        if emission.path.jumps:
            emission.signal.add_jumps(trace, emission.path, times_s)
        difference_hz = emission.signal.lo_hz - (self._lo_hz or 0.0)
        if difference_hz:
            trace *= np.exp(2j * np.pi * difference_hz * times_s)
        return trace

    def _template(
        self, signal: FeedlineSignal, offset: int, times_s: NDArray[np.float64]
    ) -> NDArray[np.complex128]:
        key = (id(signal), offset)
        if key not in self._templates:
            self._templates[key] = (signal, signal.templates(times_s))
            if len(self._templates) > CACHED_TRACES:
                self._templates.popitem(last=False)
        return self._templates[key][1]
