"""What one output is to emit: every pulse of its channels on the instrument's clock, in columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.checks import pulse_name
from runtime.lowering.clock import LineClock, Placement
from runtime.lowering.nco import phase_step, wrapped
from runtime.lowering.plays import Plays
from runtime.lowering.render import carrier_problem, carrier_turns, if_problems, lost_problem
from runtime.lowering.wiring import OutputLine
from runtime.pulse.channels import Channel

__all__ = ["Carrier", "Heard", "Leads", "Source", "heard"]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A channel on its way through a line to an output."""

    line: OutputLine
    channel: Channel
    if_hz: float | None
    """The channel's carrier less the oscillator of the output; None where the channel has no carrier."""
    share: complex
    """1, or how much of its signal another output emits to cancel crosstalk."""
    clock: LineClock
    own_hz: float
    """The channel's carrier less its own line's oscillator."""
    restarts: bool
    """The carrier of its own line begins with each pulse."""
    victim: str
    """On which line it cancels crosstalk; empty on its own."""

    def place(self, plays: Plays, play: int) -> str:
        """Where a Play stands, for a message."""
        name = pulse_name(plays.pulses[plays.pulse[play]])
        return f"line {self.line.name}, {self.channel.name}, Play {name}, instant {plays.start[play]} dt"


@dataclass(frozen=True, slots=True)
class Carrier:
    """How the carrier of an output comes about."""

    oscillator_hz: float
    """The instrument's own; 0 where the envelopes carry everything."""
    restarts: bool
    """Its phase counts from each pulse's start, not from the program's."""


