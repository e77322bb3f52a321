"""Calibrations of a Target as a map, and taken in from one."""

from __future__ import annotations

import pickle

import pytest

from runtime.pulse import Constant, Delay, DriveChannel, Parameter, Play, Schedule, ShiftPhase
from runtime.pulse.instruction_schedule_map import InstructionScheduleMap
from runtime.pulse.schedule import ScheduleBlock
from runtime.target import Gate, InstructionProperties, ScheduleEntry, Target, TranspilerError, standard_gate
from runtime.target.schedule_map import ErrorTable
from tests.runtime.target.conftest import u2_schedule, x_schedule


class Anything:
    """An operation of any width."""


def played(qubit: int, duration: int = 1000, name: str = "mine") -> Schedule:
    return Schedule((0, Play(Constant(duration, 0.1), DriveChannel(qubit))), name=name)


def a_map(*entries: tuple[str, int | tuple[int, ...], object]) -> InstructionScheduleMap:
    schedules = InstructionScheduleMap()
    for name, qubits, schedule in entries:
        schedules.add(name, qubits, schedule)  # type: ignore[arg-type]  # each test knows its kind
    return schedules


def test_the_map_holds_every_calibration(device: Target) -> None:
    schedules = device.instruction_schedule_map()
    assert schedules.instructions == ["x", "u2"]
    assert schedules.qubits_with_instruction("x") == [0]
    assert schedules.get("x", 0) == x_schedule(0)
    assert schedules.get_parameters("u2", 0) == ("P0", "P1")
    assert not schedules.has_custom_gate()
    assert Target().instruction_schedule_map() == InstructionScheduleMap()


def test_the_map_is_kept_until_the_target_changes(device: Target) -> None:
    first = device.instruction_schedule_map()
    assert device.instruction_schedule_map() is first
    device.add_instruction(standard_gate("h"), {(0,): None})
    assert device.instruction_schedule_map() is first

    device.add_instruction(standard_gate("y"), {(0,): InstructionProperties(calibration=played(0))})
    second = device.instruction_schedule_map()
    assert second.has("y", 0)

    device.update_instruction_properties("y", (0,), InstructionProperties(calibration=played(0)))
    third = device.instruction_schedule_map()
    assert third is not second
    assert third == second

    properties = device["x"][1,]
    assert properties is not None
    properties.calibration = played(1)
    assert device.instruction_schedule_map().get("x", 1) == played(1)
    properties.calibration = None
    assert device.instruction_schedule_map() == third


def test_the_map_of_a_pickled_target_is_equal(device: Target) -> None:
    schedules = device.instruction_schedule_map()
    assert pickle.loads(pickle.dumps(device)).instruction_schedule_map() == schedules


def test_what_is_added_to_the_map_stays_out_of_the_target(device: Target) -> None:
    schedules = device.instruction_schedule_map()
    schedules.add("x", 1, played(1))
    assert not device.has_calibration("x", (1,))
    device.update_from_instruction_schedule_map(schedules)
    assert device.get_calibration("x", (1,)) == played(1)


def test_a_different_calibration_of_the_users_replaces_the_properties(device: Target) -> None:
    device.update_from_instruction_schedule_map(a_map(("x", 0, played(0)), ("x", 1, played(1))))
    properties = device["x"][0,]
    assert properties is not None
    assert properties.calibration == played(0)
    assert properties.duration == 1000 * 0.2222222222222222e-9
    assert properties.error is None
    assert device.instruction_schedule_map().has_custom_gate()
    assert device.instruction_schedule_map() == a_map(
        ("x", 0, played(0)),
        ("x", 1, played(1)),
        ("u2", 0, device["u2"][0,].calibration_entry),  # type: ignore[union-attr]  # it is there
    )


def test_an_error_may_come_with_it(device: Target) -> None:
    errors: ErrorTable = {"x": {(1,): 0.25}, "h": {(0,): 0.5}}
    device.update_from_instruction_schedule_map(
        a_map(("x", 0, played(0)), ("x", 1, played(1)), ("h", 0, played(0))), error_dict=errors
    )
    found = {name: [p.error for p in device[name].values() if p is not None] for name in ("x", "h")}
    assert found == {"x": [None, 0.25], "h": [0.5]}


