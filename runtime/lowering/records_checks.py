"""Whether a digitizer is ready again when its next trigger comes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from drivers.contract import AcquisitionPlan, InstrumentProgram, Problem
from runtime.lowering.wiring import TriggerLine

__all__ = ["pace_problems"]


def pace_problems(program: InstrumentProgram, trigger: TriggerLine, plan: AcquisitionPlan) -> Iterator[Problem]:
    """Triggers that come before the record of the one before them has ended; such a record would be missing."""
    edges, now = [], 0
    for step in program.steps:
        edges += [
            now + marker.start
            for marker in step.markers
            if (marker.port, marker.marker) == (trigger.port, trigger.marker)
        ]
        now += step.length * step.repeat
    if not edges:
        return
    # The play list starts over at its end: the first edge follows the last.
    gap = min(later - edge for edge, later in zip(edges, [*edges[1:], now + edges[0]], strict=True))
    record_s = Fraction(plan.trigger_delay + plan.record_length, plan.sample_rate_hz)
    gap_s = Fraction(gap, program.sample_rate_hz)
    if record_s >= gap_s:
        yield Problem(
            "triggers faster than records",
            f"digitizer {plan.instrument}",
            f"a trigger {float(gap_s):.6g} s after the one before",
            f"more than {float(record_s):.6g} s, the record with its delay",
            "Raise the idle between programs",
        )
