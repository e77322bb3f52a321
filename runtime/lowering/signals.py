"""From channels to a pair of ports: signals are rendered, uncoupled, predistorted, corrected for the mixer."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.clock import LineClock, exact
from runtime.lowering.crosstalk import feeds_of
from runtime.lowering.distortion import predistorted
from runtime.lowering.envelopes import EnvelopeCache
from runtime.lowering.ports import PortPair, corrected
from runtime.lowering.render import Voice, render
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import OutputLine, Wiring

__all__ = ["Part", "Signals"]

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

    def __init__(self, name: str, wiring: Wiring, restarting: frozenset[str], problems: list[Problem]) -> None:
        """`restarting`: lines whose carrier begins with each pulse."""
        self.cache = EnvelopeCache(wiring.interpolation)
        self._rate_hz = wiring.sample_rates_hz[name]
        self._restarting = restarting
        self._problems = problems
        self._clocks: dict[tuple[Fraction, Fraction], LineClock] = {}
        self._feeds = feeds_of(wiring, name)
        self._most = sum(map(len, self._feeds.values()))
        self._raw: dict[Hashable, NDArray[np.complex128]] = {}

    def key(self, pair: PortPair, part: Part) -> Hashable:
        """Everything that the signal of a pair depends on, but for place and length: equal keys sound alike."""
        return tuple(
            (*_name(feed.pair), *(voice.key for voice in self._voices(feed.pair, pair, part)))
            for feed in self._feeds[pair.ports]
        )

    def ports(self, pair: PortPair, part: Part) -> Ports:
        """What a pair of ports emits during a part of a program."""
        feeds = self._feeds[pair.ports]
        if len(feeds) == 1 and feeds[0].share == 1:
            signal = self._rendered(pair, pair, part)
        else:
            signal = np.zeros(part.length, np.complex128)
            for feed in feeds:
                signal += feed.share * self._rendered(feed.pair, pair, part)
        shaped = predistorted(signal, pair.lines[0].predistortion, self._rate_hz)
        return corrected(shaped, pair.mixer)

    def _rendered(self, source: PortPair, emitter: PortPair, part: Part) -> NDArray[np.complex128]:
        """The sum of a pair's channels as another pair emits it; kept for further pairs on the same oscillator."""
        voices = self._voices(source, emitter, part)
        key = (_name(source), part.begin, part.length, *(voice.key for voice in voices))
        if key not in self._raw:
            if len(self._raw) >= self._most:
                self._raw.clear()
            self._raw[key] = render(voices, part.begin, part.length, self.cache, self._problems)
        return self._raw[key]

    def _voices(self, source: PortPair, emitter: PortPair, part: Part) -> list[Voice]:
        timeline, mixer_hz = part.timeline, emitter.lines[0].lo_frequency_hz
        victim = "" if _name(source) == _name(emitter) else emitter.lines[0].name
        rows = {channel: row for row, channel in enumerate(timeline.channels)}
        voices = [
            Voice(
                timeline=timeline,
                channel=rows[channel],
                line=line,
                clock=self._clock(line, timeline.dt),
                pulses=part.pulses,
                ticks=part.ticks,
                mixer_hz=mixer_hz,
                restarts=line.name in self._restarting,
                victim=victim,
            )
            for line in source.lines
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


def _name(pair: PortPair) -> tuple[str, int]:
    """What to know a pair by."""
    return pair.instrument, pair.i_port
