"""Assigning the parameters of a block."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    AlignEquispaced,
    Constant,
    Delay,
    DriveChannel,
    Gaussian,
    Instruction,
    Parameter,
    ParameterVector,
    Play,
    PulseError,
    Reference,
    ScheduleBlock,
    ShiftPhase,
)
from runtime.pulse.transforms import block_to_schedule
from tests.runtime.pulse.block_strategies import blocks, elements
from tests.runtime.pulse.strategies import CHANNELS

D0, D1 = DriveChannel(0), DriveChannel(1)
P, Q = Parameter("p"), Parameter("q")

parametrised: st.SearchStrategy[Instruction] = st.one_of(
    elements,
    st.builds(ShiftPhase, st.sampled_from([P, 2 * P, Q]), st.sampled_from(CHANNELS)),
    st.builds(lambda a, ch: Play(Constant(4, a), ch), st.sampled_from([P, P / 2]), st.sampled_from(CHANNELS)),
)


@given(block=blocks(items=parametrised), value=st.floats(0.01, 0.5))
def test_assignment_commutes_with_layout_and_flattening(block: ScheduleBlock, value: float) -> None:
    before = repr(block)
    assigned = block.assign_parameters({P: value}, inplace=False)
    assert block_to_schedule(assigned) == block_to_schedule(block).assign_parameters({P: value})
    flat = block_to_schedule(block).flatten().assign_parameters({P: value})
    assert block_to_schedule(assigned).flatten() == flat
    assert assigned.parameters == block.parameters - {P}
    assert repr(block) == before
    assert block.assign_parameters({P: value}) is block
    assert block == assigned


def test_keys_may_be_parameters_names_and_vectors() -> None:
    vector = ParameterVector("v", 2)
    other = Parameter("p")
    block = ScheduleBlock().append(ShiftPhase(P, D0)).append(ShiftPhase(vector[0] + vector[1], D0))
    block.append(ScheduleBlock(alignment_context=AlignEquispaced(other)).append(Delay(Q, D1)))
    assert block.parameters == {P, Q, other, *vector}
    assert set(block.get_parameters("p")) == {P, other}
    assert block.is_parameterized()
    assert not block.is_schedulable()
    assigned = block.assign_parameters({"p": 60, "v": [1, 2], Q: 20}, inplace=False)
    assert not assigned.is_parameterized()
    assert [i for _, i in assigned.instructions][:2] == [ShiftPhase(60, D0), ShiftPhase(3, D0)]
    assert assigned.duration == 60
    assert block.assign_parameters({Parameter("p"): 3}, inplace=False) == block
    with pytest.raises(KeyError, match="no parameter is called 'z'"):
        block.assign_parameters({"z": 1})
    with pytest.raises(PulseError, match="vector v"):
        block.assign_parameters({vector: [1]})


def test_a_name_is_looked_up_in_the_whole_program_once() -> None:
    sub = ScheduleBlock().append(ShiftPhase(P, D0))
    bare = ScheduleBlock().append(ShiftPhase(1.0, D0))
    main = ScheduleBlock().append(Reference("a")).append(Reference("b")).append(ShiftPhase(Q, D0))
    main.assign_references({("a",): sub, ("b",): bare})
    assert main.parameters == {P, Q}
    before = main.assign_parameters({"p": 0.25}, inplace=False)
    assert main.parameters == {P, Q}
    assert before.parameters == {Q}
    assert before.references[("a",)] == ScheduleBlock().append(ShiftPhase(0.25, D0))
    main.assign_parameters({"q": P})
    main.assign_parameters({P: 2 * Q})
    assert main.assign_parameters({"q": 0.5}).instructions[0] == (0, ShiftPhase(1, D0))
    assert sub.parameters == {P}


def test_a_nested_block_is_assigned_alone() -> None:
    main = ScheduleBlock().append(ScheduleBlock().append(ShiftPhase(P, D0)).append(Reference("a")))
    main.append(ShiftPhase(P, D1)).assign_references({("a",): ScheduleBlock().append(ShiftPhase(P, D0))})
    child = main.blocks[0]
    assert isinstance(child, ScheduleBlock)
    child.assign_parameters({P: 0.5})
    assert main.parameters == {P}
    assert child.blocks[0] == ShiftPhase(0.5, D0)
    assert main.blocks[1] == ShiftPhase(P, D1)
    assert main.references[("a",)] == ScheduleBlock().append(ShiftPhase(P, D0))


def test_one_block_in_several_places_changes_in_one() -> None:
    gate = ScheduleBlock().append(ShiftPhase(P, D0))
    main = ScheduleBlock().append(gate).append(gate).assign_parameters({P: 1.5})
    first = main.blocks[0]
    assert isinstance(first, ScheduleBlock)
    first.append(Delay(7, D0))
    assert main.blocks[1] == ScheduleBlock().append(ShiftPhase(1.5, D0))
    assert main.duration == 7


def test_values_are_normalised_and_checked_again() -> None:
    main = ScheduleBlock().append(Delay(P, D0)).append(Play(Gaussian(16, Q, 4), D0))
    assert main.assign_parameters({P: 4.0, Q: 0.1}, inplace=False).duration == 20
    assert main.assign_parameters({P: 15482812500000, Q: 0.1}, inplace=False).duration == 15482812500016
    for values in ({Q: 1.5}, {Q: float("nan")}, {P: "x"}, {3: 1}):
        with pytest.raises(PulseError):
            main.assign_parameters(values)  # type: ignore[arg-type]  # what is tested
    assert main.parameters == {P, Q}
    channel = ScheduleBlock().append(Delay(1, DriveChannel(P)))
    assert channel.assign_parameters({P: 3}, inplace=False).channels == (DriveChannel(3),)
    for bad in (0.5, -1):
        with pytest.raises(PulseError):
            channel.assign_parameters({P: bad})
    with pytest.raises(PulseError, match="context"):
        ScheduleBlock(alignment_context=AlignEquispaced(P)).assign_parameters({P: 0.5})
