"""Calibrations that are blocks, functions and entries, and who made them."""

from __future__ import annotations

import copy
import functools
import pickle
from typing import Any

import pytest

from runtime.pulse import (
    Constant,
    Delay,
    DriveChannel,
    Parameter,
    Play,
    PulseError,
    Schedule,
    ShiftPhase,
    UnassignedDurationError,
)
from runtime.pulse.calibration_entries import CalibrationPublisher, CallableDef, ScheduleDef, entry_of
from runtime.pulse.schedule import ScheduleBlock
from runtime.pulse.transforms import block_to_schedule
from runtime.target import (
    CalibrationEntry,
    Gate,
    InstructionProperties,
    NotInTarget,
    ScheduleEntry,
    Target,
    standard_gate,
)

D0 = DriveChannel(0)


def rx(angle: float, amp: float = 0.1) -> Schedule:
    return Schedule((0, ShiftPhase(angle, D0)), (0, Play(Constant(160, amp), D0)), name="rx")


def turn(channel: DriveChannel, angle: float) -> Schedule:
    return Schedule((0, ShiftPhase(angle, channel)), name="turn")


def rx_block() -> ScheduleBlock:
    block = ScheduleBlock(name="rx")
    block.append(ShiftPhase(Parameter("angle"), D0))
    block.append(Play(Constant(160, Parameter("amp")), D0))
    return block


def a_target(calibration: Any) -> Target:
    target = Target(dt=1e-9)
    target.add_instruction(standard_gate("rx"), {(0,): InstructionProperties(calibration=calibration)})
    return target


def test_a_block_binds_as_a_schedule_does() -> None:
    block = rx_block()
    target = a_target(block)
    assert target.get_calibration("rx", (0,)) == block
    bound = target.get_calibration("rx", (0,), amp=0.2, angle=0.5)
    assert isinstance(bound, ScheduleBlock)
    assert not bound.parameters
    assert [instruction.operands[0] for instruction in bound.blocks if isinstance(instruction, ShiftPhase)] == [
        0.5
    ]
    half = target.get_calibration("rx", (0,), 0.2)
    assert {parameter.name for parameter in half.parameters} == {"angle"}


def test_a_schedule_is_had_of_every_kind_of_calibration() -> None:
    wanted = Schedule((0, ShiftPhase(0.5, D0)), (0, Play(Constant(160, 0.2), D0)))
    for calibration in (rx_block(), block_to_schedule(rx_block()), rx):
        schedule = a_target(calibration).get_schedule("rx", 0, angle=0.5, amp=0.2)
        assert isinstance(schedule, Schedule)
        assert schedule == wanted
        assert schedule.name == "rx"
    stretched = ScheduleBlock().append(Delay(Parameter("t"), D0))
    target = a_target(stretched)
    assert target.get_schedule("rx", 0, 20).duration == 20
    with pytest.raises(UnassignedDurationError):
        target.get_schedule("rx", 0)
    with pytest.raises(NotInTarget, match="is not defined"):
        target.get_schedule("rx", 1)


def test_a_function_gets_its_arguments() -> None:
    target = a_target(rx)
    assert target.has_calibration("rx", (0,))
    assert target.get_calibration("rx", (0,), 0.5) == rx(0.5)
    assert target.get_calibration("rx", (0,), angle=0.5, amp=0.2) == rx(0.5, 0.2)
    for args in ((), (0.5, 0.2, 0.1)):
        with pytest.raises(PulseError, match="rx"):
            target.get_calibration("rx", (0,), *args)
    with pytest.raises(PulseError, match="rx"):
        target.get_calibration("rx", (0,), 0.5, width=3)


def test_a_function_of_one_argument_may_be_called_by_the_name_of_the_gate() -> None:
    target = a_target(functools.partial(turn, D0))
    assert target.get_calibration("rx", (0,), theta=0.5) == turn(D0, 0.5)


