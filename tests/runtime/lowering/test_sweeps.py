"""Sweeps are lowered as a whole, and come out as each point by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from drivers.contract import ConfigurationError, ProblemReport
from runtime.lowering import Policy, Sweep, Timeline, lower
from runtime.lowering.programs import laid_out
from runtime.pulse import (
    Constant,
    Delay,
    Drag,
    DriveChannel,
    Gaussian,
    Parameter,
    Play,
    Reference,
    Schedule,
    ScheduleBlock,
    ShiftFrequency,
    ShiftPhase,
)
from runtime.pulse.channels import Channel
from runtime.pulse.schedule import AlignEquispaced, AlignmentKind
from runtime.target import Target
from tests.runtime.lowering.lab import D0, D1, M0, make_target, measured
from tests.runtime.lowering.strategies import CARRIERS
from tests.runtime.lowering.sweeping import sweeps

AMP, WAIT, ANGLE = Parameter("amp"), Parameter("wait"), Parameter("angle")


def content(timeline: Timeline) -> dict[str, object]:
    """All that a timeline says, in a form that is equal only where every bit is."""
    plays, delays, acquisitions = timeline.plays, timeline.delays, timeline.acquisitions
    by_channel: dict[Channel, object] = {}
    for row, channel in enumerate(timeline.channels):
        own = plays.part(timeline.rows(row))
        columns = (own.start, own.duration, own.phase, own.frequency, own.accumulator)
        keys = [timeline.pulses[pulse].key for pulse in own.pulse.tolist()]
        names = [timeline.pulses[pulse].name for pulse in own.pulse.tolist()]
        by_channel[channel] = (tuple(column.tobytes() for column in columns), keys, names)
    waits = [timeline.channels[row] for row in delays.channel.tolist()]
    return {
        "duration": timeline.duration,
        "plays": by_channel,
        "delays": (delays.start.tolist(), delays.duration.tolist(), waits),
        "acquisitions": [
            column.tolist() for column in (acquisitions.start, acquisitions.duration, acquisitions.slot)
        ],
        "samples": {channel: stream.to_array().tobytes() for channel, stream in timeline.streams().items()},
    }


def one_by_one(sweep: Sweep, target: Target, policy: Policy) -> list[Timeline]:
    """Each point assigned and lowered by itself."""
    return [
        lower(sweep.program.assign_parameters(point, inplace=False), target, policy=policy, reuse_slots=True)  # type: ignore[arg-type]
        for point in sweep.points()
    ]


@pytest.mark.parametrize("policy", ["strict", "pad", "shift"])
@settings(max_examples=60, deadline=None)
@given(sweep=sweeps())
def test_a_sweep_is_bit_for_bit_what_its_points_are(policy: Policy, sweep: Sweep) -> None:
    target = Target(num_qubits=2, dt=0.2222222222222222e-9, channel_frequencies=CARRIERS)
    if policy != "strict":
        target = Target(num_qubits=2, dt=0.5e-9, channel_frequencies=CARRIERS, pulse_alignment=4)
    try:
        alone = one_by_one(sweep, target, policy)
    except ProblemReport:
        with pytest.raises(ProblemReport):
            lower(sweep, target, policy=policy, reuse_slots=True)
        return
    together = lower(sweep, target, policy=policy, reuse_slots=True)
    assert [content(timeline) for timeline in together] == [content(timeline) for timeline in alone]


def test_what_some_points_break_is_told_at_once_with_their_values() -> None:
    """Lengths, amplitudes, phases and grids: a fault of one kind hides none of another."""
    program = ScheduleBlock("rabi")
    for step in (Play(Constant(64, AMP, name="x"), D0), Delay(WAIT, D0), ShiftPhase(1 / ANGLE, D0)):
        program += step
    program += Play(Constant(64, 0.1, name="after"), D0)
    sweep = Sweep(program, {AMP: [0.5, 1.5]}, {WAIT: [16, 3, -5], ANGLE: [1.0, 0.0, 2.0]})
    with pytest.raises(ProblemReport) as caught:
        lower(sweep, make_target(pulse_alignment=16))
    assert caught.value.what == "5 of 6 programs cannot be lowered"
    found = [(problem.where, problem.what) for problem in caught.value.problems]
    names = [f"program {number} ({name})" for number, name in enumerate(sweep.names())]
    off = "start off the pulse alignment"
    assert [(place.split(", Constant(")[0], what) for place, what in found] == [
        (f"{names[1]}, d0, ShiftPhase, instant 67 dt", "the expression has no finite value"),
        (f"{names[1]}, d0, Play after, instant 67 dt", off),
        (f"{names[2]}, wait=-5, Delay(-5, DriveChannel(0))", "a duration is a whole number of samples"),
        (f"{names[3]}, d0, Play, instant 0 dt", "the pulse exceeds full scale"),
        (f"{names[4]}, d0, Play, instant 0 dt", "the pulse exceeds full scale"),
        (f"{names[4]}, d0, ShiftPhase, instant 67 dt", "the expression has no finite value"),
        (f"{names[4]}, d0, Play after, instant 67 dt", off),
        (f"{names[5]}, wait=-5, Delay(-5, DriveChannel(0))", "a duration is a whole number of samples"),
    ]


def test_only_what_moves_instructions_is_laid_out_again() -> None:
    """A chevron: one layout for each delay, whatever the frequencies, and each pulse once."""
    frequency, phase = Parameter("frequency"), Parameter("phase")
    program = ScheduleBlock("chevron")
    for step in (
        ShiftFrequency(frequency, D0),
        Play(Drag(160, AMP, 40, 2 * AMP), D0),
        Delay(WAIT, D0),
        ShiftPhase(frequency * phase, D0),
        Play(Constant(64, 0.1), D0),
    ):
        program += step
    sweep = Sweep(
        program, {frequency: [0.0, 1e6, 2e6]}, {AMP: [0.1, 0.2], phase: [0.3, 0.4]}, {WAIT: [0, 16, 32, 48]}
    )
    apart, at_once = laid_out(sweep, each=True), laid_out(sweep)
    assert (len(apart.layouts), apart.row.tolist()) == (4, [0, 1, 2, 3] * 6)
    assert (len(at_once.layouts), at_once.row.tolist()) == (1, [0, 1, 2, 3] * 6)
    assert at_once.durations == apart.durations
    timelines = lower(sweep, make_target())
    assert len(timelines) == 24
    assert len(timelines[0].pulses) == 3
    assert [content(one) for one in timelines] == [
        content(one) for one in one_by_one(sweep, make_target(), "strict")
    ]


def test_an_expression_of_a_length_and_something_else_is_evaluated_at_once() -> None:
    program = ScheduleBlock("detuned")
    for step in (Delay(WAIT, D0), ShiftPhase(WAIT * ANGLE, D0), Play(Constant(64, AMP), D0)):
        program += step
    sweep = Sweep(program, {WAIT: [16, 32]}, {ANGLE: [0.1, 0.2]}, {AMP: [0.1, 0.2]})
    assert len(laid_out(sweep, each=True).layouts) == 4
    alone = one_by_one(sweep, make_target(), "strict")
    assert [content(one) for one in lower(sweep, make_target())] == [content(one) for one in alone]


@pytest.mark.parametrize("values", [[16, -1], [16, 16.5], [16, 1 << 63]])
def test_lengths_that_no_point_can_have_are_told_point_by_point(values: list[float]) -> None:
    program = ScheduleBlock("wrong")
    for step in (Delay(WAIT, D0), Play(Constant(64, 0.1), D0)):
        program += step
    with pytest.raises(ProblemReport) as caught:
        lower(Sweep(program, {WAIT: values}), make_target())
    (problem,) = caught.value.problems
    assert problem.where.startswith(f"program 1 (wrong wait={values[1]:.6g})")


def test_channels_alignments_and_subroutines_may_be_swept() -> None:
    index, length = Parameter("index"), Parameter("length")
    gate = ScheduleBlock("gate")
    gate += Play(Gaussian(16, AMP, 4), DriveChannel(index))
    program = ScheduleBlock("train", alignment_context=AlignEquispaced(length))
    program += Play(Constant(8, 0.1), D1)
    program += Reference("gate")
    program += Play(Constant(8, AMP), D1)
    program.assign_references({("gate",): gate})
    sweep = Sweep(program, {index: [0, 1], AMP: [0.1, 0.2]}, {length: [64, 80]})
    alone = one_by_one(sweep, make_target(), "strict")
    assert len(laid_out(sweep).layouts) == 4
    assert [content(one) for one in lower(sweep, make_target())] == [content(one) for one in alone]


def test_an_alignment_of_a_users_own_may_look_at_anything() -> None:
    class Loudest(AlignmentKind):
        """Starts later, the louder the first pulse is."""

        __slots__ = ()

        def align(self, schedule: Schedule) -> Schedule:
            (_, play), *_ = schedule.instructions
            return schedule.shift(int(100 * play.pulse.amp))  # type: ignore[attr-defined]

    program = ScheduleBlock("loud", alignment_context=Loudest())
    program += Play(Constant(64, AMP), D0)
    starts = [one.plays.start.tolist() for one in lower(Sweep(program, {AMP: [0.1, 0.25]}), make_target())]
    assert starts == [[10], [25]]


def test_parameters_that_are_not_swept_are_told_of_at_each_point() -> None:
    program = Schedule((0, Play(Constant(64, AMP * ANGLE), D0)), name="rabi")
    with pytest.raises(ProblemReport) as caught:
        lower(Sweep(program, {AMP: [0.0, 0.5]}), make_target())
    (problem,) = caught.value.problems  # 0 times anything is 0
    assert problem.where == "program 1 (rabi amp=0.5), d0, Play, instant 0 dt"
    assert (problem.what, problem.got) == ("unassigned parameters", "angle")


@pytest.mark.parametrize("value", ["0.1", True, None, ANGLE])
def test_values_that_are_no_numbers(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"axis 0, amp: values that are no numbers"):
        Sweep(Schedule((0, Play(Constant(64, AMP), D0))), {AMP: [0.1, value]})  # type: ignore[list-item]


def test_arrays_of_values_and_the_readout_that_points_share() -> None:
    program = measured(Schedule((0, Play(Constant(160, AMP), D0))))
    values = np.linspace(0.1, 0.4, 7)
    timelines = lower(Sweep(program, {AMP: values}), make_target())
    assert timelines[3].name.endswith("amp=0.25")
    assert len(timelines[0].pulses) == 8
    tones = [timeline.streams()[M0].pieces[0][1] for timeline in timelines]
    assert all(np.shares_memory(tone, tones[0]) for tone in tones)
    assert {timeline.acquisitions.start.tolist()[0] for timeline in timelines} == {160}


def test_a_complex_phase_is_refused_where_it_comes_up() -> None:
    program = Schedule((0, ShiftPhase((ANGLE - 1) ** 0.5, D0)), (0, Play(Constant(64, 0.1), D0)), name="odd")
    with pytest.warns(PendingDeprecationWarning), pytest.raises(ProblemReport) as caught:
        lower(Sweep(program, {ANGLE: [2.0, 0.0]}), make_target())
    (problem,) = caught.value.problems
    assert problem.where == "program 1 (odd angle=0), d0, ShiftPhase, instant 0 dt"
    assert problem.what == "ShiftPhase needs a real number as phase"
