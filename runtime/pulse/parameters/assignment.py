"""Assigning values to what may be an expression, and the form in which results are kept."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from numbers import Complex, Integral, Real

from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters.expression import ParameterExpression, ParameterValue
from runtime.pulse.parameters.parameter import Parameter
from runtime.pulse.parameters.symbolic import float_of

__all__ = ["Assignment", "assigned_value", "normal_number", "open_parameters"]

Assignment = Mapping[Parameter, ParameterExpression | complex]

_DECIMALS = 10
# Arithmetic in floats leaves a few of the last bits (2e-16) wrong; what differs by more was meant.
_NOISE = 1e-14


def assigned_value(value: ParameterValue, values: Assignment) -> ParameterValue:
    """`value` with parameters replaced; a plain number in normal form once nothing is open.

    Raises:
        PulseError: the result is not finite.
    """
    if not isinstance(value, ParameterExpression):
        return value
    if isinstance(value, Parameter):
        if value not in values:
            return value
        new = values[value]
        if isinstance(new, ParameterExpression):
            return new if new.parameters else normal_number(new.numeric(strict=False))
        return normal_number(new)
    result = value.substituted(values)
    return result if isinstance(result, ParameterExpression) else normal_number(result)


def normal_number(value: object) -> float:
    """A number as programs keep it: without the noise of float arithmetic, an int where whole.

    Integers stay exact however large. A float becomes its ten-decimal neighbour only where the two differ by no
    more than 1e-14 of the value: 0.1 + 0.2 is 0.3 and 3 * 0.1 * 10 is the int 3, while 2 pi / 3 and 1e-11 keep
    every digit. (Qiskit rounds all results to ten decimals, which loses small phases and times.) An imaginary part
    below half of 1e-10 is dropped.

    Raises:
        PulseError: not a number, or not a finite one.
    """
    if type(value) is float:
        return _normal_real(value)
    if isinstance(value, bool) or not isinstance(value, Complex):
        raise PulseError("a parameter takes a number or an expression", got=repr(value))
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _normal_real(float_of(value))
    number = complex(value)
    if not (math.isfinite(number.real) and math.isfinite(number.imag)):
        raise PulseError("a parameter takes finite numbers only", got=repr(value))
    if round(number.imag, _DECIMALS) == 0:
        return _normal_real(number.real)
    warnings.warn(
        f"a complex parameter value ({number}) is on its way out: use an amplitude and an angle",
        PendingDeprecationWarning,
        stacklevel=2,
    )
    return complex(_normal_real(number.real), _normal_real(number.imag))  # type: ignore[return-value]  # complex is tolerated, and not offered


def _normal_real(value: float) -> float:
    if not math.isfinite(value):
        raise PulseError("a parameter takes finite numbers only", got=repr(value))
    rounded = round(value, _DECIMALS)
    if abs(rounded - value) > _NOISE * abs(value):
        rounded = value
    return int(rounded) if rounded.is_integer() else rounded


def open_parameters(*values: object) -> set[Parameter]:
    """The parameters that are open in any of the values."""
    found: set[Parameter] = set()
    for value in values:
        if isinstance(value, ParameterExpression):
            found |= value.parameters
    return found