def test_an_equal_calibration_and_one_of_the_devices_change_nothing(device: Target) -> None:
    before = {name: dict(places) for name, places in device.items()}
    schedules = a_map(
        ("x", 0, x_schedule(0)),
        ("x", 1, ScheduleEntry(played(1), user_provided=False)),
        ("h", 0, ScheduleEntry(played(0), user_provided=False)),
    )
    device.update_from_instruction_schedule_map(schedules, error_dict={"x": {(0,): 0.5, (1,): 0.5}})
    assert device.operation_names == list(before)
    for name, places in device.items():
        assert all(properties is before[name][qargs] for qargs, properties in places.items())


def test_without_dt_there_is_no_duration() -> None:
    target = Target()
    target.add_instruction(standard_gate("x"), {(0,): InstructionProperties(1e-7, 1e-3)})
    target.update_from_instruction_schedule_map(a_map(("x", 0, played(0))))
    properties = target["x"][0,]
    assert properties is not None
    assert (properties.duration, properties.error) == (None, None)


def test_an_open_length_and_a_function_with_arguments_have_no_duration(device: Target) -> None:
    block = ScheduleBlock(name="x")
    block.append(Delay(Parameter("t"), DriveChannel(0)))
    schedules = a_map(
        ("x", 0, block),
        ("x", 1, lambda duration: played(1, duration)),
        ("u2", 0, lambda duration=9: played(0, duration)),
    )
    device.update_from_instruction_schedule_map(schedules)
    durations = [p.duration for name in ("x", "u2") for p in device[name].values() if p is not None]
    assert durations == [None, None, 9 * 0.2222222222222222e-9]


def test_new_names_become_instructions(device: Target) -> None:
    special = Gate("special", 1, (0.5,))
    schedules = a_map(
        ("h", 1, played(1)), ("rabi", 0, u2_schedule(0)), ("own", 0, played(0)), ("cz", (0, 4), played(0))
    )
    device.update_from_instruction_schedule_map(schedules, {"own": special})
    assert device.operation_names[-4:] == ["h", "rabi", "own", "cz"]
    assert device.operation_from_name("h") is standard_gate("h")
    assert device.operation_from_name("own") is special
    rabi = device.operation_from_name("rabi")
    assert isinstance(rabi, Gate)
    assert (rabi.name, rabi.num_qubits, [p.name for p in rabi.params]) == ("rabi", 1, ["P0", "P1"])
    assert list(device["h"]) == [(1,)]
    assert device.num_qubits == 5


def test_qubits_that_do_not_fit_are_ignored(device: Target) -> None:
    schedules = a_map(("x", 5, played(5)), ("h", 0, played(0)), ("h", (0, 1), played(0)), ("y", (0, 1), played(0)))
    device.update_from_instruction_schedule_map(schedules)
    assert list(device["x"]) == [(0,), (1,)]
    assert list(device["h"]) == [(0,)]
    assert "y" not in device
    assert device.num_qubits == 2


def test_a_joint_measurement_is_taken() -> None:
    target = Target(dt=1e-9)
    target.update_from_instruction_schedule_map(a_map(("measure", 0, played(0)), ("measure", (0, 1), played(0))))
    assert list(target["measure"]) == [(0,), (0, 1)]


def test_calibrations_of_several_kinds_make_no_instruction(device: Target) -> None:
    phase = Schedule((0, ShiftPhase(Parameter("a"), DriveChannel(1))))
    for schedules in (
        a_map(("mine", 0, played(0)), ("mine", 1, phase)),
        a_map(("mine", 0, played(0)), ("mine", (0, 1), played(0))),
    ):
        with pytest.raises(TranspilerError, match="'mine'"):
            device.update_from_instruction_schedule_map(schedules)
    assert "mine" not in device


def test_nothing_changes_when_something_cannot_be_taken(device: Target) -> None:
    schedules = a_map(("x", 0, played(0)), ("mine", 0, played(0)), ("mine", (0, 1), played(0)))
    with pytest.raises(TranspilerError):
        device.update_from_instruction_schedule_map(schedules)
    assert device.get_calibration("x", (0,)) == x_schedule(0)


def test_a_class_takes_no_calibration(device: Target) -> None:
    with pytest.raises(TranspilerError, match="Anything"):
        device.update_from_instruction_schedule_map(a_map(("any", 0, played(0))), {"any": Anything})
