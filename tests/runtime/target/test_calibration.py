"""Binding the parameters of a calibration."""

from __future__ import annotations

import pytest

from runtime.pulse import DriveChannel, Parameter, PulseError, Schedule, ShiftPhase
from runtime.target import CalibrationEntry, ScheduleEntry


def two_phases() -> Schedule:
    first, second = Parameter("b"), Parameter("a")
    channel = DriveChannel(0)
    return Schedule((0, ShiftPhase(first, channel)), (10, ShiftPhase(2 * second, channel)), name="two")


def phases(schedule: object) -> list[object]:
    assert isinstance(schedule, Schedule)
    return [instruction.operands[0] for _, instruction in schedule.instructions]


def test_names_are_in_alphabetical_order_unless_given() -> None:
    assert list(ScheduleEntry(two_phases()).get_signature().parameters) == ["a", "b"]
    assert list(ScheduleEntry(two_phases(), iter(["b", "a"])).get_signature().parameters) == ["b", "a"]


def test_parameters_bind_by_position_and_name() -> None:
    entry = ScheduleEntry(two_phases())
    assert isinstance(entry, CalibrationEntry)
    assert phases(entry.get_schedule(0.5, 0.25)) == [0.25, 1.0]
    assert phases(entry.get_schedule(b=0.25, a=0.5)) == [0.25, 1.0]
    assert phases(entry.get_schedule(0.5, b=0.25)) == [0.25, 1.0]


def test_what_is_not_given_stays_open() -> None:
    bound = ScheduleEntry(two_phases()).get_schedule(0.5)
    assert {parameter.name for parameter in bound.parameters} == {"b"}


def test_one_name_binds_every_parameter_that_bears_it() -> None:
    channel = DriveChannel(0)
    schedule = Schedule((0, ShiftPhase(Parameter("p"), channel)), (1, ShiftPhase(Parameter("p"), channel)))
    assert phases(ScheduleEntry(schedule).get_schedule(0.5)) == [0.5, 0.5]


def test_binding_leaves_the_stored_schedule_open() -> None:
    entry = ScheduleEntry(two_phases())
    entry.get_schedule(1, 2)
    assert len(entry.get_schedule().parameters) == 2


@pytest.mark.parametrize(
    ("args", "kwargs"), [((1, 2, 3), {}), ((1,), {"a": 2}), ((), {"c": 1}), ((1, 2), {"b": 1})]
)
def test_too_many_doubled_or_unknown_parameters_are_refused(args: tuple[int, ...], kwargs: dict[str, int]) -> None:
    with pytest.raises(PulseError, match="two"):
        ScheduleEntry(two_phases()).get_schedule(*args, **kwargs)


@pytest.mark.parametrize("arguments", [["a"], ["a", "b", "c"], ["a", "a"], []])
def test_arguments_must_be_exactly_the_names(arguments: list[str]) -> None:
    with pytest.raises(PulseError, match="two"):
        ScheduleEntry(two_phases(), arguments)
