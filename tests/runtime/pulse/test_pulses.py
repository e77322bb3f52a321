"""Pulses: reference samples, closed forms written anew, validation, equality."""

from __future__ import annotations

import cmath
import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    Constant,
    Drag,
    Gaussian,
    GaussianSquare,
    GaussianSquareDrag,
    Parameter,
    Pulse,
    PulseError,
    ScalableSymbolicPulse,
    SymbolicPulse,
    Waveform,
)
from runtime.pulse.library import SHAPES

RISE = [0.09012388, 0.21645875, 0.37178649, 0.48390966]
EDGE = [0.02180805, 0.16221292, 0.44122874, 0.5, 0.5]
DRAG_IMAG = [0.0788584, 0.13528672, 0.13941993, 0.06048871]
# The other shapes are in test_library_shapes.py.
CLOSED_FORMS = ["Constant", "Drag", "Gaussian", "GaussianSquare", "GaussianSquareDrag"]
EDGE_IMAG = [0.02726006, 0.12165969, 0.11030718, 0.0, 0.0]


def mirrored(half: list[float], sign: float = 1.0) -> np.ndarray:
    return np.array(half + [sign * value for value in reversed(half)])


@pytest.mark.parametrize(
    ("pulse", "real", "imag"),
    [
        (Gaussian(8, 0.5, 2), mirrored(RISE), np.zeros(8)),
        (GaussianSquare(10, 0.5, 1, width=4), mirrored(EDGE), np.zeros(10)),
        (Drag(8, 0.5, 2, beta=1), mirrored(RISE), mirrored(DRAG_IMAG, -1)),
        (GaussianSquareDrag(10, 0.5, 1, beta=0.5, width=4), mirrored(EDGE), mirrored(EDGE_IMAG, -1)),
        (Constant(4, 0.25), np.full(4, 0.25), np.zeros(4)),
    ],
)
def test_reference_samples(pulse: Pulse, real: np.ndarray, imag: np.ndarray) -> None:
    samples = pulse.get_waveform().samples
    np.testing.assert_allclose(samples.real, real, atol=6e-9)
    np.testing.assert_allclose(samples.imag, imag, atol=6e-9)


def lifted(t: float, m: float, z: float, s: float) -> float:
    """The lifted Gaussian as it is defined, one instant at a time."""
    g_t, g_z = math.exp(-((t - m) ** 2) / (2 * s**2)), math.exp(-((z - m) ** 2) / (2 * s**2))
    return (g_t - g_z) / (1 - g_z)


def closed_form(shape: str, t: float, d: int, s: float, w: float, beta: float) -> complex:
    """Each shape as a scalar formula, with amplitude 1."""
    if shape == "Constant":
        return 1.0
    if shape == "Gaussian":
        return lifted(t, d / 2, d + 1, s)
    if shape == "Drag":
        return lifted(t, d / 2, d + 1, s) * (1 - 1j * beta * (t - d / 2) / s**2)
    t0, t1 = d / 2 - w / 2, d / 2 + w / 2
    slope = beta if shape == "GaussianSquareDrag" else 0.0
    if t <= t0:
        return lifted(t, t0, -1, s) * (1 - 1j * slope * (t - t0) / s**2)
    if t >= t1:
        return lifted(t, t1, d + 1, s) * (1 - 1j * slope * (t - t1) / s**2)
    return 1.0


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, int, dict[str, float]]:
    duration = draw(st.integers(1, 300))
    values = {
        "sigma": draw(st.floats(0.05, 2.0)) * duration,
        "width": draw(st.floats(0, 1)) * duration,
        "beta": draw(st.floats(-3, 3)),
        "amp": draw(st.floats(-1, 1, allow_subnormal=False)),
        "angle": draw(st.floats(-7, 7)),
    }
    return draw(st.sampled_from(CLOSED_FORMS)), duration, values


