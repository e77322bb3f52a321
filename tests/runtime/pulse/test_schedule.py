"""Schedules: building, looking, refusing."""

from __future__ import annotations

import copy
import pickle
import random
from typing import Any

import numpy as np
import pytest

from drivers.contract.errors import PulserigError
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    Parameter,
    Play,
    PulseError,
    Schedule,
    SetPhase,
    ShiftPhase,
    Snapshot,
    UnassignedDurationError,
)

D0, D1, M0 = DriveChannel(0), DriveChannel(1), MeasureChannel(0)
TEN = Play(Constant(10, 0.1), D0)


def test_constructor_forms() -> None:
    a, b = Delay(5, D0), Delay(7, D1)
    assert Schedule(a, b).instructions == ((0, a), (0, b))
    assert Schedule((3, a), (1, b)).instructions == ((1, b), (3, a))
    assert Schedule([3, a]).instructions == ((3, a),)
    assert Schedule(Schedule((3, a)), (2, Schedule(b))).children == ((0, Schedule((3, a))), (2, Schedule(b)))
    assert len(Schedule()) == 0
    assert not Schedule()
    assert Schedule().duration == Schedule().start_time == Schedule().stop_time == 0


def test_names_and_metadata() -> None:
    first, second = Schedule(), Schedule()
    assert first.name.startswith("sched")
    assert int(second.name.removeprefix("sched")) == int(first.name.removeprefix("sched")) + 1
    schedule = Schedule(TEN, name="mine", metadata={"a": [1]})
    for new in (schedule + TEN, schedule << 5, schedule | Delay(1, D1), schedule.flatten(), copy.copy(schedule)):
        assert (new.name, new.metadata) == ("mine", {"a": [1]})
        assert new.metadata is not schedule.metadata
    assert schedule.append(TEN, name="other").name == "other"
    assert copy.deepcopy(schedule).metadata["a"] is not schedule.metadata["a"]
    schedule.metadata = None
    assert schedule.metadata == {}
    with pytest.raises(TypeError, match="dict"):
        Schedule(metadata="text")
    lent = Schedule.initialize_from(Schedule(TEN, name="n", metadata={"k": 1}))
    assert (lent.name, lent.metadata, len(lent)) == ("n", {"k": 1}, 0)


def test_append_waits_for_common_channels_only() -> None:
    schedule = Schedule(TEN, (0, Delay(30, D1)))
    assert schedule.append(TEN).instructions[-1] == (10, TEN)
    assert (10, TEN) in (schedule + TEN).instructions
    assert (0, Delay(4, M0)) in (schedule + Delay(4, M0)).instructions
    both = Schedule(Delay(1, D0), Delay(1, D1))
    assert (schedule + both).ch_start_time(M0) == 0
    assert (schedule + both).ch_stop_time(D0) == 31
    acquire = Acquire(4, AcquireChannel(0), MemorySlot(0))
    other = Acquire(4, AcquireChannel(1), MemorySlot(0))
    assert (Schedule(acquire) + other).instructions == ((0, acquire), (4, other))


def test_building_returns_new_schedules_unless_in_place() -> None:
    schedule = Schedule(TEN)
    longer = schedule + TEN
    assert len(schedule) == 1
    assert longer.children[0] == (0, schedule)
    assert longer.children[1] == (10, TEN)
    assert schedule.append(TEN, inplace=True) is schedule
    assert schedule.insert(30, TEN, inplace=True) is schedule
    assert schedule.shift(5, inplace=True) is schedule
    assert schedule.timeslots == {D0: [(5, 15), (15, 25), (35, 45)]}


def test_a_child_is_taken_as_it_is_at_that_moment() -> None:
    child = Schedule(TEN)
    parent = Schedule(child)
    longer = child + Delay(3, D1)
    child.append(TEN, inplace=True)
    child.shift(100, inplace=True)
    parent.children[0][1].shift(7, inplace=True)
    assert parent.instructions == ((0, TEN),)
    assert parent.duration == 10
    assert longer.instructions == ((0, Delay(3, D1)), (0, TEN))
    twin = copy.copy(child)
    twin.append(TEN, inplace=True)
    assert (len(child), len(twin)) == (2, 3)


def test_a_schedule_may_hold_itself_as_it_was() -> None:
    schedule = Schedule(TEN)
    schedule.insert(10, schedule, inplace=True)
    schedule.append(schedule, inplace=True)
    assert schedule.timeslots == {D0: [(0, 10), (10, 20), (20, 30), (30, 40)]}


def test_order_of_instructions() -> None:
    phase, later = ShiftPhase(1.0, D0), SetPhase(2.0, D0)
    play, play_1 = TEN, Play(Constant(10, 0.1), D1)
    schedule = Schedule((5, play_1), (5, play), (5, phase), (5, later), (0, Delay(5, D0)))
    assert schedule.instructions == ((0, Delay(5, D0)), (5, phase), (5, later), (5, play), (5, play_1))


