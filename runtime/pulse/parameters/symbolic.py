"""The one door to symengine, and the passage between its numbers and Python's."""

from __future__ import annotations

import importlib
import math
from functools import cache
from numbers import Complex, Integral, Real
from typing import Any

from runtime.pulse.exceptions import PulseError

__all__ = ["Number", "float_of", "python_number", "shown", "symbolic_number", "symengine", "tamed"]

Number = int | float | complex

# Above this a float no longer tells neighbouring whole numbers apart.
_EXACT_WHOLE = 2.0**53
# Powers beyond this leave the range of floats, unless the base is next to 1.
_LARGEST_EXPONENT = 4096
# Longest numbers and texts that errors show.
_WRITTEN_BITS = 1024
_WRITTEN = 120
# As an exponent this is as good as any larger number.
_BEYOND = 1e300


@cache
def symengine() -> Any:  # noqa: ANN401 - symengine publishes no types
    """The symengine module, loaded when the first expression is formed: it costs as much as numpy."""
    return importlib.import_module("symengine")


def shown(value: object) -> str:
    """A value for an error's text; Python refuses to write out very large integers."""
    if isinstance(value, int) and value.bit_length() > _WRITTEN_BITS:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value)
    return text if len(text) <= _WRITTEN else f"{text[:_WRITTEN]}..."


def float_of(value: Real | float) -> float:
    """The value as a float; infinite where it is beyond the range of floats."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def symbolic_number(value: object) -> Any:  # noqa: ANN401 - symengine publishes no types
    """A symengine number equal to `value`; whole floats become integers, so that 2.0 * x equals 2 * x.

    Raises:
        PulseError: `value` is no number, or not a finite one.
    """
    if type(value) is float and math.isfinite(value) and not value.is_integer():
        return symengine().RealDouble(value)
    if isinstance(value, bool) or not isinstance(value, Complex):
        raise PulseError("a parameter expression takes numbers and parameters only", got=repr(value))
    if isinstance(value, Integral):
        return symengine().Integer(int(value))
    if isinstance(value, Real):
        real = float_of(value)
        if not math.isfinite(real):
            raise PulseError("a parameter expression takes finite numbers only", got=repr(value))
        whole = real.is_integer() and abs(real) <= _EXACT_WHOLE
        return symengine().Integer(int(real)) if whole else symengine().RealDouble(real)
    number = complex(value)
    if not (math.isfinite(number.real) and math.isfinite(number.imag)):
        raise PulseError("a parameter expression takes finite numbers only", got=repr(value))
    return symengine().sympify(number)


def tamed(formula: Any, values: dict[Any, Any]) -> dict[Any, Any]:  # noqa: ANN401 - symengine publishes no types
    """The values with huge integers as floats where they stand in an exponent.

    symengine computes powers of integers exactly: 2**x at x = 10**12 would fill the memory before it fails.
    """
    integer = symengine().Integer
    wild = {s for s, v in values.items() if isinstance(v, integer) and abs(int(v)) > _LARGEST_EXPONENT}
    if not wild:
        return values
    exponents = [power.args[1] for power in formula.atoms(symengine().Pow)]
    wild &= {symbol for exponent in exponents for symbol in exponent.free_symbols}
    return {s: symengine().RealDouble(_clipped(int(v))) if s in wild else v for s, v in values.items()}


def _clipped(value: int) -> float:
    return math.copysign(min(abs(value), _BEYOND), value)


def python_number(expression: Any) -> Number:  # noqa: ANN401 - symengine publishes no types
    """The value of a symengine expression without symbols: int where it is an integer, float where it is real.

    Raises:
        PulseError: the expression has no finite value, as 1/0 or log(0).
    """
    if isinstance(expression, symengine().Integer):
        return int(expression)
    if isinstance(expression, symengine().RealDouble):
        real = float(expression)
        if math.isfinite(real):
            return real
    try:
        value = complex(expression)
    except (RuntimeError, OverflowError, TypeError, ValueError) as error:
        # symengine raises RuntimeError("Not Implemented") for its complex infinity.
        raise PulseError("the expression has no finite value", got=str(expression)) from error
    if not (math.isfinite(value.real) and math.isfinite(value.imag)):
        raise PulseError("the expression has no finite value", got=str(expression))
    return value if value.imag else value.real
