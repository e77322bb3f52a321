"""The named shapes. To add one, write its envelope as array code, its formula, and give it a row here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from runtime.pulse.library import gaussian, periodic, sech
from runtime.pulse.library.pulse import ComplexArray, FloatArray
from runtime.pulse.library.shapes import Constraint, Shape, Values

__all__ = ["SHAPES", "UNLIFTED_SECH"]

UNLIFTED_SECH = "Sech, not lifted"
"""Label of the secant whose ends are left as they are; its `pulse_type` is Sech all the same."""

_SIGMA = Constraint("sigma > 0", lambda v: v["sigma"] > 0)
_WIDTH = Constraint("0 <= width <= duration", lambda v: 0 <= v["width"] <= v["duration"])
_ECHO_WIDTH = Constraint("width - duration / 2 <= duration / 2", lambda v: v["width"] <= v["duration"])
_FREQ = Constraint("0 < freq < 0.5 cycles per sample", lambda v: 0 < v["freq"] < 0.5)
_SINE = ("freq", "phase", "amp", "angle")
_BELL = ("sigma", "amp", "angle")


def _within_full_scale(values: Values) -> bool:
    return abs(values["amp"]) <= 1


def _gentle_drag(values: Values) -> bool:
    """Below |beta| = sigma the quadrature cannot lift the modulus above that of the middle."""
    return abs(values["amp"]) <= 1 and abs(values["beta"]) < values["sigma"]


def _echo(times: FloatArray, values: Values) -> ComplexArray:
    """The echoed main tone and an active tone that is not echoed, each with its own amplitude."""
    duration, sigma, width = values["duration"], values["sigma"], values["width"]
    main = values["amp"] * np.exp(1j * values["angle"])
    active = values["active_amp"] * np.exp(1j * values["active_angle"])
    sum_of_both: ComplexArray = main * gaussian.echoed_gaussian_square(
        times, duration, sigma, width
    ) + active * gaussian.gaussian_square(times, duration, sigma, width)
    return sum_of_both


def _periodic(name: str, wave: Callable[[FloatArray, float, float], FloatArray]) -> Shape:
    return Shape(
        name=name,
        parameters=_SINE,
        envelope=lambda t, v: wave(t, v["freq"], v["phase"]),
        constraints=(_FREQ,),
        safe=_within_full_scale,
    )


def _table(*shapes: Shape) -> Mapping[str, Shape]:
    return MappingProxyType({shape.label: shape for shape in shapes})


SHAPES: Mapping[str, Shape] = _table(
    Shape(
        name="Constant",
        parameters=("amp", "angle"),
        envelope=lambda t, _: np.ones_like(t),
        safe=_within_full_scale,
    ),
    Shape(
        name="Gaussian",
        parameters=_BELL,
        envelope=lambda t, v: gaussian.gaussian(t, v["duration"], v["sigma"]),
        constraints=(_SIGMA,),
        safe=_within_full_scale,
    ),
    Shape(
        name="GaussianSquare",
        parameters=("sigma", "width", "amp", "angle"),
        envelope=lambda t, v: gaussian.gaussian_square(t, v["duration"], v["sigma"], v["width"]),
        constraints=(_SIGMA, _WIDTH),
        safe=_within_full_scale,
    ),
    Shape(
        name="Drag",
        parameters=("sigma", "beta", "amp", "angle"),
        envelope=lambda t, v: gaussian.drag(t, v["duration"], v["sigma"], v["beta"]),
        constraints=(_SIGMA,),
        safe=_gentle_drag,
    ),
    Shape(
        name="GaussianSquareDrag",
        parameters=("sigma", "width", "beta", "amp", "angle"),
        envelope=lambda t, v: gaussian.gaussian_square_drag(t, v["duration"], v["sigma"], v["width"], v["beta"]),
        constraints=(_SIGMA, _WIDTH),
        safe=_gentle_drag,
    ),
    Shape(
        name="gaussian_square_echo",
        parameters=("amp", "angle", "sigma", "width", "active_amp", "active_angle"),
        envelope=_echo,
        constraints=(_SIGMA, _WIDTH, _ECHO_WIDTH),
        safe=lambda v: abs(v["amp"]) + abs(v["active_amp"]) <= 1,
        scalable=False,
        factored=False,
    ),
    Shape(
        name="GaussianDeriv",
        parameters=_BELL,
        envelope=lambda t, v: gaussian.gaussian_deriv(t, v["duration"], v["sigma"]),
        constraints=(_SIGMA,),
        # The steepest slope, one sigma from the middle, is exp(-1/2) / sigma.
        safe=lambda v: abs(v["amp"] / v["sigma"]) <= math.exp(0.5),
    ),
    _periodic("Sin", periodic.sine),
    _periodic("Cos", periodic.cosine),
    _periodic("Sawtooth", periodic.sawtooth),
    _periodic("Triangle", periodic.triangle),
    _periodic("Square", periodic.square),
    Shape(
        name="Sech",
        parameters=_BELL,
        envelope=lambda t, v: sech.lifted_sech(t, v["duration"], v["sigma"]),
        constraints=(_SIGMA,),
        safe=_within_full_scale,
    ),
    Shape(
        name="Sech",
        label=UNLIFTED_SECH,
        parameters=_BELL,
        envelope=lambda t, v: sech.sech(t, v["duration"], v["sigma"]),
        constraints=(_SIGMA,),
        safe=_within_full_scale,
    ),
    Shape(
        name="SechDeriv",
        parameters=_BELL,
        envelope=lambda t, v: sech.sech_deriv(t, v["duration"], v["sigma"]),
        constraints=(_SIGMA,),
        # tanh times sech is 1/2 at most.
        safe=lambda v: abs(v["amp"]) / v["sigma"] <= 2,
    ),
)
"""By label, which is the `pulse_type` except for variants of a shape."""
