"""A run in time: shots placed at their triggers, told apart by content, and rendered to volts in any window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.content import ContentKeys
from simulators.labone.devices.events import Event, PlayerState, Readout, TriggerOut
from simulators.labone.devices.oscillators import Oscillator, OscillatorBank
from simulators.labone.devices.outputs import OutputStage
from simulators.labone.devices.shots import Shot, shots_of
from simulators.labone.devices.surroundings import TriggerSource
from simulators.labone.devices.tape import Tape
from simulators.labone.devices.waves import StoredWave
from simulators.labone.devices.window import play_window

__all__ = ["PlacedShot", "Playback", "Rendered"]


@dataclass(frozen=True, slots=True, eq=False)
class PlacedShot:
    """Equal shots, `period` apart.

    Attributes:
        key: Equal for shots that send out the same: events, waveforms, output settings, and the phases of the
            oscillators that are used before they are reset. Stable within and between runs.
        start: Of the first, samples since the run began: its trigger, or the end of what came before.
        duration: Until the last playback is over.
        period: From one to the next; 0 for a single one.
        events: Times from the shot's start; sorted as the program did them.
        oscillators: At the start of each of them.
    """

    key: bytes
    start: int
    duration: int
    count: int
    period: int
    events: tuple[Event, ...]
    oscillators: tuple[Oscillator, ...]


class Placement(NamedTuple):
    """A run of equal shots at its triggers."""

    shot: Shot
    start: int
    period: int
    passes: int


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A window of what leaves the connectors.

    Attributes:
        volts: complex128 (length,) around a center frequency, or float64 (2, length).
        markers: uint8, shape (2, length): bits 0 and 1 of each output, from the waveforms.
        triggers: uint8, shape (length,): the sequencer's trigger bits.
    """

    volts: npt.NDArray[np.complex128] | npt.NDArray[np.float64]
    markers: npt.NDArray[np.uint8]
    triggers: npt.NDArray[np.uint8]


