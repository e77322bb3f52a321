"""Assigning the parameters of a schedule."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    DriveChannel,
    Gaussian,
    MemorySlot,
    Parameter,
    ParameterVector,
    Play,
    PulseError,
    Schedule,
    SetFrequency,
    ShiftPhase,
)

D0 = DriveChannel(0)


def test_keys_may_be_parameters_names_and_vectors() -> None:
    a, b, vector = Parameter("a"), Parameter("b"), ParameterVector("v", 2)
    program = Schedule(
        ShiftPhase(a, D0), ShiftPhase(b, D0), ShiftPhase(vector[0], D0), ShiftPhase(vector[1] + a, D0)
    )
    assert program.parameters == {a, b, *vector}
    assert program.is_parameterized()
    for values in ({a: 1, "b": 2, vector: [3, 4]}, {"a": 1, b: 2, "v": np.array([3, 4])}):
        assigned = program.assign_parameters(values, inplace=False)
        assert [i.phase for _, i in assigned.instructions] == [1, 2, 3, 5]
        assert not assigned.is_parameterized()
    assert program.is_parameterized()


def test_inplace_is_the_default() -> None:
    a = Parameter("a")
    program = Schedule(ShiftPhase(a, D0))
    parent = Schedule(program)
    assert program.assign_parameters({a: 1.5}) is program
    assert program.instructions == ((0, ShiftPhase(1.5, D0)),)
    assert parent.parameters == {a}


def test_a_name_stands_for_all_parameters_of_that_name() -> None:
    one, other = Parameter("x"), Parameter("x")
    program = Schedule(ShiftPhase(one, D0), Schedule(ShiftPhase(other, D0)))
    assert set(program.get_parameters("x")) == {one, other}
    assert program.get_parameters("y") == []
    assert program.assign_parameters({one: 1}, inplace=False).parameters == {other}
    assert program.assign_parameters({"x": 1}, inplace=False).parameters == set()


def test_unknown_keys() -> None:
    program = Schedule(ShiftPhase(Parameter("a"), D0))
    assert program.assign_parameters({Parameter("a"): 1}, inplace=False) == program
    with pytest.raises(KeyError, match="open: a"):
        program.assign_parameters({"b": 1})


@pytest.mark.parametrize("value", [[1], [1, 2, 3], 1, "12", None])
def test_vectors_need_as_many_values(value: Any) -> None:
    vector = ParameterVector("v", 2)
    program = Schedule(ShiftPhase(vector[0], D0))
    for key in (vector, "v"):
        with pytest.raises(PulseError, match="vector v"):
            program.assign_parameters({key: value})


@pytest.mark.parametrize("value", ["1", None, True, float("nan"), float("inf"), [1]])
def test_values_must_be_finite_numbers(value: Any) -> None:
    a = Parameter("a")
    program = Schedule(ShiftPhase(a, D0), SetFrequency(a * 2, D0))
    for key in (a, "a"):
        with pytest.raises(PulseError):
            program.assign_parameters({key: value})
    with pytest.raises(PulseError, match="by parameter, vector or name"):
        program.assign_parameters({3: 1})
    assert program.parameters == {a}


def test_results_are_kept_in_normal_form() -> None:
    a = Parameter("a")
    program = Schedule(SetFrequency(a, D0))

    def frequency(value: float) -> object:
        return program.assign_parameters({a: value}, inplace=False).instructions[0][1].frequency

    assert frequency(2 * math.pi / 3) == 2 * math.pi / 3
    assert type(frequency(4.0)) is int
    assert frequency(15482812500000) == 15482812500000
    assert type(frequency(15482812500000)) is int


def test_expressions_may_be_assigned_and_bound_later() -> None:
    a, b = Parameter("a"), Parameter("b")
    program = Schedule(Play(Gaussian(16, a, 4), D0), (16, ShiftPhase(2 * a, D0)))
    program.assign_parameters({a: b / 2})
    assert program.parameters == {b}
    program.assign_parameters({b: 0.5})
    assert program == Schedule(Play(Gaussian(16, 0.25, 4), D0), (16, ShiftPhase(0.5, D0)))


def test_values_are_swapped_at_once() -> None:
    a, b = Parameter("a"), Parameter("b")
    program = Schedule(ShiftPhase(a - b, D0))
    program.assign_parameters({a: b, b: a})
    assert program.assign_parameters({a: 1, b: 5}).instructions == ((0, ShiftPhase(4, D0)),)


def test_pulses_are_validated_again() -> None:
    a = Parameter("a")
    program = Schedule(Play(Constant(16, a), D0))
    with pytest.raises(PulseError, match="full scale"):
        program.assign_parameters({a: 1.5})
    assert program.parameters == {a}


def test_channels_that_become_one_are_merged() -> None:
    k, j = Parameter("k"), Parameter("j")
    program = Schedule(Delay(10, DriveChannel(k)), (10, Delay(10, DriveChannel(j))), (20, Delay(5, D0)))
    assert len(program.channels) == 3
    merged = program.assign_parameters({k: 0, j: 0}, inplace=False)
    assert merged.timeslots == {D0: [(0, 10), (10, 20), (20, 25)]}
    assert merged.append(Delay(1, D0)).duration == 26
    nested = Schedule(program, (30, program))
    assert nested.assign_parameters({k: 0, j: 0}).ch_stop_time(D0) == 55


def test_channels_that_become_one_must_not_overlap() -> None:
    k, j = Parameter("k"), Parameter("j")
    program = Schedule(Delay(10, DriveChannel(k)), (5, Delay(10, DriveChannel(j))))
    for values in ({k: 1, j: 1}, {k: j}):
        with pytest.raises(PulseError, match="overlaps"):
            program.assign_parameters(values, inplace=False)
    with pytest.raises(PulseError, match="overlaps"):
        Schedule(program, (0, Delay(1, D0))).assign_parameters({k: 0})
    assert program.parameters == {k, j}


def test_slots_and_acquire_channels_are_assigned() -> None:
    k = Parameter("k")
    program = Schedule(Acquire(8, AcquireChannel(k), MemorySlot(k + 1)))
    assert program.assign_parameters({k: 2}) == Acquire(8, AcquireChannel(2), MemorySlot(3))
    with pytest.raises(PulseError, match="index"):
        Schedule(Delay(1, DriveChannel(k))).assign_parameters({k: 0.5})


def test_shared_children_are_assigned_once_and_what_has_no_parameter_stays() -> None:
    a = Parameter("a")
    gate, idle = Schedule(ShiftPhase(a, D0), name="gate"), Schedule(Delay(4, D0), name="idle")
    program = gate + idle + gate + idle
    assigned = program.assign_parameters({a: 1.0}, inplace=False)
    phases = [i for _, i in assigned.instructions if isinstance(i, ShiftPhase)]
    assert phases[0] is phases[1]
    assert assigned.name == "gate"
    assert next(i for _, i in assigned.instructions if isinstance(i, Delay)) is idle.instructions[0][1]
