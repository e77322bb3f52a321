"""Pulses of a user's own formula."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
import symengine as se
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    DriveChannel,
    Gaussian,
    Parameter,
    Play,
    PulseError,
    ScalableSymbolicPulse,
    Schedule,
    SymbolicPulse,
)
from runtime.pulse.library.array_code import FUNCTIONS, ArrayCode
from runtime.pulse.parameters.tree import OPERATIONS, formula_of, tree_of

T, AMP, FREQ, DURATION = se.symbols("t amp freq duration")
CHIRP = AMP * se.sin(2 * se.pi * FREQ * T**2 / DURATION)


def chirp(amp: Any = 0.5, freq: Any = 0.1, **more: Any) -> SymbolicPulse:
    settings = {"constraints": se.And(FREQ > 0, FREQ < 1), "valid_amp_conditions": se.Abs(AMP) <= 1, **more}
    return SymbolicPulse("Chirp", 32, {"amp": amp, "freq": freq}, envelope=CHIRP, **settings)


def test_samples_are_those_of_the_formula() -> None:
    t = np.arange(32) + 0.5
    expected = 0.5 * np.sin(2 * math.pi * 0.1 * t**2 / 32)
    pulse = chirp()
    np.testing.assert_allclose(pulse.get_waveform().samples, expected, atol=1e-14)
    np.testing.assert_allclose(pulse.evaluate([1.25]), [0.5 * math.sin(2 * math.pi * 0.1 * 1.25**2 / 32)])
    assert repr(pulse) == "Chirp(duration=32, amp=0.5, freq=0.1)"
    assert pulse.freq == 0.1
    assert pulse.envelope == CHIRP


def test_pieces_and_complex_values() -> None:
    ramp = se.Piecewise((T / DURATION, T < DURATION / 2), (se.I * AMP, se.And(T >= 8, T < 12)), (0, True))
    samples = SymbolicPulse("Ramp", 16, {"amp": 0.25}, envelope=ramp).get_waveform().samples
    expected = [(k + 0.5) / 16 if k < 8 else 0.25j if k < 12 else 0 for k in range(16)]
    np.testing.assert_allclose(samples, expected, atol=1e-15)


def test_a_constant_formula_fills_the_duration() -> None:
    samples = SymbolicPulse("Flat", 4, {"amp": 0.25}, envelope=AMP).get_waveform().samples
    np.testing.assert_array_equal(samples, [0.25] * 4)
    assert SymbolicPulse("Zero", 4, {}, envelope=se.Integer(0)).get_waveform().samples.shape == (4,)


def test_formulas_of_our_own_parameters_count_by_name() -> None:
    t, amp, duration = Parameter("t"), Parameter("amp"), Parameter("duration")
    pulse = SymbolicPulse("Own", 8, {"amp": 0.5}, envelope=amp * (math.pi * t / duration).sin() ** 2)
    expected = 0.5 * np.sin(math.pi * (np.arange(8) + 0.5) / 8) ** 2
    np.testing.assert_allclose(pulse.get_waveform().samples, expected, atol=1e-15)
    with pytest.raises(PulseError, match="one name"):
        SymbolicPulse("Own", 8, {"amp": 0.5}, envelope=amp + Parameter("amp"))


def test_validation() -> None:
    with pytest.raises(PulseError, match="do not fit together"):
        chirp(freq=2)
    with pytest.raises(PulseError, match="full scale"):
        chirp(amp=1.5)
    assert chirp(amp=1.5, limit_amplitude=False).get_waveform().samples.real.max() > 1.4
    # The quick rule is trusted: it stands for looking at samples.
    assert chirp(amp=1.5, valid_amp_conditions=AMP < 2).amp == 1.5
    with pytest.raises(PulseError, match="not finite"):
        SymbolicPulse("Pole", 4, {}, envelope=1 / (T - se.Rational(1, 2)))


def test_assignment_validates_and_keeps_the_formula() -> None:
    amp = Parameter("a")
    program = Schedule(Play(chirp(amp=2 * amp), DriveChannel(0)))
    with pytest.raises(PulseError, match="full scale"):
        program.assign_parameters({amp: 0.9}, inplace=False)
    assert program.assign_parameters({amp: 0.25}, inplace=False) == Schedule(Play(chirp(), DriveChannel(0)))


def test_equality_is_that_of_formula_and_parameters() -> None:
    assert chirp() == chirp(constraints=None, valid_amp_conditions=None, name="other", limit_amplitude=False)
    assert hash(chirp()) == hash(chirp(constraints=None))
    assert chirp() != chirp(amp=0.4)
    assert chirp() != SymbolicPulse("Other", 32, {"amp": 0.5, "freq": 0.1}, envelope=CHIRP)
    assert chirp() != SymbolicPulse("Chirp", 32, {"amp": 0.5, "freq": 0.1}, envelope=CHIRP + 0.1 * T / 100)
    assert chirp().key != SymbolicPulse("Chirp", 32, {"amp": 0.5, "freq": 0.1}, envelope=2 * CHIRP).key


def test_scalable_formulas_compare_the_complex_amplitude() -> None:
    envelope = AMP * se.exp(se.I * se.Symbol("angle")) * se.sin(se.pi * T / DURATION)

    def hump(amp: float, angle: float) -> ScalableSymbolicPulse:
        return ScalableSymbolicPulse("Hump", 8, amp, angle, envelope=envelope)

    assert hump(0.5, 0) == hump(-0.5, math.pi)
    assert hump(0.5, 0) != hump(0.5, 1)
    expected = 0.5 * np.exp(0.3j) * np.sin(math.pi * (np.arange(8) + 0.5) / 8)
    np.testing.assert_allclose(hump(0.5, 0.3).get_waveform().samples, expected, atol=1e-15)
    assert list(hump(0.5, 0.3).parameters) == ["duration", "amp", "angle"]


def test_a_named_pulse_made_of_its_own_formulas_is_the_named_one() -> None:
    named = Gaussian(16, 0.5, 4)
    again = ScalableSymbolicPulse(
        named.pulse_type, 16, 0.5, 0, {"sigma": 4}, envelope=named.envelope, constraints=named.constraints,
        valid_amp_conditions=named.valid_amp_conditions,
    )  # fmt: skip
    assert again == named
    assert isinstance(again, Gaussian)
    assert again.shape is named.shape
    unchecked = ScalableSymbolicPulse(named.pulse_type, 16, 0.5, 0, {"sigma": 4}, envelope=named.envelope)
    assert unchecked == named
    np.testing.assert_allclose(unchecked.get_waveform().samples, named.get_waveform().samples, atol=1e-15)


def test_copies_and_pickles() -> None:
    pulse = chirp(name="n")
    again = pickle.loads(pickle.dumps(pulse))
    assert (again, again.name, again.key) == (pulse, "n", pulse.key)
    assert again.constraints == pulse.constraints
    assert copy.deepcopy(pulse) is pulse


@pytest.mark.parametrize(
    ("envelope", "message"),
    [
        (AMP * se.Symbol("other"), "no parameters in the envelope"),
        (se.Function("mystery")(T), "not supported"),
        (se.zoo * AMP, "no finite number"),
        ("amp * t", "symbolic expression"),
        ([1, 2], "symbolic expression"),
        (object(), "symbolic expression"),
    ],
)  # fmt: skip
def test_bad_envelopes(envelope: Any, message: str) -> None:
    with pytest.raises(PulseError, match=message):
        SymbolicPulse("Bad", 8, {"amp": 0.5}, envelope=envelope)


@pytest.mark.parametrize(
    "arguments",
    [
        {"parameters": {"t": 1}, "envelope": T},
        {"parameters": {"duration": 1}, "envelope": T},
        {"parameters": {3: 1}, "envelope": T},
        {"parameters": {"amp": 0.5j}, "envelope": AMP},
        {"parameters": {"amp": "0.5"}, "envelope": AMP},
        {"parameters": {"amp": 0.5}, "envelope": AMP, "constraints": T > 0},
        {"parameters": {"amp": 0.5}, "constraints": AMP > 0},
        {"parameters": {"amp": 0.5}},
    ],
)
def test_bad_definitions(arguments: dict[str, Any]) -> None:
    with pytest.raises(PulseError):
        SymbolicPulse("Bad", 8, **arguments)


# Array code and trees of formulas


def test_every_operation_has_array_code() -> None:
    assert FUNCTIONS.keys() == OPERATIONS.keys()


@pytest.mark.parametrize(
    "name",
    [
        "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "sinh", "cosh", "tanh", "coth", "sech",
        "csch", "asinh", "atanh", "log", "Abs", "sign", "floor", "ceiling", "erf", "conjugate", "exp", "sqrt",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [0.3, -0.7, 0.9])
def test_functions_agree_with_symengine(name: str, value: float) -> None:
    formula = getattr(se, name)(T)
    expected = complex(formula.subs({T: value}).n(53, real=False))
    assert complex(ArrayCode(formula)({"t": value})) == pytest.approx(expected, rel=1e-13, abs=1e-14)
    assert ArrayCode(formula)({"t": np.array([value, value])}).shape == (2,)


_leaves = st.one_of(
    st.sampled_from([T, AMP, se.pi, se.E, se.I]),
    st.integers(-9, 9).map(se.Integer),
    st.floats(-5, 5, allow_subnormal=False).map(se.RealDouble),
    st.fractions(-3, 3, max_denominator=9).map(lambda f: se.Rational(f.numerator, f.denominator)),
)
_formulas = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda ab: ab[0] + ab[1]),
        st.tuples(inner, inner).map(lambda ab: ab[0] * ab[1]),
        st.tuples(inner, st.integers(0, 3)).map(lambda ab: ab[0] ** ab[1]),
        inner.map(se.sin),
        inner.map(lambda x: se.exp(se.sin(x))),
    ),
    max_leaves=8,
)


@given(formula=_formulas)
def test_trees_keep_formulas(formula: Any) -> None:
    tree = tree_of(formula, lambda symbol: ("symbol", str(symbol)))
    assert formula_of(tree, lambda name, items: {"symbol": lambda: se.Symbol(items[0])}[name]()) == formula


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (["Mystery", 1], "unknown operation"),
        (["sin"], "number of operands"),
        (["sin", 1, 2], "number of operands"),
        (["Pow", 9, 10**9], "beyond all bounds"),
        (["Piecewise", 1, True, 2], "pairs"),
        (["/", 1, 0], "denominator 0"),
        (["And", 1, 2], "operands that do not fit"),
        (["Add", "x"], "not a number"),
        ([], "not a number"),
        (None, "not a number"),
        (float("nan"), "not a number"),
    ],
)  # fmt: skip
def test_malformed_trees(tree: Any, message: str) -> None:
    def no_symbols(name: str, _: Any) -> Any:
        raise KeyError(name)

    with pytest.raises(PulseError, match=message):
        formula_of(tree, no_symbols, "here")


def test_deep_trees_are_refused() -> None:
    formula = T
    for _ in range(300):
        formula = se.sin(formula)
    with pytest.raises(PulseError, match="too deeply"):
        SymbolicPulse("Deep", 8, {}, envelope=formula)
