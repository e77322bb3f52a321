"""Values of an expression at many values of its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters.assignment import assigned_value, normal_number
from runtime.pulse.parameters.expression import ParameterExpression, ParameterValue
from runtime.pulse.parameters.parameter import Parameter

__all__ = ["Columns", "swept_values"]

Columns = Mapping[Parameter, Sequence[float]]
"""Of each parameter its values, point by point."""


def swept_values(value: ParameterValue, columns: Columns, count: int) -> list[ParameterValue | PulseError]:
    """What `assigned_value` gives at each of `count` points, bit for bit, or the error that it raises."""
    if not isinstance(value, ParameterExpression):
        return [value] * count
    if isinstance(value, Parameter):
        return _normal_numbers(columns[value])
    return [_evaluated(value, point) for point in _points(value, columns)]


def _normal_numbers(values: Sequence[float]) -> list[ParameterValue | PulseError]:
    try:
        return [normal_number(value) for value in values]
    except PulseError:
        return [_normal_number(value) for value in values]


def _normal_number(value: float) -> ParameterValue | PulseError:
    try:
        return normal_number(value)
    except PulseError as error:
        return error


def _points(value: ParameterExpression, columns: Columns) -> Iterator[dict[Parameter, float]]:
    own = {parameter: columns[parameter] for parameter in value.parameters}
    return (dict(zip(own, values, strict=True)) for values in zip(*own.values(), strict=True))


def _evaluated(value: ParameterExpression, point: Mapping[Parameter, float]) -> ParameterValue | PulseError:
    try:
        return assigned_value(value, point)
    except PulseError as error:
        return error
