"""From playbacks to what leaves the waveform player: two outputs and their markers, in a window of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.events import Event, Play, PlayerState
from simulators.labone.devices.waves import StoredWave

__all__ = ["HOLD", "ZEROS", "Span", "Window", "play_window"]

ZEROS, HOLD = -1, -2
"""Slots of a playback that reads no waveform."""


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a window with one state of the player; `active` where samples other than zeros may leave."""

    start: int
    stop: int
    state: PlayerState
    active: bool


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What the player sends out.

    Attributes:
        start: First sample, counted from the shot's start.
        samples: float64, shape (2, 2, length), units of full scale: for each output what the first and the second
            waveform bring to it, before gains and modulation.
        markers: uint8, shape (2, length), bits 0 and 1.
        spans: States of the player, in order, without gaps.
        events: All of the shot, for outputs that play on readouts and triggers.
    """

    start: int
    samples: npt.NDArray[np.float64]
    markers: npt.NDArray[np.uint8]
    spans: tuple[Span, ...]
    events: tuple[Event, ...] = ()

    @property
    def length(self) -> int:
        """Samples."""
        return int(self.samples.shape[2])


def play_window(
    events: tuple[Event, ...], waves: Sequence[StoredWave], start: int, length: int, initial: PlayerState
) -> Window:
    """Play the events that touch a window.

    Args:
        events: Of one shot.
        waves: The waveform memory.
        start: First sample from the shot's start.
        length: Samples.
        initial: The player's state before the first playback.
    """
    window = Window(start, np.zeros((2, 2, length)), np.zeros((2, length), dtype=np.uint8), ())
    spans: list[Span] = []
    # What a hold would stay on is worked out only where one comes: a shot may have thousands of playbacks.
    before: Play | None = None
    position, state = start, initial
    for event in events:
        if not isinstance(event, Play) or event.time >= start + length:
            continue
        lo, hi = max(event.time, start), min(event.time + event.length, start + length)
        if lo < hi:
            if lo > position:
                spans.append(Span(position, lo, state, active=False))
            _fill(window, event, waves, (lo, hi), before)
            spans.append(Span(lo, hi, event.state, active=event.slot != ZEROS))
            position = hi
        state = event.state
        if event.slot != HOLD:
            before = event
    if position < start + length:
        spans.append(Span(position, start + length, state, active=False))
    return Window(start, window.samples, window.markers, tuple(spans), events)


def _fill(
    window: Window, play: Play, waves: Sequence[StoredWave], part: tuple[int, int], before: Play | None
) -> None:
    lo, hi = part
    place = slice(lo - window.start, hi - window.start)
    if play.slot == HOLD:
        window.samples[:, :, place] = _last(before, waves)[:, :, None]
    elif play.slot != ZEROS:
        wave = waves[play.slot]
        # At a divided rate every stored sample stays for 2^divider samples.
        first, last = (lo - play.time) >> play.divider, (hi - 1 - play.time) >> play.divider
        stored = slice(play.offset + first, play.offset + last + 1)
        skip = (lo - play.time) - (first << play.divider)
        for output, columns in enumerate(play.routing):
            for column, stream in columns:
                samples = np.repeat(wave.samples[column, stored], 1 << play.divider)[skip : skip + hi - lo]
                markers = np.repeat(wave.markers[column, stored], 1 << play.divider)[skip : skip + hi - lo]
                window.samples[output, stream, lo - window.start : lo - window.start + samples.size] = samples
                window.markers[output, lo - window.start : lo - window.start + markers.size] |= markers


def _last(play: Play | None, waves: Sequence[StoredWave]) -> npt.NDArray[np.float64]:
    """The values on which a hold behind a playback stays."""
    values = np.zeros((2, 2))
    if play is not None and play.slot != ZEROS:
        wave = waves[play.slot]
        end = min(play.offset + (play.length >> play.divider), wave.length) - 1
        for output, columns in enumerate(play.routing):
            for column, stream in columns:
                values[output, stream] = wave.samples[column, end]
    return values
