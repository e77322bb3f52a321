"""Symbolic expressions as plain nested data: for files, for digests, and to make array code of.

A tree is a number, True or False, or a tuple of an operation and its operands: `("Mul", 2, ("symbol", "amp"))`.
Operations are those of `OPERATIONS`; `("/", 1, 3)` is a fraction, `("complex", 0, 1)` a complex number, `("pi",)`
and `("E",)` the constants. Terms of sums and products are sorted, so that equal expressions have equal trees.
"""

from __future__ import annotations

import cmath
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters.symbolic import symengine

__all__ = ["DEEPEST", "OPERATIONS", "Tree", "formula_of", "tree_of"]

Tree = bool | int | float | tuple[Any, ...]

DEEPEST = 200
"""Levels of nesting; deeper ones would exhaust the stack of whoever reads them."""

_SYMENGINE_NAMES = {"LessThan": "Le", "StrictLessThan": "Lt", "Equality": "Eq", "Unequality": "Ne"}

OPERATIONS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(("Add", "Mul", "And", "Or", "Max", "Min"), (1, None)),
    **dict.fromkeys(("Pow", "atan2", "LessThan", "StrictLessThan", "Equality", "Unequality"), (2, 2)),
    "Piecewise": (2, None),
    **dict.fromkeys(("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan"), (1, 1)),
    **dict.fromkeys(("sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh"), (1, 1)),
    **dict.fromkeys(("log", "Abs", "sign", "conjugate", "floor", "ceiling", "erf", "Not"), (1, 1)),
}
"""Fewest and most operands of each operation; None for any number."""

_NOT_FINITE = frozenset({"NaN", "Infinity", "NegativeInfinity", "ComplexInfinity"})
_COMMUTATIVE = frozenset({"Add", "Mul", "And", "Or", "Max", "Min"})
# Bits of an exact power of two integers; more would fill the memory before anything is refused.
_LARGEST_POWER = 1 << 16


def tree_of(formula: Any, leaf: Callable[[Any], Tree], depth: int = 0) -> Tree:  # noqa: ANN401 - symengine's
    """The tree of a symengine expression; `leaf` says what stands for a symbol.

    Raises:
        PulseError: an operation that has no tree, or nesting too deep.
    """
    if depth > DEEPEST:
        raise PulseError("the expression is nested too deeply", allowed=f"{DEEPEST} levels")
    number = _number(formula)
    if number is not None:
        return number
    if formula.is_Symbol:
        return leaf(formula)
    name = type(formula).__name__
    if name in {"Pi", "Exp1"}:
        return ("pi",) if name == "Pi" else ("E",)
    if name not in OPERATIONS:
        raise PulseError(f"the function {name} is not supported", got=str(formula), allowed=", ".join(OPERATIONS))
    operands = [tree_of(operand, leaf, depth + 1) for operand in formula.args]
    if name in _COMMUTATIVE:
        operands.sort(key=json.dumps)
    return (name, *operands)


def _number(formula: Any) -> Tree | None:  # noqa: ANN401 - symengine's
    """The tree of a number or truth value; None for anything else."""
    se = symengine()
    name = type(formula).__name__
    if name in {"BooleanTrue", "BooleanFalse"}:
        return name == "BooleanTrue"
    if isinstance(formula, se.Integer):
        return int(formula)
    if isinstance(formula, se.Rational):
        numerator, denominator = formula.get_num_den()
        return ("/", int(numerator), int(denominator))
    if not getattr(formula, "is_Number", False):
        return None
    if _beyond_numbers(formula):
        raise PulseError("no finite number", got=str(formula))
    if formula.is_real:
        return float(formula)
    parts = (_number(formula.real_part()), _number(formula.imaginary_part()))
    return ("complex", *parts)


def formula_of(
    tree: object, symbol: Callable[[str, Sequence[object]], Any], path: str = "", depth: int = 0
) -> Any:  # noqa: ANN401 - symengine publishes no types
    """The symengine expression of a tree, whose tuples may be lists.

    Args:
        tree: as `tree_of` makes it, or as a file holds it.
        symbol: from what `leaf` made, its first item and the rest, to a symengine symbol; KeyError for others.
        path: where the tree stands, for errors.
        depth: levels above it.

    Raises:
        PulseError: not a tree; `where` tells the place of the fault.
    """
    se = symengine()
    if isinstance(tree, bool):
        return se.true if tree else se.false
    if isinstance(tree, int):
        return se.Integer(tree)
    if isinstance(tree, float) and math.isfinite(tree):
        return se.RealDouble(tree)
    if not isinstance(tree, list | tuple) or not tree or not isinstance(tree[0], str):
        raise PulseError("not a number or an operation with its operands", where=path, got=repr(tree)[:80])
    if depth > DEEPEST:
        raise PulseError("the expression is nested too deeply", where=path, allowed=f"{DEEPEST} levels")
    name, *items = tree
    try:
        return symbol(name, items)
    except KeyError:
        pass
    if name not in OPERATIONS and name not in {"/", "complex", "pi", "E"}:
        raise PulseError("unknown operation", where=f"{path}[0]", got=repr(name), allowed=", ".join(OPERATIONS))
    operands = [formula_of(item, symbol, f"{path}[{k}]", depth + 1) for k, item in enumerate(items, start=1)]
    try:
        return _finite(_applied(name, operands, path), path)
    except (TypeError, ValueError, RuntimeError, ZeroDivisionError) as error:
        raise PulseError("operands that do not fit", where=path, got=repr(tree)[:80]) from error


def _applied(name: str, operands: list[Any], path: str) -> Any:  # noqa: ANN401 - symengine's
    se = symengine()
    fewest, most = OPERATIONS.get(name, (2, 2) if name in {"/", "complex"} else (0, 0))
    if len(operands) < fewest or (most is not None and len(operands) > most):
        raise PulseError("wrong number of operands", where=path, got=f"{name} with {len(operands)}")
    if name in {"pi", "E"}:
        return getattr(se, name)
    if name == "/":
        numerator, denominator = (int(operand) for operand in operands)
        if denominator == 0:
            raise PulseError("a fraction with denominator 0", where=path)
        return se.Integer(numerator) / se.Integer(denominator)
    if name == "complex":
        real, imaginary = operands
        return real + imaginary * se.I
    if name == "Pow":
        base, exponent = operands
        _check_power(base, exponent, path)
    if name == "Piecewise":
        if len(operands) % 2:
            raise PulseError("pieces are pairs of an expression and a condition", where=path)
        return se.Piecewise(*zip(operands[::2], operands[1::2], strict=True))
    return getattr(se, _SYMENGINE_NAMES.get(name, name))(*operands)


def _finite(formula: Any, path: str) -> Any:  # noqa: ANN401 - symengine's
    """The formula itself; what is no finite number could be neither used nor written again."""
    if any(map(_beyond_numbers, (formula, *formula.args))):
        raise PulseError("no finite number", where=path, got=str(formula))
    return formula


def _beyond_numbers(formula: Any) -> bool:  # noqa: ANN401 - symengine's
    name = type(formula).__name__
    if name in {"RealDouble", "ComplexDouble"}:
        return not cmath.isfinite(complex(formula))
    return name in _NOT_FINITE


def _check_power(base: Any, exponent: Any, path: str) -> None:  # noqa: ANN401 - symengine's
    integer = symengine().Integer
    if not (isinstance(base, integer) and isinstance(exponent, integer)):
        return
    if int(base).bit_length() * abs(int(exponent)) > _LARGEST_POWER:
        raise PulseError("a power of integers beyond all bounds", where=path, got=f"{base} ** {exponent}"[:80])