@given(case=cases(), fractions=st.lists(st.floats(0, 1), max_size=5))
def test_array_code_agrees_with_the_scalar_formulas(
    case: tuple[str, int, dict[str, float]], fractions: list[float]
) -> None:
    name, duration, values = case
    amp, angle = values["amp"], values["angle"]
    parameters = {key: values[key] for key in SHAPES[name].parameters if key not in {"amp", "angle"}}
    pulse = ScalableSymbolicPulse(name, duration, amp, angle, parameters, limit_amplitude=False)
    factor = amp * cmath.exp(1j * angle)

    def expected(times: Any) -> list[complex]:
        rest = (duration, values["sigma"], values["width"], values["beta"])
        return [factor * closed_form(name, float(t), *rest) for t in times]

    samples = pulse.get_waveform().samples
    assert samples.shape == (duration,)
    np.testing.assert_allclose(samples, expected(np.arange(duration) + 0.5), rtol=0, atol=1e-12)
    times = np.array([f * duration for f in fractions])
    np.testing.assert_allclose(pulse.evaluate(times), expected(times), rtol=0, atol=1e-12)


@pytest.mark.parametrize("sigma", [1e-200, 1e-3, 1e6, 1e9, 1e160, 1e200])
def test_extreme_widths_stay_finite_and_bounded(sigma: float) -> None:
    for pulse in (Gaussian(9, 1, sigma), GaussianSquare(9, 1, sigma, width=2), Drag(9, 1, sigma, beta=sigma / 2)):
        samples = pulse.get_waveform().samples
        assert np.isfinite(samples).all()
        assert abs(samples[4]) == pytest.approx(1.0)
        assert np.abs(samples).max() <= 1 + 1e-7
    parabola = 1 - ((np.arange(9) + 0.5 - 4.5) / 5.5) ** 2
    if sigma >= 1e9:
        np.testing.assert_allclose(Gaussian(9, 1, sigma).get_waveform().samples.real, parabola, atol=1e-12)


def test_evaluate_takes_any_shape_of_instants_inside() -> None:
    pulse = Gaussian(8, 0.5, 2)
    grid = np.array([[0.0, 4.0], [8.0, 0.5]])
    values = pulse.evaluate(grid)
    assert values.shape == (2, 2)
    assert values.dtype == np.complex128
    assert values[0, 1] == 0.5
    assert pulse.evaluate(4) == 0.5
    assert pulse.evaluate([]).shape == (0,)


@pytest.mark.parametrize("times", [[-0.1], [8.1], [float("nan"), 1.0], [float("inf")]])
def test_evaluate_refuses_instants_outside(times: list[float]) -> None:
    with pytest.raises(PulseError, match="within the pulse"):
        Gaussian(8, 0.5, 2).evaluate(times)


def test_constant_is_exact() -> None:
    pulse = Constant(3, 0.3, angle=1.1)
    assert pulse.get_waveform().samples[0] == 0.3 * np.exp(1j * 1.1)


def test_waveforms_are_computed_once_and_read_only() -> None:
    pulse = Gaussian(8, 0.5, 2, name="g")
    waveform = pulse.get_waveform()
    assert pulse.get_waveform() is waveform
    assert waveform.name == "g"
    with pytest.raises(ValueError, match="read-only"):
        waveform.samples[0] = 1


# Names, attributes, text


def test_isinstance_goes_by_shape() -> None:
    plain = ScalableSymbolicPulse("Gaussian", 8, 0.5, 0, {"sigma": 2})
    for pulse in (plain, Gaussian(8, 0.5, 2), SymbolicPulse("Gaussian", 8, {"sigma": 2, "amp": 0.5, "angle": 0})):
        assert isinstance(pulse, Gaussian)
        assert isinstance(pulse, ScalableSymbolicPulse)
        assert isinstance(pulse, SymbolicPulse)
        assert isinstance(pulse, Pulse)
        assert not isinstance(pulse, Drag)
        assert pulse == plain
    assert not isinstance(Waveform([0.1]), SymbolicPulse)
    assert not isinstance("Gaussian", Gaussian)
    assert GaussianSquareDrag(10, 0.5, 1, 0.5, width=4).pulse_type == "GaussianSquareDrag"

    class Mine(Gaussian):
        pass

    assert isinstance(Mine(8, 0.5, 2), Gaussian)
    assert not isinstance(plain, Mine)


