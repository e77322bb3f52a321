"""Targets from names of gates and a coupling map."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.pulse import DriveChannel, Play, Schedule
from runtime.pulse.instruction_schedule_map import InstructionScheduleMap
from runtime.pulse.library import Constant
from runtime.target import (
    CouplingMap,
    Gate,
    InstructionDurations,
    Target,
    TimingConstraints,
    TranspilerError,
    standard_gate,
)


class IfElse:
    """An operation of any width."""


def test_names_alone_give_global_operations_on_any_number_of_qubits() -> None:
    target = Target.from_configuration(["u", "cx", "u"])
    assert target.num_qubits is None
    assert target.qargs is None
    assert dict(target) == {"u": {None: None}, "cx": {None: None}}
    assert target.operation_from_name("u") is standard_gate("u")
    assert target.instruction_supported("u", (1000,))
    assert target.build_coupling_map() is None


def test_a_coupling_map_places_the_operations() -> None:
    target = Target.from_configuration(["sx", "cx", "global_phase"], coupling_map=[(0, 1), (1, 2)])
    assert target.num_qubits == 3
    assert dict(target["sx"]) == {(0,): None, (1,): None, (2,): None}
    assert dict(target["cx"]) == {(0, 1): None, (1, 2): None}
    assert target["global_phase"] == {None: None}
    assert target.build_coupling_map() == CouplingMap([(0, 1), (1, 2)])
    same = Target.from_configuration(["sx", "cx", "global_phase"], 3, CouplingMap([(0, 1), (1, 2)]))
    assert str(same) == str(target)


def test_own_operations_go_before_the_standard_ones() -> None:
    special = Gate("x", 1, (0.5,))
    target = Target.from_configuration(
        ["x", "if_else", "h"],
        coupling_map=CouplingMap.from_line(2),
        custom_name_mapping={"x": special, "if_else": IfElse},
    )
    assert target.operation_from_name("x") is special
    assert target.operation_from_name("if_else") is IfElse
    assert target.instruction_supported("if_else", (0, 1))
    assert target.operation_names == ["x", "if_else", "h"]


def test_grids_and_groups() -> None:
    target = Target.from_configuration(
        ["x"], 2, dt=1e-9, timing_constraints=TimingConstraints(16, 64, 8, 4), concurrent_measurements=[[0, 1]]
    )
    assert (target.num_qubits, target.dt, target.concurrent_measurements) == (2, 1e-9, [[0, 1]])
    assert target.timing_constraints() == TimingConstraints(16, 64, 8, 4)


def test_durations_and_calibrations_are_placed() -> None:
    schedules = InstructionScheduleMap()
    schedule = Schedule((0, Play(Constant(160, 0.1), DriveChannel(0))), name="x")
    schedules.add("x", 0, schedule)
    schedules.add("sx", 1, schedule)
    target = Target.from_configuration(
        ["x", "sx", "cx"],
        coupling_map=[(0, 1)],
        inst_map=schedules,
        instruction_durations=InstructionDurations([("sx", None, 35, "ns"), ("cx", (0, 1), 300)], dt=1e-9),
        dt=1e-9,
    )
    assert target.get_calibration("x", (0,)) == schedule
    assert target["x"][1,] is None
    durations = {name: [p and p.duration for p in places.values()] for name, places in target.items()}
    assert durations == {"x": [160e-9, None], "sx": [35e-9, 35e-9], "cx": [300e-9]}
    assert target.has_calibration("sx", (1,))


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"basis_gates": ["x", "cnot", "toffoli"]}, KeyError, "'cnot', 'toffoli'"),
        ({"basis_gates": ["ccx"], "coupling_map": [(0, 1)]}, TranspilerError, "'ccx'"),
        (
            {"basis_gates": ["x"], "num_qubits": 2, "coupling_map": CouplingMap.from_line(3)},
            ValueError,
            "num_qubits",
        ),
        ({"basis_gates": ["x"], "num_qubits": 2, "coupling_map": [(0, 2)]}, ValueError, "couplinglist"),
        ({"basis_gates": ["x"], "num_qubits": -1}, ValueError, "num_qubits"),
        ({"basis_gates": ["x"], "dt": 0}, ValueError, "dt"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        Target.from_configuration(**arguments)
