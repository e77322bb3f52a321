"""Readouts on the grid: programs that begin a little later, so that few stored waveforms serve every instant.

An instrument that plays readout pulses from a handful of stored waveforms needs another one for each position of a
pulse within a cell of its grid. A batch whose readouts come at many instants, as that of a Ramsey experiment,
would need more than there are. Each program as a whole, pulses, carriers and acquisitions alike, therefore begins
so much later, by a cell or two, that its first readout pulse begins with a cell. Nothing in a program moves
against anything else in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from runtime.lowering.clock import exact
from runtime.lowering.playlist import StepGrid
from runtime.lowering.plays import Score
from runtime.lowering.wiring import OutputLine
from runtime.pulse import MeasureChannel

__all__ = ["leads"]


def leads(score: Score, lines: Sequence[OutputLine], grid: StepGrid) -> tuple[Fraction, ...]:
    """How much later each program begins, seconds: 0 where nothing is read out.

    Args:
        score: the programs.
        lines: the lines to outputs of few waveforms.
        grid: that all instruments share.
    """
    delays_s = [exact(line.delay_s) for line in lines]
    # Whole numbers of ticks: fractions would take longer than all the rest.
    times = [score.dt, grid.spacing_s, grid.shortest_s, *delays_s]
    ticks_hz = math.lcm(*(time.denominator for time in times))
    dt, spacing, shortest, *delays = (int(time * ticks_hz) for time in times)
    earliest: dict[int, int] = {}
    for line, delay in zip(lines, delays, strict=True):
        for channel in line.channels:
            if isinstance(channel, MeasureChannel):
                for program, start in score.plays.earliest(channel):
                    instant = start * dt + delay
                    earliest[program] = min(instant, earliest.get(program, instant))
    found = [Fraction(0)] * len(score.timelines)
    for program, instant in earliest.items():
        begin = -(-instant // spacing) * spacing
        # The silence before it has to be one that can be played, or it would be part of the waveform.
        found[program] = Fraction((max(begin, shortest) if begin else begin) - instant, ticks_hz)
    return tuple(found)