def test_parameters_read_as_attributes_in_order() -> None:
    pulse = Drag(8, 0.5, 2, beta=1, angle=0.25)
    assert list(pulse.parameters) == ["duration", "sigma", "beta", "amp", "angle"]
    assert (pulse.duration, pulse.sigma, pulse.beta, pulse.amp, pulse.angle) == (8, 2, 1, 0.5, 0.25)
    with pytest.raises(AttributeError, match="width"):
        _ = pulse.width
    with pytest.raises(AttributeError, match="immutable"):
        pulse.amp = 0.1


@pytest.mark.parametrize(
    ("pulse", "text"),
    [
        (Gaussian(25, 0.7, 4, 0.3), "Gaussian(duration=25, sigma=4, amp=0.7, angle=0.3)"),
        (
            GaussianSquare(20, 1.0, 30, 14.0, 0.2),
            "GaussianSquare(duration=20, sigma=30, width=14.0, amp=1.0, angle=0.2)",
        ),
        (Constant(5, 0.1, name="n"), "Constant(duration=5, amp=0.1, angle=0.0, name='n')"),
        (Waveform([0.5j]), "Waveform(array([0.+0.5j]))"),
    ],
)
def test_repr(pulse: Pulse, text: str) -> None:
    assert repr(pulse) == text
    assert len(repr(Waveform(np.zeros(10**4)))) < 200


def test_width_comes_from_either_argument() -> None:
    assert GaussianSquare(100, 0.5, 4, risefall_sigma_ratio=2).width == 100 - 2 * 2 * 4
    assert GaussianSquareDrag(100, 0.5, 4, 1, risefall_sigma_ratio=2).width == 84
    with pytest.raises(PulseError, match="exactly one"):
        GaussianSquare(100, 0.5, 4)
    with pytest.raises(PulseError, match="exactly one"):
        GaussianSquare(100, 0.5, 4, width=10, risefall_sigma_ratio=2)


# Validation

NAN, INF = float("nan"), float("inf")

BAD: list[Callable[[], object]] = [
    lambda: Gaussian(8, 0.5, 0),
    lambda: Gaussian(8, 0.5, -1),
    lambda: Gaussian(8, NAN, 2),
    lambda: Gaussian(8, 0.5, INF),
    lambda: Gaussian(8, 0.5, 2, angle=NAN),
    lambda: Gaussian(8, 0.5, np.float64("nan")),
    lambda: Gaussian(NAN, 0.5, 2),
    lambda: Gaussian(8, 0.5 + 0j, 2),
    lambda: Gaussian(8, np.complex128(0.5), 2),
    lambda: Gaussian(8, "0.5", 2),
    lambda: Gaussian(8, True, 2),
    lambda: Gaussian(8, None, 2),
    lambda: Gaussian(-8, 0.5, 2),
    lambda: Gaussian(100, 1.05, 10),
    lambda: Drag(100, 1.0, 4, beta=40),
    lambda: Drag(8, 0.5, 2, beta=INF),
    lambda: GaussianSquare(10, 0.5, 1, width=-1),
    lambda: GaussianSquare(10, 0.5, 1, width=11),
    lambda: GaussianSquare(10, 0.5, 0, width=5),
    lambda: GaussianSquare(10, 0.5, 1, risefall_sigma_ratio=6),
    lambda: GaussianSquareDrag(10, 0.5, 1, NAN, width=5),
    lambda: Constant(8, 1.01),
    lambda: Constant(8, -1.01),
    lambda: SymbolicPulse("Nothing", 8, {}),
    lambda: SymbolicPulse("Gaussian", 8, {"sigma": 2}),
    lambda: SymbolicPulse("Gaussian", 8, {"sigma": 2, "amp": 1, "angle": 0, "width": 3}),
    lambda: ScalableSymbolicPulse("Gaussian", 8, 0.5, 0, {}),
    lambda: Waveform([0.1, NAN]),
    lambda: Waveform([0.1, complex(0, INF)]),
    lambda: Waveform([[0.1]]),
    lambda: Waveform(0.1),
    lambda: Waveform(["a"]),
    lambda: Waveform([0.1, 1.1]),
    lambda: Waveform([0.8 + 0.8j]),
    lambda: Waveform([0.1, 0.2]).evaluate([0.5]),
]


