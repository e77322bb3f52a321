"""Blocks are equal when their dependency graphs are isomorphic."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    AlignEquispaced,
    AlignLeft,
    AlignRight,
    AlignSequential,
    Delay,
    DriveChannel,
    Instruction,
    MeasureChannel,
    PulseError,
    Reference,
    RelativeBarrier,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
)
from runtime.pulse.transforms import AlignmentKind, BlockGraph, block_to_dag
from tests.runtime.pulse.block_strategies import barriers, blocks, elements, references

D0, D1, M0 = DriveChannel(0), DriveChannel(1), MeasureChannel(0)
# Few different ones, so that equal elements meet.
few: st.SearchStrategy[Instruction] = st.one_of(
    st.builds(Delay, st.integers(1, 2), st.sampled_from([D0, D1, M0])), barriers, references
)


def block(*items: Instruction | ScheduleBlock, alignment: AlignmentKind | None = None) -> ScheduleBlock:
    """A block of these elements."""
    made = ScheduleBlock(alignment_context=alignment)
    for item in items:
        made.append(item)
    return made


def isomorphic(one: BlockGraph, other: BlockGraph) -> bool:
    """By trying all ways to match nodes."""
    if len(one.nodes) != len(other.nodes) or len(one.edges) != len(other.edges):
        return False
    return any(
        all(a == other.nodes[order[k]] for k, a in enumerate(one.nodes))
        and {(order[a], order[b]) for a, b in one.edges} == other.edges
        for order in permutations(range(len(one.nodes)))
    )


@given(items=st.lists(few, max_size=5), order=st.permutations(range(5)), swap=st.booleans())
def test_equality_is_isomorphism(items: list[Instruction], order: list[int], swap: bool) -> None:
    one = block(*items)
    shuffled = [items[k] for k in order if k < len(items)]
    if swap and shuffled:
        shuffled[-1] = Delay(1, D0)
    other = block(*shuffled)
    assert (one == other) == isomorphic(block_to_dag(one), block_to_dag(other)) == (other == one)


@given(one=blocks(max_size=3), other=blocks(max_size=3))
def test_equality_of_nested_blocks_is_isomorphism(one: ScheduleBlock, other: ScheduleBlock) -> None:
    same_rule = one.alignment_context == other.alignment_context
    assert (one == other) == (same_rule and isomorphic(block_to_dag(one), block_to_dag(other)))


@given(items=st.lists(elements, max_size=8))
def test_layout_of_equal_blocks_is_equal(items: list[Instruction]) -> None:
    # By channel instead of by time of writing: a stable order that keeps each channel's own.
    one = block(*items)
    queue = list(items)
    sorted_items: list[Instruction] = []
    while queue:
        free = [
            i
            for k, i in enumerate(queue)
            if not any(set(i.channels) & set(earlier.channels) for earlier in queue[:k])
        ]
        taken = min(free, key=repr)
        position = next(k for k, i in enumerate(queue) if i is taken)
        sorted_items.append(queue.pop(position))
    other = block(*sorted_items)
    assert one == other
    assert one.duration == other.duration
    assert sorted(one.instructions, key=repr) == sorted(other.instructions, key=repr)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ([Delay(1, D0), Delay(2, D1)], [Delay(2, D1), Delay(1, D0)], True),
        ([Delay(1, D0), Delay(2, D0)], [Delay(2, D0), Delay(1, D0)], False),
        ([Delay(1, D0, name="x")], [Delay(1, D0, name="y")], True),
        ([Delay(2, D0)], [Delay(1, D0), Delay(1, D0)], False),
        ([RelativeBarrier(D0, D1)], [RelativeBarrier(D1, D0)], True),
        ([Delay(1, D0), Reference("a"), Delay(1, D1)], [Reference("a"), Delay(1, D0), Delay(1, D1)], False),
        ([Delay(1, D0), Reference("a"), Delay(1, D1)], [Delay(1, D0), Delay(1, D1), Reference("a")], False),
        ([Reference("a"), Delay(1, D0), Delay(1, D1)], [Reference("a"), Delay(1, D1), Delay(1, D0)], True),
        ([Reference("a")], [Reference("b")], False),
        ([block(Delay(1, D0))], [Delay(1, D0)], False),
        ([block(Delay(1, D0)), Delay(2, D1)], [Delay(2, D1), block(Delay(1, D0))], True),
        ([block(Delay(1, D0)), Delay(2, D0)], [Delay(2, D0), block(Delay(1, D0))], False),
        ([block(Delay(1, D0), Delay(2, D1))], [block(Delay(2, D1), Delay(1, D0))], True),
        ([block(alignment=AlignLeft())], [block(alignment=AlignRight())], False),
        ([block(), block(alignment=AlignRight())], [block(alignment=AlignRight()), block()], True),
        ([block(), block()], [block(), block(alignment=AlignRight())], False),
        ([block(Reference("a")), Delay(1, D0)], [Delay(1, D0), block(Reference("a"))], False),
    ],
)
def test_table(
    one: list[Instruction | ScheduleBlock], other: list[Instruction | ScheduleBlock], equal: bool
) -> None:
    assert (block(*one) == block(*other)) is equal
    if len(one) > 1:
        assert block(*one, alignment=AlignSequential()) != block(*other, alignment=AlignSequential())


def test_alignments_count_and_names_do_not() -> None:
    assert block(Delay(1, D0)) != block(Delay(1, D0), alignment=AlignRight())
    assert block(alignment=AlignEquispaced(5)) != block(alignment=AlignEquispaced(6))
    one = ScheduleBlock("one", {"k": 1}).append(Delay(1, D0))
    assert one == ScheduleBlock("two").append(Delay(1, D0))
    assert one != Schedule(Delay(1, D0))
    assert one != Delay(1, D0)


def test_an_assigned_subroutine_is_a_nested_block() -> None:
    sub = block(Delay(1, D0))
    called = block(Delay(3, D1), Reference("a")).assign_references({("a",): sub})
    assert called == block(Delay(3, D1), sub) == block(sub, Delay(3, D1))
    assert called != block(Delay(3, D1), Reference("a"))


def test_graphs() -> None:
    dag = block_to_dag(block(Delay(1, D0), Delay(1, D1), RelativeBarrier(D0, D1), ShiftPhase(1.0, D0)))
    assert dag.edges == {(0, 2), (1, 2), (2, 3)}
    assert dag.predecessors() == (set(), set(), {0, 1}, {2})
    chain = block_to_dag(block(Delay(1, D0), Delay(1, D1), Delay(1, M0), alignment=AlignSequential()))
    assert chain.edges == {(0, 1), (1, 2)}
    opened = block_to_dag(block(Delay(1, D0), Reference("a"), Delay(1, M0), Delay(2, D0)))
    assert opened.edges == {(0, 1), (1, 2), (1, 3)}
    assert hash(dag.edges) is not None
    with pytest.raises(PulseError):
        block_to_dag(Schedule())  # type: ignore[arg-type]  # what is tested
