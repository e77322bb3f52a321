"""Whether what a trigger starts has ended when the next one comes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

from drivers.contract import AcquisitionPlan, PlayOrder, Problem
from runtime.lowering.triggers import Edges

__all__ = ["pace_problems", "program_pace_problems"]


def pace_problems(
    plan: AcquisitionPlan, edges_s: Edges, lengths_s: Sequence[Fraction], order: PlayOrder
) -> Iterator[Problem]:
    """Triggers that come before the record of the one before them has ended; such a record would be missing.

    Args:
        plan: of the digitizer.
        edges_s: of each program, from its start.
        lengths_s: of each program on the instrument that triggers, its idle included.
        order: how the batch is repeated.
    """
    record_s = Fraction(plan.trigger_delay + plan.record_length, plan.sample_rate_hz)
    gap_s = min((gap for gap in _gaps_s(edges_s, lengths_s, order) if gap is not None), default=None)
    if gap_s is not None and record_s >= gap_s:
        yield Problem(
            "triggers faster than records",
            f"digitizer {plan.instrument}",
            f"a trigger {float(gap_s):.6g} s after the one before",
            f"more than {float(record_s):.6g} s, the record with its delay",
            "Raise the idle between programs",
        )


def program_pace_problems(
    name: str, own_s: Sequence[Fraction], edges_s: Edges, lengths_s: Sequence[Fraction], order: PlayOrder
) -> Iterator[Problem]:
    """Triggers that come before a sequencer is through with the program that it was started for.

    Args:
        name: of the instrument that is started.
        own_s: how long each program takes it from its edge on.
        edges_s: of each program, from its start.
        lengths_s: of each program on the instrument that triggers, its idle included.
        order: how the batch is repeated.
    """
    for program, (length_s, gap_s) in enumerate(zip(own_s, _gaps_s(edges_s, lengths_s, order), strict=True)):
        if gap_s is not None and length_s >= gap_s:
            yield Problem(
                "triggers faster than programs",
                f"instrument {name}, program {program}",
                f"a trigger {float(gap_s):.6g} s after the one before",
                f"more than {float(length_s):.6g} s, which the program takes",
                "Raise the idle between programs",
            )


def _gaps_s(edges_s: Edges, lengths_s: Sequence[Fraction], order: PlayOrder) -> list[Fraction | None]:
    """The least time from each program's edge to the next edge, over the whole batch and into its next pass."""
    # Whole numbers of ticks: fractions would take longer than all the rest.
    ticks_hz = math.lcm(*{time.denominator for time in (*edges_s, *lengths_s) if time is not None})
    lengths = [length.numerator * (ticks_hz // length.denominator) for length in lengths_s]
    begins = [0, *accumulate(lengths)]
    edges = [
        (program, begins[program] + edge.numerator * (ticks_hz // edge.denominator))
        for program, edge in enumerate(edges_s)
        if edge is not None
    ]
    gaps: list[Fraction | None] = [None] * len(edges_s)
    if not edges:
        return gaps
    for (program, edge), (_, later) in pairwise([*edges, (0, begins[-1] + edges[0][1])]):
        alone = lengths[program] if order == "sequential" else later - edge
        # In sequential order nothing follows the last program's last repetition.
        last = order == "sequential" and program == edges[-1][0]
        gaps[program] = Fraction(alone if last else min(alone, later - edge), ticks_hz)
    return gaps
