"""Which stretches of time are shortened, and where ticks stand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    Drag,
    DriveChannel,
    GaussianSquare,
    MeasureChannel,
    MemorySlot,
    Play,
    Schedule,
)
from runtime.pulse.drawing.scene import scene_of
from runtime.pulse.drawing.time_axis import TimeAxis, time_axis

D0, M0 = DriveChannel(0), MeasureChannel(0)
X = Play(Drag(160, 0.2, 40, -1.0), D0)
READ = Play(GaussianSquare(20_000, 0.3, 64, width=19_500), M0)


def axis_of(schedule: Schedule, *, breaks: bool = True) -> TimeAxis:
    scene = scene_of(schedule)
    return time_axis(scene.rows, 0, scene.duration, breaks=breaks)


def readout() -> Schedule:
    return Schedule((0, X), (160, READ), (200, Acquire(19_000, AcquireChannel(0), MemorySlot(0))))


def test_a_long_readout_leaves_room_for_the_gate_before_it() -> None:
    axis = axis_of(readout())
    assert axis.share(0, 160) > 0.05
    # Cut between the start of the acquisition, or the top of the pulse, and their ends.
    (stretch,) = axis.shortened
    assert stretch == (410, 19_200)


def test_nothing_is_shortened_on_request_or_where_all_is_legible() -> None:
    assert axis_of(readout(), breaks=False).shortened == ()
    echo = Schedule()
    for instruction in (X, Delay(800, D0), X, Delay(800, D0), X):
        echo.append(instruction, inplace=True)
    assert axis_of(echo).shortened == ()


def test_silence_between_flat_pulses_is_shortened_too() -> None:
    flat = Play(Constant(100, 0.2), D0)
    axis = axis_of(Schedule((0, flat), (1_000_000, flat)))
    assert list(axis.shortened) == [(100, 1_000_000)]
    assert axis.share(0, 100) > 0.2
    assert axis_of(Schedule(flat)).shortened == ()


def test_many_breaks_are_none() -> None:
    train = Schedule()
    for _ in range(30):
        train.append(X, inplace=True)
        train.append(Delay(10_000, D0), inplace=True)
    assert axis_of(train).shortened == ()


@st.composite
def axes(draw: st.DrawFn) -> TimeAxis:
    """Axes of pulses and waits of any length."""
    schedule = Schedule()
    for wait in draw(st.lists(st.integers(0, 100_000), min_size=1, max_size=6)):
        schedule.append(X, inplace=True)
        schedule.append(Delay(wait, D0), inplace=True)
    return axis_of(schedule)


@given(axes())
def test_places_rise_with_time_and_lead_back_to_it(axis: TimeAxis) -> None:
    instants = np.linspace(axis.instants[0] - 50, axis.instants[-1] + 50, 500)
    places = axis.place(instants)
    assert (np.diff(places) > 0).all()
    np.testing.assert_allclose(axis.instant(places), instants, rtol=1e-9, atol=1e-6)
    # Nothing is ever drawn longer than it is, and changes keep their length.
    assert (np.diff(places) <= np.diff(instants) * (1 + 1e-9)).all()
    assert axis.place(160) - axis.place(0) == pytest.approx(160)


@given(axes(), st.sampled_from([1.0, 0.2222222222]))
def test_ticks_stand_apart_on_round_times_that_are_drawn(axis: TimeAxis, per_sample: float) -> None:
    ticks = axis.ticks(per_sample)
    assert len(ticks) >= 2
    assert all(axis.share(a, b) > 0.05 for a, b in itertools.pairwise(ticks))
    for tick in ticks:
        assert not any(low < tick < high for low, high in axis.shortened)
    if per_sample == 1.0:
        assert all(tick == pytest.approx(round(tick)) for tick in ticks)
