"""Every named shape: reference samples, its symbolic formula as a second method, rules, values out of range."""

from __future__ import annotations

import inspect
import math
import pickle
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    Constant,
    Cos,
    Drag,
    Gaussian,
    GaussianDeriv,
    GaussianSquare,
    GaussianSquareDrag,
    Parameter,
    PulseError,
    Sawtooth,
    ScalableSymbolicPulse,
    Sech,
    SechDeriv,
    Sin,
    Square,
    SymbolicPulse,
    Triangle,
    gaussian_square_echo,
)
from runtime.pulse.library import SHAPES, Pulse
from runtime.pulse.library.array_code import ArrayCode
from runtime.pulse.library.symbolic import MOST_SAMPLES


def minus(half: list[float]) -> np.ndarray:
    """Two halves of a wave."""
    return np.array(half + [-value for value in half])


def odd(half: list[float]) -> np.ndarray:
    return np.array(half + [-value for value in reversed(half)])


def even(half: list[float]) -> np.ndarray:
    return np.array(half + half[::-1])


ECHO = [
    0.00131026, 0.02636002, 0.19478997, 0.52949788, 0.54124823, 0.26232498, 0.12196669, 0.10109189,
    0.09890811, 0.07803331, -0.06232498, -0.34124823, -0.35299859, -0.12985998, -0.01757335, -0.00087351,
]  # fmt: skip


@pytest.mark.parametrize(
    ("pulse", "expected"),
    [
        (gaussian_square_echo(16, 0.5, 1, width=8, active_amp=0.1), np.array(ECHO)),
        (GaussianDeriv(8, 0.5, 2), odd([0.09461601, 0.14307293, 0.14153243, 0.06057708])),
        (Sin(8, 0.5, phase=0.3), minus([0.31930826, 0.49785326, 0.38476257, 0.04628319])),
        (Cos(8, 0.5, phase=0.3 - math.pi / 2), minus([0.31930826, 0.49785326, 0.38476257, 0.04628319])),
        (Triangle(8, 0.5, 0.3), minus([0.22049297, 0.47049297, 0.27950703, 0.02950703])),
        (Square(8, 0.5, 0.3), minus([0.5] * 4)),
        (Sech(8, 0.5, 2), even([0.1041243, 0.21893793, 0.36402049, 0.48180468])),
        (Sech(8, 0.5, 2, zero_ends=False), even([0.16868024, 0.26477106, 0.38619484, 0.48477181])),
        (SechDeriv(8, 0.5, 2), odd([0.07939573, 0.11230048, 0.12264562, 0.05936483])),
    ],
)
def test_reference_samples(pulse: Pulse, expected: np.ndarray) -> None:
    samples = pulse.get_waveform().samples
    np.testing.assert_allclose(samples.real, expected, atol=6e-9)
    np.testing.assert_allclose(samples.imag, 0, atol=1e-16)


def test_sawtooth_reference() -> None:
    samples = Sawtooth(8, 0.5, 0.3).get_waveform().samples.real
    np.testing.assert_allclose(
        samples[:5], [0.11024648, 0.23524648, 0.36024648, 0.48524648, -0.38975352], atol=6e-9
    )


# Array code against the symbolic formulas, which are written apart from it.


@st.composite
def parameters(draw: st.DrawFn) -> tuple[str, dict[str, float]]:
    label = draw(st.sampled_from(sorted(SHAPES)))
    duration = draw(st.integers(3, 60))
    pool = {
        "duration": duration,
        "sigma": draw(st.floats(0.05, 2.0)) * duration,
        "width": draw(st.floats(0, 1)) * duration,
        "beta": draw(st.floats(-3, 3)),
        "freq": draw(st.floats(0.001, 0.499)),
        "phase": draw(st.floats(-9, 9)),
        "amp": draw(st.floats(-1, 1, allow_subnormal=False)),
        "angle": draw(st.floats(-7, 7)),
        "active_amp": draw(st.floats(-1, 1, allow_subnormal=False)),
        "active_angle": draw(st.floats(-7, 7)),
    }
    return label, {name: pool[name] for name in ("duration", *SHAPES[label].parameters)}


@given(case=parameters())
def test_array_code_agrees_with_the_symbolic_formula(case: tuple[str, dict[str, float]]) -> None:
    label, values = case
    shape = SHAPES[label]
    times = np.arange(values["duration"]) + 0.5
    with np.errstate(all="ignore"):
        # cosh overflows to infinity where sech has long become 0.
        expected = ArrayCode(shape.formulas.envelope)({**values, "t": times})
    found = shape.evaluate(times, values)
    close = np.abs(found - expected) < 1e-9
    # Square waves jump: a sample next to a jump may fall on either side of it.
    assert close.all() or (label in {"Square", "Sawtooth"} and np.count_nonzero(~close) <= 2)


