"""Checks of what a symbolic pulse is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Complex, Real
from typing import Any

import numpy as np

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.pulse import ComplexArray, Pulse
from runtime.pulse.library.shapes import Shape
from runtime.pulse.parameters import ParameterExpression, ParameterValue, float_of, own, shown

__all__ = ["check_kinds", "check_names", "checked_finite", "operand"]


def operand(what: str, value: object) -> ParameterValue:
    """A number or an expression that a parameter is computed from; PulseError for anything else."""
    number = own(value)
    if isinstance(number, ParameterExpression):
        return number
    if isinstance(number, bool) or not isinstance(number, Real) or not math.isfinite(float_of(number)):
        raise PulseError(f"{what} must be a finite real number", got=shown(value))
    return number  # type: ignore[return-value]  # any kind of real number, numpy's included


def check_names(shape: Shape, parameters: Mapping[str, ParameterValue]) -> None:
    """Refuse parameters other than the shape's own with PulseError."""
    if len(parameters) == len(shape.parameters) and all(key in parameters for key in shape.parameters):
        return
    missing = [key for key in shape.parameters if key not in parameters]
    unknown = sorted(set(parameters).difference(shape.parameters))
    raise PulseError(
        f"a {shape.name} needs its own parameters",
        got=f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}",
        allowed=f"duration, {', '.join(shape.parameters)}",
    )


def check_kinds(shape: Shape, values: dict[str, Any]) -> bool:
    """Refuse what is no finite real number; whether any value is an expression. Foreign ones become our own."""
    expressions = False
    for key, given in values.items():
        value: Any = given
        if type(value) is float or type(value) is int:
            if not math.isfinite(float_of(value)):
                raise PulseError(f"{shape.name}.{key} must be finite", got=shown(value))
            continue
        value = values[key] = own(value)
        if isinstance(value, ParameterExpression):
            expressions = True
        elif isinstance(value, bool) or not isinstance(value, Real):
            polar = isinstance(value, Complex) and not isinstance(value, Real)
            fix = "Give a complex amplitude as amp and angle" if polar else ""
            raise PulseError(f"{shape.name}.{key} must be a real number", got=shown(value), fix=fix)
        elif not math.isfinite(float_of(value)):
            raise PulseError(f"{shape.name}.{key} must be finite", got=shown(value))
    duration = values["duration"]
    if isinstance(duration, Real) and duration < 0:
        raise PulseError(f"{shape.name}.duration must not be negative", got=shown(duration))
    return expressions


def checked_finite(pulse: Pulse, envelope: ComplexArray) -> ComplexArray:
    """The envelope of `pulse`, or PulseError if it left the range of floats."""
    if not np.isfinite(envelope).all():
        raise PulseError(
            "the envelope is not finite", where=repr(pulse), fix="Its parameters are out of proportion"
        )
    return envelope
