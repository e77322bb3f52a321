"""Expressions of parameters, with symengine underneath."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from numbers import Complex
from typing import TYPE_CHECKING, Any

from runtime.pulse.exceptions import PulseError, UnboundParameterError
from runtime.pulse.frozen import itself, itself_deep, refuse_deletion, refuse_setting
from runtime.pulse.pairs import Pairs
from runtime.pulse.parameters.symbolic import Number, python_number, symbolic_number, symengine, tamed

if TYPE_CHECKING:
    from runtime.pulse.parameters.parameter import Parameter

__all__ = ["ParameterExpression", "ParameterValue"]


class ParameterExpression:
    """A formula of parameters: immutable, equal to what it is algebraically equal to after expansion.

    Two parameters of one name are different, also within one expression. Functions: `sin`, `cos`, `tan`, `arcsin`,
    `arccos`, `arctan`, `exp`, `log`, `sign`, `conjugate`, `abs()`; numpy's functions of the same names call them.
    """

    __slots__ = ("_canonical", "_formula", "_parameters")

    _formula: Any  # a symengine expression; Parameter makes its own when first used
    _parameters: frozenset[Parameter]
    _canonical: Any

    __setattr__ = refuse_setting
    __delattr__ = refuse_deletion
    __copy__ = itself
    __deepcopy__ = itself_deep

    def __init__(self, formula: object, parameters: Iterable[Parameter]) -> None:
        """For this package: users write arithmetic with `Parameter`.

        Args:
            formula: symengine expression whose symbols are those of `parameters`.
            parameters: may hold more than occur; those are dropped.
        """
        free: set[Any] = getattr(formula, "free_symbols", set())
        object.__setattr__(self, "_formula", formula)
        occurring = frozenset([p for p in parameters if p.formula in free])
        # A formula of one parameter shares the set that the parameter has.
        whole = isinstance(parameters, frozenset) and len(occurring) == len(parameters)
        object.__setattr__(self, "_parameters", parameters if whole else occurring)

    @property
    def formula(self) -> Any:  # noqa: ANN401 - symengine publishes no types
        """The symengine expression; its symbols are unique to each parameter."""
        return self._formula

    @property
    def parameters(self) -> set[Parameter]:
        """The parameters that are not bound yet."""
        return set(self._parameters)

    @classmethod
    def of(cls, number: complex) -> ParameterExpression:
        """A number as an expression without parameters.

        Raises:
            PulseError: it is no number, or not a finite one.
        """
        return ParameterExpression(symbolic_number(number), ())

    def sympify(self) -> Any:  # noqa: ANN401 - symengine publishes no types
        """The symengine expression with plain symbols, named like the parameters.

        Raises:
            PulseError: two of its parameters share a name, and would become one.
        """
        names = self._names()
        if len(set(names)) != len(names):
            raise PulseError("two parameters of this expression have one name", got=", ".join(sorted(names)))
        return self._named()

    # Binding

    def assign(self, parameter: Parameter, value: ParameterExpression | complex) -> ParameterExpression:
        """This with one parameter replaced by a number or an expression."""
        return self.subs({parameter: value})

    def bind(
        self, parameter_values: Pairs[Parameter, complex], allow_unknown_parameters: bool = False
    ) -> ParameterExpression:
        """This with numbers for some or all of its parameters.

        Raises:
            PulseError: a parameter does not occur here (unless allowed), a value is not a finite number, or the
                result is not finite.
        """
        bound = self.subs(parameter_values, allow_unknown_parameters=allow_unknown_parameters)
        if not bound.parameters:
            bound.numeric(strict=False)
        return bound

    def bind_all(self, values: Pairs[Parameter, complex]) -> ParameterExpression:
        """`bind` that ignores parameters which do not occur here."""
        return self.bind(values, allow_unknown_parameters=True)

    def subs(
        self,
        parameter_map: Pairs[Parameter, ParameterExpression | complex],
        allow_unknown_parameters: bool = False,
    ) -> ParameterExpression:
        """This with parameters replaced by expressions or numbers, all at once.

        Raises:
            PulseError: a parameter does not occur here, unless `allow_unknown_parameters`.
        """
        values: dict[Any, Any] = {_own(p): _own(v) for p, v in parameter_map.items()}
        unknown = [p for p in values if p not in self._parameters]
        if unknown and not allow_unknown_parameters:
            names = ", ".join(sorted(str(p) for p in unknown))
            raise PulseError(f"{self} has no parameter {names}", allowed=", ".join(sorted(self._names())))
        used = {p: v for p, v in values.items() if p in self._parameters}
        parameters = set(self._parameters.difference(used))
        for value in used.values():
            if isinstance(value, ParameterExpression):
                parameters |= value.parameters
        formula = self.formula.subs(tamed(self.formula, {p.formula: _formula_of(v) for p, v in used.items()}))
        return ParameterExpression(formula, parameters)

    def substituted(
        self, values: Mapping[Parameter, ParameterExpression | complex]
    ) -> ParameterExpression | Number:
        """This with its parameters replaced where they have a value; a number if none is left, itself if none has.

        Raises:
            PulseError: the result is not finite, or a value is neither a number nor our own expression.
        """
        # Only what occurs here, since a program has as many values as expressions.
        used = {parameter: values[parameter] for parameter in self._parameters if parameter in values}
        if not used:
            return self
        symbols = {parameter.formula: _formula_of(value) for parameter, value in used.items()}
        formula = self.formula.subs(tamed(self.formula, symbols))
        left = self._parameters.difference(used)
        for value in used.values():
            if isinstance(value, ParameterExpression):
                left |= value.parameters
        if left:
            result = ParameterExpression(formula, left)
            return result if result._parameters else result.numeric(strict=False)
        return python_number(formula)

    def numeric(self, *, strict: bool = True) -> Number:
        """The value: an int if it is an integer, else a float, else (not `strict`) a complex number.

        Raises:
            UnboundParameterError: parameters are left.
            PulseError: the value is complex and `strict`, or it is not finite.
        """
        if self._parameters:
            raise UnboundParameterError(
                f"the expression {self} has no value yet", fix=f"Assign {', '.join(sorted(self._names()))} first"
            )
        value = python_number(self.formula)
        if strict and isinstance(value, complex):
            raise PulseError(f"the expression {self} is not real", got=repr(value))
        return value

    def gradient(self, param: Parameter) -> ParameterExpression | Number:
        """The derivative by one parameter; a number where it does not depend on any."""
        if param not in self._parameters:
            return 0
        derivative = ParameterExpression(self.formula.diff(param.formula), self._parameters)
        return derivative if derivative.parameters else derivative.numeric(strict=False)

    def is_real(self) -> bool | None:
        """Whether the value is real; None while parameters are open."""
        return None if self._parameters else not isinstance(self.numeric(strict=False), complex)

    # Arithmetic

    def _combine(self, other: object, operation: Callable[[Any, Any], Any]) -> ParameterExpression:
        if isinstance(other, ParameterExpression):
            return ParameterExpression(operation(self.formula, other.formula), self._parameters | other.parameters)
        if isinstance(other, Complex):
            return ParameterExpression(operation(self.formula, symbolic_number(other)), self._parameters)
        adopted = _own(other)
        if isinstance(adopted, ParameterExpression):
            return self._combine(adopted, operation)
        return NotImplemented  # type: ignore[no-any-return]  # Python's way to let the other operand try

    def _call(self, function: str) -> ParameterExpression:
        return ParameterExpression(getattr(symengine(), function)(self.formula), self._parameters)

    def __add__(self, other: ParameterExpression | complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: a + b)

    def __sub__(self, other: ParameterExpression | complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: a - b)

    def __mul__(self, other: ParameterExpression | complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: a * b)

    def __truediv__(self, other: ParameterExpression | complex) -> ParameterExpression:
        if not isinstance(other, ParameterExpression) and other == 0:
            message = f"({self}) / 0"
            raise ZeroDivisionError(message)
        return self._combine(other, lambda a, b: a / b)

    def __pow__(self, other: ParameterExpression | complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: a**b)

    def __radd__(self, other: complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: b + a)

    def __rsub__(self, other: complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: b - a)

    def __rmul__(self, other: complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: b * a)

    def __rtruediv__(self, other: complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: b / a)

    def __rpow__(self, other: complex) -> ParameterExpression:
        return self._combine(other, lambda a, b: b**a)

    def __neg__(self) -> ParameterExpression:
        return ParameterExpression(-self.formula, self._parameters)

    def __pos__(self) -> ParameterExpression:
        return self

    def __abs__(self) -> ParameterExpression:
        return self._call("Abs")

    def abs(self) -> ParameterExpression:
        """Absolute value."""
        return abs(self)

    def sin(self) -> ParameterExpression:
        """Sine."""
        return self._call("sin")

    def cos(self) -> ParameterExpression:
        """Cosine."""
        return self._call("cos")

    def tan(self) -> ParameterExpression:
        """Tangent."""
        return self._call("tan")

    def arcsin(self) -> ParameterExpression:
        """Inverse sine."""
        return self._call("asin")

    def arccos(self) -> ParameterExpression:
        """Inverse cosine."""
        return self._call("acos")

    def arctan(self) -> ParameterExpression:
        """Inverse tangent."""
        return self._call("atan")

    def exp(self) -> ParameterExpression:
        """Exponential."""
        return self._call("exp")

    def log(self) -> ParameterExpression:
        """Natural logarithm."""
        return self._call("log")

    def sign(self) -> ParameterExpression:
        """-1, 0 or 1."""
        return self._call("sign")

    def conjugate(self) -> ParameterExpression:
        """Complex conjugate."""
        return self._call("conjugate")

    # Comparison, conversion

    @property
    def expanded(self) -> Any:  # noqa: ANN401 - symengine publishes no types
        """The formula multiplied out, in which equal expressions look alike; computed once."""
        try:
            return self._canonical
        except AttributeError:
            object.__setattr__(self, "_canonical", self.formula.expand())
            return self._canonical

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, ParameterExpression):
            if self._parameters != other.parameters:
                return False
            if not self._parameters:
                return self.numeric(strict=False) == other.numeric(strict=False)
            return bool(self.expanded == other.expanded)
        if isinstance(other, Complex):
            return not self._parameters and self.numeric(strict=False) == complex(other)
        adopted = _own(other)
        return self == adopted if isinstance(adopted, ParameterExpression) else NotImplemented

    def __hash__(self) -> int:
        if not self._parameters:
            return hash(self.numeric(strict=False))
        if self.expanded.is_Symbol:
            return hash(next(iter(self._parameters)))
        return hash(self.expanded)

    def __int__(self) -> int:
        return int(self.numeric().real)

    def __float__(self) -> float:
        return float(self.numeric().real)

    def __complex__(self) -> complex:
        return complex(self.numeric(strict=False))

    def _names(self) -> list[str]:
        return [p.name for p in self._parameters]

    def _named(self) -> Any:  # noqa: ANN401 - symengine publishes no types
        # Inside, a symbol carries its parameter's identity; people see the name.
        plain = symengine().Symbol
        return self.formula.subs({p.formula: plain(p.name) for p in self._parameters})

    def __str__(self) -> str:
        return str(self._named())

    def __repr__(self) -> str:
        return f"ParameterExpression({self})"

    def __reduce__(self) -> tuple[Any, ...]:
        return ParameterExpression, (self.formula, self._parameters)


ParameterValue = ParameterExpression | float
"""What may stand for a number in a program."""


def _own(value: object) -> Any:  # noqa: ANN401 - our form of what may be an object of an installed Qiskit
    if isinstance(value, ParameterExpression | int | float | complex):
        return value
    # What makes our parameters of others is built on this module.
    from runtime.pulse.parameters.foreign import own

    return own(value)


def _formula_of(value: ParameterExpression | complex) -> Any:  # noqa: ANN401 - symengine publishes no types
    return value.formula if isinstance(value, ParameterExpression) else symbolic_number(value)