@given(case=parameters())
def test_conditions_agree_with_the_symbolic_ones(case: tuple[str, dict[str, float]]) -> None:
    label, values = case
    shape = SHAPES[label]
    if shape.formulas.constraints is not None:
        assert bool(ArrayCode(shape.formulas.constraints)(values)) == all(
            rule.holds(values) for rule in shape.constraints
        )
    assert shape.safe is not None
    assert bool(ArrayCode(shape.formulas.valid_amp_conditions)(values)) == shape.safe(values)


@given(case=parameters())
def test_what_is_accepted_without_samples_stays_within_full_scale(case: tuple[str, dict[str, float]]) -> None:
    label, values = case
    shape = SHAPES[label]
    if shape.safe is not None and shape.safe(values) and all(rule.holds(values) for rule in shape.constraints):
        times = np.linspace(0, values["duration"], 400)
        assert np.abs(shape.evaluate(times, values)).max() <= 1 + 1e-9


@given(phase=st.floats(-6, 6), amp=st.floats(0.1, 1))
def test_waves_repeat_after_two_pi(phase: float, amp: float) -> None:
    for wave in (Sin, Cos, Triangle):
        one, other = wave(8, amp, phase), wave(8, amp, phase + 2 * math.pi)
        np.testing.assert_allclose(one.get_waveform().samples, other.get_waveform().samples, atol=1e-12)


# Names, text, equality


def test_types_and_text() -> None:
    assert repr(Sech(8, 0.5, 2, zero_ends=False)) == "Sech(duration=8, sigma=2, amp=0.5, angle=0.0)"
    assert repr(Sin(8, 0.5, 0.3)) == "Sin(duration=8, freq=0.125, phase=0.3, amp=0.5, angle=0.0)"
    echo = gaussian_square_echo(16, 0.5, 1, width=8, active_amp=0.1, name="e")
    assert repr(echo) == (
        "gaussian_square_echo(duration=16, amp=0.5, angle=0.0, sigma=1, width=8, active_amp=0.1, active_angle=0.0"
        ", name='e')"
    )
    assert isinstance(echo, SymbolicPulse)
    assert not isinstance(echo, ScalableSymbolicPulse)
    for pulse in (GaussianDeriv(8, 0.5, 2), Sech(8, 0.5, 2), SechDeriv(8, 0.5, 2), Square(8, 0.5, 0)):
        assert isinstance(pulse, ScalableSymbolicPulse)
    assert gaussian_square_echo(16, 0.5, 1, risefall_sigma_ratio=2).width == 12


def test_variants_of_one_type_differ() -> None:
    lifted, plain = Sech(8, 0.5, 2), Sech(8, 0.5, 2, zero_ends=False)
    assert lifted.pulse_type == plain.pulse_type == "Sech"
    assert lifted != plain
    assert lifted.key != plain.key
    assert pickle.loads(pickle.dumps(plain)) == plain
    assert pickle.loads(pickle.dumps(plain)) != lifted


def test_echo_compares_amplitudes_as_they_are() -> None:
    echo = gaussian_square_echo(16, 0.5, 1, width=8)
    assert echo == gaussian_square_echo(16, 0.5, 1, width=8, name="other")
    assert echo != gaussian_square_echo(16, -0.5, 1, width=8, angle=math.pi)
    assert Sin(8, 0.5, 0.3) == Sin(8, -0.5, 0.3, angle=math.pi)


def test_default_frequency_follows_an_open_duration() -> None:
    duration = Parameter("d")
    pulse = Sin(duration, 0.5, 0)
    assert pulse.assigned({duration: 16}).freq == 0.0625
    with pytest.raises(PulseError, match=r"freq < 0\.5"):
        pulse.assigned({duration: 2})


@pytest.mark.parametrize("wave", [Sin, Cos, Sawtooth, Triangle, Square])
def test_frequencies_stay_below_half_a_cycle_a_sample(wave: Callable[..., Pulse]) -> None:
    assert wave(8, 0.5, 0, 0.499)
    for freq in (0, 0.5, -0.1, 1):
        with pytest.raises(PulseError, match=r"freq < 0\.5"):
            wave(8, 0.5, 0, freq)
    with pytest.raises(PulseError, match=r"freq < 0\.5"):
        wave(2, 0.5, 0)
    with pytest.raises(PulseError, match="no cycle fits"):
        wave(0, 0.5, 0)


