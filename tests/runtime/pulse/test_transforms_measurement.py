"""Acquisitions for groups of qubits, and aligned between schedules."""

from __future__ import annotations

import warnings

import pytest

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    DriveChannel,
    Kernel,
    MeasureChannel,
    MemorySlot,
    Parameter,
    Play,
    PulseError,
    Schedule,
)
from runtime.pulse.transforms import add_implicit_acquires, align_measures

D0, M0, M1 = DriveChannel(0), MeasureChannel(0), MeasureChannel(1)
PULSE = Constant(4, 0.1)


def acquire(qubit: int, duration: int = 5, slot: int | None = None) -> Acquire:
    """An acquisition into the qubit's own slot unless another is given."""
    return Acquire(duration, AcquireChannel(qubit), MemorySlot(qubit if slot is None else slot))


def test_groups_are_acquired_together() -> None:
    kernel = Kernel("k")
    first = Acquire(5, AcquireChannel(1), MemorySlot(1), kernel=kernel)
    schedule = Schedule((3, first), (3, acquire(0)), (20, acquire(4)), Delay(3, D0), name="s")
    expanded = add_implicit_acquires(schedule, [[0, 1, 2], [3]])
    assert expanded.name == "s"
    # Instructions of one instant stand in the order of their channels' names: qubit 0 asks for its group first.
    assert expanded == Schedule(Delay(3, D0), (3, acquire(0)), (3, acquire(1)), (3, acquire(2)), (20, acquire(4)))
    only = add_implicit_acquires(first, [[0, 1]])
    assert [i.kernel for _, i in only.instructions if isinstance(i, Acquire)] == [kernel, kernel]


def test_slots_that_change_are_told() -> None:
    with pytest.warns(UserWarning, match="memory slot 1"):
        expanded = add_implicit_acquires(Schedule(acquire(1, slot=0)), [[0, 1]])
    assert expanded == Schedule(acquire(0), acquire(1))
    opened = Acquire(5, AcquireChannel(Parameter("q")), MemorySlot(0))
    with pytest.raises(PulseError, match="not assigned"):
        add_implicit_acquires(Schedule(opened), [[0]])


def fake_experiment() -> Schedule:
    """Two qubits whose first acquisitions are at 1 and 10."""
    return Schedule(
        Play(PULSE, D0),
        (1, acquire(0)),
        (10, acquire(1)),
        (10, Play(PULSE, M0)),
        (14, Play(PULSE, M0)),
        (10, Play(PULSE, M1)),
        name="fake",
    )


def test_first_acquisitions_meet() -> None:
    (aligned,) = align_measures([fake_experiment()])
    assert aligned.name == "fake"
    assert aligned == Schedule(
        Play(PULSE, D0),
        (10, acquire(0)),
        (10, acquire(1)),
        (19, Play(PULSE, M0)),
        (23, Play(PULSE, M0)),
        (10, Play(PULSE, M1)),
    )
    (later,) = align_measures([fake_experiment()], align_time=20)
    assert later == aligned << 10
    (measured,) = align_measures([fake_experiment()], align_time=20, align_all=False)
    assert measured.filter(channels=[D0]).instructions == ((0, Play(PULSE, D0)),)
    assert measured.exclude(channels=[D0]) == later.exclude(channels=[D0])


def test_schedules_meet_at_the_latest() -> None:
    early, late = Schedule((3, acquire(0)), Delay(3, D0)), Schedule((50, acquire(0)), (60, acquire(0)))
    bare = Schedule(Delay(7, D0))
    aligned = align_measures([early, late, bare])
    assert aligned == [early << 47, late, bare << 43]
    assert align_measures([early], max_calibration_duration=20) == [early << 17]
    assert align_measures([]) == []
    # One without any acquisition ends at the instant, which is late enough for that.
    assert align_measures([bare]) == [bare]
    assert align_measures([early, bare << 43]) == [early << 47, bare << 43]
    assert align_measures([acquire(0)], align_time=4) == [Schedule((4, acquire(0)))]


class _Gates:
    """A map with one gate on two qubits."""

    def qubits_with_instruction(self, instruction: str) -> list[int]:
        assert instruction == "u3"
        return [0, 1]

    def get(self, instruction: str, qubits: int | tuple[int, ...], *args: float) -> Schedule:
        assert (instruction, len(args)) == ("u3", 3)
        return Schedule(Delay(30 + int(str(qubits)), D0))


def test_the_longest_calibration_fits_before() -> None:
    program = Schedule((3, acquire(0)))
    assert align_measures([program], _Gates()) == [program << 28]
    assert align_measures([program], _Gates(), align_time=10) == [program << 7]


def test_moving_earlier_warns_and_not_before_the_start() -> None:
    program = Schedule((30, acquire(0)), (25, Delay(2, D0)))
    with pytest.warns(UserWarning, match="earlier"):
        assert align_measures([program], align_time=20) == [program << -10]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(PulseError, match="negative"):
            align_measures([program], align_time=2)
    with pytest.raises(PulseError, match="0 or later"):
        align_measures([program], align_time=-1)
