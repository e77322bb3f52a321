"""Alignment contexts, and offsets of phase and frequency."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from runtime.pulse import (
    BackendNotSet,
    Constant,
    Delay,
    DriveChannel,
    MeasureChannel,
    NoActiveBuilder,
    Parameter,
    Play,
    PulseError,
    Schedule,
    ScheduleBlock,
    ShiftFrequency,
    ShiftPhase,
    builder,
)
from runtime.pulse.transforms import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
    block_to_schedule,
)
from tests.runtime.pulse.device import DT, Backend, target

D0, D1 = DriveChannel(0), DriveChannel(1)
PULSE = Constant(10, 0.1)


def halfway(index: int) -> float:
    """Everything in the middle of its place."""
    return index / 4


CONTEXTS: list[tuple[Callable[[], AbstractContextManager[None]], AlignmentKind]] = [
    (builder.align_left, AlignLeft()),
    (builder.align_right, AlignRight()),
    (builder.align_sequential, AlignSequential()),
    (lambda: builder.align_equispaced(100), AlignEquispaced(100)),
    (lambda: builder.align_func(100, halfway), AlignFunc(100, halfway)),
]


@pytest.mark.parametrize(("context", "alignment"), CONTEXTS)
def test_each_context_becomes_one_nested_block(
    context: Callable[[], AbstractContextManager[None]], alignment: AlignmentKind
) -> None:
    with builder.build() as program:
        builder.delay(1, D1)
        with context():
            builder.delay(10, D0)
            builder.delay(20, D1)
    expected = ScheduleBlock(alignment_context=alignment)
    expected.append(Delay(10, D0))
    expected.append(Delay(20, D1))
    assert list(program.blocks) == [Delay(1, D1), expected]


@pytest.mark.parametrize("context", [context for context, _ in CONTEXTS])
def test_empty_contexts_vanish(context: Callable[[], AbstractContextManager[None]]) -> None:
    with builder.build() as program, context(), builder.align_left():
        pass
    assert len(program) == 0


@pytest.mark.parametrize("context", [context for context, _ in CONTEXTS])
def test_contexts_need_a_builder(context: Callable[[], AbstractContextManager[None]]) -> None:
    with pytest.raises(NoActiveBuilder), context():
        pass


def test_contexts_within_contexts() -> None:
    with builder.build() as program:
        builder.delay(100, D0)
        with builder.align_sequential():
            builder.delay(5, D0)
            with builder.align_right():
                builder.delay(10, D0)
                builder.delay(4, D1)
            builder.delay(1, D1)
    expected = Schedule(
        (0, Delay(100, D0)),
        (100, Delay(5, D0)),
        (105, Delay(10, D0)),
        (111, Delay(4, D1)),
        (115, Delay(1, D1)),
    )
    assert block_to_schedule(program) == expected


def test_durations_of_contexts_may_be_parameters() -> None:
    width = Parameter("width")
    with builder.build(name="spread") as program, builder.align_equispaced(width):
        builder.delay(10, D0)
        builder.delay(10, D0)
    assert program.parameters == {width}
    bound = program.assign_parameters({width: 100}, inplace=False)
    assert block_to_schedule(bound) == Schedule((0, Delay(10, D0)), (90, Delay(10, D0)))


def test_phase_offset_shifts_there_and_back() -> None:
    with builder.build() as program, builder.phase_offset(0.5, D0, D1):
        builder.play(PULSE, D0)
    there, back = [ShiftPhase(0.5, D0), ShiftPhase(0.5, D1)], [ShiftPhase(-0.5, D0), ShiftPhase(-0.5, D1)]
    assert list(program.blocks) == [*there, Play(PULSE, D0), *back]


def test_phase_offset_of_a_parameter_cancels() -> None:
    phi = Parameter("phi")
    with builder.build() as program, builder.phase_offset(phi, D0):
        builder.delay(10, D0)
    bound = program.assign_parameters({phi: 0.25}, inplace=False)
    assert list(bound.blocks) == [ShiftPhase(0.25, D0), Delay(10, D0), ShiftPhase(-0.25, D0)]


def test_frequency_offset_shifts_there_and_back_without_reading_durations() -> None:
    width = Parameter("width")
    with builder.build() as program, builder.frequency_offset(1e6, D0):
        builder.delay(width, D0)
    assert list(program.blocks) == [ShiftFrequency(1e6, D0), Delay(width, D0), ShiftFrequency(-1e6, D0)]


@pytest.mark.parametrize("frequency", [1e6, -3.3e6, 7.77e8])
def test_compensation_takes_off_the_phase_gained(frequency: float) -> None:
    with builder.build(target()) as program:
        builder.delay(33, D0)
        with builder.frequency_offset(frequency, D0, MeasureChannel(0), compensate_phase=True):
            builder.delay(100, D0)
            with builder.align_sequential():
                builder.delay(7, D0)
                builder.delay(20, D1)
    # d1 starts with the context at 0, so the nested block ends at 133 + 7 + 20 and the growth is 127.
    phases = [element for element in program.blocks if isinstance(element, ShiftPhase)]
    assert [shift.channel for shift in phases] == [D0, MeasureChannel(0)]
    gained = 2 * math.pi * frequency * 127 * DT
    for shift in phases:
        assert (float(shift.phase) + gained) / (2 * math.pi) == pytest.approx(
            round((float(shift.phase) + gained) / (2 * math.pi)), abs=1e-9
        )
        assert -2 * math.pi <= float(shift.phase) <= 0
    tail = list(program.blocks)[-2:]
    assert tail == [ShiftFrequency(-frequency, D0), ShiftFrequency(-frequency, MeasureChannel(0))]


def test_compensation_counts_the_growth_of_the_context_only() -> None:
    with builder.build(Backend(target())) as program:
        builder.delay(1000, D1)
        with builder.frequency_offset(1e9 / 7, D0, compensate_phase=True):
            builder.delay(100, D0)
    assert ShiftPhase(0.0, D0) in program.blocks


@pytest.mark.parametrize(
    ("backend", "frequency", "duration", "error"),
    [
        (None, 1e6, 10, BackendNotSet),
        (target(dt=None), 1e6, 10, PulseError),
        (target(), Parameter("f"), 10, PulseError),
        (target(), 1e6, Parameter("d"), PulseError),
    ],
)
def test_compensation_that_cannot_be_computed(
    backend: object, frequency: float, duration: int, error: type[PulseError]
) -> None:
    with builder.build(backend) as program:  # type: ignore[arg-type]
        builder.delay(duration, D0)
        with pytest.raises(error), builder.frequency_offset(frequency, D0, compensate_phase=True):
            builder.delay(1, D0)
    assert list(program.blocks) == [Delay(duration, D0)]


def test_an_exception_inside_is_not_hidden_by_open_durations() -> None:
    with (  # noqa: PT012 - the context is what is tested
        pytest.raises(ZeroDivisionError),
        builder.build(target()),
        builder.frequency_offset(1e6, D0, compensate_phase=True),
    ):
        builder.delay(Parameter("d"), D0)
        raise ZeroDivisionError
