"""Nested blocks and subroutines in time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.errors import TimingError
from runtime.pulse import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignRight,
    AlignSequential,
    Constant,
    Delay,
    DriveChannel,
    Instruction,
    Parameter,
    Play,
    PulseError,
    Reference,
    RelativeBarrier,
    Schedule,
    ScheduleBlock,
    UnassignedDurationError,
)
from runtime.pulse.channels import Channel
from runtime.pulse.transforms import AlignmentKind, block_to_schedule, schedule_to_block, target_qobj_transform
from tests.runtime.pulse.block_strategies import blocks, references, simple_alignments
from tests.runtime.pulse.strategies import schedules

D0, D1, D2 = DriveChannel(0), DriveChannel(1), DriveChannel(2)


def block(*elements: Instruction | ScheduleBlock, alignment: AlignmentKind | None = None) -> ScheduleBlock:
    """A block of these elements."""
    made = ScheduleBlock(alignment_context=alignment)
    for element in elements:
        made.append(element)
    return made


def boxed(program: ScheduleBlock) -> tuple[int, set[Channel], list[tuple[int, Instruction]]]:
    """Second way to lay out left, right and sequential blocks: by recursion, and brute force over time."""
    placed: list[tuple[int, int, set[Channel], list[tuple[int, Instruction]]]] = []
    elements = list(program.blocks)
    right = isinstance(program.alignment_context, AlignRight)
    for element in reversed(elements) if right else elements:
        if isinstance(element, ScheduleBlock):
            length, channels, content = boxed(element)
        else:
            length, channels, content = int(element.duration), set(element.channels), [(0, element)]
        everything = isinstance(program.alignment_context, AlignSequential)
        begin = max((b + n for b, n, used, _ in placed if everything or used & channels), default=0)
        placed.append((begin, length, channels, content))
    total = max((b + n for b, n, _, _ in placed), default=0)
    timed = [
        ((total - b - n if right else b) + start, instruction)
        for b, n, _, content in placed
        for start, instruction in content
    ]
    return total, set().union(*(used for _, _, used, _ in placed)), timed


@given(program=blocks(alignments=st.sampled_from([AlignLeft(), AlignRight(), AlignSequential()])))
def test_layout_agrees_with_brute_force(program: ScheduleBlock) -> None:
    total, channels, timed = boxed(program)
    laid = block_to_schedule(program)
    assert sorted(laid.instructions, key=repr) == sorted(timed, key=repr)
    assert laid.duration == program.duration == total
    assert set(laid.channels) == set(program.channels) == channels
    assert program.instructions == laid.instructions
    assert program.ch_duration(D0) == laid.ch_duration(D0)


@given(program=blocks())
def test_duration_of_a_growing_block_is_that_of_its_schedule(program: ScheduleBlock) -> None:
    growing = ScheduleBlock(alignment_context=program.alignment_context)
    for element in program.blocks:
        growing.append(element)
        assert growing.duration == block_to_schedule(growing).duration


@pytest.mark.parametrize("outer", [AlignLeft(), AlignRight(), AlignSequential()])
def test_idle_time_inside_a_nested_block_is_kept(outer: AlignmentKind) -> None:
    middle = block(Delay(10, D0), alignment=AlignEquispaced(100))
    alone = block(middle, alignment=outer)
    assert [i for i in alone.instructions if isinstance(i[1], Delay)] == [(45, Delay(10, D0))]
    used = block(Delay(7, D0), middle, Delay(8, D0), alignment=outer)
    assert [start for start, i in used.instructions if isinstance(i, Delay)] == [0, 52, 107]
    assert used.duration == 115


def test_a_nested_block_occupies_all_its_channels_for_its_whole_length() -> None:
    gate = block(Delay(100, D0), Delay(10, D1))
    assert block(gate, Delay(5, D1)).instructions[-1] == (100, Delay(5, D1))
    assert block(Delay(5, D1), gate, alignment=AlignRight()).instructions[0] == (0, Delay(5, D1))


def test_nested_contexts_mark_their_end() -> None:
    inner = block(Delay(10, D0), Delay(10, D1), alignment=AlignEquispaced(15))
    program = block(inner, Delay(5, D0))
    assert program.instructions == (
        (0, Delay(10, D0)),
        (0, Delay(10, D1)),
        (15, RelativeBarrier(D0, D1)),
        (15, Delay(5, D0)),
    )
    assert target_qobj_transform(program).instructions[-1] == (15, Delay(5, D0))
    full = block(Delay(10, D0), Delay(10, D1), Delay(10, D0), alignment=AlignEquispaced(100))
    assert not any(isinstance(i, RelativeBarrier) for _, i in block(full).instructions)


def test_a_root_context_is_neither_checked_nor_padded() -> None:
    for alignment in (AlignEquispaced(15), AlignFunc(15, lambda j: j / 4)):
        long = block(Delay(10, D0), Delay(10, D0), alignment=alignment)
        assert long.duration == 20
        assert block(Delay(4, D0), alignment=alignment).duration < 15
        with pytest.raises(PulseError, match="longer than the duration of its context"):
            _ = block(long).duration
        with pytest.raises(PulseError, match="20 samples"):
            block_to_schedule(block(long))


def test_names_metadata_and_nesting_are_kept() -> None:
    inner = ScheduleBlock(name="inner", metadata={"k": [1]}).append(Delay(10, D0))
    outer = ScheduleBlock(name="outer", metadata={"j": 2}).append(inner)
    laid = block_to_schedule(outer)
    assert (laid.name, laid.metadata) == ("outer", {"j": 2})
    ((start, child),) = laid.children
    assert isinstance(child, Schedule)
    assert (start, child.name, child.metadata) == (0, "inner", {"k": [1]})
    laid.append(Delay(1, D0), inplace=True)
    assert outer.duration == 10


@pytest.mark.parametrize(
    ("element", "what"),
    [
        (Delay(Parameter("d"), D0), "duration d"),
        (Play(Constant(Parameter("d"), 0.1), D0), "duration d"),
        (Delay(1.5, D0), "duration 1.5"),
        (Reference("a"), r"Reference\(a\) is not assigned"),
        (ScheduleBlock(alignment_context=AlignEquispaced(Parameter("d"))), "open duration"),
    ],
)
def test_what_cannot_be_laid_out(element: Instruction | ScheduleBlock, what: str) -> None:
    for program in (block(element), block(Delay(1, D0), block(element), alignment=AlignRight())):
        assert not program.is_schedulable()
        for ask in (
            lambda p: p.duration,
            lambda p: p.instructions,
            lambda p: p.ch_duration(D0),
            block_to_schedule,
        ):
            with pytest.raises(UnassignedDurationError, match=what):
                ask(program)


def test_negative_durations_and_numpy_integers() -> None:
    with pytest.raises(TimingError, match="whole number"):
        _ = block(Delay(-1, D0)).duration
    program = block(Delay(np.int64(5), D0), Delay(2, D0))
    assert program.is_schedulable()
    assert program.duration == 7
    assert type(block_to_schedule(program).duration) is int


def test_only_blocks_are_laid_out() -> None:
    for thing in (Schedule(), Delay(1, D0), None):
        with pytest.raises(PulseError):
            block_to_schedule(thing)  # type: ignore[arg-type]  # what is tested
        if not isinstance(thing, Schedule):
            with pytest.raises(PulseError):
                schedule_to_block(thing)  # type: ignore[arg-type]  # what is tested


@given(schedule=schedules(), alignment=st.sampled_from([AlignLeft(), AlignRight(), AlignSequential()]))
def test_a_schedule_keeps_its_times_in_a_block(schedule: Schedule, alignment: AlignmentKind) -> None:
    converted = schedule_to_block(schedule)
    assert target_qobj_transform(converted) == schedule.flatten()
    shifted = block(Delay(6, D2), converted, alignment=alignment)
    laid = target_qobj_transform(shifted).filter(lambda timed: timed[1] != Delay(6, D2))
    if len(schedule):
        offsets = {new[0] - old[0] for old, new in zip(schedule.instructions, laid.instructions, strict=True)}
        assert len(offsets) == 1


@given(program=blocks(items=references), subroutine=blocks(alignments=simple_alignments, max_size=2))
def test_subroutines_are_laid_out_as_nested_blocks(program: ScheduleBlock, subroutine: ScheduleBlock) -> None:
    program.assign_references(dict.fromkeys(program.references, subroutine))
    assert program.is_schedulable()
    assert block_to_schedule(program) == block_to_schedule(program.inlined())
    assert program.duration == block_to_schedule(program).duration
