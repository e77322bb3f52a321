"""Instruments that start others: edges on both grids, and what is counted from them."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import MarkerEvent, ProblemReport
from runtime.lowering import InputLine, OutputLine, Routed, TriggerLine, Wiring, lower, route
from runtime.pulse import Acquire, Constant, Delay, Drag, MemorySlot, Play, Schedule, ShiftPhase
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import A0, ACQUISITION, CARRIERS, D0, D1, M0, PLAYBACK, make_target
from tests.runtime.lowering.sequencing import LIMITS, SEQUENCER, pair, require_playable

HALF_NS = make_target(0.5e-9)
NINTHS = make_target(0.2222222222222222e-9)
X90 = Play(Drag(160, 0.2, 40, -1.1), D0)
BOTH_S = Fraction(40, 3 * 10**9)
"""16 samples of 2.4 GS/s are 20/3 ns, 8 of 1.8 GS/s are 40/9 ns."""


def measured(start: int, *before: tuple[int, Play], length: int = 2000) -> Schedule:
    schedule = Schedule(*before, (start, Play(Constant(length, 0.6), M0)))
    return schedule.insert(start, Acquire(length, A0, MemorySlot(0)))


def routed(schedules: list[Schedule], wiring: Wiring | None = None, **limits: object) -> Routed:
    return route(lower(schedules, NINTHS), wiring or pair(), {**LIMITS, **limits}, shots=10)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=4))
def test_a_triggered_readout_counts_from_its_edge(starts: list[int]) -> None:
    """The marker rises with the pulse, which lies on both grids; so one waveform serves all instants."""
    result = routed([measured(start, (0, X90)) if start >= 160 else measured(start) for start in starts])
    driver, reader, plan = result.sequencers["sg"], result.sequencers["qa"], result.plans["qa"]
    (track,) = reader.tracks
    assert track.starts.tolist() == [0] * len(starts)
    assert len(track.envelopes) == 1
    assert (driver.trigger_input, reader.trigger_input) == (None, 2)
    for marker, window, start in zip(driver.markers, plan.windows, starts, strict=True):
        instant = start * NINTHS.dt_exact
        lead = math.ceil(instant / BOTH_S) * BOTH_S - instant
        assert (marker.port, marker.marker, marker.program) == (1, 1, window.record)
        assert marker.start == (instant + lead) * 2_400_000_000
        assert not marker.start % 16
        assert marker.stop - marker.start == 240  # 100 ns, whole cells
        sample = Fraction(plan.trigger_delay + window.start, 1_800_000_000)
        assert Fraction(120, 10**9) <= sample < Fraction(120, 10**9) + Fraction(1, 1_800_000_000)
        assert window.record_start_s == pytest.approx(plan.trigger_delay / 1.8e9, abs=1e-18)
    require_playable(driver)
    require_playable(reader, 8, 16)


def test_lengths_of_triggered_programs_leave_out_the_idle() -> None:
    result = routed([measured(160 + 1440 * k, (0, X90)) for k in range(3)])
    (length,) = set(result.sequencers["qa"].lengths)
    assert 800 <= length <= 800 + 24 + 16  # 444 4/9 ns, up to a cell of both grids, a silence that can be played
    driver = result.sequencers["sg"].lengths
    assert all(Fraction(length, 2_400_000_000) % BOTH_S == 0 for length in driver)
    assert min(driver) > 20e-6 * 2.4e9


SECOND = Wiring(
    outputs=(
        OutputLine("drive0", (D0,), "sg", 1, 2, 5.05e9),
        OutputLine("drive1", (D1,), "second", 1, 2, 4.85e9, delay_s=3e-9),
    ),
    triggers=(TriggerLine("sg", 3, 1, "second"),),
    idle_s=1e-6,
    sample_rates_hz={"sg": 2_400_000_000, "second": 2_000_000_000},
)


@pytest.mark.parametrize("start", [0, 37, 400])
def test_oscillators_of_a_triggered_generator_begin_with_its_edge(start: int) -> None:
    """What it emits, shifted by the edge, is what it would emit by its own clock."""
    late = Schedule((0, X90), (start, Play(Constant(96, 0.3), D1)), (start + 96, ShiftPhase(1.0, D1)))
    late = late.insert(start + 200, Play(Constant(64, 0.2), D1))
    result = route(lower([late], HALF_NS), SECOND, {**LIMITS, "second": SEQUENCER}, shots=1)
    (marker,) = result.sequencers["sg"].markers
    second = result.sequencers["second"]
    spacing = Fraction(16, 2_400_000_000) * 6 / 5 * 5  # 16/2.4 ns and 16/2 ns meet every 40 ns
    assert spacing == Fraction(40, 10**9)
    edge_s = Fraction(marker.start, 2_400_000_000)
    assert edge_s == (start * HALF_NS.dt_exact + Fraction(3, 10**9)) // spacing * spacing
    edge = int(edge_s * 2_000_000_000)
    emitted = second.tracks[0].samples(0, second.lengths[0], 2_000_000_000)
    clock = (HALF_NS.dt_exact, 2_000_000_000, edge + second.lengths[0])
    wanted = reference.port_signal(late, SECOND.outputs[1], CARRIERS, clock)
    np.testing.assert_allclose(emitted, wanted[edge:], rtol=0, atol=1e-12)
    assert not wanted[:edge].any()
    assert second.tracks[0].oscillator_hz == 4.9e9 - 4.85e9


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=3), st.sampled_from([112, 192]))
def test_oscillators_start_again_before_anything_is_played(starts: list[int], lead: int) -> None:
    """The marker comes so much earlier, or programs begin later: both instruments stay in step."""
    schedules = [Schedule((0, X90), (start, Play(Constant(96, 0.3), D1))) for start in starts]
    limits = {**LIMITS, "second": replace(SEQUENCER, trigger_lead=lead)}
    result = route(lower(schedules, HALF_NS), SECOND, limits, shots=1)
    first, second = result.sequencers["sg"], result.sequencers["second"]
    assert int(second.tracks[0].starts.min()) >= lead
    for marker in first.markers:
        number = marker.program
        edge = marker.start * 2_000_000_000 // 2_400_000_000
        shown = edge + second.lengths[number]
        # How much later the program begins shows in what the other one plays.
        begun = int(first.tracks[0].starts[first.tracks[0].begin[number]]) * 5 // 6
        clock = (HALF_NS.dt_exact, 2_000_000_000, shown)
        wanted = reference.port_signal(schedules[number], SECOND.outputs[1], CARRIERS, clock)
        emitted = second.tracks[0].samples(number, second.lengths[number], 2_000_000_000)
        at = np.flatnonzero(np.abs(emitted) > 1e-9)[0] + edge - begun
        assert at == np.flatnonzero(np.abs(wanted) > 1e-9)[0]
    for program in (first, second):
        require_playable(program)


def test_beside_play_lists_nothing_can_be_moved() -> None:
    """A pulse that would need an edge before its program begins is told, with how to avoid it."""
    early = Schedule((0, Play(Constant(96, 0.3), D1)))
    limits = {**LIMITS, "sg": PLAYBACK, "second": replace(SEQUENCER, trigger_lead=112)}
    wiring = replace(SECOND, sample_rates_hz={"sg": 2_400_000_000, "second": 2_400_000_000})
    with pytest.raises(ProblemReport, match="pulse too soon after the trigger"):
        route(lower([early], HALF_NS), wiring, limits, shots=1)
    late = Schedule((400, Play(Constant(96, 0.3), D1)))
    assert route(lower([late], HALF_NS), wiring, limits, shots=1).sequencers["second"].tracks[0].starts[0] >= 112


def test_an_idle_instrument_that_waits_for_triggers_counts_along() -> None:
    """A program in which it has nothing to do starts it all the same: it would play the next one's otherwise."""
    schedules = [
        Schedule((800, Play(Constant(96, 0.3), D1))),
        Schedule((0, X90)),
        Schedule((160, Play(Constant(96, 0.3), D1))),
    ]
    result = route(lower(schedules, HALF_NS), SECOND, {**LIMITS, "second": SEQUENCER}, shots=1)
    assert [(one.program, one.start) for one in result.sequencers["sg"].markers] == [(0, 960), (1, 0), (2, 192)]
    track = result.sequencers["second"].tracks[0]
    assert track.begin.tolist() == [0, 1, 1, 2]
    assert result.sequencers["second"].lengths[1] >= 32


