"""The functions that Qiskit users import from pulse.utils."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from drivers.contract.errors import TimingError
from runtime.pulse import Parameter, UnassignedDurationError
from runtime.pulse.utils import format_meas_map, format_parameter_value, instruction_duration_validation


def test_meas_map_by_qubit() -> None:
    assert format_meas_map([[2, 0], [1]]) == {0: [0, 2], 2: [0, 2], 1: [1]}
    assert format_meas_map([]) == {}


def test_bound_expressions_become_numbers() -> None:
    p = Parameter("p")

    def value(formula: Any) -> object:
        return format_parameter_value(formula.assign(p, 2))

    assert (value(p * 2), type(value(p * 2.0))) == (4, int)
    assert value(p * math.pi / 3) == 2.0943951024
    assert value(p * 1j) == 2j
    assert format_parameter_value((p / 3).assign(p, 2), decimal=3) == 0.667
    assert format_parameter_value(p + 1) == p + 1
    assert format_parameter_value(0.25) == 0.25


@pytest.mark.parametrize("duration", [-1, 1.5, True, None, "3", float("nan")])
def test_bad_durations(duration: object) -> None:
    with pytest.raises(TimingError, match="whole number"):
        instruction_duration_validation(duration)


def test_durations() -> None:
    instruction_duration_validation(0)
    instruction_duration_validation(np.int64(7))
    with pytest.raises(UnassignedDurationError):
        instruction_duration_validation(Parameter("d"))
