"""The chip plays a sequence of shots: the one place where a lab asks it for results."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.chip import Chip
from simulators.chip.content import Content, Signal
from simulators.chip.readings import find_readings

__all__ = ["Watch", "lost_samples", "noise_v", "patterns", "play"]

Int = NDArray[np.int64]
Received = NDArray[np.complexfloating[Any, Any]]

logger = logging.getLogger(__name__)

MOST_JUDGED = 4096
"""Contents that are remembered as judged."""
LONGEST_PATTERN = 4096
"""Shots after which a sequence that repeats is no longer recognised as such."""


def patterns(order: Int) -> Iterator[tuple[int, int, int]]:
    """A sequence as patterns that repeat: (first, length of the pattern, how often)."""
    at = 0
    while at < order.size:
        rest = order[at:]
        length, times = _pattern(rest)
        yield at, length, times
        at += length * times


def _pattern(order: Int) -> tuple[int, int]:
    """The beginning of a sequence as the pattern that covers most of it: its length, and how often it comes."""
    best = (1, _runs(order, 1))
    if best[1] > 1 or order.size == 1:
        return best
    for length in (np.flatnonzero(order[1 : LONGEST_PATTERN + 1] == order[0]) + 1).tolist():
        times = _runs(order, length)
        if times > 1:
            return length, times
    # Nothing comes again from here on: all up to where something repeats at once is one pattern, played once.
    again = np.flatnonzero(order[1:] == order[:-1])
    stop = int(again[0]) if again.size else int(order.size)
    return min(max(stop, 1), LONGEST_PATTERN), 1


def _runs(order: Int, length: int) -> int:
    """How often the first `length` entries come in a row."""
    if order.size < 2 * length:
        return 1
    differs = np.flatnonzero(order[length:] != order[:-length])
    same = int(differs[0]) if differs.size else int(order.size - length)
    return 1 + same // length


def play(chip: Chip, contents: Sequence[Content], order: Int) -> Iterator[tuple[Int, int, Received]]:
    """Play shots in a row.

    Args:
        chip: in the state that the shot before has left.
        contents: the distinct shots, with what is recorded in them.
        order: which of them each shot is, int64 of shape (shots,).

    Yields:
        Positions in `order`, int64 of shape (n,); number of the acquisition in the content; what was recorded
        there, (n, kernels) or (n, samples), volts with noise.
    """
    for first, length, times in patterns(order):
        numbers = order[first : first + length].tolist()
        found = chip.run([contents[k] for k in numbers], times, order="cyclic")
        for step, values in enumerate(found):
            places = np.asarray(first + step + length * np.arange(times), np.int64)
            for acquisition, value in enumerate(values):
                yield places, acquisition, value


def noise_v(chip: Chip, feedline: str, sample_s: float) -> float:
    """Standard deviation of the noise of I and of Q in a receiver's sample, volts."""
    return chip.config.build_device().feedline(feedline).noise_v(sample_s)


@dataclass
class Watch:
    """What somebody in the lab notices of a chip: time that passes, and drives that come to nothing."""

    chip: Chip
    clock: Callable[[], float] = time.monotonic
    _judged: set[bytes] = field(default_factory=set)
    _seen: float | None = None

    def begin(self) -> None:
        """A new acquisition: the chip has been left alone since the last one, and starts in equilibrium."""
        now = self.clock()
        if self._seen is not None:
            self.chip.advance(now - self._seen)
        self._seen = now
        self.chip.thermalise()

    def judge(self, contents: Iterable[Content]) -> None:
        """Say so, once for each content, if a shot drives what is being measured."""
        for content in contents:
            if content.key in self._judged:
                continue
            if len(self._judged) >= MOST_JUDGED:
                self._judged.clear()
            self._judged.add(content.key)
            lost = lost_samples(self.chip, content)
            if lost:
                logger.warning("%d drive samples fall into a measurement and act on nothing", lost)


def lost_samples(chip: Chip, content: Content) -> int:
    """Drive samples of a shot that act on nothing, because their transmon is being measured meanwhile."""
    device = chip.config.build_device()
    drives = [signal for signal in content.signals if signal.line in device.drive_lines]
    lost = 0
    for name, (feedline, mixer) in device.feedlines.items():
        sent = [signal for signal in content.signals if signal.line == name]
        if not any(_overlap(drive, signal) for drive in drives for signal in sent):
            continue
        for reading in find_readings(name, feedline, mixer, sent):
            for resonator, spans in zip(feedline.resonators, reading.measured, strict=True):
                own = [d for d in drives if device.drive_lines[d.line].rates[0][0] == resonator.transmon]
                lost += sum(_samples_in(drive, begin, end) for drive in own for begin, end in spans)
    return lost


def _overlap(one: Signal, other: Signal) -> bool:
    """Whether two signals are there at the same time."""
    begins, ends = other.starts * other.sample_s, np.maximum.accumulate(other.stops) * other.sample_s
    before = np.searchsorted(begins, one.stops * one.sample_s, "left") - 1
    return bool(np.any((before >= 0) & (ends[np.maximum(before, 0)] > one.starts * one.sample_s)))


def _samples_in(signal: Signal, begin_s: float, end_s: float) -> int:
    first, stop = np.ceil(np.array([begin_s, end_s]) / signal.sample_s - 1e-6)
    inside = np.minimum(signal.stops, stop) - np.maximum(signal.starts, first)
    return int(np.maximum(inside, 0).sum())
