"""Macros: joint readouts from calibrations by qubit and by group."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Delay,
    InstructionScheduleMap,
    MeasureChannel,
    MemorySlot,
    Play,
    PulseError,
    Schedule,
    ScheduleBlock,
)
from runtime.pulse.macros import measure, measure_all
from runtime.target import Gate, InstructionProperties, Target
from tests.runtime.pulse.device import READ, Backend, group_readout, readout, target

GROUPS = [[0, 1, 2]]


def joint(slots: dict[int, int]) -> Schedule:
    """What the readout of these qubits into these slots has to be."""
    schedule = Schedule()
    for qubit, slot in slots.items():
        schedule.insert(20, Play(READ, MeasureChannel(qubit)), inplace=True)
        schedule.insert(30, Acquire(90, AcquireChannel(qubit), MemorySlot(slot)), inplace=True)
    return schedule


def by_group() -> InstructionScheduleMap:
    """A device's map: one calibration for the whole group."""
    calibrations = InstructionScheduleMap()
    calibrations.add("measure", (0, 1, 2), group_readout())
    return calibrations


def by_qubit() -> InstructionScheduleMap:
    """A map with a calibration for each qubit."""
    calibrations = InstructionScheduleMap()
    for qubit in range(3):
        calibrations.add("measure", qubit, readout(qubit))
    return calibrations


SOURCES: list[dict[str, Any]] = [
    {"backend": target()},
    {"backend": Backend(target())},
    {"inst_map": by_group(), "meas_map": GROUPS},
    {"inst_map": by_group(), "meas_map": {qubit: [0, 1, 2] for qubit in range(3)}},
    {"inst_map": by_qubit(), "meas_map": GROUPS},
    {"inst_map": by_qubit(), "backend": target()},
]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("qubits", "given", "slots"),
    [
        ([0], None, {0: 0}),
        (1, None, {1: 0}),
        ([2, 0], None, {2: 0, 0: 1}),
        ([1], {1: 5}, {1: 5}),
        ([0, 1], {0: 1, 1: 0}, {0: 1, 1: 0}),
        ([0, 1], {0: 1}, {0: 1, 1: 0}),
        ([2, 0], {2: 1}, {2: 1, 0: 0}),
        ([2], {0: 1}, {2: 2}),
    ],
)
def test_measure(
    source: dict[str, Any], qubits: int | list[int], given: dict[int, int] | None, slots: dict[int, int]
) -> None:
    assert measure(qubits, **source, qubit_mem_slots=given) == joint(slots)


def test_measure_all() -> None:
    assert measure_all(target()) == measure_all(Backend(target())) == joint({0: 0, 1: 1, 2: 2})
    with pytest.raises(PulseError, match="number of qubits"):
        measure_all(Target(num_qubits=None, dt=1e-9))


def test_measure_by_another_name() -> None:
    calibrations = InstructionScheduleMap()
    calibrations.add("short", 0, readout(0))
    assert measure([0], inst_map=calibrations, meas_map=[[0]], measure_name="short") == joint({0: 0})


def test_calibrations_may_be_blocks_and_functions() -> None:
    block = ScheduleBlock()
    block.append(Delay(20, MeasureChannel(0)))
    block.append(Play(READ, MeasureChannel(0)))
    block.append(Delay(30, AcquireChannel(0)))
    block.append(Acquire(90, AcquireChannel(0), MemorySlot(0)))
    calibrations = InstructionScheduleMap()
    calibrations.add("measure", 0, block)
    calibrations.add("measure", 1, lambda: readout(1))
    made = measure([0, 1], inst_map=calibrations, meas_map=[[0], [1]])
    assert made.exclude(instruction_types=Delay) == joint({0: 0, 1: 1})


def test_a_target_with_a_calibration_for_the_group_only() -> None:
    device = Target(num_qubits=3, dt=1e-9, meas_map=GROUPS)
    whole = InstructionProperties(calibration=group_readout())
    device.add_instruction(Gate("measure", 1, joint=True), {(0, 1, 2): whole})
    assert measure([0, 2], device) == joint({0: 0, 2: 1})


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "inst_map and meas_map"),
        ({"inst_map": by_group()}, "meas_map"),
        ({"meas_map": GROUPS}, "inst_map and meas_map"),
        ({"backend": 3}, "no calibrations"),
        ({"backend": target(), "measure_name": "other"}, "Qubit 0 has no calibration 'other'"),
        ({"inst_map": by_group(), "meas_map": GROUPS, "measure_name": "other"}, "'other' is not defined"),
        ({"inst_map": by_group(), "meas_map": [[0]]}, "only defined for qubits"),
    ],
)
def test_missing_data(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(PulseError, match=text):
        measure([0], **arguments)


@pytest.mark.parametrize(
    ("qubits", "slots", "text"),
    [([0, 0], None, "asked for twice"), ([0, 1], {0: 3, 1: 3}, "share a slot"), ([-1], None, "no calibration")],
)
def test_unclear_requests(qubits: list[int], slots: dict[int, int] | None, text: str) -> None:
    with pytest.raises(PulseError, match=text):
        measure(qubits, target(), qubit_mem_slots=slots)
