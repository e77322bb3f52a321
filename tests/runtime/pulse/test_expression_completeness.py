"""What users of Qiskit expect of expressions and vectors beyond arithmetic; numbers out of range."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
import symengine
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    DriveChannel,
    Parameter,
    ParameterExpression,
    ParameterVector,
    PulseError,
    Schedule,
    ShiftPhase,
)
from runtime.pulse.exceptions import UnboundParameterError
from runtime.pulse.parameters import assigned_value, normal_number

X, Y = Parameter("x"), Parameter("y")


@pytest.mark.parametrize("convert", [float, int, complex])
def test_open_expressions_convert_to_no_number(convert: Any) -> None:
    for expression in (X, X + 1):
        with pytest.raises(TypeError, match="no value yet"):
            convert(expression)
        with pytest.raises(UnboundParameterError):
            convert(expression)


def test_conversions() -> None:
    assert int((X / 2).bind({X: 7})) == 3
    assert float((X / 2).bind({X: 7})) == 3.5
    assert complex((X * 1j).bind({X: 2})) == 2j
    assert ParameterExpression.of(2.5) == 2.5
    assert round(float(X.bind({X: 1.26})), 1) == 1.3


def test_binding_arguments_by_position() -> None:
    assert (X + 1).bind({X: 1, Y: 2}, True) == 2
    assert (X + 1).bind_all({X: 1, Y: 2}) == 2
    assert (X + 1).subs({X: Y, Parameter("z"): 1}, True) == Y + 1


def test_symbols_of_people() -> None:
    assert (X * 2 + Y).sympify() == 2 * symengine.Symbol("x") + symengine.Symbol("y")
    with pytest.raises(PulseError, match="one name"):
        (X + Parameter("x")).sympify()


@pytest.mark.parametrize(
    "formula",
    [abs(X - Y).sin() ** 2, X.sign() * Y.conjugate(), (X.exp() + 1j * Y).log(), X.arcsin() / 3 - Y.arctan()],
)
def test_formulas_survive_copies_and_pickles(formula: ParameterExpression) -> None:
    for again in (copy.copy(formula), copy.deepcopy(formula), pickle.loads(pickle.dumps(formula))):
        assert again == formula
        assert hash(again) == hash(formula)
        assert again.parameters == {X, Y}


@given(value=st.floats(0.05, 0.95))
def test_derivatives_agree_with_differences(value: float) -> None:
    formula = X.sin() * X.exp() + X.arccos() / (1 + X**2) - X.log() + X.tan()
    step = 1e-6
    above, below = (float(formula.bind({X: value + sign * step})) for sign in (1, -1))
    slope = formula.gradient(X)
    assert isinstance(slope, ParameterExpression)
    assert float(slope.bind({X: value})) == pytest.approx((above - below) / (2 * step), rel=1e-4, abs=1e-4)


# Numbers out of range


@pytest.mark.parametrize("value", [10**12, 1e12, -(10**12), 10**300, 1e300])
def test_huge_exponents_are_refused_at_once(value: float) -> None:
    for formula in (3**X, 2 ** (X * 5), X**X):
        try:
            result = float(formula.bind({X: value}))
        except (PulseError, OverflowError):
            continue
        assert result == 0


def test_moderate_powers_stay_exact() -> None:
    assert (2**X).bind({X: 100}).numeric() == 2**100
    assert (X + 2**Y).bind({X: 10**18 + 1, Y: 3}).numeric() == 10**18 + 9


@pytest.mark.parametrize("value", [10**400, -(10**5000)], ids=["400 digits", "5000 digits"])
def test_huge_integers(value: int) -> None:
    assert normal_number(value) == value
    assert (X + 1).bind({X: value}).numeric() == value + 1
    with pytest.raises(PulseError, match="finite"):
        ShiftPhase(value, DriveChannel(0))


# Precision of what is assigned


@given(value=st.floats(-1e9, 1e9))
def test_assigned_values_keep_their_precision(value: float) -> None:
    kept = normal_number(value)
    assert abs(kept - value) <= 1e-14 * abs(value)
    assert normal_number(kept) == kept


@pytest.mark.parametrize("phase", [5e-11, 1 + 5e-11, 2 * math.pi / 3, 1e-15])
def test_small_phases_are_not_rounded_away(phase: float) -> None:
    program = Schedule(ShiftPhase(X, DriveChannel(0)))
    assert program.assign_parameters({X: phase}, inplace=False) == Schedule(ShiftPhase(phase, DriveChannel(0)))


def test_noise_of_float_arithmetic_is_dropped() -> None:
    for value, kept in ((0.1 + 0.2, 0.3), (3 * 0.1 * 10, 3), (0.7 * 100, 70), (-0.1 * 3, -0.3)):
        result = assigned_value(X, {X: value})
        assert result == kept
        assert type(result) is type(kept)
    assert assigned_value(10 * X, {X: 16}) == 160
    assert type(assigned_value(X / 4, {X: 640})) is int
    assert type(assigned_value(1e9 * X, {X: 16e-9})) is int


# Vectors


def test_slices_and_text() -> None:
    vector = ParameterVector("v", 3)
    assert vector[1:] == [vector[1], vector[2]]
    assert vector[-1] is vector[2]
    assert str(vector) == "v, ['v[0]', 'v[1]', 'v[2]']"
    with pytest.raises(IndexError):
        _ = vector[3]
    with pytest.raises(ValueError, match="not in list"):
        vector.index(X)


def test_resizing_keeps_elements() -> None:
    vector = ParameterVector("v", 2)
    first, second = vector
    vector.resize(4)
    assert [p.name for p in vector] == ["v[0]", "v[1]", "v[2]", "v[3]"]
    assert vector[0] is first
    vector.resize(1)
    assert vector.params == [first]
    vector.resize(2)
    assert vector[1] == second
    with pytest.raises(PulseError, match="length"):
        vector.resize(-1)


def test_elements_outlive_a_shorter_vector() -> None:
    vector = ParameterVector("v", 2)
    last = vector[1]
    vector.resize(1)
    assert pickle.loads(pickle.dumps(last)) == last


def test_a_pickled_vector_is_written_once() -> None:
    small, large = (len(pickle.dumps(list(ParameterVector("v", n)))) for n in (100, 1000))
    assert large < 12 * small
    again = pickle.loads(pickle.dumps(list(ParameterVector("v", 100))))
    assert len({id(p.vector) for p in again}) == 1


def test_numpy_arrays_of_expressions() -> None:
    vector = ParameterVector("v", 3)
    total = np.array(vector.params) @ np.array([1, 2, 3])
    assert total.bind(dict(zip(vector, [1, 1, 1], strict=True))) == 6
