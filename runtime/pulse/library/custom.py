"""Shapes made of a user's formulas."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.array_code import ArrayCode
from runtime.pulse.library.catalogue import SHAPES
from runtime.pulse.library.formulas import Formulas
from runtime.pulse.library.pulse import ComplexArray, FloatArray
from runtime.pulse.library.shapes import Constraint, Shape, Values
from runtime.pulse.parameters import ParameterExpression, own
from runtime.pulse.parameters.symbolic import symengine

__all__ = ["custom_shape", "formulas_of"]

_TIME, _DURATION = "t", "duration"
_AMPLITUDE = ("amp", "angle")


def formulas_of(envelope: object, constraints: object, valid_amp_conditions: object) -> Formulas:
    """A user's formulas as symengine expressions.

    Each may be an expression of symengine or sympy, or of our parameters, which count by their names.

    Raises:
        PulseError: something else.
    """
    return Formulas(
        _symbolic("envelope", envelope),
        None if constraints is None else _symbolic("constraints", constraints),
        None if valid_amp_conditions is None else _symbolic("valid_amp_conditions", valid_amp_conditions),
    )


@lru_cache(maxsize=512)
def custom_shape(name: str, parameters: tuple[str, ...], formulas: Formulas, scalable: bool) -> Shape:
    """The shape of these formulas; the named one if they are its own.

    Args:
        name: the `pulse_type`.
        parameters: names in order, without `duration`.
        formulas: of `t`, `duration` and the parameters.
        scalable: whether amp * exp(i angle), the last two parameters, multiplies the whole envelope.

    Raises:
        PulseError: a name that no parameter can have, a symbol that is no parameter, or a function without array
            code.
    """
    _check_parameters(name, parameters)
    if scalable and parameters[-2:] != _AMPLITUDE:
        raise PulseError(f"a scalable {name} has amp and angle last", got=", ".join(parameters))
    named = _named(name, parameters, formulas, scalable)
    if named is not None and named.formulas == formulas:
        return named
    _check_symbols(name, "envelope", formulas.envelope, {_TIME, _DURATION, *parameters})
    for what, condition in (
        ("constraints", formulas.constraints),
        ("valid_amp_conditions", formulas.valid_amp_conditions),
    ):
        if condition is not None:
            _check_symbols(name, what, condition, {_DURATION, *parameters})
    envelope = ArrayCode(formulas.envelope)
    rules = formulas.constraints
    quick = formulas.valid_amp_conditions
    return Shape(
        name=name,
        parameters=parameters,
        envelope=_evaluated(envelope),
        constraints=() if rules is None else (Constraint(str(rules), _condition(rules)),),
        safe=None if quick is None else _condition(quick),
        scalable=scalable,
        factored=False,
        label=named.label if named is not None else f"{name}:{_digest(envelope)}",
        own_formulas=formulas,
    )


def _named(name: str, parameters: tuple[str, ...], formulas: Formulas, scalable: bool) -> Shape | None:
    """The named shape with this envelope."""
    for shape in SHAPES.values():
        like = (shape.name, shape.parameters, shape.scalable) == (name, parameters, scalable)
        if like and shape.formulas.envelope == formulas.envelope:
            return shape
    return None


def _evaluated(envelope: ArrayCode) -> Callable[[FloatArray, Values], FloatArray | ComplexArray]:
    def evaluate(times: FloatArray, values: Values) -> ComplexArray:
        samples = envelope({**values, _TIME: times})
        return np.asarray(np.broadcast_to(samples, np.shape(times)), dtype=np.complex128)

    return evaluate


def _condition(formula: object) -> Callable[[Values], bool]:
    code = ArrayCode(formula)
    return lambda values: bool(code(values))


def _digest(code: ArrayCode) -> str:
    return hashlib.blake2b(json.dumps(code.tree).encode(), digest_size=16).hexdigest()


def _symbolic(what: str, given: object) -> Any:  # noqa: ANN401 - symengine publishes no types
    value = own(given)
    if isinstance(value, ParameterExpression):
        return value.sympify()
    if value is None or isinstance(value, str):
        raise PulseError(f"{what} must be a symbolic expression", got=repr(given))
    se = symengine()
    try:
        formula = se.sympify(value)
    except (TypeError, ValueError, RuntimeError, ArithmeticError, se.SympifyError) as error:
        raise PulseError(f"{what} must be a symbolic expression", got=repr(given)[:80]) from error
    if not isinstance(formula, se.Basic):
        raise PulseError(f"{what} must be one symbolic expression", got=repr(given)[:80])
    return formula


def _check_parameters(name: str, parameters: tuple[str, ...]) -> None:
    given: tuple[object, ...] = parameters
    for parameter in given:
        if not isinstance(parameter, str) or not parameter or parameter in {_TIME, _DURATION}:
            raise PulseError(f"{name} cannot have a parameter of this name", got=repr(parameter))


def _check_symbols(name: str, what: str, formula: Any, allowed: set[str]) -> None:  # noqa: ANN401 - symengine's
    unknown = sorted({str(symbol) for symbol in formula.free_symbols} - allowed)
    if unknown:
        raise PulseError(
            f"symbols that are no parameters in the {what} of {name}",
            got=", ".join(unknown),
            allowed=", ".join(sorted(allowed)),
        )