def test_an_entry_is_kept_as_it_is() -> None:
    entry = entry_of(rx_block(), ["angle", "amp"])
    properties = InstructionProperties(calibration=entry)
    assert properties.calibration_entry is entry
    assert isinstance(entry, CalibrationEntry)
    bound = a_target(entry).get_calibration("rx", (0,), 0.5, 0.2)
    assert bound == entry.get_schedule(angle=0.5, amp=0.2)


@pytest.mark.parametrize(
    ("calibration", "publisher"),
    [
        (rx(0.5), CalibrationPublisher.QISKIT),
        (rx_block(), CalibrationPublisher.QISKIT),
        (lambda: rx(0.5), CalibrationPublisher.QISKIT),
        (entry_of(rx(0.5)), CalibrationPublisher.QISKIT),
        (ScheduleEntry(rx(0.5)), CalibrationPublisher.QISKIT),
        (ScheduleEntry(rx(0.5), user_provided=False), CalibrationPublisher.BACKEND_PROVIDER),
    ],
)
def test_the_program_says_who_made_it(calibration: Any, publisher: CalibrationPublisher) -> None:
    program = a_target(calibration).get_calibration("rx", (0,))
    assert program.metadata["publisher"] == publisher


def test_a_publisher_that_is_named_stays() -> None:
    schedule = Schedule(name="x", metadata={"publisher": CalibrationPublisher.EXPERIMENT_SERVICE})
    program = a_target(schedule).get_calibration("rx", (0,))
    assert program.metadata["publisher"] == CalibrationPublisher.EXPERIMENT_SERVICE


def test_properties_take_every_kind_and_show_the_entry() -> None:
    properties = InstructionProperties(calibration=rx(0.5))
    assert repr(properties) == "InstructionProperties(duration=None, error=None, calibration=Schedule rx)"
    properties.calibration = rx
    assert isinstance(properties.calibration_entry, CallableDef)
    assert repr(properties).endswith("calibration=Callable rx(angle, amp))")
    with pytest.raises(PulseError, match="angle"):
        _ = properties.calibration
    block_properties = InstructionProperties(calibration=rx_block())
    assert isinstance(block_properties.calibration_entry, ScheduleDef)
    assert isinstance(block_properties.calibration, ScheduleBlock)
    with pytest.raises(ValueError, match="calibration"):
        properties.calibration = 3  # type: ignore[assignment]  # on purpose


def test_the_line_that_tells_of_a_calibration() -> None:
    for calibration in (rx(0.5), rx_block(), rx, entry_of(rx)):
        assert "\t\t\tWith pulse schedule calibration\n" in str(a_target(calibration))


@pytest.mark.parametrize("calibration", [rx(0.5), rx_block(), rx], ids=["schedule", "block", "function"])
def test_copies_and_pickles_keep_every_kind(calibration: Any) -> None:
    target = a_target(calibration)
    schedules = target.instruction_schedule_map()
    for twin in (copy.deepcopy(target), pickle.loads(pickle.dumps(target))):
        assert dict(twin["rx"]) == dict(target["rx"])
        assert twin.instruction_schedule_map() == schedules


def test_parameters_of_the_gate_select_the_calibration() -> None:
    target = Target()
    fixed = InstructionProperties(calibration=rx(0.5))
    target.add_instruction(Gate("rx", 1, (0.5,)), {(0,): fixed}, name="rx_half")
    target.add_instruction(standard_gate("rx"), {(0,): InstructionProperties(calibration=rx)})
    assert not target.has_calibration("rx", (0,), 0.3)
    theta = list(standard_gate("rx").params)
    assert target.has_calibration("rx", (0,), theta[0])
    assert target.get_calibration("rx", (0,), 0.3, operation_params=theta) == rx(0.3)
    for params in ([], [0.5, 0.5], 0.3, [Parameter("theta")]):
        assert not target.has_calibration("rx_half", (0,), params)
        with pytest.raises(KeyError, match=r"is not defined\.$"):
            target.get_calibration("rx_half", (0,), operation_params=params)
