"""Building, changing and copying blocks."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    AlignEquispaced,
    AlignLeft,
    AlignRight,
    AlignSequential,
    Constant,
    Delay,
    DriveChannel,
    Instruction,
    MemorySlot,
    Play,
    PulseError,
    Reference,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
)
from runtime.pulse.transforms import block_to_schedule
from tests.runtime.pulse.block_strategies import blocks, elements
from tests.runtime.pulse.strategies import CHANNELS

D0, D1 = DriveChannel(0), DriveChannel(1)
PLAY, PHASE = Play(Constant(10, 0.1), D0), ShiftPhase(1.0, D1)


def names(block: ScheduleBlock) -> list[object]:
    """The elements, nested blocks as lists."""
    return [names(e) if isinstance(e, ScheduleBlock) else e for e in block.blocks]


def leaves(block: ScheduleBlock) -> list[Instruction]:
    """All instructions in order."""
    return [i for e in block.blocks for i in (leaves(e) if isinstance(e, ScheduleBlock) else [e])]


def test_appending_changes_the_block_by_default() -> None:
    block = ScheduleBlock(name="b")
    assert block.append(PLAY) is block
    assert (block + PHASE) is block
    other = block.append(PLAY, name="other", inplace=False)
    assert (len(block), len(other), other.name, block.name) == (2, 3, "other", "b")
    assert block.append(PLAY, name="ignored").name == "b"
    assert block.blocks == (PLAY, PHASE, PLAY)
    assert set(block.channels) == {D0, D1}


def test_a_chain_of_new_blocks_keeps_its_older_members() -> None:
    chain = [ScheduleBlock()]
    for number in range(5):
        chain.append(chain[-1].append(Delay(number, D0), inplace=False))
    chain[2].append(PHASE)
    chain[3].replace(Delay(0, D0), PHASE)
    assert [len(member) for member in chain] == [0, 1, 3, 3, 4, 5]
    assert chain[5].blocks == tuple(Delay(number, D0) for number in range(5))
    assert chain[3].blocks == (PHASE, Delay(1, D0), Delay(2, D0))
    assert chain[2].blocks == (Delay(0, D0), Delay(1, D0), PHASE)


def test_a_block_is_taken_as_it_is() -> None:
    inner = ScheduleBlock().append(PLAY)
    outer = ScheduleBlock().append(inner).append(inner)
    inner.append(PHASE)
    assert names(outer) == [[PLAY], [PLAY]]
    outer.append(outer)
    assert names(outer) == [[PLAY], [PLAY], [[PLAY], [PLAY]]]


def test_nested_blocks_are_places_in_the_program() -> None:
    program = ScheduleBlock().append(PLAY).append(ScheduleBlock(name="in").append(ScheduleBlock()))
    before = copy.deepcopy(program)
    place = program.blocks[1]
    assert isinstance(place, ScheduleBlock)
    deepest = place.blocks[0]
    assert isinstance(deepest, ScheduleBlock)
    assert program.duration == 10
    deepest.append(Delay(25, D0)).append(PHASE)
    place.append(PHASE)
    place.name = "renamed"
    place.metadata["key"] = 1
    assert names(program) == [PLAY, [[Delay(25, D0), PHASE], PHASE]]
    assert program.duration == 35
    assert names(before) == [PLAY, [[]]]
    assert before.blocks[1].name == "in"
    assert block_to_schedule(program).children[1][1].name == "renamed"
    alone = copy.deepcopy(place)
    alone.append(PLAY)
    assert (len(place), len(alone), alone.metadata) == (2, 3, {"key": 1})
    assert before.blocks[1].metadata == {}  # type: ignore[union-attr]  # a block
    program.replace(place, PHASE)
    with pytest.raises(PulseError, match="no part of its program"):
        _ = place.name


@pytest.mark.parametrize("thing", [Schedule(), None, 3, "block", [PLAY], Constant(1, 0.1), D0])
def test_only_instructions_and_blocks_go_into_a_block(thing: Any) -> None:
    block = ScheduleBlock()
    with pytest.raises(PulseError, match="only instructions and blocks"):
        block.append(thing)
    with pytest.raises(PulseError, match="only instructions and blocks"):
        block.append(PLAY).replace(PLAY, thing)
    assert names(block) == [PLAY]


def test_constructor() -> None:
    first, second = ScheduleBlock(), ScheduleBlock()
    assert int(second.name.removeprefix("block")) == int(first.name.removeprefix("block")) + 1
    assert first.alignment_context == AlignLeft()
    assert first.metadata == {}
    first.metadata = {"a": 1}
    block = ScheduleBlock("n", {"m": 0}, AlignRight())
    assert (block.name, block.metadata, block.alignment_context) == ("n", {"m": 0}, AlignRight())
    lent = ScheduleBlock.initialize_from(block)
    assert (lent.name, lent.metadata, lent.alignment_context, len(lent)) == ("n", {"m": 0}, AlignRight(), 0)
    schedule = Schedule(name="s", metadata={"k": 1})
    assert ScheduleBlock.initialize_from(schedule, "t").metadata == {"k": 1}
    taken = Schedule.initialize_from(block, "u")
    assert (taken.name, taken.metadata, len(taken)) == ("u", {"m": 0}, 0)
    for bad in (3, "left", AlignLeft):
        with pytest.raises(PulseError, match="alignment"):
            ScheduleBlock(alignment_context=bad)  # type: ignore[arg-type]  # what is tested
    for bad_metadata in (3, [1], "x"):
        with pytest.raises(TypeError, match="metadata"):
            ScheduleBlock(metadata=bad_metadata)  # type: ignore[arg-type]  # what is tested
        with pytest.raises(TypeError, match="metadata"):
            block.metadata = bad_metadata  # type: ignore[assignment]  # what is tested
    with pytest.raises(PulseError, match="program"):
        ScheduleBlock.initialize_from(PLAY)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(TypeError, match="hashable"):
        hash(block)


def test_repr() -> None:
    inner = ScheduleBlock(name="i", alignment_context=AlignEquispaced(9)).append(PHASE)
    block = ScheduleBlock(name="n").append(Delay(10, D0)).append(Reference("a", "q0")).append(inner)
    assert repr(block) == (
        "ScheduleBlock(Delay(10, DriveChannel(0)), Reference(a,q0), "
        'ScheduleBlock(ShiftPhase(1.0, DriveChannel(1)), name="i", transform=AlignEquispaced(9)), '
        'name="n", transform=AlignLeft())'
    )
    for _ in range(60):
        block.append(PLAY)
    assert repr(block).count("Play") == 47
    for _ in range(2000):
        block = ScheduleBlock().append(block)
    assert len(repr(block)) < 1000


def test_replace() -> None:
    inner = ScheduleBlock().append(PLAY)
    block = ScheduleBlock().append(PLAY).append(inner).append(PHASE).append(PLAY)
    assert names(block.replace(PLAY, PHASE, inplace=False)) == [PHASE, [PLAY], PHASE, PHASE]
    assert names(block) == [PLAY, [PLAY], PHASE, PLAY]
    assert block.replace(Delay(1, D0), PHASE) is block
    same = ScheduleBlock(name="other name").append(PLAY)
    block.replace(same, ScheduleBlock().append(PHASE).append(PHASE))
    assert names(block) == [PLAY, [PHASE, PHASE], PHASE, PLAY]
    block.blocks[1].replace(PHASE, PLAY)  # type: ignore[union-attr]  # a block
    assert names(block) == [PLAY, [PLAY, PLAY], PHASE, PLAY]
    assert block.duration == 40


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        ({"channels": D0}, [PLAY, [PLAY]]),
        ({"channels": [D1, MemorySlot(0)]}, [PHASE, [PHASE]]),
        ({"instruction_types": Play}, [PLAY, [PLAY]]),
        ({"instruction_types": [Acquire]}, []),
        ({"channels": []}, []),
        ({"channels": D0, "instruction_types": [ShiftPhase]}, []),
        ({}, [PLAY, PHASE, [PLAY, PHASE]]),
    ],
)
def test_filter(criteria: dict[str, Any], kept: list[object]) -> None:
    program = ScheduleBlock("n", {"k": 1}, AlignRight())
    for element in (PLAY, PHASE, ScheduleBlock(alignment_context=AlignSequential()).append(PLAY).append(PHASE)):
        program.append(element)
    chosen = program.filter(**criteria)
    assert names(chosen) == kept
    assert (chosen.name, chosen.metadata, chosen.alignment_context) == ("n", {"k": 1}, AlignRight())
    chosen.metadata["k"] = 2
    chosen.append(PLAY)
    assert (len(program), program.metadata) == (3, {"k": 1})


def test_filter_functions_get_instructions_and_no_time() -> None:
    program = ScheduleBlock().append(PLAY).append(ScheduleBlock().append(PHASE))
    assert names(program.filter(lambda i: i.duration == 10)) == [PLAY]
    assert names(program.exclude(lambda i: i.duration == 10, lambda i: i.name == "x")) == [PLAY, [PHASE]]
    with pytest.raises(TypeError, match="time_ranges"):
        program.filter(time_ranges=[(0, 1)])  # type: ignore[call-arg]  # what is tested
    for bad in ({"channels": ["d0"]}, {"instruction_types": [3]}):
        with pytest.raises(PulseError):
            program.exclude(**bad)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(PulseError, match="function"):
        program.filter(3)  # type: ignore[arg-type]  # what is tested


def test_filter_looks_into_subroutines() -> None:
    sub = ScheduleBlock().append(PLAY).append(PHASE)
    program = ScheduleBlock().append(Reference("a")).append(PHASE)
    program.assign_references({("a",): sub})
    chosen = program.filter(channels=[D0])
    assert names(chosen) == [[PLAY]]
    assert not chosen.is_referenced()
    kept = program.filter(lambda i: isinstance(i, Reference), check_subroutine=False)
    assert list(kept.references) == [("a",)]
    assert kept.references[("a",)] == sub


@given(block=blocks(), duration=st.integers(0, 12))
def test_filter_and_exclude_are_complements(block: ScheduleBlock, duration: int) -> None:
    for criteria in (
        {"channels": CHANNELS[:1]},
        {"instruction_types": [Play], "channels": CHANNELS[:2]},
        {"channels": []},
    ):
        kept, dropped = block.filter(**criteria), block.exclude(**criteria)  # type: ignore[arg-type]
        assert sorted(leaves(kept) + leaves(dropped), key=repr) == sorted(leaves(block), key=repr)
    kept = block.filter(lambda i: i.duration > duration)
    assert leaves(kept) == [i for i in leaves(block) if int(i.duration) > duration]
    assert leaves(block.exclude()) == leaves(block)


@given(block=blocks())
def test_copies_and_pickles_are_equal_and_independent(block: ScheduleBlock) -> None:
    before = repr(block)
    for again in (copy.copy(block), copy.deepcopy(block), pickle.loads(pickle.dumps(block))):
        assert again == block
        assert repr(again) == before
        assert block_to_schedule(again) == block_to_schedule(block)
        again.append(ShiftPhase(1.0, CHANNELS[0]))
        for element in again.blocks:
            if isinstance(element, ScheduleBlock):
                element.append(ShiftPhase(2.0, CHANNELS[0]))
        assert again != block
        assert repr(block) == before


def test_metadata_of_copies() -> None:
    block = ScheduleBlock(metadata={"k": [1]})
    deep, shallow = copy.deepcopy(block), copy.copy(block)
    deep.metadata["k"].append(2)
    shallow.metadata["j"] = 3
    assert block.metadata == {"k": [1]}


@given(items=st.lists(elements, max_size=6), more=st.lists(elements, max_size=3))
def test_ways_to_build_agree(items: list[Instruction], more: list[Instruction]) -> None:
    one, other = ScheduleBlock(), ScheduleBlock()
    inner = ScheduleBlock()
    one.append(inner)
    other.append(inner)
    for item in items:
        one.blocks[0].append(item)  # type: ignore[union-attr]  # a block
    for item in items:
        inner.append(item)
    two = ScheduleBlock().append(inner)
    for item in more:
        one.append(item)
        two = two.append(item, inplace=False)
    assert one == two
    assert one.instructions == two.instructions
    assert len(other.blocks[0]) == 0  # type: ignore[arg-type]  # a block


def test_acquire_in_blocks() -> None:
    acquire = Acquire(20, AcquireChannel(0), MemorySlot(0))
    block = ScheduleBlock().append(acquire).append(Delay(5, MemorySlot(0)))
    assert block.instructions[-1] == (20, Delay(5, MemorySlot(0)))
