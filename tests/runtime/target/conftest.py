"""A small device."""

from __future__ import annotations

import pytest

from runtime.pulse import ControlChannel, Drag, DriveChannel, MeasureChannel, Parameter, Play, Schedule, ShiftPhase
from runtime.target import Gate, InstructionProperties, QubitProperties, ScheduleEntry, Target, standard_gate


def x_schedule(qubit: int) -> Schedule:
    return Schedule((0, Play(Drag(160, 0.2, 40, -1.1), DriveChannel(qubit))), name="x")


def u2_schedule(qubit: int) -> Schedule:
    channel = DriveChannel(qubit)
    first, second = Parameter("P0"), Parameter("P1")
    return Schedule((0, ShiftPhase(-second, channel)), (160, ShiftPhase(-first, channel)), name="u2")


def of_the_device(schedule: Schedule) -> ScheduleEntry:
    return ScheduleEntry(schedule, user_provided=False)


@pytest.fixture
def device() -> Target:
    """Two qubits with x, u2, a directed cx, a fixed rx and a global rz."""
    target = Target(
        description="a pair",
        dt=0.2222222222222222e-9,
        granularity=16,
        min_length=64,
        pulse_alignment=8,
        acquire_alignment=4,
        qubit_properties=[QubitProperties(8e-5, 4e-5, 5.2e9), None],
        channel_frequencies={DriveChannel(0): 5.2e9, MeasureChannel(0): 7.2e9, ControlChannel(0): 5.0e9},
        meas_map=[[0, 1]],
        control_channels={(0, 1): [ControlChannel(0)], (1, 0): [ControlChannel(1), ControlChannel(3)]},
    )
    target.add_instruction(
        standard_gate("x"),
        {
            (0,): InstructionProperties(35.5e-9, 1e-4, of_the_device(x_schedule(0))),
            (1,): InstructionProperties(error=2e-4),
        },
    )
    target.add_instruction(
        standard_gate("u2"), {(0,): InstructionProperties(calibration=of_the_device(u2_schedule(0)))}
    )
    target.add_instruction(standard_gate("cx"), {(0, 1): InstructionProperties(3e-7, 7e-3), (1, 0): None})
    target.add_instruction(Gate("rx", 1, (0.5,)), {(1,): None}, name="rx_half")
    target.add_instruction(standard_gate("rz"))
    return target
