"""Programs sorted into rows, with the frame of each channel."""

from __future__ import annotations

import math

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    ControlChannel,
    Delay,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    Parameter,
    Play,
    RegisterSlot,
    Schedule,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Snapshot,
)
from runtime.pulse.drawing.layout import layout_of, left_out
from runtime.pulse.drawing.scene import Row, scene_of

D0 = DriveChannel(0)
FLAT = Constant(10, 0.1)


def test_rows_come_by_kind_and_index_and_slots_have_none() -> None:
    open_channel = DriveChannel(Parameter("q"))
    schedule = Schedule(
        Acquire(10, AcquireChannel(1), MemorySlot(7), RegisterSlot(2)),
        Play(FLAT, MeasureChannel(1)),
        Snapshot("here"),
        Play(FLAT, ControlChannel(0)),
        Play(FLAT, open_channel),
        Play(FLAT, DriveChannel(10)),
        Play(FLAT, DriveChannel(9)),
    )
    rows = scene_of(schedule).rows
    assert [row.channel.name for row in rows] == ["d9", "d10", "dq", "u0", "m1", "a1", "s0"]
    assert rows[5].acquisitions[0].slots == "slot 7, register 2"
    assert rows[6].snapshots == [(0, "here")]


def test_pulses_know_the_frame_in_which_they_start() -> None:
    """The rules of frames: Shift adds, Set replaces, and a change at an instant acts before a pulse there."""
    schedule = Schedule(
        (0, Play(FLAT, D0)),
        (10, Play(FLAT, D0)),
        (20, Play(FLAT, D0)),
        (30, Play(FLAT, D0)),
        (10, ShiftPhase(1.0, D0)),
        (10, ShiftPhase(0.5, D0)),
        (20, SetPhase(math.pi, D0)),
        (20, ShiftFrequency(1e6, D0)),
        (30, SetFrequency(5e9, D0)),
        (30, ShiftPhase(Parameter("theta"), D0)),
        (15, ShiftPhase(9.0, DriveChannel(1))),
    )
    (row, _) = scene_of(schedule).rows
    assert [play.phase for play in row.plays] == [0.0, 1.5, math.pi, math.pi]
    assert [(play.frequency.sets, play.frequency.value) for play in row.plays] == [
        (False, 0.0),
        (False, 0.0),
        (False, 1e6),
        (True, 5e9),
    ]


def test_a_range_keeps_what_reaches_into_it() -> None:
    schedule = Schedule((0, Play(FLAT, D0)), (10, Delay(10, D0)), (20, Play(FLAT, D0)), (20, ShiftPhase(1.0, D0)))
    (row,) = scene_of(schedule).rows
    part = row.within(5, 20)
    assert [play.start for play in part.plays] == [0]
    assert part.delays == [(10, 20)]
    assert list(part.changes) == [20]
    assert row.within(40, 50).is_empty


def busy(number: int) -> Row:
    (row,) = scene_of(Schedule(Play(FLAT, DriveChannel(number)))).rows
    return row


def quiet(number: int) -> Row:
    (row,) = scene_of(Schedule(ShiftPhase(1.0, ControlChannel(number)))).rows
    return row


def test_few_rows_are_high_and_many_are_low_and_a_picture_has_a_limit() -> None:
    assert layout_of([busy(0)]).row_in > 0.8
    many = layout_of([busy(number) for number in range(127)])
    assert not many.hidden
    assert many.height * many.row_in <= 24
    assert many.row_in >= 0.16
    assert not many.has_text


def test_rows_with_pulses_stay_when_some_must_go() -> None:
    rows = [quiet(number) for number in range(400)] + [busy(number) for number in range(100)]
    layout = layout_of(rows)
    assert layout.height * layout.row_in <= 24.01
    shown = {row.channel for row in layout.rows}
    assert {DriveChannel(number) for number in range(100)} <= shown
    assert len(layout.rows) + len(layout.hidden) == 500
    assert left_out(layout.hidden) == f"u{400 - len(layout.hidden)}-u399"


def test_names_of_what_is_left_out() -> None:
    channels = [*(DriveChannel(k) for k in (0, 1, 2, 5)), MeasureChannel(3), DriveChannel(Parameter("q"))]
    assert left_out(channels) == "d0-d2, d5, m3, dq"
    assert left_out([ControlChannel(2 * k) for k in range(10)]) == "10 of u0-u18"
