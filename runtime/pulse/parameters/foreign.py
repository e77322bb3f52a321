"""Parameters and expressions of an installed Qiskit, taken wherever ours are.

Known by what they offer, not by their class: a parameter has `name` and `uuid`, an element of a vector also
`vector` and `index`, an expression has `parameters` and either `sympify()` or the list of its operations. A
parameter keeps its name and uuid, so that one which comes in twice is one parameter here. Qiskit's own arithmetic
refuses foreign operands, so in a sum of both kinds ours must stand first: `ours + theirs`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters.expression import ParameterExpression
from runtime.pulse.parameters.parameter import Parameter, ParameterVector
from runtime.pulse.parameters.symbolic import symengine

__all__ = ["own", "own_vector"]

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "ADD": operator.add,
    "SUB": operator.sub,
    "MUL": operator.mul,
    "DIV": operator.truediv,
    "POW": operator.pow,
    "RSUB": lambda a, b: b - a,
    "RDIV": lambda a, b: b / a,
    "RPOW": lambda a, b: b**a,
}
_UNARY: dict[str, str] = {
    "SIN": "sin",
    "COS": "cos",
    "TAN": "tan",
    "ASIN": "arcsin",
    "ACOS": "arccos",
    "ATAN": "arctan",
    "EXP": "exp",
    "LOG": "log",
    "SIGN": "sign",
    "CONJ": "conjugate",
    "ABS": "abs",
}


def own(value: object) -> Any:  # noqa: ANN401 - what is not foreign comes back as it is
    """Our form of a foreign parameter or expression; anything else unchanged.

    Raises:
        PulseError: an expression that cannot be read.
    """
    if isinstance(value, int | float | complex | ParameterExpression) or not hasattr(value, "parameters"):
        return value
    name, uuid = getattr(value, "name", None), getattr(value, "uuid", None)
    if isinstance(name, str) and isinstance(uuid, UUID):
        vector = getattr(value, "vector", None)
        return Parameter(name, uuid=uuid) if vector is None else _element(value, vector, uuid)
    if callable(getattr(value, "sympify", None)):
        return _expression(value)
    return value


def own_vector(value: object) -> ParameterVector | None:
    """Our form of a vector of parameters, foreign or not; None for anything else."""
    if isinstance(value, ParameterVector):
        return value
    elements, name = getattr(value, "params", None), getattr(value, "name", None)
    if not isinstance(elements, list) or not isinstance(name, str):
        return None
    if not elements:
        return ParameterVector(name)
    first = own(elements[0])
    return getattr(first, "vector", None)


def _element(value: Any, vector: Any, uuid: UUID) -> Parameter:  # noqa: ANN401 - of another package
    index = int(value.index)
    return _vector(str(vector.name), len(vector), uuid.int - index)[index]


@lru_cache(maxsize=64)
def _vector(name: str, length: int, root: int) -> ParameterVector:
    """Elements come one by one; making the whole vector for each would be quadratic."""
    return ParameterVector(name, length, uuid=UUID(int=root))


def _expression(value: Any) -> ParameterExpression:  # noqa: ANN401 - of another package
    known: dict[str, Parameter] = {p.name: own(p) for p in value.parameters}
    try:
        symbolic = symengine().sympify(value.sympify())
    except (ImportError, TypeError, ValueError, RuntimeError, symengine().SympifyError):
        # Qiskit 2 needs sympy for this and does not bring it; with sympy, 2.6 gives nothing for some functions.
        operations = getattr(value, "_qpy_replay", None)
        if operations is None:
            raise PulseError(
                "an expression of another package cannot be read", got=str(value), fix="Install sympy"
            ) from None
        return _replayed(operations, known, str(value))
    symbols = {symengine().Symbol(name): parameter.formula for name, parameter in known.items()}
    return ParameterExpression(symbolic.subs(symbols), known.values())


def _replayed(operations: Iterable[Any], known: dict[str, Parameter], text: str) -> ParameterExpression:
    """The expression from its operations in order; an operand that is None is the latest result not used yet."""
    stack: list[Any] = []

    def operand(item: object) -> Any:  # noqa: ANN401 - a number or an expression
        if item is None:
            return stack.pop()
        return known.get(getattr(item, "name", ""), item)

    for step in operations:
        code = str(step.op).rpartition(".")[2]
        if code in _BINARY:
            right = operand(step.rhs)
            stack.append(_BINARY[code](operand(step.lhs), right))
        elif code in _UNARY:
            argument = operand(step.lhs)
            formula = argument if isinstance(argument, ParameterExpression) else ParameterExpression.of(argument)
            stack.append(getattr(formula, _UNARY[code])())
        else:
            raise PulseError(f"the operation {code} of another package is unknown", got=text, fix="Install sympy")
    result = stack.pop()
    return result if isinstance(result, ParameterExpression) else ParameterExpression.of(result)
