"""Batches that are too large for the instruments at once, in as few parts as halving finds."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.contract import PlayOrder, ProblemReport
from runtime.lowering.limits_checks import CAPACITY, Limits
from runtime.lowering.route import Routed, kind_problems, raise_if, route
from runtime.lowering.timeline import Timeline
from runtime.lowering.tracks.checks import CAPACITY as TRACK_CAPACITY
from runtime.lowering.wiring import Wiring

__all__ = ["route_in_chunks"]


def route_in_chunks(
    timelines: Timeline | Sequence[Timeline],
    wiring: Wiring,
    limits: Limits,
    *,
    shots: int = 1,
    order: PlayOrder = "cyclic",
) -> tuple[tuple[range, Routed], ...]:
    """As `route`, but a batch that exceeds an instrument's memory or play list is halved until its parts fit.

    Returns:
        Which programs, and what their instruments do; in order. One part where everything fits.

    Raises:
        ProblemReport: as `route`; also where a single program is too large.
    """
    timelines = [timelines] if isinstance(timelines, Timeline) else timelines
    raise_if(kind_problems(timelines, shots), "nothing to route")
    return tuple(_parts(range(len(timelines)), timelines, wiring, limits, shots, order))


def _parts(  # noqa: PLR0917 - private, called by itself
    rows: range, timelines: Sequence[Timeline], wiring: Wiring, limits: Limits, shots: int, order: PlayOrder
) -> list[tuple[range, Routed]]:
    try:
        return [(rows, route([timelines[row] for row in rows], wiring, limits, shots=shots, order=order))]
    except ProblemReport as report:
        if len(rows) < 2 or any(problem.what not in CAPACITY + TRACK_CAPACITY for problem in report.problems):
            raise
    middle = len(rows) // 2
    halves = (rows[:middle], rows[middle:])
    return [part for half in halves for part in _parts(half, timelines, wiring, limits, shots, order)]