@pytest.mark.parametrize("make", BAD)
def test_bad_pulses_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(PulseError) as caught:
        make()
    assert caught.value.got or caught.value.allowed


def test_samples_decide_where_the_quick_rule_does_not() -> None:
    narrow = Gaussian(4, 1.05, 1)
    assert np.abs(narrow.get_waveform().samples).max() == pytest.approx(0.925, abs=1e-3)
    assert Drag(100, 0.1, 4, beta=40).beta == 40


def test_the_amplitude_limit_can_be_lifted() -> None:
    pulse = Constant(4, 1.5, limit_amplitude=False)
    assert pulse.get_waveform().samples[0] == 1.5
    assert Waveform([1.5], limit_amplitude=False).samples[0] == 1.5
    assert pickle.loads(pickle.dumps(pulse)) == pulse
    with pytest.raises(PulseError, match="full scale"):
        Gaussian(100, 1.05, 10, limit_amplitude=True)


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pulse, "limit_amplitude", False)


@pytest.mark.usefixtures("unlimited")
def test_the_class_attribute_is_read_when_a_pulse_is_made() -> None:
    pulse = Constant(4, 1.5)
    assert not pulse.limit_amplitude
    assert pulse.get_waveform().samples[0] == 1.5
    assert Waveform([2.0]).samples[0] == 2.0
    with pytest.raises(PulseError, match="full scale"):
        Constant(4, 1.5, limit_amplitude=True)


def test_limits_stay_with_the_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    amp = Parameter("amp")
    monkeypatch.setattr(Pulse, "limit_amplitude", False)
    pulse = Constant(4, amp)
    monkeypatch.undo()
    assert pulse.assigned({amp: 1.5}).get_waveform().samples[0] == 1.5


def test_validation_can_be_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SymbolicPulse, "disable_validation", True)
    assert Constant(4, 1.5).amp == 1.5
    assert Gaussian(4, 0.5, -1).sigma == -1


def test_float_duration_is_accepted_by_the_pulse() -> None:
    assert Gaussian(8.0, 0.5, 2).get_waveform().duration == 8
    assert Constant(0, 0.5).get_waveform().duration == 0


# Equality


def test_equality_compares_the_complex_amplitude() -> None:
    pulse = Gaussian(8, 0.5, 2)
    assert pulse == Gaussian(8, -0.5, 2, angle=math.pi)
    assert pulse == Gaussian(8, 0.5, 2, angle=2 * math.pi, name="other", limit_amplitude=False)
    assert pulse == Gaussian(8.0, 0.5000000001, 2.0)
    others = [Gaussian(8, 0.51, 2), Gaussian(8, 0.5, 2.0001), Gaussian(9, 0.5, 2), Drag(8, 0.5, 2, 0)]
    for other in (*others, pulse.get_waveform()):
        assert pulse != other
    assert len({pulse, Gaussian(8, -0.5, 2, angle=math.pi), Gaussian(8, 0.6, 2)}) == 2
    assert pulse != "Gaussian"


@given(
    amp=st.floats(0.01, 1),
    angle=st.floats(-3, 3),
    turns=st.integers(-2, 2),
    flip=st.booleans(),
    sigma=st.floats(1, 9),
)
def test_equal_pulses_hash_equal(amp: float, angle: float, turns: int, flip: bool, sigma: float) -> None:
    one = Gaussian(16, amp, sigma, angle)
    other = Gaussian(16, -amp if flip else amp, sigma, angle + (math.pi if flip else 0) + 2 * math.pi * turns)
    assert one == other
    assert hash(one) == hash(other)


