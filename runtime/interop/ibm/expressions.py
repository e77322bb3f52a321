"""Phase expressions of OpenPulse JSON: arithmetic over the parameters P0, P1, ... of an instruction.

Grammar: numbers, P0 P1 ..., pi, e, + - * / ** and signs, parentheses, and sin cos tan asin acos atan (or arcsin
...) exp log log10 sqrt of one argument; a prefix `np.` or `math.` is dropped. Text is parsed by `ast` and walked;
it is never evaluated by Python.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable

from runtime.pulse import Parameter, ParameterExpression, PulseError

__all__ = ["ExpressionError", "Value", "evaluate"]

Value = float | ParameterExpression

_LONGEST = 256
"""Characters. Published expressions have 5; the limit bounds the depth of the walk."""
_PARAMETER = re.compile(r"P(0|[1-9]\d*)")
_PREFIXES = frozenset({"np", "math"})
_CONSTANTS = {"pi": math.pi, "e": math.e}
_BINARY: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Value], Value]] = {ast.UAdd: lambda x: x, ast.USub: lambda x: -x}
_FUNCTIONS: dict[str, tuple[Callable[[float], float], Callable[[ParameterExpression], ParameterExpression]]] = {
    "sin": (math.sin, lambda x: x.sin()),
    "cos": (math.cos, lambda x: x.cos()),
    "tan": (math.tan, lambda x: x.tan()),
    **dict.fromkeys(("asin", "arcsin"), (math.asin, lambda x: x.arcsin())),
    **dict.fromkeys(("acos", "arccos"), (math.acos, lambda x: x.arccos())),
    **dict.fromkeys(("atan", "arctan"), (math.atan, lambda x: x.arctan())),
    "exp": (math.exp, lambda x: x.exp()),
    "log": (math.log, lambda x: x.log()),
    "log10": (math.log10, lambda x: x.log() / math.log(10)),
    "sqrt": (math.sqrt, lambda x: x**0.5),
}


class ExpressionError(ValueError):
    """The text is no expression of the grammar, or has no finite real value."""


def evaluate(text: str, parameters: dict[str, Parameter]) -> Value:
    """The value of `text`: a float, or an expression in the Parameters P0, P1, ...

    Parameters that are not in `parameters` yet are made and added, so that the expressions of one instruction
    share them. Raises ExpressionError.
    """
    if len(text) > _LONGEST:
        message = f"longer than {_LONGEST} characters"
        raise ExpressionError(message)
    try:
        value = _value(_tree(text), parameters)
        if isinstance(value, ParameterExpression):
            return value if value.parameters else _finite(float(value))
    except (ArithmeticError, ValueError, PulseError) as error:
        if isinstance(error, ExpressionError):
            raise
        message = f"'{text}' has no value: {error}"
        raise ExpressionError(message) from None
    return value


def _tree(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            # Python warns of text such as `1if`, which is no expression of ours anyway.
            warnings.simplefilter("error")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        message = f"'{text}' is no expression: {error}"
        raise ExpressionError(message) from None


def _finite(value: object) -> float:
    if isinstance(value, float) and math.isfinite(value):
        return value
    message = f"{value} is no finite real number"
    raise ExpressionError(message)


def _value(node: ast.expr, parameters: dict[str, Parameter]) -> Value:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            return _finite(float(number))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _known(_BINARY[type(op)](_value(left, parameters), _value(right, parameters)))
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
            return _UNARY[type(sign)](_value(operand, parameters))
        case ast.Call(func=function, args=[argument], keywords=[]) if _name(function) in _FUNCTIONS:
            numeric, symbolic = _FUNCTIONS[_name(function)]
            value = _value(argument, parameters)
            return symbolic(value) if isinstance(value, ParameterExpression) else _known(numeric(value))
        case ast.Name() | ast.Attribute():
            return _named(node, parameters)
    message = f"'{ast.unparse(node)}' is not allowed"
    raise ExpressionError(message)


def _known(value: Value) -> Value:
    return value if isinstance(value, ParameterExpression) else _finite(value)


def _name(node: ast.expr) -> str:
    """The name without its prefix; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=prefix), attr=name) if prefix in _PREFIXES:
            return name
    return ""


def _named(node: ast.expr, parameters: dict[str, Parameter]) -> Value:
    name = _name(node)
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    if isinstance(node, ast.Name) and _PARAMETER.fullmatch(name):
        return parameters.setdefault(name, Parameter(name))
    message = f"unknown name '{ast.unparse(node)}'"
    raise ExpressionError(message)
