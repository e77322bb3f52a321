"""Markers, records and windows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import AcquisitionPlan, MarkerPulse, PlayOrder
from runtime.lowering import MARKER_WIDTH_S, InputLine, Routed, lower, route
from runtime.pulse import (
    Acquire,
    Constant,
    Delay,
    MemorySlot,
    Play,
    Schedule,
    SetFrequency,
    ShiftFrequency,
)
from tests.runtime.lowering.lab import (
    A0,
    A1,
    ACQUISITION,
    D0,
    LIMITS,
    M0,
    M1,
    PLAYBACK,
    make_target,
    make_wiring,
    measured,
)


def routed(*schedules: Schedule, dt: float = 1e-9, rate_hz: int = 1_000_000_000, delay_s: float = 0.0) -> Routed:
    inputs = (InputLine("return", (A0, A1), "digitizer", 7.3e9, delay_s),)
    wiring = make_wiring(rate_hz, inputs=inputs)
    return route([lower(schedule, make_target(dt)) for schedule in schedules], wiring, LIMITS, shots=7)


def plan_of(result: Routed) -> AcquisitionPlan:
    return result.plans["digitizer"]


def test_the_marker_rises_with_the_first_acquire() -> None:
    result = routed(measured(Schedule((0, Play(Constant(160, 0.2), D0)), (160, Delay(40, M0)))))
    step = result.programs["awg"].steps[0]
    assert step.markers == (MarkerPulse(port=7, marker=1, start=200, stop=300),)
    assert float(MARKER_WIDTH_S) == 100e-9


def test_a_record_holds_its_windows() -> None:
    plan = plan_of(routed(measured(length=1000), delay_s=131e-9))
    (window,) = plan.windows
    # 131 ns are 65.5 samples, of which the trigger delay takes 64.
    assert plan.trigger_delay == 64
    assert (window.start, window.stop) == (2, 502)
    assert plan.record_length == 512
    assert (window.record, window.qubit, window.slot) == (0, 0, 0)
    assert window.if_frequency_hz == 7.25e9 - 7.3e9
    assert (plan.records_per_pass, plan.shots, plan.records) == (1, 7, 7)
    assert plan.sample_rate_hz == 500_000_000


def test_a_window_follows_its_readout_tone() -> None:
    """A sweep of the tone's frequency, and one moved between two readouts of a program."""
    moved = [measured().shift(0).insert(0, SetFrequency(7.25e9 + offset, M0)) for offset in (0.0, 2e6)]
    read = [plan.if_frequency_hz for plan in plan_of(routed(*moved)).windows]
    assert read == [7.25e9 - 7.3e9, pytest.approx(7.252e9 - 7.3e9)]
    again = measured().insert(0, ShiftFrequency(-1e6, M1))
    end = again.duration
    again = again.insert(end, ShiftFrequency(3e6, M0)).insert(end, Play(Constant(1000, 0.1), M0))
    again = again.insert(end, Acquire(1000, A0, MemorySlot(1)))
    first, second = plan_of(routed(again)).windows
    assert first.if_frequency_hz == 7.25e9 - 7.3e9
    assert second.if_frequency_hz == pytest.approx(7.253e9 - 7.3e9)


def test_short_records_are_as_long_as_the_digitizer_needs() -> None:
    assert plan_of(routed(measured(length=200))).record_length == 256


def test_each_program_of_a_batch_has_its_record() -> None:
    result = routed(measured(), measured(Schedule((0, Play(Constant(160, 0.2), D0)))), measured())
    assert [window.record for window in plan_of(result).windows] == [0, 1, 2]
    assert plan_of(result).records_per_pass == 3


def test_readouts_of_two_qubits_have_a_window_each() -> None:
    schedule = measured()
    schedule = schedule.insert(0, Play(Constant(1000, 0.1), M1)).insert(0, Acquire(600, A1, MemorySlot(5)))
    second, first = plan_of(routed(schedule)).windows  # the shorter Acquire comes first in a schedule
    assert (second.qubit, second.slot, second.start, second.stop) == (1, 5, 0, 300)
    assert second.if_frequency_hz == 7.33e9 - 7.3e9
    assert (first.start, first.stop) == (0, 500)


def test_an_acquire_may_reach_into_the_delay_that_follows_the_readout() -> None:
    schedule = Schedule(
        (0, Play(Constant(400, 0.1), M0)), (400, Delay(100, M0)), (100, Acquire(400, A0, MemorySlot(0)))
    )
    (window,) = plan_of(routed(schedule)).windows
    assert window.stop - window.start == 200


