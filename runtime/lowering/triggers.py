"""When each program starts what it triggers: records of digitizers, and programs of other generators.

A digitizer's record starts with the generator's sample, or line of its grid, that holds the program's first
Acquire. A generator that waits for a trigger starts with the last line of both grids before the first thing that
it plays or records, so that its own grid lies the same in every program; and so much earlier as its oscillators
need to start again behind the edge, so that it plays neither later nor earlier than what started it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from drivers.contract import SequencerLimits
from runtime.lowering.clock import exact
from runtime.lowering.crosstalk import heard_lines
from runtime.lowering.plays import Score
from runtime.lowering.ports import port_pairs
from runtime.lowering.wiring import TriggerLine, Wiring

__all__ = [
    "MARKER_WIDTH_S",
    "Edges",
    "Trigger",
    "acquire_edges",
    "first_lines",
    "program_edges",
    "qubits_of",
    "start_lead_s",
]

MARKER_WIDTH_S = Fraction(100, 10**9)
"""How long a trigger marker stays high: wide enough for any digitizer's trigger input."""

Edges = tuple[Fraction | None, ...]
"""For each program when the edge comes, seconds from the program's start; None where nothing is to be started."""


@dataclass(frozen=True, slots=True, eq=False)
class Trigger:
    """A marker, and when it rises."""

    line: TriggerLine
    edges_s: Edges


def acquire_edges(score: Score, qubits: set[int], cell_s: Fraction) -> Edges:
    """The last line of a grid before the first Acquire of certain qubits in each program."""
    edges: list[Fraction | None] = [None] * len(score.timelines)
    for program, edge_s in _lines(score, score.acquisitions.earliest(qubits), Fraction(0), cell_s):
        edges[program] = edge_s
    return tuple(edges)


def start_lead_s(wiring: Wiring, name: str, limits: SequencerLimits, cell_s: Fraction) -> Fraction:
    """How long an instrument needs behind an edge before it plays, in whole cells of a grid."""
    turned = any(
        line.carrier == "instrument"
        for pair in port_pairs(wiring, name)
        if pair.ports not in limits.readout_outputs
        for line in pair.lines
    )
    if not turned or not limits.oscillators:
        return Fraction(0)
    return math.ceil(Fraction(limits.trigger_lead, wiring.sample_rates_hz[name]) / cell_s) * cell_s


def program_edges(firsts: Mapping[int, Fraction], programs: int, lead_s: Fraction) -> Edges:
    """When each program of an instrument is started, so long before the first thing that it does in it.

    A program in which it does nothing has its edge at the start, so that the instrument counts along.

    Args:
        firsts: of the instrument, see `first_lines`.
        programs: how many there are.
        lead_s: how long the instrument needs.
    """
    return tuple(max(Fraction(0), firsts.get(program, lead_s) - lead_s) for program in range(programs))


def first_lines(score: Score, wiring: Wiring, name: str, cell_s: Fraction) -> dict[int, Fraction]:
    """The last line of a grid before the first thing that an instrument plays or records, where there is one."""
    found: dict[int, Fraction] = {}
    acquired = score.acquisitions.earliest(qubits_of(wiring, name))
    instants = [_lines(score, acquired, Fraction(0), cell_s)]
    instants += [
        _lines(score, score.plays.earliest(channel), exact(output.delay_s), cell_s)
        for output in heard_lines(wiring, name)
        for channel in output.channels
    ]
    for program, edge_s in chain.from_iterable(instants):
        found[program] = min(edge_s, found.get(program, edge_s))
    return found


def _lines(
    score: Score, starts: Iterable[tuple[int, int]], delay_s: Fraction, cell_s: Fraction
) -> Iterator[tuple[int, Fraction]]:
    """For each program and instant in it the last line of a grid before that."""
    times = (score.dt, delay_s, cell_s)
    # Whole numbers of ticks: fractions would take longer than all the rest.
    ticks_hz = math.lcm(*{time.denominator for time in (*times, *score.leads_s)})
    dt, delay, cell = (int(time * ticks_hz) for time in times)
    for program, start in starts:
        lead_s = score.leads_s[program]
        begin = start * dt + delay + lead_s.numerator * (ticks_hz // lead_s.denominator)
        yield program, Fraction(begin // cell * cell, ticks_hz)


def qubits_of(wiring: Wiring, name: str) -> set[int]:
    """Whose Acquires a digitizer records."""
    lines = (line for line in wiring.inputs if line.instrument == name)
    return {int(channel.index) for line in lines for channel in line.channels}
