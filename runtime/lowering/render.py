"""What a pair of ports plays for one timeline: every channel's pulses on the instrument's clock, added up."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.checks import pulse_name
from runtime.lowering.clock import LineClock
from runtime.lowering.columns import frame_turns
from runtime.lowering.envelopes import EnvelopeCache, IncommensurateClock
from runtime.lowering.nco import phase_step, turns_after, wrapped
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import OutputLine

__all__ = [
    "IF_LIMIT",
    "Voice",
    "carrier_problem",
    "carrier_turns",
    "if_problems",
    "incommensurate_problem",
    "lost_problem",
    "render",
]

IF_LIMIT = Fraction(45, 100)
"""Highest intermediate frequency in units of the sample rate: beyond it the reconstruction filters bite."""


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One channel of one timeline on its way through a line."""

    timeline: Timeline
    channel: int
    """Row of the timeline's channels."""
    line: OutputLine
    clock: LineClock
    pulses: NDArray[np.int32]
    """For each row of the timeline's pulses its row in the batch."""
    ticks: tuple[int, int]
    """What starts in [first, last) samples of dt is heard."""
    mixer_hz: float
    """Oscillator of the ports that emit it: the line's own, or another's where it cancels crosstalk."""
    restarts: bool = False
    """The carrier of its own line begins with each pulse."""
    victim: str = ""
    """On which line it cancels crosstalk; empty on its own."""

    @property
    def own_hz(self) -> float:
        """Its intermediate frequency on its own line."""
        return (self.timeline.carriers[self.channel] or 0.0) - self.line.lo_frequency_hz

    @property
    def if_hz(self) -> float:
        """Its intermediate frequency where it is emitted."""
        return (self.timeline.carriers[self.channel] or 0.0) - self.mixer_hz

    @property
    def rows(self) -> slice:
        """The rows of the timeline's plays that are heard."""
        own = self.timeline.rows(self.channel)
        first, last = np.searchsorted(self.timeline.plays.start[own], self.ticks).tolist()
        return slice(own.start + first, own.start + last)

    @property
    def key(self) -> Hashable:
        """Everything that its samples depend on: voices of equal keys sound alike."""
        plays, rows = self.timeline.plays, self.rows
        columns = (plays.start, self.pulses[plays.pulse], plays.phase, plays.frequency, plays.accumulator)
        content = tuple(column[rows].tobytes() for column in columns)
        return (self.line.name, self.mixer_hz, self.timeline.carriers[self.channel], *content)

    def place(self, row: int) -> str:
        """Where a Play stands, for a message."""
        plays = self.timeline.plays
        name = pulse_name(self.timeline.pulses[plays.pulse[row]])
        channel = self.timeline.channels[self.channel].name
        return f"line {self.line.name}, {channel}, Play {name}, instant {plays.start[row]} dt"


def render(
    voices: Sequence[Voice], begin: int, length: int, cache: EnvelopeCache, problems: list[Problem]
) -> NDArray[np.complex128]:
    """The sum of voices on one clock, each on its intermediate frequency and scaled.

    Args:
        voices: all on the same pair of ports.
        begin: instrument samples from the program's start.
        length: instrument samples.
        cache: envelopes of the batch.
        problems: gets what cannot be rendered; that part is left out.

    Returns:
        Complex128 of shape (length,), units of the port's full scale.
    """
    signal = np.zeros(length, np.complex128)
    for voice in voices:
        carrier = voice.timeline.carriers[voice.channel]
        if carrier is None:
            problems.append(carrier_problem(voice.timeline.channels[voice.channel].name))
            continue
        found = list(_if_problems(voice))
        problems.extend(found)
        if not found:
            _add_voice(signal, begin, voice, cache, problems)
    return signal


def carrier_problem(channel: str) -> Problem:
    """A channel of which nobody knows at which frequency to emit."""
    fix = "Name the channel in the Target's channel_frequencies"
    return Problem("channel without a carrier frequency", f"channel {channel}", fix=fix)


def _if_problems(voice: Voice) -> Iterator[Problem]:
    name = voice.timeline.channels[voice.channel].name
    for offset in sorted(set(voice.timeline.plays.frequency[voice.rows].tolist())):
        yield from if_problems(voice.line, name, voice.if_hz + offset, voice.clock.rate_hz, voice.victim)