def test_programs_without_acquires_need_no_plan() -> None:
    result = routed(Schedule((0, Play(Constant(160, 0.2), D0))))
    assert result.plans == {}
    assert all(not step.markers for step in result.programs["awg"].steps)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2000),
    st.integers(100, 3000),
    st.sampled_from([0.2222222222222222e-9, 0.5e-9, 1e-9]),
    st.sampled_from([1_000_000_000, 2_400_000_000, 2_500_000_000]),
    st.integers(0, 500),
)
def test_windows_hold_the_samples_of_their_acquire(
    start: int, length: int, dt: float, rate_hz: int, delay_ns: int
) -> None:
    """Counted from the program's start: marker edge, trigger delay, window; all in exact time."""
    schedule = Schedule((start, Play(Constant(length, 0.2), M0)), (start, Acquire(length, A0, MemorySlot(0))))
    result = routed(schedule, dt=dt, rate_hz=rate_hz, delay_s=delay_ns * 1e-9)
    plan, steps = plan_of(result), result.programs["awg"].steps
    begins = accumulate((step.length * step.repeat for step in steps), initial=0)
    (edge,) = [begin + marker.start for begin, step in zip(begins, steps, strict=False) for marker in step.markers]
    (window,) = plan.windows
    period = make_target(dt).dt_exact
    edge_s = Fraction(edge, rate_hz)
    assert edge_s <= start * period < edge_s + Fraction(1, rate_hz)

    def sample_s(index: int) -> Fraction:
        return edge_s + Fraction(plan.trigger_delay + index, plan.sample_rate_hz)

    arrival_s = start * period + Fraction(delay_ns, 10**9)
    assert arrival_s <= sample_s(window.start) < arrival_s + Fraction(1, plan.sample_rate_hz)
    assert sample_s(window.stop - 1) < arrival_s + length * period
    assert window.stop - window.start == length * period * plan.sample_rate_hz // 1
    assert plan.trigger_delay % 8 == 0
    assert plan.record_length % 128 == 0
    assert 0 <= window.start < window.stop <= plan.record_length


@pytest.mark.parametrize("rate_hz", [5_000_000, 1_000_000_000])
def test_the_marker_is_at_least_a_sample_wide_and_ends_within_its_step(rate_hz: int) -> None:
    limits = {**LIMITS, "awg": replace(PLAYBACK, min_length=1, granularity=1, max_repeat=10**6)}
    schedule = Schedule((0, Play(Constant(10, 0.1), M0)), (0, Acquire(10, A0, MemorySlot(0))))
    wiring = make_wiring(rate_hz)
    timeline = lower(schedule, make_target(1e-6 if rate_hz < 10**9 else 1e-9))
    wiring = replace(wiring, outputs=tuple(replace(line, lo_frequency_hz=7.25e9) for line in wiring.outputs[2:]))
    step = route([timeline], wiring, limits, shots=1).programs["awg"].steps[0]
    (marker,) = step.markers
    assert marker.start == 0
    assert 1 <= marker.stop < step.length


@pytest.mark.parametrize("order", ["cyclic", "sequential"])
@pytest.mark.parametrize("rate_hz", [1_000_000_000, 2_500_000_000])
def test_the_plan_says_when_triggers_come(order: PlayOrder, rate_hz: int) -> None:
    """As a generator plays them that walks through its play list, entry by entry and pass by pass."""
    late = Schedule((0, Play(Constant(160, 0.2), D0)), (20_000, Delay(40, D0)))
    schedules = [measured(), measured(late), measured(Schedule((0, Delay(333, M0))))]
    timelines = [lower(schedule, make_target()) for schedule in schedules]
    result = route(timelines, make_wiring(rate_hz), LIMITS, shots=3, order=order)
    program, plan = result.programs["awg"], plan_of(result)
    now, edges = 0, []
    for body in program.bodies():
        for _ in range(program.passes):
            for step in body:
                edges += [now + pulse.start for pulse in step.markers]
                now += step.length * step.repeat
    assert plan.triggers is not None
    begins = [0, *accumulate(plan.triggers.lengths_s)]
    lengths = plan.triggers.lengths_s
    shots, programs = plan.places(np.arange(plan.records))
    found = [
        (shot * begins[-1] + begins[p] if order == "cyclic" else 3 * begins[p] + shot * lengths[p])
        + plan.triggers.edges_s[p]
        for shot, p in zip(shots.tolist(), programs.tolist(), strict=True)
    ]
    assert [instant * rate_hz for instant in found] == edges


def test_records_have_room_for_their_footers() -> None:
    """The window ends with sample 510: 2 samples of footer fit behind it, 4 take a longer record."""
    for footer, length in ((0, 512), (2, 512), (4, 640)):
        limits = {**LIMITS, "digitizer": replace(ACQUISITION, footer_samples=footer)}
        result = route([lower(measured(length=1020), make_target())], make_wiring(), limits, shots=1)
        (window,) = plan_of(result).windows
        assert (window.stop, plan_of(result).record_length) == (510, length)
