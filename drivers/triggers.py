"""Whether a digitizer's triggers are those that were sent: by the times of all of them, not by their number."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionError, AcquisitionPlan, TriggerTimetable

__all__ = ["FREE_DRIFT", "JITTER_SAMPLES", "LOCKED_DRIFT", "TriggerWatch"]

JITTER_SAMPLES = 1.0
"""How much earlier or later than it came a trigger may be told: it is not synchronous with the sample clock."""

FREE_DRIFT = 1e-5
"""Most by which two clocks without a common reference differ, relative: quartz oscillators are a few 1e-6 off."""

LOCKED_DRIFT = 1e-7
"""The same for clocks with a common reference, whose mean difference is none."""

_FIX = (
    "Check the trigger line for noise and the trigger level; where clocks may differ, give the generator and the "
    "digitizer one 10 MHz reference"
)


class TriggerWatch:
    """Compares when triggers came with when they were sent.

    A number of records that is right does not make them the right ones: of a trigger that was lost and one too
    many nothing is missing. So every record has to be where the ones before it say.

    With S the time at which the generator sends a trigger, by its own clock, and delta the most by which the
    clocks differ, what has been seen so far confines each trigger's true instant to an interval [low, high]:

        low[k]  = max(seen[k] - jitter,         low[k-1]  + (S[k] - S[k-1]) (1 - delta))
        high[k] = min(seen[k] + jitter + 1,     high[k-1] + (S[k] - S[k-1]) (1 + delta))

    An interval that is empty is an error. Without drift it never widens, so that neither a trigger that is off nor
    a clock that drifts away goes unseen; when the first trigger was sent, nobody has to know. What stays unseen:
    a trigger off by less than the interval's width, at most 1 + 2 jitter + 2 delta (S[k] - S[k-1]) samples.
    """

    def __init__(self, plan: AcquisitionPlan, timetable: TriggerTimetable, drift: float) -> None:
        """`drift` is the most by which the clocks of generator and digitizer differ, relative."""
        self._plan = plan
        self._drift = drift
        rate_hz = plan.sample_rate_hz
        # Fractions, until they are samples: a batch of thousands of programs must not lose a sample on the way.
        begins_s = [*accumulate(timetable.lengths_s, initial=0 * timetable.lengths_s[0])]
        self._begins = np.array([float(begin * rate_hz) for begin in begins_s])
        self._edges = np.array([float(edge * rate_hz) for edge in timetable.edges_s])
        self._low, self._high = -np.inf, np.inf
        self._first: tuple[float, int] | None = None
        self._before: tuple[float, int] | None = None

    def admit(self, first: int, triggered: NDArray[np.int64]) -> None:
        """Take the triggers of the records from `first` on: int64 of shape (records,), samples.

        Raises AcquisitionError for one that is not where it was sent: a trigger was lost, late, or too many.
        """
        if not triggered.size:
            return
        sent = self._sent(np.arange(first, first + triggered.size, dtype=np.int64))
        slow, fast = sent * (1 - self._drift), sent * (1 + self._drift)
        low = np.maximum.accumulate(np.append(self._low, triggered - JITTER_SAMPLES - slow))[1:]
        high = np.minimum.accumulate(np.append(self._high, triggered + JITTER_SAMPLES + 1 - fast))[1:]
        wrong = np.flatnonzero(low + slow > high + fast)
        if self._first is None:
            self._first = self._before = (float(sent[0]), int(triggered[0]))
        if wrong.size:
            at = int(wrong[0])
            before = (float(sent[at - 1]), int(triggered[at - 1])) if at else self._before
            raise self._error(
                first + at, (float(sent[at]), int(triggered[at])), self._first, before or self._first
            )
        self._low, self._high = float(low[-1]), float(high[-1])
        self._before = (float(sent[-1]), int(triggered[-1]))

    def _sent(self, records: NDArray[np.int64]) -> NDArray[np.float64]:
        """When the generator sends the triggers of records: samples since it began to play, by its own clock."""
        shots, programs = self._plan.places(records)
        if self._plan.order == "cyclic":
            begins = shots * self._begins[-1] + self._begins[programs]
        else:
            lengths = self._begins[1:] - self._begins[:-1]
            begins = self._plan.shots * self._begins[programs] + shots * lengths[programs]
        sent: NDArray[np.float64] = begins + self._edges[programs]
        return sent

    def _error(
        self, record: int, here: tuple[float, int], first: tuple[float, int], before: tuple[float, int]
    ) -> AcquisitionError:
        (shot,), (program,) = (found.tolist() for found in self._plan.places(np.array([record], np.int64)))
        slots = sorted({window.slot for window in self._plan.windows if window.record == program})
        where = f"program {program}, shot {shot}" + "".join(f", slot {slot}" for slot in slots)
        return AcquisitionError(
            "a trigger did not come when it was sent: one was lost, late, or too many",
            got=f"record {record} ({where}) at sample {here[1] - first[1]} after the first record's trigger, "
            f"{here[1] - before[1]} after the one before",
            allowed=f"sample {here[0] - first[0]:.10g}, {here[0] - before[0]:.10g} after the one before",
            fix=_FIX,
            instrument=self._plan.instrument,
        )
