"""Laws of schedules, on random ones."""

from __future__ import annotations

import copy
import pickle

from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import Constant, Instruction, Parameter, Play, Schedule, ShiftPhase
from tests.runtime.pulse.strategies import CHANNELS, instructions, schedules


@given(a=schedules(), b=schedules(), c=schedules())
def test_append_is_associative_where_all_channels_are_shared(a: Schedule, b: Schedule, c: Schedule) -> None:
    fence = Schedule(*(ShiftPhase(0.0, channel) for channel in CHANNELS))
    # On all channels at once, so that every append waits for everything before it.
    a, b, c = (fence.insert(s.duration, fence).insert(0, s) for s in (a, b, c))
    assert (a + b) + c == a + (b + c)


@given(a=instructions, b=instructions, c=instructions)
def test_append_is_associative_on_one_channel(a: Instruction, b: Instruction, c: Instruction) -> None:
    if a.channels == b.channels == c.channels:
        assert (a + b) + c == a + (b + c)


@given(schedule=schedules(max_size=14))
def test_timeslots_never_overlap_and_match_the_instructions(schedule: Schedule) -> None:
    for slots in schedule.timeslots.values():
        for i, (start, stop) in enumerate(slots):
            for other_start, other_stop in slots[i + 1 :]:
                assert other_start >= stop or (start == stop and other_start >= start) or other_start == other_stop
                assert not start < other_start < stop
    expected: dict[object, list[tuple[int, int]]] = {}
    for time, instruction in schedule.instructions:
        for channel in instruction.channels:
            expected.setdefault(channel, []).append((time, time + int(instruction.duration)))
    assert schedule.timeslots == {channel: sorted(slots) for channel, slots in expected.items()}
    assert schedule.duration == max((s for slots in expected.values() for _, s in slots), default=0)
    assert schedule.start_time == min((s for slots in expected.values() for s, _ in slots), default=0)
    assert len(schedule) == len(schedule.instructions)


@given(schedule=schedules())
def test_equality_ignores_nesting(schedule: Schedule) -> None:
    flat = Schedule(*schedule.instructions)
    assert flat == schedule == schedule.flatten() == Schedule(Schedule(schedule))
    assert schedule.flatten().children == schedule.instructions


@given(schedule=schedules(), other=schedules(), time=st.integers(0, 50))
def test_ways_to_build_agree(schedule: Schedule, other: Schedule, time: int) -> None:
    appended = copy.copy(schedule).append(other, inplace=True)
    assert schedule + other == appended
    assert schedule | (other << (schedule.duration + time)) == schedule.insert(schedule.duration + time, other)
    assert (schedule << time) << 3 == schedule << (time + 3)
    assert copy.copy(schedule).shift(time, inplace=True) == schedule << time
    assert (schedule << time).shift(-time) == schedule


@given(schedule=schedules(), cut=st.integers(0, 40))
def test_filter_and_exclude_are_complements(schedule: Schedule, cut: int) -> None:
    for criteria in (
        {"channels": CHANNELS[:1]},
        {"time_ranges": [(0, cut)]},
        {"instruction_types": [Play], "channels": CHANNELS[:2]},
        {"channels": []},
    ):
        kept, dropped = schedule.filter(**criteria), schedule.exclude(**criteria)
        assert kept | dropped == schedule
        assert len(kept) + len(dropped) == len(schedule)


@given(schedule=schedules())
def test_copies_and_pickles_are_equal(schedule: Schedule) -> None:
    for again in (copy.copy(schedule), copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule))):
        assert again == schedule
        assert again.timeslots == schedule.timeslots
        again.append(ShiftPhase(1.0, CHANNELS[0]), inplace=True)
        assert len(again) == len(schedule) + 1


@given(schedule=schedules(), value=st.floats(0.01, 0.9))
def test_assignment_commutes_with_flattening(schedule: Schedule, value: float) -> None:
    amp = Parameter("amp")
    program = schedule + Schedule(Play(Constant(4, amp), CHANNELS[0]), ShiftPhase(amp * 2, CHANNELS[1])) + schedule
    assigned = program.assign_parameters({amp: value}, inplace=False)
    assert assigned.flatten() == program.flatten().assign_parameters({amp: value})
    assert program.parameters == {amp}
    assert not assigned.parameters
