"""Subroutines of blocks."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from runtime.pulse import (
    AlignSequential,
    Delay,
    DriveChannel,
    Parameter,
    PulseError,
    Reference,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
    UnassignedReferenceError,
)
from runtime.pulse.transforms import inline_subroutines

D0, D1 = DriveChannel(0), DriveChannel(1)
PHASE = ShiftPhase(1.0, D0)


def delay(length: int, *more: Reference) -> ScheduleBlock:
    """A block of a delay and references."""
    block = ScheduleBlock(name=f"delay{length}").append(Delay(length, D0))
    for reference in more:
        block.append(reference)
    return block


def test_references_are_listed_with_their_subroutines() -> None:
    program = ScheduleBlock(name="p").append(Reference("a")).append(Reference("b", "q0")).append(PHASE)
    assert list(program.references) == [("a",), ("b", "q0")]
    assert program.is_referenced()
    assert not ScheduleBlock().is_referenced()
    assert program.references.unassigned() == (("a",), ("b", "q0"))
    with pytest.raises(UnassignedReferenceError, match="a"):
        _ = program.channels
    assert program.assign_references({("a",): delay(3)}) is program
    assert program.references[("a",)] == delay(3)
    assert program.references[("b", "q0")] is None
    assert program.references.unassigned() == (("b", "q0"),)
    assert program.blocks == (delay(3), Reference("b", "q0"), PHASE)
    assert repr(program.references) == "ReferenceManager(references=[('a',), ('b', 'q0')])"
    lines = str(program.references).splitlines()
    assert lines[0] == "ReferenceManager:"
    assert lines[1].startswith("  - ('a',): ScheduleBlock(Delay(3, DriveChannel(0)), ")
    assert lines[1].endswith("...")
    assert len(lines[1].split(": ", 1)[1]) == 53
    assert lines[2] == "  - ('b', 'q0'): None"
    full = program.assign_references({("b", "q0"): delay(4)}, inplace=False)
    assert full.duration == 7
    assert set(full.channels) == {D0}
    assert program.references[("b", "q0")] is None


def test_a_subroutine_is_taken_as_it_is() -> None:
    sub = delay(3)
    program = ScheduleBlock().append(Reference("a")).assign_references({("a",): sub})
    sub.append(PHASE)
    assert program.references[("a",)] == delay(3)
    assert program.assign_references({("a",): delay(3)}) is program
    with pytest.raises(PulseError, match="another subroutine is assigned"):
        program.assign_references({("a",): sub})
    assert program.references[("a",)] == delay(3)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("a", delay(1)),
        (("x",), delay(1)),
        (("a", "b"), delay(1)),
        (None, delay(1)),
        (("a",), Schedule()),
        (("a",), None),
    ],
)
def test_bad_assignments(key: Any, value: Any) -> None:
    program = ScheduleBlock().append(Reference("a")).append(Reference("b"))
    with pytest.raises(PulseError):
        program.assign_references({("b",): delay(2), key: value})
    assert program.references.unassigned() == (("a",), ("b",))


def test_nested_blocks_share_the_table_of_the_root() -> None:
    child = delay(1, Reference("a"))
    child.assign_references({("a",): delay(5)})
    root = ScheduleBlock().append(Reference("b")).append(child)
    place = root.blocks[1]
    assert isinstance(place, ScheduleBlock)
    assert place.references is root.references
    assert list(root.references) == [("b",), ("a",)]
    assert list(child.references) == [("a",)]
    place.append(Reference("c"))
    place.assign_references({("c",): delay(7)})
    assert root.references[("c",)] == delay(7)
    assert place.is_referenced()
    # A place that becomes a program of its own takes along what it refers to.
    alone = copy.deepcopy(place)
    assert list(alone.references) == [("a",), ("c",)]
    assert alone.duration == place.duration == 13
    assert list(ScheduleBlock().append(place).references) == [("a",), ("c",)]


def test_appending_programs_that_use_one_key_differently() -> None:
    one = ScheduleBlock().append(Reference("a")).assign_references({("a",): delay(1)})
    other = ScheduleBlock().append(Reference("a")).assign_references({("a",): delay(2)})
    unassigned = ScheduleBlock().append(Reference("a"))
    with pytest.raises(PulseError, match="another subroutine"):
        one.append(other)
    assert len(one) == 1
    assert one.append(unassigned).duration == 2
    assert unassigned.append(other).references[("a",)] == delay(2)
    same = ScheduleBlock().append(Reference("a")).assign_references({("a",): delay(1)})
    assert one.append(same).duration == 3


def test_a_program_sees_its_direct_references_only() -> None:
    inner = ScheduleBlock().append(Reference("x"))
    middle = ScheduleBlock().append(Reference("x")).assign_references({("x",): inner})
    main = ScheduleBlock().append(Reference("a")).assign_references({("a",): middle})
    assert list(main.references) == [("a",)]
    reached = main.references[("a",)]
    assert reached is not None
    deeper = reached.references[("x",)]
    assert deeper is not None
    assert deeper.references.unassigned() == (("x",),)
    assert not main.is_schedulable()
    deeper.assign_references({("x",): delay(9)})
    assert main.is_schedulable()
    assert main.duration == 9
    assert inner.references.unassigned() == (("x",),)
    reached.append(Delay(2, D0))
    assert main.duration == 11


def test_replace_updates_the_table() -> None:
    program = ScheduleBlock().append(Reference("a")).append(Reference("b")).append(PHASE)
    program.assign_references({("a",): delay(1), ("b",): delay(2)})
    assert list(program.replace(Reference("a"), PHASE, inplace=False).references) == [("b",)]
    program.replace(PHASE, Reference("c"))
    assert program.references.unassigned() == (("c",),)
    assert program.replace(Reference("c"), Reference("b")).duration == 5
    new = ScheduleBlock().append(Reference("b")).assign_references({("b",): delay(7)})
    with pytest.warns(UserWarning, match="'b'"):
        program.replace(Reference("a"), new)
    assert program.references[("b",)] == delay(7)
    assert list(program.references) == [("b",)]
    assert program.duration == 21


def test_inlining() -> None:
    main = ScheduleBlock(name="m").append(PHASE).append(ScheduleBlock().append(Reference("a")))
    main.append(Reference("open"))
    main.assign_references({("a",): delay(1, Reference("z"))})
    inlined = inline_subroutines(main)
    # The key z was the subroutine's own; inlined, it is open in the program around it, whatever z is there.
    assert inlined.references.unassigned() == (("z",), ("open",))
    nested = inlined.blocks[1]
    assert isinstance(nested, ScheduleBlock)
    assert nested == ScheduleBlock().append(delay(1, Reference("z")))
    assert inlined == main
    clash = copy.deepcopy(main).append(Reference("z")).assign_references({("z",): delay(8)})
    assert inline_subroutines(clash).references.unassigned() == (("z",), ("open",))
    sub = main.references[("a",)]
    assert sub is not None
    sub.assign_references({("z",): delay(4)})
    assert list(inline_subroutines(main).references) == [("open",)]
    main.assign_references({("open",): delay(2)})
    assert len(inline_subroutines(main).references) == 0
    assert inline_subroutines(main).instructions == main.instructions
    schedule = Schedule(PHASE)
    assert inline_subroutines(schedule) is schedule
    with pytest.raises(PulseError):
        inline_subroutines(PHASE)  # type: ignore[type-var]  # what is tested


def test_copies_and_pickles_keep_subroutines_apart() -> None:
    p = Parameter("p")
    sub = ScheduleBlock(name="sub").append(Reference("deep")).append(ShiftPhase(p, D1))
    sub.assign_references({("deep",): delay(3)})
    main = ScheduleBlock(alignment_context=AlignSequential()).append(Reference("a")).append(Reference("free"))
    main.assign_references({("a",): sub})
    for again in (copy.deepcopy(main), copy.copy(main), pickle.loads(pickle.dumps(main))):
        assert again == main
        assert again.references.unassigned() == (("free",),)
        assert again.references[("a",)].references[("deep",)] == delay(3)
        again.references[("a",)].references[("deep",)].append(PHASE)
        again.assign_references({("free",): delay(1)})
        again.assign_parameters({p: 0.5})
        assert again != main
        assert main.parameters == {p}
        assert main.references.unassigned() == (("free",),)


def test_chains_of_calls_may_be_long() -> None:
    program = delay(1)
    for _ in range(3000):
        program = ScheduleBlock().append(Reference("a")).assign_references({("a",): program})
    assert program.duration == 1
    assert pickle.loads(pickle.dumps(program)) == copy.deepcopy(program)
    assert program.assign_parameters({Parameter("p"): 1}).parameters == set()


def test_a_block_keeps_its_subroutines_when_others_build_upon_them() -> None:
    inner = ScheduleBlock().append(Reference("a")).append(Reference("b"))
    outer = ScheduleBlock().append(inner).append(Reference("c"))
    other = ScheduleBlock().append(Reference("d")).append(inner)
    sub = ScheduleBlock().append(Delay(5, DriveChannel(0)))
    outer.assign_references({("a",): sub, ("c",): sub})
    inner.append(Reference("e"))
    assert set(inner.references) == {("a",), ("b",), ("e",)}
    assert inner.references.unassigned() == (("a",), ("b",), ("e",))
    assert set(outer.references) == {("a",), ("b",), ("c",)}
    assert outer.references.unassigned() == (("b",),)
    assert set(other.references) == {("a",), ("b",), ("d",)}
    assert len(other.references.unassigned()) == 3
