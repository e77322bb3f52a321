"""Frames: phases of plays, by hand and by the properties that define them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from drivers.contract import ProblemReport
from runtime.lowering import AliasingWarning, Timeline, lower
from runtime.pulse import (
    Constant,
    DriveChannel,
    Play,
    Schedule,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
)
from tests.runtime.lowering.lab import D0, D1, make_target, the_problem

NS = 1e9
"""Cycles a sample to Hz, at 1 ns."""


def lowered(*steps: tuple[int, object]) -> Timeline:
    schedule = Schedule(name="frames")
    for time, step in steps:
        schedule = schedule.insert(time, step)
    return lower(schedule, make_target(1e-9))


def phases(timeline: Timeline) -> list[float]:
    """Phase of each sample of d0 in turns, within [-0.5, 0.5)."""
    samples = timeline.streams()[D0].to_array()
    return [round(float(turns), 9) for turns in np.angle(samples) / (2 * np.pi)]


def test_phase_gained_while_shifted_stays_after_shifting_back() -> None:
    timeline = lowered(
        (0, Play(Constant(2, 1.0), D0)),
        (2, ShiftFrequency(0.1 * NS, D0)),
        (2, Play(Constant(3, 1.0), D0)),
        (5, ShiftFrequency(-0.1 * NS, D0)),
        (5, Play(Constant(2, 1.0), D0)),
    )
    assert phases(timeline) == [0, 0, 0, 0.1, 0.2, 0.3, 0.3]


def test_the_columns_hold_phase_frequency_and_accumulator() -> None:
    timeline = lowered(
        (3, ShiftPhase(0.5, D0)), (3, ShiftFrequency(0.1 * NS, D0)), (3, Play(Constant(4, 1.0), D0))
    )
    assert timeline.plays.phase.tolist() == [0.5]
    assert timeline.plays.frequency.tolist() == [0.1 * NS]
    assert timeline.plays.accumulator == pytest.approx([0.7], abs=1e-15)  # -0.3 turns


def test_set_frequency_counts_from_the_carrier() -> None:
    by_setting = lowered((4, SetFrequency(5.1e9 + 2e7, D0)), (4, Play(Constant(9, 1.0), D0)))
    by_shifting = lowered((4, ShiftFrequency(2e7, D0)), (4, Play(Constant(9, 1.0), D0)))
    assert phases(by_setting) == phases(by_shifting)


def test_set_phase_leaves_the_accumulator_alone() -> None:
    timeline = lowered(
        (0, ShiftFrequency(0.1 * NS, D0)),
        (2, ShiftFrequency(-0.1 * NS, D0)),
        (2, ShiftPhase(2.0, D0)),
        (2, SetPhase(np.pi / 2, D0)),
        (2, Play(Constant(1, 1.0), D0)),
    )
    assert phases(timeline)[-1] == pytest.approx(0.2 + 0.25)


def test_frame_changes_at_an_instant_act_in_order_and_before_its_play() -> None:
    play = (0, Play(Constant(1, 1.0), D0))
    shift, setting = (0, ShiftPhase(0.2, D0)), (0, SetPhase(1.0, D0))
    assert lowered(play, shift, setting).plays.phase.tolist() == [1.0]
    assert lowered(play, setting, shift).plays.phase.tolist() == [1.2]


def test_frames_are_kept_by_channel() -> None:
    timeline = lowered((0, ShiftPhase(1.0, D0)), (0, Play(Constant(1, 1.0), D1)), (0, Play(Constant(1, 1.0), D0)))
    by_channel = {
        timeline.channels[row]: phase
        for row, phase in zip(timeline.plays.channel, timeline.plays.phase, strict=True)
    }
    assert by_channel == {D0: 1.0, D1: 0.0}


def test_offsets_beyond_half_the_sample_rate_are_warned_of() -> None:
    with pytest.warns(
        AliasingWarning, match=r"d0: frequency offset 5\.1e\+08 Hz is beyond 1/\(2 dt\) = 5e\+08 Hz"
    ):
        lowered((0, ShiftFrequency(0.51 * NS, D0)), (0, Play(Constant(4, 1.0), D0)))
    with warnings.catch_warnings(action="error"):
        lowered((0, ShiftFrequency(0.5 * NS, D0)), (0, Play(Constant(4, 1.0), D0)))


def test_set_frequency_needs_a_carrier() -> None:
    stray = DriveChannel(5)
    with pytest.raises(ProblemReport) as caught:
        lowered((7, SetFrequency(5e9, stray)), (7, Play(Constant(4, 1.0), stray)))
    assert (
        the_problem(caught.value, "channel without a carrier frequency").where == "d5, SetFrequency, instant 7 dt"
    )