def if_problems(line: OutputLine, channel: str, if_hz: float, rate_hz: int, victim: str = "") -> Iterator[Problem]:
    """An intermediate frequency that the instrument's converters do not reach.

    Args:
        line: of the channel.
        channel: its name.
        if_hz: where it is emitted.
        rate_hz: of the instrument that emits it.
        victim: the line on which it cancels crosstalk; empty on its own.
    """
    limit = float(IF_LIMIT * rate_hz)
    purpose = f", to cancel its crosstalk on line {victim}" if victim else ""
    if abs(if_hz) > limit:
        yield Problem(
            "intermediate frequency too high",
            f"line {line.name}, channel {channel}{purpose}",
            f"{if_hz / 1e6:.6g} MHz",
            f"within ± {limit / 1e6:.6g} MHz (0.45 of the sample rate)",
            "Tune the local oscillator nearer to the channel's frequency",
        )


def _add_voice(
    signal: NDArray[np.complex128], begin: int, voice: Voice, cache: EnvelopeCache, problems: list[Problem]
) -> None:
    if_hz = voice.if_hz
    plays, rows, clock = voice.timeline.plays, voice.rows, voice.clock
    placed = clock.place(plays.start[rows], plays.duration[rows])
    factors = voice.line.scale * np.exp(1j * _start_angles(voice, placed.first, placed.offset))
    tick = Fraction(1, clock.rate_hz)
    steps = {nu: phase_step(Fraction(if_hz) + Fraction(nu), tick) for nu in set(plays.frequency[rows].tolist())}
    columns = (plays.pulse[rows], plays.frequency[rows], placed.first, placed.count, placed.offset, factors)
    table = zip(*(column.tolist() for column in columns), strict=True)
    for row, (pulse, frequency, first, count, offset, factor) in enumerate(table, start=rows.start):
        if first < 0 or count == 0:
            problems.append(lost_problem(voice.place(row), first, int(plays.duration[row]), clock))
            continue
        known_as = int(voice.pulses[pulse])
        try:
            envelope = cache.rotated(
                known_as, voice.timeline.pulses[pulse], clock, offset, count, step=steps[frequency]
            )
        except IncommensurateClock:
            problems.append(incommensurate_problem(voice.place(row), clock))
            continue
        signal[first - begin : first - begin + count] += factor * envelope


def _start_angles(
    voice: Voice, first: NDArray[np.int64], offset: NDArray[np.int64] | NDArray[np.object_]
) -> NDArray[np.float64]:
    """Phase of each pulse's first sample, rad: the frame's at the sample's middle less dt/2, and the carrier's."""
    plays, clock = voice.timeline.plays.part(voice.rows), voice.clock
    into = offset.astype(np.float64) / clock.parts
    from_start = into / float(clock.ratio) - 0.5
    frame = frame_turns(plays, voice.timeline.dt) + plays.frequency * float(voice.timeline.dt) * from_start
    carrier = carrier_turns(voice.own_hz, voice.if_hz, clock, first, into if voice.restarts else None)
    return np.asarray(plays.phase + 2 * np.pi * (frame + carrier), np.float64)


def carrier_turns(
    own_hz: float,
    if_hz: float | Fraction,
    clock: LineClock,
    first: NDArray[np.int64],
    into: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Phase of the carrier at the beginning of each pulse's first sample, turns.

    On its own line a carrier counts from the program's start, delayed by the line, or from each pulse's start.
    Where it cancels crosstalk on a line of another oscillator, the difference of the oscillators runs on from the
    program's start.

    Args:
        own_hz: intermediate frequency on its own line.
        if_hz: intermediate frequency where it is emitted.
        clock: of the instrument that emits it, through its own line.
        first: the samples, from the program's start.
        into: where the carrier counts from the pulses' starts: from these to the samples' middles, samples.
    """
    tick = Fraction(1, clock.rate_hz)
    if into is None:
        return np.asarray(turns_after(phase_step(if_hz, tick), first) - wrapped(Fraction(own_hz) * clock.delay_s))
    apart = phase_step(Fraction(if_hz) - Fraction(own_hz), tick)
    return np.asarray(own_hz / clock.rate_hz * (into - 0.5) + turns_after(apart, first), np.float64)


def lost_problem(place: str, first: int, duration: int, clock: LineClock) -> Problem:
    """A pulse that no sample of the instrument holds: before the program, or between two samples."""
    if first < 0:
        fix = "Begin the schedule with a Delay, or lessen the line's negative delay_s"
        return Problem("pulse before the program's start", place, f"sample {first}", ">= 0", fix)
    got = f"{duration} dt = {float(clock.ratio):.6g} samples a dt"
    return Problem("pulse between two samples of the instrument", place, got, "one sample at least")


def incommensurate_problem(place: str, clock: LineClock) -> Problem:
    """A sampled waveform of which nobody said what lies between its samples."""
    return Problem(
        "sampled waveform off the instrument's clock",
        place,
        f"{clock.ratio} instrument samples a dt, delay {float(clock.delay_s):.6g} s",
        "a whole number, with the pulse's start on a sample",
        "Use a parametric pulse, or set the wiring's interpolation to hold or linear",
    )
