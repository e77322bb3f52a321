"""The rules that say when the elements of a block start."""

from __future__ import annotations

import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignRight,
    AlignSequential,
    Delay,
    DriveChannel,
    MeasureChannel,
    Parameter,
    PulseError,
    RelativeBarrier,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
    UnassignedDurationError,
)
from runtime.pulse.schedule.alignments import Part
from runtime.pulse.transforms import AlignmentKind, block_to_schedule
from tests.runtime.pulse.block_strategies import blocks, elements, func_alignment, simple_alignments

D0, D1, D2, M0 = DriveChannel(0), DriveChannel(1), DriveChannel(2), MeasureChannel(0)


def starts(alignment: AlignmentKind, *durations_and_channels: tuple[int, Any]) -> list[int]:
    """When delays of these lengths on these channels start."""
    block = ScheduleBlock(alignment_context=alignment)
    for duration, channel in durations_and_channels:
        block.append(Delay(duration, channel, name=str(len(block))))
    by_name = {instruction.name: start for start, instruction in block.instructions}
    return [by_name[str(number)] for number in range(len(block))]


@pytest.mark.parametrize(
    ("alignment", "parts", "expected"),
    [
        (AlignLeft(), [(10, D0), (5, D1), (3, D0), (4, D1)], [0, 0, 10, 5]),
        (AlignRight(), [(10, D0), (5, D1), (3, D0), (4, D1)], [0, 4, 10, 9]),
        (AlignSequential(), [(10, D0), (5, D1), (3, D0), (4, D1)], [0, 10, 15, 18]),
        (AlignEquispaced(100), [(10, D0), (11, D1), (12, D0)], [1, 44, 88]),
        (AlignEquispaced(100), [(10, D0)], [45]),
        (AlignEquispaced(91), [(10, D0)], [41]),
        (AlignEquispaced(94), [(10, D0), (10, D1), (10, D0)], [0, 42, 84]),
        (AlignEquispaced(15), [(10, D0), (10, D1)], [0, 0]),
        (AlignFunc(100, lambda j: j / 4), [(10, D0), (10, D0), (11, D0)], [20, 45, 69]),
        (AlignFunc(10, lambda j: j / 4), [(10, D0), (10, D0)], [0, 10]),
    ],
)
def test_starts(alignment: AlignmentKind, parts: list[tuple[int, Any]], expected: list[int]) -> None:
    assert starts(alignment, *parts) == expected


@pytest.mark.parametrize("alignment", [AlignLeft(), AlignRight(), AlignSequential()])
def test_barriers_synchronise(alignment: AlignmentKind) -> None:
    block = ScheduleBlock(alignment_context=alignment)
    for element in (Delay(10, D0), Delay(4, D1), RelativeBarrier(D0, D1), Delay(3, D1), Delay(8, D0)):
        block.append(element)
    at = {instruction: start for start, instruction in block.instructions}
    assert at[RelativeBarrier(D0, D1)] >= at[Delay(10, D0)] + 10
    assert at[RelativeBarrier(D0, D1)] >= at[Delay(4, D1)] + 4
    assert min(at[Delay(3, D1)], at[Delay(8, D0)]) >= at[RelativeBarrier(D0, D1)]


def test_simultaneous_frame_changes_keep_their_order_when_aligned_to_the_right() -> None:
    block = ScheduleBlock(alignment_context=AlignRight())
    for element in (ShiftPhase(1.0, D1), Delay(3, D0), ShiftPhase(0.5, D1)):
        block.append(element)
    assert [i for _, i in block.instructions if isinstance(i, ShiftPhase)] == [
        ShiftPhase(1.0, D1),
        ShiftPhase(0.5, D1),
    ]


def flat_parts(draw_limit: int = 7) -> st.SearchStrategy[list[Part]]:
    """Lengths and channels of elements."""
    channels = st.lists(st.sampled_from([D0, D1, D2, M0]), min_size=1, max_size=3, unique=True).map(tuple)
    return st.lists(st.tuples(st.integers(0, 9), channels), max_size=draw_limit)


@given(parts=flat_parts(12))
def test_left_and_right_are_mirror_images(parts: list[Part]) -> None:
    left = AlignLeft().starts(parts[::-1])[::-1]
    total = max((s + d for s, (d, _) in zip(left, parts, strict=True)), default=0)
    assert AlignRight().starts(parts) == [total - s - d for s, (d, _) in zip(left, parts, strict=True)]


@given(parts=flat_parts(12))
def test_left_and_right_are_as_short_as_the_longest_chain(parts: list[Part]) -> None:
    longest = [0] * len(parts)
    for late, (duration, channels) in enumerate(parts):
        before = [longest[early] for early in range(late) if set(parts[early][1]) & set(channels)]
        longest[late] = max(before, default=0) + duration
    for alignment in (AlignLeft(), AlignRight()):
        found = alignment.starts(parts)
        assert max((s + d for s, (d, _) in zip(found, parts, strict=True)), default=0) == max(longest, default=0)
        for late, (_, channels) in enumerate(parts):
            for early, (duration, others) in enumerate(parts[:late]):
                if set(channels) & set(others):
                    assert found[late] >= found[early] + duration


