"""Properties of instructions and qubits."""

from __future__ import annotations

import copy
import pickle

import pytest

from runtime.pulse import Drag, DriveChannel, Parameter, Play, Schedule, ShiftPhase
from runtime.target import InstructionProperties, InvalidTarget, QubitProperties, ScheduleEntry


def x_schedule() -> Schedule:
    return Schedule((0, Play(Drag(160, 0.2, 40, -1.1), DriveChannel(0))), name="x")


def test_unknown_properties_print_as_qiskit_prints_them() -> None:
    assert repr(InstructionProperties()) == "InstructionProperties(duration=None, error=None, calibration=None)"


def test_a_calibration_is_read_as_a_schedule_and_may_be_replaced() -> None:
    properties = InstructionProperties(35.5e-9, 1e-4, x_schedule())
    assert properties.calibration == x_schedule()
    properties.calibration = ScheduleEntry(Schedule(name="other"))
    assert properties.calibration == Schedule()
    properties.calibration = None
    assert properties.calibration is None


def test_a_subclass_with_more_fields_works() -> None:
    class Dated(InstructionProperties):
        def __init__(self, date: str, duration: float | None = None) -> None:
            super().__init__(duration)
            self.date = date

    dated = Dated("2024-05-27", 1e-7)
    assert (dated.date, dated.duration, dated.calibration) == ("2024-05-27", 1e-7, None)


def test_properties_survive_pickle_and_deepcopy() -> None:
    angle = Parameter("theta")
    schedule = Schedule((0, ShiftPhase(-angle, DriveChannel(0))), name="rz")
    properties = InstructionProperties(0.0, 0.0, schedule)
    assert pickle.loads(pickle.dumps(properties)) == properties
    assert copy.deepcopy(properties) == properties
    assert properties != InstructionProperties(0.0, 0.0)


@pytest.mark.parametrize("value", [-1e-9, float("nan"), float("inf"), True, "1", 1j])
@pytest.mark.parametrize("name", ["duration", "error"])
def test_numbers_that_mean_nothing_are_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        InstructionProperties(**{name: value})  # type: ignore[arg-type]  # on purpose


def test_all_problems_come_at_once() -> None:
    with pytest.raises(InvalidTarget) as caught:
        InstructionProperties(-1, float("nan"), "x")  # type: ignore[arg-type]  # on purpose
    assert [problem.where for problem in caught.value.problems] == ["duration", "error", "calibration"]


def test_qubit_properties_print_and_compare_by_value() -> None:
    properties = QubitProperties(t1=8e-5, t2=4e-5, frequency=5.2e9)
    assert properties == QubitProperties(8e-5, 4e-5, 5.2e9)
    assert repr(QubitProperties()) == "QubitProperties(t1=None, t2=None, frequency=None)"


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), False])
@pytest.mark.parametrize("name", ["t1", "t2", "frequency"])
def test_a_qubit_needs_times_and_frequencies_above_0(name: str, value: object) -> None:
    with pytest.raises(InvalidTarget, match=name):
        QubitProperties(**{name: value})  # type: ignore[arg-type]  # on purpose