def test_a_sequencer_starts_a_plain_digitizer_on_its_grid() -> None:
    outputs = (OutputLine("drive0", (D0,), "sg", 1, 2, 5.05e9), OutputLine("readout", (M0,), "sg", 3, 4, 7.2e9))
    wiring = Wiring(
        outputs=outputs,
        inputs=(InputLine("return", (A0,), "digitizer", 7.2e9, 100e-9),),
        triggers=(TriggerLine("sg", 3, 1, "digitizer"),),
        idle_s=10e-6,
        sample_rates_hz={"sg": 2_000_000_000, "digitizer": 500_000_000},
    )
    schedules = [measured(start, length=1000) for start in (0, 100, 333)]
    result = route(lower(schedules, HALF_NS), wiring, {**LIMITS, "digitizer": ACQUISITION}, shots=1)
    plan = result.plans["digitizer"]
    for marker, window, start in zip(result.sequencers["sg"].markers, plan.windows, (0, 100, 333), strict=True):
        assert marker == MarkerEvent(window.record, 3, 1, start // 16 * 16, start // 16 * 16 + 208)
        sample = Fraction(marker.start, 2_000_000_000)
        sample += Fraction(plan.trigger_delay + window.start, 500_000_000)
        arrival = start * HALF_NS.dt_exact + Fraction(100, 10**9)
        assert arrival <= sample < arrival + Fraction(2, 10**9)
        # Its oscillator runs from the program's start, and so does the kernel's.
        begin = marker.start / 2e9 + plan.trigger_delay / 5e8
        assert window.record_start_s == pytest.approx(begin, abs=1e-18)


def test_a_generator_of_play_lists_starts_a_sequencer() -> None:
    base = pair()
    wiring = replace(
        base,
        outputs=(replace(base.outputs[0], instrument="awg"), base.outputs[2]),
        triggers=(TriggerLine("awg", 1, 2, "qa"),),
        sample_rates_hz={"awg": 1_800_000_000, "qa": 1_800_000_000},
    )
    schedules = [measured(160 + 36 * k, (0, X90)) for k in (0, 1, 5)]
    result = routed(schedules, wiring, awg=replace(PLAYBACK, granularity=4))
    steps = result.programs["awg"].steps
    markers = [marker for step in steps for marker in step.markers]
    edges = [math.floor((160 + 36 * k) * NINTHS.dt_exact * 1_800_000_000 / 8) * 8 for k in (0, 1, 5)]
    assert [(marker.port, marker.marker, marker.start) for marker in markers] == [(1, 2, edge) for edge in edges]
    reader = result.sequencers["qa"]
    assert reader.trigger_input == 1
    assert reader.tracks[0].starts.tolist() == [0, 0, 0]


def test_equal_clocks_need_no_common_grid() -> None:
    base = pair(sample_rates_hz={"sg": 1_800_000_000, "qa": 1_800_000_000})
    result = routed([measured(160, (0, X90))], base)
    assert result.sequencers["sg"].markers[0].start % 16 == 0


def test_sequencers_that_are_not_used_are_still_started() -> None:
    result = routed([Schedule((0, X90)), Schedule((0, X90), (160, Delay(100, M0)))])
    assert result.plans == {}
    assert [marker.start for marker in result.sequencers["sg"].markers] == [0, 0]
    assert result.sequencers["qa"].tracks[0].starts.size == 0


def test_triggers_that_come_before_a_record_has_ended() -> None:
    with pytest.raises(ProblemReport) as caught:
        route(lower([measured(0)], NINTHS), pair(idle_s=0.0), LIMITS, shots=1)
    (problem,) = caught.value.problems
    assert problem.what == "triggers faster than records"


def test_triggers_that_come_before_a_program_has_ended() -> None:
    """The second generator plays on for 3 ns after the first one's program has ended, and would miss its edge."""
    long = Schedule((0, Play(Constant(1600, 0.2), D0)), (0, Play(Constant(1600, 0.2), D1)))
    limits = {**LIMITS, "second": SEQUENCER}
    slow = replace(SECOND.outputs[1], delay_s=39e-9)
    wiring = replace(SECOND, idle_s=0.0, outputs=(SECOND.outputs[0], slow))
    with pytest.raises(ProblemReport) as caught:
        route(lower([long], HALF_NS), wiring, limits, shots=1)
    (problem,) = caught.value.problems
    assert (problem.what, problem.where) == ("triggers faster than programs", "instrument second, program 0")


def test_a_long_program_may_be_followed_by_a_late_edge() -> None:
    """Each program's own gap counts, not the shortest of all."""
    early = Schedule((0, Play(Constant(64, 0.2), D1)), (20_000, Play(Constant(64, 0.2), D1)))
    late = Schedule((20_000, Play(Constant(64, 0.2), D1)))
    wiring = replace(SECOND, idle_s=1e-6)
    result = route(lower([early, late, late], HALF_NS), wiring, {**LIMITS, "second": SEQUENCER}, shots=1)
    own = [length / 2e9 for length in result.sequencers["second"].lengths]
    assert own[0] > 10e-6
    assert own[1] == own[2] < 0.2e-6
