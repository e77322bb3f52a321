"""What `lower` refuses, and what its problems say."""

from __future__ import annotations

import pytest

from drivers.contract import ConfigurationError, ProblemReport
from runtime.lowering import lower
from runtime.lowering.checks import legal_neighbours
from runtime.pulse import Acquire, Constant, Delay, MemorySlot, Parameter, Play, RegisterSlot, Schedule, ShiftPhase
from runtime.target import Target
from tests.runtime.lowering.lab import A0, A1, D0, make_target, the_problem

AMP = Parameter("amp")
FLAT = Constant(64, 0.5, name="flat")
PLAY = Play(FLAT, D0)
ACQUIRE = Acquire(64, A0, MemorySlot(0))

BAD = [
    pytest.param(
        [(17, PLAY)],
        "start off the pulse alignment",
        "d0, Play flat, instant 17 dt",
        "17 dt",
        "16 or 32 dt (pulse_alignment 16)",
        id="pulse_alignment",
    ),
    pytest.param(
        [(8, ACQUIRE)],
        "start off the acquire alignment",
        "a0, Acquire, instant 8 dt",
        "8 dt",
        "0 or 32 dt (acquire_alignment 32)",
        id="acquire_alignment",
    ),
    pytest.param(
        [(0, Play(Constant(70, 0.5), D0))],
        "pulse length off the granularity",
        "d0, Play Constant, instant 0 dt",
        "70 dt",
        "64 or 72 dt (granularity 8)",
        id="granularity",
    ),
    pytest.param(
        [(16, Play(Constant(50, 0.5), D0))],
        "pulse shorter than min_length",
        "d0, Play Constant, instant 16 dt",
        "50 dt",
        "64 dt (min_length 64, granularity 8)",
        id="min_length",
    ),
    pytest.param(
        [(0, Play(Constant(64, AMP), D0))],
        "unassigned parameters",
        "d0, Play, instant 0 dt",
        "amp",
        "numbers",
        id="open pulse",
    ),
    pytest.param(
        [(0, ShiftPhase(AMP, D0)), (0, PLAY)],
        "unassigned parameters",
        "d0, ShiftPhase, instant 0 dt",
        "amp",
        "numbers",
        id="open phase",
    ),
    pytest.param(
        [(0, ACQUIRE), (64, Acquire(64, A1, MemorySlot(0)))],
        "memory slot used twice",
        "a1, Acquire, instant 64 dt",
        "MemorySlot(0), already written by a0 at instant 0 dt",
        "one Acquire a memory slot",
        id="slot twice",
    ),
    pytest.param(
        [(0, Acquire(0, A0, MemorySlot(0)))],
        "acquisition of no length",
        "a0, Acquire, instant 0 dt",
        "0 dt",
        ">= 1 dt",
        id="acquire nothing",
    ),
    pytest.param(
        [(0, Acquire(64, A0, reg_slot=RegisterSlot(0)))],
        "acquisition without a memory slot",
        "a0, Acquire, instant 0 dt",
        "",
        "",
        id="no memory slot",
    ),
    pytest.param([], "empty schedule", "", "", "", id="empty"),
]


@pytest.fixture
def target() -> Target:
    return make_target(granularity=8, min_length=64, pulse_alignment=16, acquire_alignment=32)


@pytest.mark.parametrize(("steps", "what", "where", "got", "allowed"), BAD)
def test_a_violation_is_told_with_its_place_and_the_legal_values(
    target: Target, steps: list[tuple[int, object]], what: str, where: str, got: str, allowed: str
) -> None:
    with pytest.raises(ProblemReport) as caught:
        lower(Schedule(*steps, name="bad"), target)
    assert caught.value.where == "bad"
    (problem,) = caught.value.problems
    assert (problem.what, problem.where, problem.got, problem.allowed) == (what, where, got, allowed)


def test_all_violations_come_at_once(target: Target) -> None:
    schedule = Schedule((3, Play(Constant(70, 0.5), D0)), (100, Play(Constant(10, 0.5), D0)), (200, ACQUIRE))
    with pytest.raises(ProblemReport) as caught:
        lower(schedule, target)
    report = caught.value
    assert [problem.what for problem in report.problems] == [
        "start off the pulse alignment",
        "start off the pulse alignment",
        "start off the acquire alignment",
        "pulse shorter than min_length",
        "pulse length off the granularity",
    ]
    assert the_problem(report, "start off the acquire alignment").allowed == "192 or 224 dt (acquire_alignment 32)"


def test_delays_and_frame_changes_keep_to_no_grid(target: Target) -> None:
    steps = [(0, Delay(7, D0)), (7, ShiftPhase(1.0, D0)), (16, PLAY)]
    assert lower(Schedule(*steps), target).plays.start.tolist() == [16]


def test_a_schedule_of_frame_changes_alone_is_legal(target: Target) -> None:
    timeline = lower(Schedule((0, ShiftPhase(1.0, D0))), target)
    assert timeline.duration == 0
    assert timeline.streams() == {}


def test_a_target_without_dt_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no dt"):
        lower(Schedule((0, PLAY)), Target(num_qubits=1))


@pytest.mark.parametrize(
    ("value", "step", "lowest", "legal"),
    [(17, 16, 0, (16, 32)), (3, 16, 0, (0, 16)), (70, 8, 64, (64, 72)), (63, 16, 64, (64,)), (5, 7, 50, (56,))],
)
def test_legal_neighbours(value: int, step: int, lowest: int, legal: tuple[int, ...]) -> None:
    assert legal_neighbours(value, step, lowest) == legal