@dataclass(frozen=True, slots=True, eq=False)
class Leads:
    """How much later each program begins."""

    seconds: tuple[Fraction, ...]
    """Distinct ones."""
    program: NDArray[np.int64]
    """For each program its row in them."""
    denominator: int
    """Of all of them, in samples of the instrument."""

    @classmethod
    def of(cls, leads_s: Sequence[Fraction], rate_hz: int) -> Self | None:
        """None if every program begins when its schedule says."""
        if not any(leads_s):
            return None
        # By numerator and denominator: a Fraction's own hash takes a modular power.
        rows: dict[tuple[int, int], int] = {}
        program = [rows.setdefault((one.numerator, one.denominator), len(rows)) for one in leads_s]
        seconds = tuple(Fraction(*key) for key in rows)
        return cls(
            seconds, np.array(program, np.int64), math.lcm(*((one * rate_hz).denominator for one in seconds))
        )

    def parts(self, clock: LineClock) -> NDArray[np.int64] | NDArray[np.object_]:
        """For each program in units of 1/`clock.parts` samples."""
        found = [int(one * clock.rate_hz * clock.parts) for one in self.seconds]
        if max(found) < 2**62:
            return np.array(found, np.int64)[self.program]
        return np.array(found, np.object_)[self.program]

    def turns(self, frequency_hz: float) -> NDArray[np.float64]:
        """For each program by how much an oscillator turns meanwhile, turns in [0, 1]: float64."""
        exactly = Fraction(frequency_hz)
        return np.array([wrapped(exactly * one) for one in self.seconds], np.float64)[self.program]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Pulses that one output emits, program after program, by first sample. All arrays have shape (pulses,)."""

    program: NDArray[np.int64]
    first: NDArray[np.int64]
    """Samples of the instrument from the program's start."""
    count: NDArray[np.int64]
    offset: NDArray[np.int64] | NDArray[np.object_]
    """See `Placement`."""
    source: NDArray[np.int64]
    play: NDArray[np.int64]
    """Row of `Plays`."""
    step: NDArray[np.uint64]
    """Phase units a sample by which it turns against the output's oscillator, see `nco.phase_step`."""
    factor: NDArray[np.complex128]
    """Scale of the line, and phase of the first sample against the output's oscillator; not the pulse's own."""

    def part(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Heard:
        """Some of the rows."""
        return Heard(
            self.program[rows],
            self.first[rows],
            self.count[rows],
            self.offset[rows],
            self.source[rows],
            self.play[rows],
            self.step[rows],
            self.factor[rows],
        )


def heard(
    plays: Plays, sources: Sequence[Source], carrier: Carrier, leads: Leads | None, problems: list[Problem]
) -> Heard:
    """The pulses of all sources; what cannot be emitted is left out and goes to `problems`."""
    parts = [
        _of_source(plays, plays.rows(source.channel), index, source, carrier, leads, problems)
        for index, source in enumerate(sources)
    ]
    columns = [np.concatenate(column) if len(column) > 1 else column[0] for column in zip(*parts, strict=True)]
    found = Heard(*columns)
    ordered = len(parts) == 1 and bool(np.all(np.diff(found.first) >= 0) or np.all(np.diff(found.program) > 0))
    return found if ordered else found.part(np.lexsort((found.first, found.program)))


def _of_source(  # noqa: PLR0917 - private, called once
    plays: Plays,
    rows: NDArray[np.int64],
    index: int,
    source: Source,
    carrier: Carrier,
    leads: Leads | None,
    problems: list[Problem],
) -> tuple[NDArray[Any], ...]:
    """The columns of `Heard` for one channel."""
    rows = _audible(plays, rows, source, problems)
    clock = source.clock
    later = None if leads is None else leads.parts(clock)[plays.program[rows]]
    placed = clock.place(plays.start[rows], plays.duration[rows], later)
    lost = (placed.first < 0) | (placed.count == 0)
    if lost.any():
        for row in np.flatnonzero(lost).tolist():
            play = int(rows[row])
            place, length = source.place(plays, play), int(plays.duration[play])
            problems.append(lost_problem(place, int(placed.first[row]), length, clock))
        rows, kept = rows[~lost], ~lost
        placed = Placement(placed.first[kept], placed.count[kept], placed.offset[kept])
    frequency = plays.frequency[rows]
    tick = Fraction(1, clock.rate_hz)
    against = Fraction(source.if_hz or 0.0) - Fraction(carrier.oscillator_hz)
    step = np.full(rows.size, phase_step(against, tick), np.uint64)
    for offset in set(frequency.tolist()) - {0.0}:
        step[frequency == offset] = phase_step(against + Fraction(offset), tick)
    turns = _start_turns(plays, rows, source, carrier, placed)
    if leads is not None and not source.restarts:
        turns -= leads.turns(source.own_hz)[plays.program[rows]]
    factor = source.share * source.line.scale * np.exp(1j * (plays.phase[rows] + 2 * np.pi * turns))
    number = np.full(rows.size, index, np.int64)
    return plays.program[rows], placed.first, placed.count, placed.offset, number, rows, step, factor


def _audible(plays: Plays, rows: NDArray[np.int64], source: Source, problems: list[Problem]) -> NDArray[np.int64]:
    """The plays of a channel, none if it has no carrier or one that the instrument cannot emit."""
    if not rows.size:
        return rows
    if source.if_hz is None:
        problems.append(carrier_problem(source.channel.name))
        return rows[:0]
    name, rate_hz = source.channel.name, source.clock.rate_hz
    found = [
        problem
        for offset in sorted(set(plays.frequency[rows].tolist()))
        for problem in if_problems(source.line, name, source.if_hz + offset, rate_hz, source.victim)
    ]
    problems += found
    return rows[:0] if found else rows


def _start_turns(
    plays: Plays, rows: NDArray[np.int64], source: Source, carrier: Carrier, placed: Placement
) -> NDArray[np.float64]:
    """Phase of each pulse's first sample against the oscillator, turns: as in `render`, without the oscillator's.

    The frame's is that of the sample's middle less dt/2, the carrier's that of the sample's beginning.
    """
    clock = source.clock
    # From the pulse's start to the middle of its first sample, in samples of the instrument.
    middle = placed.offset.astype(np.float64) / clock.parts
    dt_s = float(clock.ratio) / clock.rate_hz
    frame = plays.turns[rows] + plays.frequency[rows] * (middle / clock.rate_hz - dt_s / 2)
    against_hz = Fraction(source.if_hz or 0.0) - Fraction(carrier.oscillator_hz)
    into = middle if source.restarts else None
    return np.asarray(frame + carrier_turns(source.own_hz, against_hz, clock, placed.first, into), np.float64)
