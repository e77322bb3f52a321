"""Numerical oscillators: 48-bit phase accumulators, exact at every sample.

A frequency is kept as the whole number that is added to the phase at each sample, in units of a turn / 2^48: the
word that compiled programs hold (`setOscFreq(0, 100e6)` at 2 GS/s stores 0.05 * 2^48). So the phase at any
sample of an hour's run is exact, and two instants have equal phases or not, without rounding.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.events import Event, Frequency, ResetPhase

__all__ = ["TURN", "Oscillator", "OscillatorBank", "frequency_word"]

TURN = 1 << 48
"""Phase units of a turn."""


def frequency_word(frequency_hz: float, sample_rate_hz: float) -> int:
    """The accumulator's increment for a frequency, negative ones wrapped."""
    return round(frequency_hz / sample_rate_hz * TURN) % TURN


@dataclass(frozen=True, slots=True)
class Oscillator:
    """An oscillator at an instant: its increment and its phase, both in units of a turn / 2^48."""

    word: int
    phase: int = 0

    def after(self, samples: int) -> Oscillator:
        """The same, that many samples later."""
        if not self.word:
            return self
        return Oscillator(self.word, (self.phase + self.word * samples) % TURN)


@dataclass(slots=True)
class OscillatorBank:
    """The oscillators of a core through one shot: what they are at its start, and the changes in it."""

    start: tuple[Oscillator, ...]
    changes: list[tuple[int, tuple[Oscillator, ...]]] = field(default_factory=list)

    @classmethod
    def through(cls, start: tuple[Oscillator, ...], events: Iterable[Event]) -> OscillatorBank:
        """Follow the phase resets and frequency changes of a shot's events."""
        bank = cls(start)
        now, state = 0, start
        for event in events:
            if isinstance(event, ResetPhase | Frequency):
                state = tuple(each.after(event.time - now) for each in state)
                now = event.time
                state = tuple(_changed(each, event, index) for index, each in enumerate(state))
                bank.changes.append((now, state))
        return bank

    def at(self, time: int) -> tuple[Oscillator, ...]:
        """The oscillators at an instant of the shot."""
        place = bisect.bisect_right(self.changes, time, key=itemgetter(0))
        begin, state = self.changes[place - 1] if place else (0, self.start)
        return tuple(each.after(time - begin) for each in state)

    def after_passes(self, period: int, count: int) -> tuple[Oscillator, ...]:
        """The oscillators after `count` equal passes of `period` samples: reset in each, or running on."""
        once = self.at(period)
        if not self.changes:
            return tuple(each.after(period * (count - 1)) for each in once)
        result = []
        for index, (before, after) in enumerate(zip(self.start, once, strict=True)):
            if count == 1 or before == after:
                result.append(after)
                continue
            moved = (after.phase - before.phase) % TURN
            # One that a pass resets ends each pass alike; one that runs on moves as far in each.
            reset = any(state[index].phase != before.after(time).phase for time, state in self.changes)
            steady = reset or after.word != before.word
            result.append(after if steady else Oscillator(after.word, (after.phase + moved * (count - 1)) % TURN))
        return tuple(result)

    def phases(self, oscillator: int, start: int, length: int) -> npt.NDArray[np.uint64]:
        """Phase at `length` samples from `start`: uint64, units of a turn / 2^48, not reduced to one turn."""
        edges = [start, *(time for time, _ in self.changes if start < time < start + length), start + length]
        parts = []
        for begin, end in itertools.pairwise(edges):
            now = self.at(begin)[oscillator]
            # Wrapping at 2^64 keeps the phase right, because a turn divides it.
            parts.append(np.uint64(now.phase) + np.uint64(now.word) * np.arange(end - begin, dtype=np.uint64))
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def _changed(oscillator: Oscillator, event: ResetPhase | Frequency, index: int) -> Oscillator:
    if isinstance(event, ResetPhase):
        return Oscillator(oscillator.word, 0) if event.mask >> index & 1 else oscillator
    return Oscillator(event.word, oscillator.phase) if event.oscillator == index else oscillator
