"""Parameters and expressions against Python's own arithmetic."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import Parameter, ParameterExpression, ParameterVector, PulseError
from runtime.pulse.parameters import assigned_value, normal_number

finite = st.floats(-50, 50, allow_subnormal=False).filter(lambda v: v == 0 or abs(v) > 1e-3)


def test_parameters_of_one_name_differ() -> None:
    a, b = Parameter("x"), Parameter("x")
    assert a != b
    assert len({a, b}) == 2
    assert (a + b).parameters == {a, b}
    assert (a + b).bind({a: 1, b: 2}).numeric() == 3


def test_identity_survives_copies_and_pickles() -> None:
    a = Parameter("x")
    formula = 2 * a + 1
    assert copy.deepcopy(a) is a
    assert pickle.loads(pickle.dumps(a)) == a
    assert pickle.loads(pickle.dumps(formula)) == formula
    assert Parameter("x", uuid=a.uuid) == a
    assert pickle.loads(pickle.dumps(formula)).bind({a: 2}).numeric() == 5


@given(a=finite, b=finite)
def test_arithmetic_agrees_with_floats(a: float, b: float) -> None:
    x, y = Parameter("x"), Parameter("y")
    formula = (x + 2 * y - 3) * (y - x) / 7 + x**2 - (1 - y) + abs(x) - (-y) + 1.5 / (4 + x * x) + 2.0 ** (y / 50)
    expected = (a + 2 * b - 3) * (b - a) / 7 + a**2 - (1 - b) + abs(a) + b + 1.5 / (4 + a * a) + 2.0 ** (b / 50)
    assert float(formula.bind({x: a, y: b})) == pytest.approx(expected, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sin", math.sin), ("cos", math.cos), ("tan", math.tan), ("arcsin", math.asin), ("arccos", math.acos),
        ("arctan", math.atan), ("exp", math.exp), ("log", math.log), ("sign", lambda v: math.copysign(1, v)),
        ("conjugate", lambda v: v),
    ],
)  # fmt: skip
def test_functions(name: str, function: Any) -> None:
    x = Parameter("x")
    own = getattr(x, name)()
    assert float(own.bind({x: 0.3})) == pytest.approx(function(0.3), rel=1e-14)
    if name != "sign":  # numpy's own compares with 0 instead of calling the method
        assert getattr(np, name)(x) == own


def test_numpy_numbers_on_either_side() -> None:
    x = Parameter("x")
    for value in (np.float64(2.5), np.int64(3)):
        assert isinstance(value * x, ParameterExpression)
        assert float((value * x - value).bind({x: 2})) == value
    assert [float(e.bind({x: 2})) for e in np.array([1.0, 2.0]) * x] == [2.0, 4.0]


def test_comparison_is_algebraic() -> None:
    x, y = Parameter("x"), Parameter("y")
    assert x + y == y + x
    assert 2 * (x + y) == 2 * x + 2.0 * y
    assert (x + y) ** 2 == x**2 + 2 * x * y + y**2
    assert hash((x + y) ** 2) == hash(x**2 + 2 * x * y + y**2)
    assert x + 0 == x
    assert hash(x + 0) == hash(1 * x)
    assert x != y
    assert x != 2
    assert x != "x"
    assert (x + 1).bind({x: 2}) == 3
    assert hash((x + 1).bind({x: 2})) == hash(3)
    assert (x * 1j).bind({x: 2}) == 2j


def test_equal_means_equal_hash_for_plain_parameters_too() -> None:
    x = Parameter("x")
    assert x == x + 0
    assert hash(x) == hash(x + 0)


def test_binding_in_steps_and_substitution() -> None:
    x, y, z = Parameter("x"), Parameter("y"), Parameter("z")
    formula = x * y + 1
    partly = formula.assign(x, 3)
    assert partly.parameters == {y}
    assert partly.assign(y, 2 * z).parameters == {z}
    assert partly.assign(y, 2 * z).bind({z: 2}).numeric() == 13
    swapped = (x - y).subs({x: y, y: x})
    assert swapped == y - x


def test_unknown_parameters() -> None:
    x, y = Parameter("x"), Parameter("y")
    with pytest.raises(PulseError, match="no parameter y"):
        (x + 1).bind({y: 1})
    assert (x + 1).bind({x: 1, y: 1}, allow_unknown_parameters=True).numeric() == 2


def test_open_or_complex_values_do_not_convert() -> None:
    x = Parameter("x")
    with pytest.raises(PulseError, match="Assign x first"):
        float(x + 1)
    assert complex((1j * x).bind({x: 2})) == 2j
    with pytest.raises(PulseError, match="not real"):
        float((1j * x).bind({x: 2}))
    assert (x + 1).is_real() is None
    assert (x + 1).bind({x: 1}).is_real()
    assert not (1j * x).bind({x: 1}).is_real()


def test_numeric_types() -> None:
    x = Parameter("x")
    assert type((x / 2).bind({x: 4}).numeric()) is int
    assert type((x / 2).bind({x: 3}).numeric()) is float
    assert (x * 1).bind({x: 15482812500000123}).numeric() == 15482812500000123
    assert (x.arccos()).bind({x: -1}).numeric() == math.pi


@pytest.mark.parametrize("value", [float("nan"), float("inf"), complex(0, math.inf), True, "1", None, [1]])
def test_what_is_no_finite_number_is_refused(value: Any) -> None:
    x = Parameter("x")
    with pytest.raises(PulseError):
        (x + 1).bind({x: value})
    with pytest.raises(PulseError):
        assigned_value(x, {x: value})


@pytest.mark.parametrize("formula", [lambda x: 1 / x, lambda x: x.log(), lambda x: x**-2])
def test_infinite_results_are_refused(formula: Any) -> None:
    x = Parameter("x")
    with pytest.raises(PulseError, match="finite"):
        formula(x).bind({x: 0})
    with pytest.raises(ZeroDivisionError):
        _ = x / 0


def test_values_are_bound_by_parameter_not_by_name() -> None:
    a = Parameter("a")
    with pytest.raises(PulseError, match="no parameter a"):
        a.bind({"a": 1})  # type: ignore[dict-item]  # what is tested


def test_gradient() -> None:
    x, y = Parameter("x"), Parameter("y")
    assert (x**2 * y).gradient(x) == 2 * x * y
    assert (x**2 * y).gradient(param=y) == x**2
    assert (3 * x).gradient(x) == 3
    assert (3 * x).gradient(y) == 0


def test_expressions_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        Parameter("x").extra = 1
    with pytest.raises(PulseError, match="string"):
        Parameter(3)


def test_text_shows_names_not_identities() -> None:
    x = Parameter("amp")
    assert str(x) == "amp"
    assert repr(x) == "Parameter(amp)"
    assert repr(x / 2) == "ParameterExpression((1/2)*amp)"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (4.0, 4),
        (2 * math.pi / 3, 2 * math.pi / 3),
        (5e-11, 5e-11),
        (1 + 5e-11, 1 + 5e-11),
        (3 * 0.1 * 10, 3),
        (0.1 + 0.2, 0.3),
        (15482812500000, 15482812500000),
        (np.int64(7), 7),
        (np.float64(0.5), 0.5),
        (1.2345678e-11, 1.2345678e-11),
        (4.00000000001, 4.00000000001),
        (0.5 + 1e-13j, 0.5),
        (0.0, 0),
    ],
)
def test_normal_form(value: complex, kept: float) -> None:
    result = normal_number(value)
    assert result == kept
    assert type(result) is type(kept)


def test_complex_values_pass_with_a_warning() -> None:
    with pytest.warns(PendingDeprecationWarning, match="complex"):
        assert normal_number(0.5 + 0.25j) == 0.5 + 0.25j


def test_vector() -> None:
    vector = ParameterVector("v", 3)
    assert [p.name for p in vector] == ["v[0]", "v[1]", "v[2]"]
    assert vector[1].vector is vector
    assert vector[1].index == 1
    assert vector.index(vector[2]) == 2
    assert len(set(vector)) == 3
    assert vector[0].uuid == vector.uuid
    again = pickle.loads(pickle.dumps(vector))
    assert again == vector
    assert list(again) == list(vector)
    assert pickle.loads(pickle.dumps(vector[2])) == vector[2]
    assert vector != ParameterVector("v", 3)
    assert repr(vector) == "ParameterVector(name='v', length=3)"


@pytest.mark.parametrize("length", [-1, 1.5, True, "3"])
def test_vector_needs_a_length(length: Any) -> None:
    with pytest.raises(PulseError, match="length"):
        ParameterVector("v", length)
