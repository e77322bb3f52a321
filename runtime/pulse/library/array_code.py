"""Array code made of a symbolic expression: compiled once, evaluated by numpy, equal parts computed once."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np

from runtime.pulse.parameters.tree import Tree, tree_of

__all__ = ["FUNCTIONS", "ArrayCode"]

_erf = np.vectorize(math.erf, otypes=[float])


def _piecewise(*pieces: Any) -> Any:  # noqa: ANN401 - scalars and arrays of any number type
    values, conditions = np.broadcast_arrays(*pieces[::2]), np.broadcast_arrays(*pieces[1::2])
    shape = np.broadcast_shapes(values[0].shape, conditions[0].shape)
    broadcast = [np.broadcast_to(value, shape) for value in values]
    return np.select([np.broadcast_to(c, shape) for c in conditions], broadcast, default=np.nan)


def _compared(test: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: test(np.real(a), np.real(b))


def _folded(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *operands: reduce(combine, operands)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "Add": _folded(operator.add),
    "Mul": _folded(operator.mul),
    "Pow": np.emath.power,
    "And": _folded(np.logical_and),
    "Or": _folded(np.logical_or),
    "Not": np.logical_not,
    "Max": _folded(np.maximum),
    "Min": _folded(np.minimum),
    "LessThan": _compared(np.less_equal),
    "StrictLessThan": _compared(np.less),
    "Equality": np.equal,
    "Unequality": np.not_equal,
    "Piecewise": _piecewise,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "cot": lambda x: 1 / np.tan(x),
    "sec": lambda x: 1 / np.cos(x),
    "csc": lambda x: 1 / np.sin(x),
    "asin": np.emath.arcsin,
    "acos": np.emath.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "coth": lambda x: 1 / np.tanh(x),
    "sech": lambda x: 1 / np.cosh(x),
    "csch": lambda x: 1 / np.sinh(x),
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.emath.arctanh,
    "log": np.emath.log,
    "Abs": np.abs,
    "sign": np.sign,
    "conjugate": np.conjugate,
    "floor": np.floor,
    "ceiling": np.ceil,
    "erf": _erf,
}
"""The numpy function of each operation of a tree. Real arguments give complex results where they must."""


class ArrayCode:
    """A formula as a list of numpy calls.

    Args:
        formula: symengine expression; its symbols are looked up by name.

    Raises:
        PulseError: an operation that has no array code.
    """

    __slots__ = ("_result", "_slots", "_steps", "_symbols", "tree")

    def __init__(self, formula: Any) -> None:  # noqa: ANN401 - symengine publishes no types
        self.tree = tree_of(formula, lambda symbol: ("symbol", str(symbol)))
        self._steps: list[tuple[int, Callable[..., Any], tuple[int, ...]]] = []
        self._slots: list[Any] = []
        self._symbols: dict[str, int] = {}
        self._result = self._compile(self.tree, {})

    def __call__(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - scalar or array, real, complex or bool
        """The formula's value.

        Args:
            values: a float or a float64 array for each symbol.
        """
        slots = self._slots.copy()
        for name, slot in self._symbols.items():
            # numpy's numbers divide by zero and overflow as arrays do, Python's raise.
            slots[slot] = np.asarray(values[name], dtype=np.float64)[()]
        for slot, function, operands in self._steps:
            slots[slot] = function(*[slots[operand] for operand in operands])
        return slots[self._result]

    def _new(self, value: object = None) -> int:
        self._slots.append(value)
        return len(self._slots) - 1

    def _compile(self, tree: Tree, known: dict[Tree, int]) -> int:
        """The slot in which the value of `tree` will stand."""
        if not isinstance(tree, tuple):
            return self._new(np.bool_(tree) if isinstance(tree, bool) else np.float64(tree))
        if tree in known:
            return known[tree]
        constant = _constant(tree)
        if constant is not None:
            slot = self._new(constant)
        elif tree[0] == "symbol":
            slot = self._symbols[tree[1]] = self._new()
        else:
            slot = self._step(tree, known)
        known[tree] = slot
        return slot

    def _step(self, tree: tuple[Any, ...], known: dict[Tree, int]) -> int:
        name, *operands = tree
        function = FUNCTIONS[name]
        if name == "Pow" and operands[0] == ("E",):
            function, operands = np.exp, operands[1:]
        elif name == "Pow" and type(operands[1]) is int:
            # Whole powers stay real for negative bases, and small ones are products.
            function, operands = _whole_power(operands[1]), operands[:1]
        inputs = tuple(self._compile(operand, known) for operand in operands)
        slot = self._new()
        self._steps.append((slot, function, inputs))
        return slot


def _whole_power(exponent: int) -> Callable[[Any], Any]:
    return lambda base: base**exponent


def _constant(tree: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a numpy number
    match tree:
        case ("pi",):
            return np.float64(math.pi)
        case ("E",):
            return np.float64(math.e)
        case ("/", numerator, denominator):
            return np.float64(numerator / denominator)
        case ("complex", real, imaginary):
            parts = [part if not isinstance(part, tuple) else part[1] / part[2] for part in (real, imaginary)]
            return np.complex128(complex(*parts))
    return None