def test_rules_for_full_scale() -> None:
    assert GaussianDeriv(80, 32, 20).amp == 32
    with pytest.raises(PulseError, match="full scale"):
        GaussianDeriv(80, 34, 20)
    assert SechDeriv(80, 20, 10).amp == 20
    with pytest.raises(PulseError, match="full scale"):
        SechDeriv(80, 20.5, 10)
    assert gaussian_square_echo(16, 0.5, 1, width=8, active_amp=0.5)
    with pytest.raises(PulseError, match="full scale"):
        gaussian_square_echo(160, 0.6, 1, width=150, active_amp=0.5)
    assert Sech(8, 1.02, 2).amp == 1.02
    # amp = 0 is a flat line and no 0/0.
    assert not Sech(8, 0, 2).get_waveform().samples.any()


@pytest.mark.parametrize("sigma", [1e-200, 1e-3, 1e9, 1e200])
def test_extreme_widths_of_the_secant(sigma: float) -> None:
    samples = Sech(9, 1, sigma).get_waveform().samples
    assert samples[4] == pytest.approx(1.0)
    assert np.abs(samples).max() <= 1 + 1e-7
    if sigma >= 1e9:
        parabola = 1 - ((np.arange(9) + 0.5 - 4.5) / 5.5) ** 2
        np.testing.assert_allclose(samples.real, parabola, atol=1e-12)


# Values out of range: PulseError, and no warning (warnings are errors here).

HUGE = [1e308, -1e308, 5e-324, 10**400, -(10**5000), np.float64(1e308), np.float64(5e-324), math.inf, math.nan]
MAKERS: list[Callable[..., Any]] = [
    Constant, Drag, Gaussian, GaussianDeriv, GaussianSquare, GaussianSquareDrag, Sawtooth, Sech, SechDeriv, Sin,
    Cos, Square, Triangle, gaussian_square_echo,
]  # fmt: skip
USUAL = {
    "duration": 16, "amp": 0.5, "sigma": 2.0, "beta": 1.0, "width": 8.0, "angle": 0.1, "phase": 0.2, "freq": 0.1,
    "active_amp": 0.1, "active_angle": 0.3,
}  # fmt: skip


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("value", HUGE, ids=lambda value: type(value).__name__)
def test_values_out_of_range_are_refused_or_give_finite_samples(make: Callable[..., Any], value: float) -> None:
    names = [name for name in inspect.signature(make).parameters if name in USUAL]
    for name in names:
        for limit in (True, False):
            arguments = {key: USUAL[key] for key in names} | {name: value, "limit_amplitude": limit}
            try:
                samples = make(**arguments).get_waveform().samples
            except PulseError:
                continue
            assert np.isfinite(samples).all()


def test_an_overflow_is_named() -> None:
    with pytest.raises(PulseError, match="not finite"):
        GaussianSquareDrag(16, 0.5, 0.5, 1e308, width=8)


def test_a_pulse_too_long_to_be_sampled_says_so() -> None:
    endless = Constant(10**12, 0.5)
    assert endless.evaluate([10.0**11])[0] == 0.5
    with pytest.raises(PulseError, match="too long"):
        endless.get_waveform()
    with pytest.raises(PulseError, match="too long"):
        Drag(MOST_SAMPLES + 1, 0.5, 4, 40)


@pytest.mark.parametrize("ratio", ["2", None, True, math.nan, 10**400])
def test_the_ratio_is_a_number(ratio: Any) -> None:
    with pytest.raises(PulseError):
        GaussianSquare(100, 0.5, 4, risefall_sigma_ratio=ratio)


# Each distinct envelope once


def test_equal_shapes_share_their_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    from runtime.pulse.library import gaussian

    calls = []
    original = gaussian.drag
    monkeypatch.setattr(gaussian, "drag", lambda *args: calls.append(args) or original(*args))
    pulses = [Drag(160, 0.001 * k, 40.125, 1.5, angle=0.1 * k).get_waveform() for k in range(1, 100)]
    assert len(calls) == 1
    np.testing.assert_allclose(pulses[50].samples * 30 / 51 * np.exp(-2.1j), pulses[29].samples, atol=1e-15)


def test_kept_samples_stay_within_their_bound() -> None:
    tracemalloc.start()
    for sigma in range(1, 200):
        Gaussian(100_000, 0.5, sigma).get_waveform()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 80e6
