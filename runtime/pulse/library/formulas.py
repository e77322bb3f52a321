"""The named shapes as symbolic expressions, for people and for programs that differentiate or compile them.

Samples never come from here but from array code. symengine is loaded when a formula is asked for. Symbols: `t` in
samples from the pulse's start, and the parameters by name, `duration` among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from runtime.pulse.parameters.symbolic import symengine

__all__ = ["Formulas", "named_formulas"]

Expr = Any  # symengine publishes no types


@dataclass(frozen=True, slots=True)
class Formulas:
    """A shape in symbols, as symengine expressions."""

    envelope: Expr
    """Of `t` and the parameters."""
    constraints: Expr = None
    """A condition on the parameters; None for none."""
    valid_amp_conditions: Expr = None
    """A condition under which no sample exceeds full scale; None where samples always decide."""


@cache
def named_formulas(label: str) -> Formulas:
    """The formulas of a named shape."""
    return _TABLE[label]()


def _symbols(names: str) -> tuple[Expr, ...]:
    return tuple(symengine().symbols(names))


def _amplitude(amp: str = "amp", angle: str = "angle") -> Expr:
    se = symengine()
    return se.Symbol(amp) * se.exp(se.I * se.Symbol(angle))


def _bell(u: Expr) -> Expr:
    se = symengine()
    return se.exp(-(u**2) / 2)


def _lifted(bell: Callable[[Expr], Expr], t: Expr, middle: Expr, zero: Expr) -> Expr:
    """A bell of (time - middle) / sigma, moved and scaled to be 1 at `middle` and 0 at `zero`."""
    sigma = symengine().Symbol("sigma")
    end = bell((zero - middle) / sigma)
    return (bell((t - middle) / sigma) - end) / (1 - end)


def _edges(start: Expr, stop: Expr, width: Expr, beta: Expr = 0) -> Expr:
    """A flat top between lifted Gaussian edges, with the quadrature of DRAG on them."""
    se = symengine()
    t, sigma = _symbols("t sigma")
    rise, fall = (start + stop - width) / 2, (start + stop + width) / 2

    def edge(middle: Expr, zero: Expr) -> Expr:
        return _lifted(_bell, t, middle, zero) * (1 - se.I * beta * (t - middle) / sigma**2)

    return se.Piecewise((edge(rise, start - 1), t <= rise), (edge(fall, stop + 1), t >= fall), (1, True))


def _limited(*more: Expr) -> Expr:
    se = symengine()
    return se.And(se.Abs(se.Symbol("amp")) <= 1, *more) if more else se.Abs(se.Symbol("amp")) <= 1


def _constant() -> Formulas:
    # A constant still depends on time, if only in name: 1 throughout.
    se = symengine()
    t, duration = _symbols("t duration")
    inside = se.Piecewise((1, se.And(t >= 0, t <= duration)), (0, True))
    return Formulas(_amplitude() * inside, None, _limited())


def _gaussian() -> Formulas:
    t, duration, sigma = _symbols("t duration sigma")
    return Formulas(_amplitude() * _lifted(_bell, t, duration / 2, duration + 1), sigma > 0, _limited())


def _drag() -> Formulas:
    se = symengine()
    t, duration, sigma, beta = _symbols("t duration sigma beta")
    bell = _lifted(_bell, t, duration / 2, duration + 1)
    envelope = _amplitude() * bell * (1 - se.I * beta * (t - duration / 2) / sigma**2)
    return Formulas(envelope, sigma > 0, _limited(se.Abs(beta) < sigma))


def _gaussian_square() -> Formulas:
    duration, width = _symbols("duration width")
    return Formulas(_amplitude() * _edges(0, duration, width), _flat_top_rules(), _limited())


def _gaussian_square_drag() -> Formulas:
    se = symengine()
    duration, width, beta, sigma = _symbols("duration width beta sigma")
    envelope = _amplitude() * _edges(0, duration, width, beta)
    return Formulas(envelope, _flat_top_rules(), _limited(se.Abs(beta) < sigma))


def _gaussian_square_echo() -> Formulas:
    se = symengine()
    t, duration, width, amp, active = _symbols("t duration width amp active_amp")
    top = width - duration / 2
    first, second = _edges(0, duration / 2, top), -_edges(duration / 2, duration, top)
    echoed = se.Piecewise((first, t <= duration / 2), (second, True))
    envelope = _amplitude() * echoed + _amplitude("active_amp", "active_angle") * _edges(0, duration, width)
    rules = se.And(_flat_top_rules(), duration / 2 >= top)
    return Formulas(envelope, rules, se.Abs(amp) + se.Abs(active) <= 1)


def _flat_top_rules() -> Expr:
    duration, sigma, width = _symbols("duration sigma width")
    return symengine().And(sigma > 0, width >= 0, duration >= width)


def _gaussian_deriv() -> Formulas:
    se = symengine()
    t, duration, sigma, amp = _symbols("t duration sigma amp")
    u = (t - duration / 2) / sigma
    return Formulas(
        -_amplitude() * u / sigma * _bell(u), sigma > 0, se.Abs(amp / sigma) <= se.exp(se.Rational(1, 2))
    )


def _cycles() -> Expr:
    t, freq, phase = _symbols("t freq phase")
    return freq * t + phase / (2 * symengine().pi)


def _ramp(cycles: Expr) -> Expr:
    se = symengine()
    return 2 * (cycles - se.floor(cycles + se.Rational(1, 2)))


def _periodic(wave: Callable[[Expr], Expr]) -> Formulas:
    se = symengine()
    freq = se.Symbol("freq")
    rules = se.And(freq > 0, freq < se.Rational(1, 2))
    return Formulas(_amplitude() * wave(_cycles()), rules, _limited())


def _sin() -> Formulas:
    se = symengine()
    return _periodic(lambda x: se.sin(2 * se.pi * x))


def _cos() -> Formulas:
    se = symengine()
    return _periodic(lambda x: se.cos(2 * se.pi * x))


def _triangle() -> Formulas:
    se = symengine()
    return _periodic(lambda x: 1 - 2 * se.Abs(_ramp(x - se.Rational(1, 4))))


def _square() -> Formulas:
    se = symengine()
    return _periodic(lambda x: 2 * (2 * se.floor(x) - se.floor(2 * x)) + 1)


def _sech() -> Formulas:
    se = symengine()
    t, duration, sigma = _symbols("t duration sigma")
    return Formulas(_amplitude() * _lifted(se.sech, t, duration / 2, -1), sigma > 0, _limited())


def _sech_not_lifted() -> Formulas:
    se = symengine()
    t, duration, sigma = _symbols("t duration sigma")
    return Formulas(_amplitude() * se.sech((t - duration / 2) / sigma), sigma > 0, _limited())


def _sech_deriv() -> Formulas:
    se = symengine()
    t, duration, sigma, amp = _symbols("t duration sigma amp")
    u = (t - duration / 2) / sigma
    return Formulas(-_amplitude() / sigma * se.tanh(u) * se.sech(u), sigma > 0, se.Abs(amp) / sigma <= 2)


_TABLE: dict[str, Callable[[], Formulas]] = {
    "Constant": _constant,
    "Gaussian": _gaussian,
    "GaussianSquare": _gaussian_square,
    "Drag": _drag,
    "GaussianSquareDrag": _gaussian_square_drag,
    "gaussian_square_echo": _gaussian_square_echo,
    "GaussianDeriv": _gaussian_deriv,
    "Sin": _sin,
    "Cos": _cos,
    "Sawtooth": lambda: _periodic(_ramp),
    "Triangle": _triangle,
    "Square": _square,
    "Sech": _sech,
    "Sech, not lifted": _sech_not_lifted,
    "SechDeriv": _sech_deriv,
}