@dataclass
class Playback:
    """One sequencer core's run.

    Attributes:
        tape: What the program did.
        waves: Waveform memory as it stood at the start.
        output: Gains, modulation and range as they stood at the start.
        oscillators: Of the core, at the start of the run.
        initial: The player's state before the first playback.
        triggers: Where its triggers come from.
        missed: How many triggers came while the sequencer was busy, as far as shots were placed.
        starved: The triggers ended before the program did.
    """

    tape: Tape
    waves: Sequence[StoredWave]
    output: OutputStage
    oscillators: tuple[Oscillator, ...]
    initial: PlayerState
    triggers: TriggerSource
    missed: int = 0
    starved: bool = False
    _content: ContentKeys | None = field(default=None, repr=False)
    _followed: tuple[PlacedShot, OscillatorBank] | None = field(default=None, repr=False)

    def update(self, output: OutputStage) -> None:
        """Go on with other settings of the output, as an endless run does when its nodes are set."""
        self.output = output
        self._content = None

    def plan(self) -> Iterator[Shot]:
        """The shots before they are placed in time."""
        return shots_of(self.tape)

    def placements(self) -> Iterator[Placement]:
        """Put the shots at their triggers, in order; ends early, and `starved`, when a trigger does not come."""
        self.missed, self.starved, ready = 0, False, 0
        for shot in self.plan():
            left, busy = shot.count, max(shot.duration, shot.armed)
            while left:
                start, period, count = ready, shot.duration, left
                if shot.trigger is not None:
                    burst = self.triggers.next(shot.trigger, ready)
                    if burst is None:
                        self.starved = True
                        return
                    start, period = burst.start, burst.period or busy
                    count = min(left, burst.count) if period >= busy else 1
                    self.missed += 0 if period >= busy else -(-busy // period) - 1
                yield Placement(shot, start, period, count)
                ready = start + (count - 1) * period + busy
                left -= count

    def shots(self) -> Iterator[PlacedShot]:
        """The shots in time, each run of equal ones once.

        Equal passes are different shots where an oscillator that is not reset stands at another phase in each.
        """
        if self._content is None:
            self._content = ContentKeys(self.waves, self.output, self.oscillators, self.initial)
        oscillators, now = self._content.heard(self.plan()), 0
        for placed in self.placements():
            shot, left, start = placed.shot, placed.passes, placed.start
            while left:
                oscillators = _later(oscillators, start - now)
                bank = OscillatorBank.through(oscillators, shot.events)
                key = self._content.key(shot, oscillators)
                steady = left == 1 or key == self._content.key(shot, bank.at(placed.period))
                count = left if steady else 1
                yield PlacedShot(
                    key,
                    start,
                    shot.duration,
                    count,
                    placed.period if count > 1 else 0,
                    shot.events,
                    oscillators,
                )
                passed = bank.after_passes(placed.period, count)
                start, left = start + count * placed.period, left - count
                oscillators, now = passed, start

    def render_shot(self, shot: PlacedShot, start: int, length: int) -> Rendered:
        """A window of a shot, from the shot's start; silence where it does not play."""
        return self._delayed(lambda first: self._shot_window(shot, first, length), start)

    def render(self, start: int, length: int) -> Rendered:
        """A window of the run, in samples since it began.

        A shot's window ends where the next one starts, so a readout may ring on after the sequencer is done.
        """
        return self._delayed(lambda first: self._run_window(first, length), start)

    def _delayed(self, render: Callable[[int], Rendered], start: int) -> Rendered:
        """Let the outputs' delays act on the signals; markers and triggers leave at once."""
        rendered = render(start)
        delays = self.output.delays()
        if not any(delays):
            return rendered
        if len(delays) == 1:
            return replace(rendered, volts=render(start - delays[0]).volts)
        rows = [render(start - delay).volts[row].real for row, delay in enumerate(delays)]
        return replace(rendered, volts=np.stack(rows))

    def _shot_window(self, shot: PlacedShot, start: int, length: int) -> Rendered:
        bank = self._bank(shot)
        window = play_window(shot.events, self.waves, start, length, self.initial)
        triggers = np.zeros(length, dtype=np.uint8)
        for event in shot.events:
            if isinstance(event, TriggerOut):
                triggers[max(event.time - start, 0) :] = event.bits & 0xFF
        return Rendered(self.output.emit(window, bank), window.markers, triggers)

    def _bank(self, shot: PlacedShot) -> OscillatorBank:
        """The oscillators through a shot; the last one is kept, since windows of a shot are asked for in a row."""
        if self._followed is None or self._followed[0] is not shot:
            self._followed = (shot, OscillatorBank.through(shot.oscillators, shot.events))
        return self._followed[1]

    def _run_window(self, start: int, length: int) -> Rendered:
        silence = play_window((), self.waves, start, length, self.initial)
        rendered = Rendered(
            self.output.emit(silence, OscillatorBank(self.oscillators)),
            silence.markers,
            np.zeros(length, dtype=np.uint8),
        )
        pieces = self._pieces(start, start + length)
        ends = [*(begin for begin, _ in pieces), start + length][1:]
        for (begin, shot), end in zip(pieces, ends, strict=True):
            lo = max(begin, start)
            if lo < end:
                part = self._shot_window(shot, lo - begin, end - lo)
                place = slice(lo - start, end - start)
                rendered.volts[..., place] = part.volts
                rendered.markers[:, place] = part.markers
                rendered.triggers[place] = part.triggers
        return rendered

    def _pieces(self, start: int, stop: int) -> list[tuple[int, PlacedShot]]:
        """Shots that begin before `stop`, and of those before `start` the last."""
        pieces: list[tuple[int, PlacedShot]] = []
        for shot in self.shots():
            if shot.start >= stop:
                break
            step = shot.period or 1
            first = min(max(0, (start - shot.start) // step), shot.count - 1)
            last = min((stop - 1 - shot.start) // step, shot.count - 1)
            begun = [(shot.start + number * shot.period, shot) for number in range(first, last + 1)]
            pieces = (pieces if begun[0][0] > start else []) + begun
        return pieces

    def readouts(self) -> Iterator[tuple[PlacedShot, Readout]]:
        """Every readout that the run starts, with the shots in which it does."""
        for shot in self.shots():
            for event in shot.events:
                if isinstance(event, Readout):
                    yield shot, event


def _later(oscillators: tuple[Oscillator, ...], samples: int) -> tuple[Oscillator, ...]:
    return tuple(each.after(samples) for each in oscillators) if samples else oscillators
