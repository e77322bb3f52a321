"""Columns of a schedule's children say what the children say, however the schedule came about."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.pulse import Constant, Delay, DriveChannel, Parameter, Play, Schedule, ShiftFrequency, ShiftPhase
from runtime.pulse.instructions import Instruction
from runtime.pulse.schedule.body import Body
from runtime.pulse.schedule.rows import LENGTH, PHASE, Rows

D0, D1 = DriveChannel(0), DriveChannel(1)
ANGLE = Parameter("angle")
X = Play(Constant(16, 0.2), D0)
GATE = Schedule(ShiftPhase(0.25, D1), Play(Constant(16, 0.1), D1), name="gate")


def child(source: random.Random) -> Schedule | Instruction:
    channel = source.choice((D0, D1))
    return source.choice(
        (
            X,
            GATE,
            Play(Constant(16, 0.2), channel),
            ShiftPhase(source.uniform(-3, 3), channel),
            ShiftPhase(ANGLE, channel),
            ShiftPhase(2, channel),
            Delay(16 * source.randrange(5), channel),
            ShiftFrequency(1e6, channel),
        )
    )


def program(count: int, seed: int = 0) -> Schedule:
    source = random.Random(seed)
    made = Schedule(name="program")
    for _ in range(count):
        made.append(child(source), inplace=True)
    return made


def said(body: Body) -> list[tuple[int, int, Schedule | Instruction]]:
    """Start, number of the row, and what the row is."""
    rows = body.columns()
    phases, lengths = iter(rows.phases), iter(rows.lengths)
    found: list[tuple[int, int, Schedule | Instruction]] = []
    for number, (start, code) in enumerate(zip(rows.starts, rows.codes, strict=True)):
        one = rows.distinct[code]
        if rows.varies[code] == PHASE:
            (channel,) = one.channels
            assert isinstance(channel, DriveChannel)
            one = ShiftPhase(next(phases), channel)
        elif rows.varies[code] == LENGTH:
            one = Delay(next(lengths), one.channels[0])
        found.append((start, number, one))
    assert [*phases, *lengths] == []
    return found


def given(body: Body) -> list[tuple[int, int, Schedule | Instruction]]:
    return [(start, number, one) for number, (start, one) in enumerate(body.children)]


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 64, 500])
def test_rows_say_what_the_children_say(count: int) -> None:
    body = program(count).body
    assert said(body) == given(body)


def test_rows_follow_a_schedule_that_changes() -> None:
    growing = program(100)
    before = Schedule(growing)
    for extra in (X, GATE, Delay(48, D1), ShiftPhase(0.5, D0)):
        assert said(growing.body) == given(growing.body)
        growing.append(extra, inplace=True)
    growing.shift(160, inplace=True)
    growing.insert(0, ShiftPhase(0.5, D0), inplace=True)
    assert said(growing.body) == given(growing.body)
    assigned = growing.assign_parameters({ANGLE: 0.75}, inplace=False)
    assert not assigned.parameters
    assert said(assigned.body) == given(assigned.body)
    ((_, taken),) = before.children
    assert isinstance(taken, Schedule)
    assert said(taken.body) == given(program(100).body)


def test_equal_things_share_a_code() -> None:
    made = Schedule(name="gates")
    for number in range(100):
        made.append(GATE, inplace=True)
        made.append(ShiftPhase(0.1 * number, D1), inplace=True)
        made.append(Delay(number, D1), inplace=True)
    rows = made.body.columns()
    assert len(rows.distinct) == 3
    assert rows.lengths.tolist() == list(range(100))


def test_rows_of_several_schedules_join() -> None:
    first, second = program(50, 1), program(60, 2)
    joined = Rows()
    for one in (first, second):
        joined.extend(one.body.columns())
    walked = Rows()
    walked.take([*first.body.children, *second.body.children])
    for name in ("starts", "codes", "phases", "lengths", "distinct", "varies"):
        assert getattr(joined, name) == getattr(walked, name)


def test_two_threads_that_look_at_one_program_see_each_child_once() -> None:
    for seed in range(20):
        body = program(60 + seed, seed).body
        with ThreadPoolExecutor(4) as pool:
            looks = [pool.submit(body.columns) for _ in range(8)]
        assert [len(look.result().codes) for look in looks] == [60 + seed] * 8


def test_times_beyond_a_machine_word_are_kept_all_the_same() -> None:
    late = Schedule(name="late")
    for number in range(40):
        late.insert(2**63 + 16 * number, X, inplace=True)
    assert late.duration == 2**63 + 640
    with pytest.raises(OverflowError):
        late.body.columns()
