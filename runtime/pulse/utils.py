"""Small functions that programs written for Qiskit Pulse import from here."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral

from drivers.contract.errors import TimingError
from runtime.pulse.exceptions import UnassignedDurationError
from runtime.pulse.parameters import ParameterExpression, ParameterValue

__all__ = ["format_meas_map", "format_parameter_value", "instruction_duration_validation"]


def format_meas_map(meas_map: Iterable[Iterable[int]]) -> dict[int, list[int]]:
    """The group of qubits that are measured together, sorted, for each qubit."""
    formatted: dict[int, list[int]] = {}
    for group in meas_map:
        members = sorted(group)
        for qubit in members:
            formatted[qubit] = members
    return formatted


def format_parameter_value(operand: ParameterValue, decimal: int = 10) -> ParameterValue | complex:
    """A bound expression as a number, rounded to `decimal` digits: int where whole, else float, else complex.

    What is no expression, or has open parameters, stays as it is.
    """
    if not isinstance(operand, ParameterExpression) or operand.parameters:
        return operand
    value = operand.numeric(strict=False)
    if isinstance(value, int):
        return value
    number = complex(value)
    real, imaginary = round(number.real, decimal), round(number.imag, decimal)
    if imaginary:
        return complex(real, imaginary)
    return int(real) if real.is_integer() else real


def instruction_duration_validation(duration: object) -> None:
    """Refuse what a schedule does not take as a length.

    Raises:
        UnassignedDurationError: an expression.
        TimingError: no whole number, or negative; as where an instruction goes into a schedule.
    """
    if isinstance(duration, ParameterExpression):
        raise UnassignedDurationError("the duration is not assigned", got=str(duration))
    if isinstance(duration, bool) or not isinstance(duration, Integral) or duration < 0:
        raise TimingError("a duration is a whole number of samples", got=repr(duration), allowed="integers from 0")