def test_timeslots_and_channel_times() -> None:
    schedule = Schedule((10, TEN), (10, ShiftPhase(1.0, D0)), (100, ShiftPhase(1.0, D0)), (3, Delay(4, D1)))
    assert schedule.timeslots == {D0: [(10, 10), (10, 20), (100, 100)], D1: [(3, 7)]}
    assert schedule.channels == (D0, D1)
    assert (schedule.start_time, schedule.stop_time, schedule.duration) == (3, 100, 100)
    assert (schedule.ch_start_time(D0), schedule.ch_start_time(D0, D1), schedule.ch_start_time(M0)) == (10, 3, 0)
    assert (schedule.ch_stop_time(D1), schedule.ch_duration(D0, D1), schedule.ch_stop_time(M0)) == (7, 100, 0)
    assert len(schedule) == 4


@pytest.mark.parametrize(
    ("start", "duration", "fits"),
    [
        (0, 10, True), (20, 5, True), (10, 10, False), (9, 2, False), (19, 1, False), (0, 40, False),
        (12, 3, False), (10, 0, True), (20, 0, True), (15, 0, False), (11, 0, False), (0, 11, False), (5, 5, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("nested", [False, True])
def test_overlap_is_half_open(start: int, duration: int, fits: bool, nested: bool) -> None:
    schedule = Schedule((10, TEN))
    new = Schedule(Delay(duration, D0)) if nested else Delay(duration, D0)
    if fits:
        assert (start, start + duration) in schedule.insert(start, new).timeslots[D0]
    else:
        with pytest.raises(PulseError, match="overlaps"):
            schedule.insert(start, new)
        with pytest.raises(PulseError, match="overlaps"):
            schedule.insert(start, new, inplace=True)
        assert schedule == Schedule((10, TEN))


def test_instants_may_coincide() -> None:
    schedule = Schedule(ShiftPhase(1.0, D0), ShiftPhase(1.0, D0), Snapshot("a"), Snapshot("b"), TEN)
    assert schedule.timeslots[D0] == [(0, 0), (0, 0), (0, 10)]
    with pytest.raises(PulseError, match="overlaps"):
        Schedule((4, ShiftPhase(1.0, D0)), TEN)


def test_overlap_errors_name_channel_instructions_and_instants() -> None:
    with pytest.raises(PulseError) as caught:
        Schedule((10, TEN)).insert(5, Schedule((2, Delay(8, D0))))
    text = caught.value.message
    for part in (
        "d0",
        "overlaps",
        "Delay(8, DriveChannel(0)) at [7, 15)",
        "Constant(",
        "[10, 20)",
        "free from 20",
    ):
        assert part in text


@pytest.mark.parametrize("time", [1.0, True, "1", None, np.float64(3), 0.5])
def test_start_times_must_be_integers(time: Any) -> None:
    for call in (
        lambda: Schedule((time, TEN)),
        lambda: Schedule().insert(time, TEN),
        lambda: Schedule(TEN).shift(time),
        lambda: Schedule(TEN).shift(time, inplace=True),
        lambda: TEN.shift(time),
    ):
        with pytest.raises(PulseError, match="whole number"):
            call()


def test_numpy_integers_are_times() -> None:
    schedule = Schedule().insert(np.int32(3), TEN).shift(np.int64(2)).shift(np.int64(2), inplace=True)
    assert schedule.instructions == ((7, TEN),)
    assert type(schedule.instructions[0][0]) is int


def test_negative_times_are_refused() -> None:
    schedule = Schedule((5, TEN))
    assert schedule.shift(-5).start_time == 0
    for call in (
        lambda: schedule.shift(-6),
        lambda: schedule.shift(-6, inplace=True),
        lambda: Schedule((-1, TEN)),
        lambda: Schedule((-6, schedule)),
        lambda: schedule.insert(-1, TEN, inplace=True),
    ):
        with pytest.raises(PulseError, match="negative start time"):
            call()
    assert schedule.start_time == 5


@pytest.mark.parametrize("duration", [-1, 1.5, 3.0, "4", True, None, float("nan")])
def test_bad_durations_raise_the_base_error_when_scheduled(duration: Any) -> None:
    delay = Delay(duration, D0)
    for call in (lambda: Schedule(delay), lambda: Schedule() + delay, lambda: delay << 1):
        with pytest.raises(PulserigError, match="whole number of samples") as caught:
            call()
        assert not isinstance(caught.value, PulseError)


def test_float_pulse_durations_are_refused() -> None:
    with pytest.raises(PulserigError, match="whole number of samples"):
        Schedule(Play(Constant(8.0, 0.1), D0))


def test_open_durations_are_refused() -> None:
    time = Parameter("time")
    for duration in (time, 2 * time, (time * 1).bind({time: 4})):
        with pytest.raises(UnassignedDurationError, match="Assign"):
            Schedule() + Delay(duration, D0)
    assert Schedule(Delay(time, D0).assigned({time: 4})).duration == 4
    assert Schedule(Delay(np.int64(4), D0)).duration == 4


@pytest.mark.parametrize("thing", [None, 3, "x", Constant(4, 0.1), D0])
def test_other_things_are_refused(thing: Any) -> None:
    for call in (
        lambda: Schedule(thing),
        lambda: Schedule().insert(0, thing),
        lambda: Schedule().append(thing, inplace=True),
        lambda: Schedule() + thing,
    ):
        with pytest.raises(PulseError, match="only schedules and instructions"):
            call()


def test_equality() -> None:
    flat = Schedule(TEN, (10, TEN), (3, Delay(4, D1)), name="a", metadata={"x": 1})
    nested = Schedule((3, Schedule(Delay(4, D1)))) + Schedule(TEN, (10, TEN))
    assert flat == nested
    assert flat.flatten() == nested.flatten() == nested
    assert flat != flat.shift(1)
    assert flat != Schedule(TEN, (10, TEN))
    assert Schedule(Delay(10, D0)) + Delay(10, D0) != Schedule(Delay(20, D0))
    assert Schedule(TEN) == TEN
    assert TEN.__eq__(Schedule(TEN)) is NotImplemented
    play = Schedule(TEN).instructions[0][1]
    assert play == Schedule(TEN)
    assert Schedule((1, TEN)) != TEN
    assert Schedule() == Schedule()
    assert Schedule() != 0
    with pytest.raises(TypeError, match="unhashable"):
        hash(flat)


def test_flatten_removes_nesting() -> None:
    nested = Schedule(name="n") + (TEN << 3) + (Schedule(TEN) << 2)
    flat = nested.flatten()
    assert flat.children == nested.instructions
    assert flat.duration == nested.duration
    flat.append(TEN, inplace=True)
    assert len(nested) == 2


def test_replace_sees_direct_children() -> None:
    inner = Schedule(TEN)
    schedule = Schedule(TEN, (10, TEN), (20, inner))
    new = Play(Constant(10, 0.3), D0)
    replaced = schedule.replace(TEN, new)
    assert replaced.instructions == ((0, new), (10, new), (20, new))
    deeper = Schedule((20, Schedule((1, TEN)))).replace(TEN, new)
    assert deeper.instructions == ((21, TEN),)
    assert schedule.instructions[0] == (0, TEN)
    assert schedule.replace(TEN, new, inplace=True) is schedule
    assert schedule == replaced
    with pytest.raises(PulseError, match="overlaps"):
        schedule.replace(new, Delay(11, D0))


def test_repr() -> None:
    schedule = Schedule((3, Delay(1, D0)), name="n")
    assert repr(schedule) == 'Schedule((3, Delay(1, DriveChannel(0))), name="n")'
    assert repr(Schedule(name="empty")) == 'Schedule(, name="empty")'
    long = Schedule(*((k, Delay(1, D0)) for k in range(100)))
    assert repr(long).count("Delay") == 50
    assert ", ..., " in repr(long)


def test_pickle_keeps_nesting_names_and_metadata() -> None:
    inner = Schedule(TEN, name="inner", metadata={"k": 1})
    schedule = Schedule((5, inner), (20, inner), name="outer", metadata={"x": [1]})
    again = pickle.loads(pickle.dumps(schedule))
    assert again == schedule
    assert (again.name, again.metadata) == ("outer", {"x": [1]})
    assert [(time, child.name, child.metadata) for time, child in again.children] == [
        (5, "inner", {"k": 1}),
        (20, "inner", {"k": 1}),
    ]
    assert again.append(TEN, inplace=True).duration == 40


def test_programs_as_deep_as_they_are_long() -> None:
    schedule = Schedule()
    amp = Parameter("amp")
    for k in range(5000):
        schedule += ShiftPhase(amp, D0) if k == 0 else TEN
    assert len(schedule) == 5000
    assert schedule.duration == 49990
    assert schedule.timeslots[D0][-1] == (49980, 49990)
    assert pickle.loads(pickle.dumps(schedule)) == schedule
    assert schedule.assign_parameters({amp: 1.0}, inplace=False).instructions[0] == (0, ShiftPhase(1, D0))


@pytest.mark.parametrize("seed", range(3))
def test_insertion_in_any_order_finds_every_overlap(seed: int) -> None:
    """Against a plain list of intervals; long enough for the slots of a channel to fill several blocks."""
    rng = random.Random(seed)
    schedule = Schedule()
    taken: list[tuple[int, int]] = []
    for _ in range(2000):
        start, length = rng.randrange(8000), rng.choice([0, 0, 1, 3, 5])
        stop = start + length
        collides = any((a < stop and start < b) if a < b else start < a < stop for a, b in taken)
        if collides:
            with pytest.raises(PulseError, match="overlaps"):
                schedule.insert(start, Delay(length, D0), inplace=True)
        else:
            schedule.insert(start, Delay(length, D0), inplace=True)
            taken.append((start, stop))
    assert schedule.timeslots == {D0: sorted(taken)}
    assert len(taken) > 1000