@given(block=blocks(alignments=simple_alignments))
def test_align_applies_to_schedules_too(block: ScheduleBlock) -> None:
    # The laid out children, put on a heap in order, fall into place again.
    laid = block_to_schedule(block)
    heap = Schedule()
    now = 0
    for _, child in laid.children:
        heap.insert(now, child, inplace=True)
        now += int(child.duration)
    if all(child.ch_start_time(*child.channels) == 0 for _, child in laid.children):
        aligned = block.alignment_context.align(heap)
        assert len(aligned) == len(laid)
        assert aligned.channels is not None


@given(block=blocks(items=elements))
def test_timeslots_never_overlap(block: ScheduleBlock) -> None:
    for slots in block_to_schedule(block).timeslots.values():
        for (start, stop), (later, end) in pairwise(slots):
            assert start <= stop <= later <= end or start == later == stop


@pytest.mark.parametrize("duration", [-1, 1.5, True, "100", None, float("nan"), 2 + 1j])
def test_bad_context_durations(duration: Any) -> None:
    with pytest.raises(PulseError):
        AlignEquispaced(duration)
    with pytest.raises(PulseError):
        AlignFunc(duration, lambda j: j / 4)


@pytest.mark.parametrize("fraction", [float("nan"), float("inf"), "x", None, True, -1.0, 3.0, 1j])
def test_bad_functions(fraction: Any) -> None:
    block = ScheduleBlock(alignment_context=AlignFunc(100, lambda _: fraction))
    block.append(Delay(10, D0))
    with pytest.raises(PulseError, match="AlignFunc"):
        block_to_schedule(block)
    with pytest.raises(PulseError, match="function"):
        AlignFunc(100, fraction)


def test_elements_that_func_puts_on_one_another_are_refused() -> None:
    block = ScheduleBlock(alignment_context=AlignFunc(100, lambda _: 0.5))
    block.append(Delay(10, D0)).append(Delay(10, D0))
    with pytest.raises(PulseError, match="overlaps"):
        block_to_schedule(block)


def test_values() -> None:
    d = Parameter("d")
    assert AlignLeft() == AlignLeft() != AlignRight()
    assert AlignEquispaced(100) == AlignEquispaced(np.int64(100)) != AlignEquispaced(101)
    assert AlignFunc(100, abs) == AlignFunc(100, abs) != AlignFunc(100, lambda j: j)
    assert len({AlignLeft(), AlignLeft(), AlignEquispaced(3), AlignEquispaced(3)}) == 2
    assert [repr(a) for a in (AlignLeft(), AlignEquispaced(7), AlignEquispaced(d))] == [
        "AlignLeft()",
        "AlignEquispaced(7)",
        "AlignEquispaced(d)",
    ]
    assert not AlignRight().is_sequential
    assert AlignSequential().is_sequential
    for alignment in (AlignLeft(), AlignEquispaced(d), func_alignment(5)):
        assert pickle.loads(pickle.dumps(alignment)) == alignment
    with pytest.raises(AttributeError, match="immutable"):
        AlignEquispaced(5).duration = 3  # type: ignore[misc]  # what is tested


def test_open_durations_are_assigned() -> None:
    d = Parameter("d")
    alignment = AlignEquispaced(d * 2)
    assert alignment.parameters == {d}
    assert alignment.assigned({Parameter("d"): 3}) is alignment
    assert alignment.assigned({d: 5}) == AlignEquispaced(10)
    with pytest.raises(UnassignedDurationError):
        _ = alignment.extent
    with pytest.raises(PulseError):
        alignment.assigned({d: 0.25})


class _Reversed(AlignmentKind):
    """As a user of Qiskit writes one."""

    __slots__ = ()

    def align(self, schedule: Schedule) -> Schedule:
        """Last things first."""
        aligned = Schedule.initialize_from(schedule)
        for _, child in reversed(schedule.children):
            aligned.insert(aligned.duration, child, inplace=True)
        return aligned


class _EveryTen(AlignmentKind):
    __slots__ = ()

    def starts(self, parts: Any) -> list[int]:
        """A grid."""
        return [10 * number for number, _ in enumerate(parts)]


def test_alignments_of_users() -> None:
    for alignment, expected in ((_Reversed(), [7, 0]), (_EveryTen(), [0, 10])):
        inner = ScheduleBlock(alignment_context=alignment)
        inner.append(Delay(5, D0)).append(Delay(7, D0))
        outer = ScheduleBlock().append(Delay(100, D0)).append(inner)
        at = {i.duration: start for start, i in outer.instructions}
        assert [at[5] - 100, at[7] - 100] == expected
        assert outer.duration == block_to_schedule(outer).duration