def test_keys_tell_what_equality_forgives() -> None:
    assert Gaussian(8, 0.5, 2).key != Gaussian(8, 0.5000000001, 2).key
    assert Gaussian(8, 0.5, 2).key == Gaussian(8, 0.5, 2.0, name="n").key
    assert Waveform([0.1, 0.2]).key != Waveform([0.1, 0.2 + 1e-12]).key
    assert Waveform([0.1, 0.2]).key == Waveform(np.array([0.1, 0.2]), name="n").key


def test_waveform_equality_and_hash() -> None:
    waveform = Waveform([0.1, -0.0, 0.3j])
    assert waveform == Waveform([0.1, 0.0, 0.3j], name="other")
    assert hash(waveform) == hash(Waveform([0.1, 0.0, 0.3j]))
    assert waveform == Waveform([0.1 + 5e-8, 0.0, 0.3j])
    assert waveform != Waveform([0.1 + 5e-7, 0.0, 0.3j])
    assert Waveform([0.1], epsilon=0.1) == Waveform([0.15])
    assert Waveform([0.15]) != Waveform([0.1], epsilon=0.1)
    assert waveform != Waveform([0.1, 0.0])


def test_waveform_samples() -> None:
    given_samples = np.array([0.5, 1.0 + 5e-8, (1 + 5e-8) * 1j])
    waveform = Waveform(given_samples)
    assert waveform.samples.dtype == np.complex128
    assert waveform.duration == 3
    assert np.abs(waveform.samples).max() <= 1
    assert np.angle(waveform.samples[2]) == pytest.approx(math.pi / 2)
    assert given_samples[1] == 1.0 + 5e-8
    assert Waveform([0.1, 1.05], epsilon=0.1).samples[1] == pytest.approx(1.0)
    assert Waveform([]).duration == 0


@pytest.mark.parametrize(
    "pulse",
    [
        Gaussian(8, 0.5, 2, name="n"),
        GaussianSquareDrag(10, 0.5, 1, 0.5, width=4),
        Waveform([0.1, 0.2j], name="w", epsilon=1e-3),
        Gaussian(8, Parameter("amp"), 2),
    ],
)
def test_copies_and_pickles(pulse: Pulse) -> None:
    again = pickle.loads(pickle.dumps(pulse))
    assert again == pulse
    assert (again.name, type(again), again.key) == (pulse.name, type(pulse), pulse.key)
    assert copy.deepcopy(pulse) is pulse


# Parameters


def test_validation_waits_for_the_last_parameter() -> None:
    amp, sigma = Parameter("amp"), Parameter("sigma")
    pulse = Gaussian(8, amp, sigma)
    assert pulse.is_parameterized()
    assert pulse.open_parameters == {amp, sigma}
    partly = pulse.assigned({amp: 3})
    assert partly.open_parameters == {sigma}
    with pytest.raises(PulseError, match="full scale"):
        partly.assigned({sigma: 2})
    with pytest.raises(PulseError, match="sigma > 0"):
        pulse.assigned({amp: 0.5, sigma: -2})
    whole = pulse.assigned({amp: 0.5, sigma: 2})
    assert whole == Gaussian(8, 0.5, 2)
    assert isinstance(whole, Gaussian)
    assert not whole.is_parameterized()
    with pytest.raises(PulseError, match="Assign amp, sigma"):
        pulse.get_waveform()
    with pytest.raises(PulseError, match="open parameters"):
        pulse.evaluate([1.0])


def test_bound_expressions_still_count_as_parameters() -> None:
    amp = Parameter("amp")
    pulse = Gaussian(8, (amp / 2).bind({amp: 1}), 2)
    assert pulse.is_parameterized()
    assert pulse.open_parameters == set()
    np.testing.assert_array_equal(pulse.get_waveform().samples, Gaussian(8, 0.5, 2).get_waveform().samples)


def test_parametrised_equality_compares_expressions() -> None:
    a, b = Parameter("a"), Parameter("a")
    assert Gaussian(8, a, 2) == Gaussian(8, a, 2)
    assert Gaussian(8, a, 2) != Gaussian(8, b, 2)
    assert Gaussian(8, 0.5, a) != Gaussian(8, 0.5, b)
    assert Gaussian(8, 2 * a / 2, 2) == Gaussian(8, a, 2)
