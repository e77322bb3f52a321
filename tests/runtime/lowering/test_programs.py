"""What can be lowered: blocks, several programs, sweeps; and that together they come out as one by one."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import ConfigurationError, ProblemReport
from runtime.lowering import Sweep, Timeline, lower
from runtime.pulse import Constant, Delay, Drag, Gaussian, Parameter, Play, Schedule, ScheduleBlock, ShiftPhase
from runtime.pulse.transforms import AlignRight, target_qobj_transform
from runtime.target import Target
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import D0, D1, M0, make_target, measured
from tests.runtime.lowering.strategies import CARRIERS, schedules

TARGET = make_target()
AMP, WAIT, ANGLE = Parameter("amp"), Parameter("wait"), Parameter("angle")


def same(one: Timeline, other: Timeline) -> bool:
    """Whether two timelines emit the same; their channels may come in another order."""
    left, right = one.streams(), other.streams()
    assert left.keys() == right.keys()
    return all(
        [start for start, _ in left[channel].pieces] == [start for start, _ in right[channel].pieces]
        and np.array_equal(left[channel].to_array(), right[channel].to_array())
        for channel in left
    )


def test_a_block_comes_out_as_its_schedule() -> None:
    block = ScheduleBlock("pair", alignment_context=AlignRight())
    block += Play(Gaussian(64, 0.3, 16), D0)
    block += ShiftPhase(0.4, D0)
    block += Play(Constant(128, 0.2), D1)
    block += Play(Gaussian(64, 0.3, 16), D0)
    timeline = lower(block, TARGET)
    assert timeline.name == "pair"
    assert timeline.plays.start.tolist() == [0, 64, 0]
    assert same(timeline, lower(target_qobj_transform(block), TARGET))


def test_a_block_with_an_open_length_is_told_with_its_name() -> None:
    block = ScheduleBlock("waiting")
    block += Delay(WAIT, D0)
    with pytest.raises(ProblemReport) as caught:
        lower(block, TARGET)
    assert caught.value.where == "waiting"
    assert caught.value.problems[0].where == "ScheduleBlock waiting"


@settings(max_examples=25, deadline=None)
@given(st.lists(schedules(), min_size=1, max_size=4))
def test_programs_lowered_together_come_out_as_one_by_one(programs: list[Schedule]) -> None:
    target = Target(num_qubits=2, dt=0.2222222222222222e-9, channel_frequencies=CARRIERS)
    for together, program in zip(lower(programs, target), programs, strict=True):
        alone = lower(program, target)
        assert same(together, alone)
        assert together.carriers == tuple(CARRIERS.get(channel) for channel in together.channels)
        assert together.delays.start.tolist() == alone.delays.start.tolist()


@settings(max_examples=25, deadline=None)
@given(st.lists(schedules(), min_size=2, max_size=4), st.booleans())
def test_nesting_makes_no_difference(parts: list[Schedule], chained: bool) -> None:
    """Gates that occur again, inside schedules that occur again, against the reference."""
    if chained:
        whole = functools.reduce(lambda left, right: left + right, [*parts, *parts])
    else:
        whole = Schedule()
        for part in itertools.chain(parts, parts):
            whole.append(part, inplace=True)
    target = Target(num_qubits=2, dt=4e-9, channel_frequencies=CARRIERS)
    for channel, stream in lower(whole, target).streams().items():
        wanted = reference.stream(whole, channel, target.dt_exact, CARRIERS[channel])
        np.testing.assert_allclose(stream.to_array(), wanted, rtol=0, atol=1e-12)


def test_a_sum_deeper_than_pythons_stack() -> None:
    x = Schedule((0, Play(Drag(160, 0.2, 40, -1.1), D0)))
    whole = functools.reduce(lambda left, _: left + x + ShiftPhase(0.5, D0), range(1500), Schedule())
    timeline = lower(whole, TARGET)
    assert timeline.plays.start.tolist() == list(range(0, 1500 * 160, 160))
    turned = np.exp(1j * timeline.plays.phase)
    np.testing.assert_allclose(turned, np.exp(0.5j * np.arange(1500)), rtol=0, atol=1e-12)


def test_a_sweep_zips_within_an_axis_and_crosses_axes() -> None:
    program = Schedule(
        (0, Play(Constant(64, AMP), D0)), (64, ShiftPhase(ANGLE, D0)), (64, Play(Constant(8, 0.1), D0))
    )
    sweep = Sweep(program, {AMP: [0.1, 0.2]}, {ANGLE: [0.0, 1.0, 2.0]})
    timelines = lower(sweep, TARGET)
    assert sweep.shape == (2, 3)
    assert [timeline.plays.phase[1] for timeline in timelines] == pytest.approx([0, 1, 2, 0, 1, 2])
    assert [abs(timeline.streams()[D0].to_array()[0]) for timeline in timelines] == [0.1] * 3 + [0.2] * 3
    assert timelines[1].name.endswith("amp=0.1, angle=1")
    zipped = lower(Sweep(program, {AMP: [0.1, 0.2], ANGLE: [0.5, 0.6]}), TARGET)
    assert [timeline.plays.phase[1] for timeline in zipped] == pytest.approx([0.5, 0.6])


def test_a_swept_delay_of_a_block_moves_what_follows() -> None:
    block = ScheduleBlock("ramsey")
    for step in (Play(Constant(64, 0.2), D0), Delay(WAIT, D0), Play(Constant(64, 0.2), D0)):
        block += step
    starts = [one.plays.start.tolist() for one in lower(Sweep(block, {WAIT: [0, 144, 288]}), TARGET)]
    assert starts == [[0, 64], [0, 208], [0, 352]]
    assert block.parameters == {WAIT}


def test_the_points_of_a_sweep_share_their_pulses() -> None:
    program = measured(Schedule((0, Play(Constant(160, AMP), D0))))
    timelines = lower(Sweep(program, {AMP: np.linspace(0.1, 0.4, 7).tolist()}), TARGET)
    assert len(timelines[0].pulses) == 8
    assert all(timeline.pulses is timelines[0].pulses for timeline in timelines)
    tones = [timeline.streams()[M0].pieces[0][1] for timeline in timelines]
    assert all(np.shares_memory(tone, tones[0]) for tone in tones)


@pytest.mark.parametrize(
    ("axes", "what"),
    [
        ([], "a sweep needs an axis"),
        ([{AMP: [0.1], ANGLE: [0.1, 0.2]}], "values that do not go together"),
        ([{AMP: []}], "values that do not go together"),
        ([{AMP: [0.1]}, {AMP: [0.2]}], "parameter on two axes"),
    ],
)
def test_axes_that_make_no_sweep(axes: list[dict[Parameter, list[float]]], what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        Sweep(Schedule((0, Play(Constant(64, AMP), D0))), *axes)


def test_a_sweep_of_what_the_program_lacks_and_points_that_it_refuses() -> None:
    program = Schedule((0, Play(Constant(64, AMP), D0)), name="rabi")
    with pytest.raises(ConfigurationError, match="swept parameter that the program lacks"):
        lower(Sweep(program, {WAIT: [1]}), TARGET)
    with pytest.raises(ProblemReport) as caught:
        lower(Sweep(program, {AMP: [0.5, 1.5, 2.5]}), TARGET)
    places = [f"program {point} (rabi amp={amp}), d0, Play, instant 0 dt" for point, amp in ((1, 1.5), (2, 2.5))]
    assert [problem.where.split(", Constant(")[0] for problem in caught.value.problems] == places


def test_requests_that_are_no_programs() -> None:
    with pytest.raises(ConfigurationError, match="no programs"):
        lower([], TARGET)
    with pytest.raises(ConfigurationError, match="not a program"):
        lower([Schedule(), "x"], TARGET)  # type: ignore[list-item]
    with pytest.raises(ConfigurationError, match="no such policy"):
        lower(Schedule(), TARGET, policy="lenient")  # type: ignore[call-overload]


def test_problems_of_several_programs_name_their_program() -> None:
    good, bad = Schedule((0, Play(Constant(64, 0.1), D0))), Schedule((3, Play(Constant(64, 0.1), D0)), name="late")
    with pytest.raises(ProblemReport) as caught:
        lower([good, bad], make_target(pulse_alignment=16))
    (problem,) = caught.value.problems
    assert problem.where == "program 1 (late), d0, Play Constant, instant 3 dt"
    assert caught.value.what == "1 of 2 programs cannot be lowered"
