"""Phase expressions against Python's own arithmetic, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.interop.ibm.expressions import ExpressionError, evaluate
from runtime.pulse import Parameter, ParameterExpression

VALUES = {"P0": 0.375, "P1": -1.25, "P12": 2.5}
FUNCTIONS: dict[str, Any] = {
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "exp", "log", "log10", "sqrt")},
    **{name: getattr(math, name) for name in ("asin", "acos", "atan")},
    **{f"arc{name}": getattr(math, f"a{name}") for name in ("sin", "cos", "tan")},
}
NAMES = {**VALUES, **FUNCTIONS, "pi": math.pi, "e": math.e}


def expressions(leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", " + ", " - "]), inner).map("".join),
            inner.map("({})".format),
            st.tuples(st.sampled_from("+-"), inner).map("".join),
            st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        )

    return st.recursive(leaves, grown, max_leaves=8)


numbers = st.one_of(
    st.integers(0, 9).map(str), st.floats(0.01, 9.0).map("{:.3f}".format), st.sampled_from(["pi", "e", "1e-2"])
)


def python(text: str) -> float | None:
    """What Python makes of it; None where that is no finite real number."""
    try:
        value = eval(text, {"__builtins__": {}}, {**NAMES})
        return float(value) if not isinstance(value, complex) and math.isfinite(value) else None
    except (ArithmeticError, ValueError, TypeError):  # TypeError: a function of math that got a complex number
        return None


@given(expressions(numbers))
def test_numbers_agree_with_python(text: str) -> None:
    expected = python(text)
    if expected is None or len(text) > 256:
        with pytest.raises(ExpressionError):
            evaluate(text, {})
    else:
        assert evaluate(text, {}) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(expressions(st.one_of(numbers, st.sampled_from(sorted(VALUES)))))
def test_parameters_agree_with_python(text: str) -> None:
    expected = python(text)
    parameters: dict[str, Parameter] = {}
    try:
        value = evaluate(text, parameters)
    except ExpressionError:
        # A part without parameters has no value, or the text is too long; Python must agree on the former.
        assert expected is None or len(text) > 256
        return
    if expected is None or abs(expected) > 1e6:
        return
    if isinstance(value, ParameterExpression):
        bound = {parameters[p.name]: VALUES[p.name] for p in value.parameters}
        assert complex(value.subs(bound)) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    else:
        assert value == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("np.pi/2", math.pi / 2),
        ("math.cos(np.pi)", -1.0),
        (" -(1) ", -1.0),
        ("2**3**2", 512.0),
        ("log10(100) + sqrt(9)", 5.0),
        ("9" * 100, 1e100),
        ("(" * 120 + "1" + ")" * 120, 1.0),
        ("-" * 255 + "1", -1.0),
    ],
)
def test_prefixes_are_dropped_and_python_s_precedence_holds(text: str, expected: float) -> None:
    assert evaluate(text, {}) == pytest.approx(expected)


def test_the_expressions_of_an_instruction_share_their_parameters() -> None:
    parameters: dict[str, Parameter] = {}
    first, second = evaluate("-(P0)", parameters), evaluate("P0 + P1", parameters)
    assert isinstance(first, ParameterExpression)
    assert isinstance(second, ParameterExpression)
    assert first.parameters < second.parameters
    assert list(parameters) == ["P0", "P1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "theta",
        "P",
        "P01",
        "p0",
        "np",
        "np.P0",
        "P0.real",
        "os.system",
        "np.linalg.norm(1)",
        "().__class__",
        "__import__('os')",
        "open('x')",
        "eval('1')",
        "abs(1)",
        "sin",
        "sin(1, 2)",
        "sin()",
        "sin(x=1)",
        "sin(*[1])",
        "pi(1)",
        "[1]",
        "{1: 2}",
        "'text'",
        "True",
        "None",
        "1j",
        "1 if 2 else 3",
        "1if 2 else 3",
        "1 < 2",
        "1 and 2",
        "not 1",
        "~1",
        "7 // 2",
        "7 % 2",
        "1 << 2",
        "x := 1",
        "lambda: 1",
        "1; 2",
        "1\n2",
        "1/0",
        "0.0**-1",
        "P0/0",
        "(-8)**0.5",
        "sqrt(-1)",
        "log(0)",
        "9**9**9",
        "1e400",
        "9" * 257,
        "-" * 256 + "1",
        "\0",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, {})
