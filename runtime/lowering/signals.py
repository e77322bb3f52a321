"""From channels to a pair of ports: signals are rendered, uncoupled, predistorted, corrected for the mixer."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.clock import LineClock, exact
from runtime.lowering.distortion import predistorted, uncoupled
from runtime.lowering.envelopes import EnvelopeCache
from runtime.lowering.ports import PortPair, corrected
from runtime.lowering.render import Voice, render
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import OutputLine, Wiring

__all__ = ["Part", "Signals", "emission_shares"]

Ports = tuple[NDArray[np.float64], NDArray[np.float64]]
"""What the I and the Q port emit, float64 of shape (n,), units of full scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of a program that is rendered."""

    timeline: Timeline
    pulses: NDArray[np.int32]
    """For each of the timeline's pulses its row in the batch."""
    begin: int
    """Instrument samples from the program's start."""
    length: int
    """Instrument samples."""
    ticks: tuple[int, int]
    """What starts in [first, last) samples of dt is in it."""


class Signals:
    """The signals of one generator's ports; what cannot be rendered goes to `problems`."""

    def __init__(self, pairs: Sequence[PortPair], wiring: Wiring, rate_hz: int, problems: list[Problem]) -> None:
        self.cache = EnvelopeCache(wiring.interpolation)
        self._pairs = pairs
        self._rate_hz = rate_hz
        self._problems = problems
        self._clocks: dict[tuple[Fraction, Fraction], LineClock] = {}
        self._emission = emission_shares(pairs, wiring)
        self._raw: dict[Hashable, NDArray[np.complex128]] = {}

    def key(self, pair: PortPair, part: Part) -> Hashable:
        """Everything that the signal of a pair depends on, but for place and length: equal keys sound alike."""
        return tuple(
            (source.i_port, *(voice.key for voice in self._voices(source, part)))
            for source, _ in self._sources(pair)
        )

    def ports(self, pair: PortPair, part: Part) -> Ports:
        """What a pair of ports emits during a part of a program."""
        sources = self._sources(pair)
        if len(sources) == 1 and sources[0][1] == 1:
            signal = self._rendered(pair, part)
        else:
            signal = np.zeros(part.length, np.complex128)
            for source, share in sources:
                signal += share * self._rendered(source, part)
        shaped = predistorted(signal, pair.lines[0].predistortion, self._rate_hz)
        return corrected(shaped, pair.mixer)

    def _sources(self, pair: PortPair) -> list[tuple[PortPair, complex]]:
        """The pairs whose signals go into a pair's emission, and with which share."""
        row = self._emission[self._pairs.index(pair)]
        return [(source, complex(share)) for source, share in zip(self._pairs, row, strict=True) if share]

    def _rendered(self, pair: PortPair, part: Part) -> NDArray[np.complex128]:
        """The sum of a pair's channels; kept for the other pairs of the same part."""
        voices = self._voices(pair, part)
        key = (pair.i_port, part.begin, part.length, *(voice.key for voice in voices))
        if key not in self._raw:
            if len(self._raw) >= len(self._pairs):
                self._raw.clear()
            self._raw[key] = render(voices, part.begin, part.length, self.cache, self._problems)
        return self._raw[key]

    def _voices(self, pair: PortPair, part: Part) -> list[Voice]:
        timeline = part.timeline
        rows = {channel: row for row, channel in enumerate(timeline.channels)}
        voices = [
            Voice(timeline, rows[channel], line, self._clock(line, timeline.dt), part.pulses, part.ticks)
            for line in pair.lines
            for channel in line.channels
            if channel in rows
        ]
        return [voice for voice in voices if voice.rows.start != voice.rows.stop]

    def _clock(self, line: OutputLine, dt: Fraction) -> LineClock:
        """The line's clock; lines of equal delay share one, and with it the envelopes in the cache."""
        key = (dt, exact(line.delay_s))
        if key not in self._clocks:
            self._clocks[key] = LineClock(self._rate_hz, *key)
        return self._clocks[key]


def emission_shares(pairs: Sequence[PortPair], wiring: Wiring) -> NDArray[np.complex128]:
    """How much of each signal each pair emits: complex128, row the pair, column the pair whose signal is meant."""
    place = {line.name: str(index) for index, pair in enumerate(pairs) for line in pair.lines}
    crosstalk = {
        (place[source], place[victim]): part
        for (source, victim), part in wiring.crosstalk.items()
        if source in place and victim in place
    }
    return uncoupled([str(index) for index in range(len(pairs))], crosstalk)
