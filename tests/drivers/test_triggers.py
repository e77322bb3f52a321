"""Triggers against when they were sent: whatever happens to them, wrong records are never taken for right ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.contract import AcquisitionError, AcquisitionPlan, AcquisitionWindow, PlayOrder, TriggerTimetable
from drivers.triggers import FREE_DRIFT, JITTER_SAMPLES, LOCKED_DRIFT, TriggerWatch

RATE_HZ = 500_000_000
GENERATOR_HZ = 2_500_000_000
DRIFTS = st.sampled_from([LOCKED_DRIFT, FREE_DRIFT])


@dataclass(frozen=True)
class Sent:
    """An acquisition, and when its triggers are sent: by walking through it, shot by shot."""

    plan: AcquisitionPlan
    times: tuple[Fraction, ...]
    """Digitizer samples since the generator began."""

    def watch(self, drift: float) -> TriggerWatch:
        """A new watch."""
        assert self.plan.triggers is not None
        return TriggerWatch(self.plan, self.plan.triggers, drift)


def sent(edges: tuple[int, ...], lengths: tuple[int, ...], shots: int, order: PlayOrder = "cyclic") -> Sent:
    """Edges and lengths of programs in samples of the generator."""
    timetable = TriggerTimetable(
        tuple(Fraction(edge, GENERATOR_HZ) for edge in edges), tuple(Fraction(n, GENERATOR_HZ) for n in lengths)
    )
    windows = tuple(AcquisitionWindow(program, 0, 3, 0, 100, 0.0) for program in range(len(edges)))
    plan = AcquisitionPlan(
        "digitizer", RATE_HZ, 256, 0, len(edges), shots, windows, order=order, triggers=timetable
    )
    turns = [(p, s) for s in range(shots) for p in range(len(edges))]
    now, times = 0, []
    for program, _ in turns if order == "cyclic" else sorted(turns):
        times.append((now + edges[program]) * Fraction(RATE_HZ, GENERATOR_HZ))
        now += lengths[program]
    return Sent(plan, tuple(times))


@st.composite
def acquisitions(draw: st.DrawFn) -> Sent:
    """Programs of a few microseconds up to a millisecond."""
    lengths = draw(st.lists(st.integers(20_000, 2_500_000), min_size=1, max_size=4))
    edges = [draw(st.integers(0, length - 1)) for length in lengths]
    return sent(
        tuple(edges), tuple(lengths), draw(st.integers(1, 8)), draw(st.sampled_from(["cyclic", "sequential"]))
    )


def seen(one: Sent, start: float, drift: float, jitter: list[float]) -> list[int]:
    """What a digitizer tells of triggers, its clock off by `drift` from the generator's."""
    times = [start + float(time) * (1 + drift) + off for time, off in zip(one.times, jitter, strict=True)]
    return [int(np.floor(time)) for time in times]


@given(acquisitions(), DRIFTS, st.floats(-1, 1), st.floats(0, 1e9), st.data())
def test_what_was_sent_is_taken(one: Sent, drift: float, share: float, start: float, data: st.DataObject) -> None:
    """No false alarm: any start, any drift and jitter within their limits, any cut into blocks."""
    count = one.plan.records
    jitter = data.draw(st.lists(st.floats(-JITTER_SAMPLES, JITTER_SAMPLES), min_size=count, max_size=count))
    triggered = np.array(seen(one, start, share * drift, jitter), np.int64)
    cuts = sorted(data.draw(st.sets(st.integers(0, count))) | {0, count})
    watch = one.watch(drift)
    for first, last in pairwise(cuts):
        watch.admit(first, triggered[first:last])


@given(acquisitions(), DRIFTS, st.floats(0, 1e9), st.data())
def test_no_wrong_record_is_taken(one: Sent, drift: float, start: float, data: st.DataObject) -> None:
    """Lost, late, invented, repeated and exchanged triggers, several at once: right, too few, or an error.

    What looks exactly as if it were right to a clock of finite resolution is left out: a trigger invented in the
    very place of one that was lost, or in the rhythm of the others before the first of them.
    """
    came = [(number, time) for number, time in enumerate(seen(one, start, 0.0, [0.0] * one.plan.records))]
    for _ in range(data.draw(st.integers(1, 4))):
        assume(came)
        at = data.draw(st.integers(0, len(came) - 1))
        number, time = came[at]
        match data.draw(st.sampled_from(["lose", "late", "invent", "repeat", "exchange"])):
            case "lose":
                del came[at]
            case "late":
                came[at] = (-1, time + data.draw(st.integers(40, 10_000)))
            case "invent":
                came.insert(at, (-1, time - data.draw(st.integers(0, 500_000))))
            case "repeat":
                came.insert(at, (number, time))
            case _:
                came[at - 1], came[at] = came[at], came[at - 1]
    came = came[: one.plan.records]
    right = [number for number, _ in came] == list(range(len(came)))
    off = np.array([time for _, time in came]) - np.array([float(time) for time in one.times[: len(came)]])
    tolerance = 3 + 2 * drift * max(np.diff([0.0, *map(float, one.times)]))
    assume(right or np.ptp(off) > 2 * tolerance)
    watch = one.watch(drift)
    if right:
        watch.admit(0, np.array([time for _, time in came], np.int64))
        return
    with pytest.raises(AcquisitionError):
        watch.admit(0, np.array([time for _, time in came], np.int64))


def test_the_error_names_record_slot_and_instants() -> None:
    """Two programs of 1 ms, the trigger of record 5 is 40 samples late."""
    one = sent((1000, 2000), (2_500_000, 2_500_000), 4)
    triggered = np.array(seen(one, 77.0, 0.0, [0.0] * 8), np.int64)
    triggered[5] += 40
    watch = one.watch(FREE_DRIFT)
    watch.admit(0, triggered[:5])
    with pytest.raises(AcquisitionError) as caught:
        watch.admit(5, triggered[5:])
    assert caught.value.got == (
        "record 5 (program 1, shot 2, slot 3) at sample 2500240 after the first record's trigger, "
        "500240 after the one before"
    )
    assert caught.value.allowed == "sample 2500200, 500200 after the one before"
    assert caught.value.instrument == "digitizer"


@pytest.mark.parametrize(("drift", "fits"), [(0.5 * FREE_DRIFT, True), (3 * FREE_DRIFT, False)])
def test_a_clock_that_drifts_is_followed_as_far_as_clocks_do(drift: float, fits: bool) -> None:
    """A million records of 1 ms: 1000 s, in which the clocks come 5 or 30 ms apart."""
    short = sent((0,), (2_500_000,), 1)
    one = Sent(replace(short.plan, shots=1_000_000), ())
    triggered = np.floor(np.arange(1_000_000) * 500_000.0 * (1 + drift)).astype(np.int64)
    watch = one.watch(FREE_DRIFT)
    if fits:
        for first in range(0, 1_000_000, 100_000):
            watch.admit(first, triggered[first : first + 100_000])
        return
    with pytest.raises(AcquisitionError):
        watch.admit(0, triggered)


@pytest.mark.parametrize(("late", "told"), [(2, False), (4, True)])
def test_with_one_reference_a_few_samples_late_is_told(late: int, told: bool) -> None:
    """Without drift between the clocks the interval stays as narrow as the jitter, however slow the shots are."""
    one = sent((0,), (250_000_000,), 20)
    triggered = np.array(seen(one, 0.0, 0.0, [0.0] * 20), np.int64)
    triggered[11] += late
    if told:
        with pytest.raises(AcquisitionError, match="record 11"):
            one.watch(0.0).admit(0, triggered)
    else:
        one.watch(0.0).admit(0, triggered)
