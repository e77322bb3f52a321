"""Adding instructions, and asking which there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from runtime.pulse import Parameter
from runtime.target import (
    STANDARD_GATES,
    Gate,
    InstructionProperties,
    Operation,
    Target,
    TranspilerError,
    standard_gate,
)


class Barrier:
    """An operation of any width, given as a class."""


@dataclass
class ForeignGate:
    """A gate as another library makes it."""

    name: str
    num_qubits: int
    params: list[Any]


def test_standard_gates_have_their_width_and_open_parameters() -> None:
    for name, (width, parameters) in STANDARD_GATES.items():
        gate = standard_gate(name)
        assert isinstance(gate, Operation)
        assert (gate.name, gate.num_qubits, [p.name for p in gate.params]) == (name, width, list(parameters))
        assert standard_gate(name) is gate
    with pytest.raises(KeyError):
        standard_gate("cnot")


def test_a_name_is_taken_once(device: Target) -> None:
    with pytest.raises(AttributeError, match="'x'"):
        device.add_instruction(standard_gate("x"), {(1,): None})
    device.add_instruction(standard_gate("x"), {(1,): None}, name="x_slow")
    assert device.operation_from_name("x_slow") is standard_gate("x")


@pytest.mark.parametrize("qargs", [(0,), (0, 1, 2), (0, 0), (0, -1), (0, True), (0.0, 1), (), 3, "01"], ids=repr)
def test_qubits_must_fit_the_operation(qargs: Any) -> None:
    target = Target(num_qubits=1)
    with pytest.raises(TranspilerError, match="'cx'"):
        target.add_instruction(standard_gate("cx"), {qargs: None})
    assert (len(target), target.num_qubits) == (0, 1)


def test_measure_may_be_calibrated_on_a_group() -> None:
    target = Target()
    target.add_instruction(standard_gate("measure"), {(0,): None, (1,): None, (0, 1): None})
    assert target.instruction_supported("measure", (0, 1))
    assert not target.instruction_supported("measure", (1, 0))


def test_properties_must_be_properties(device: Target) -> None:
    with pytest.raises(TranspilerError, match="InstructionProperties"):
        device.add_instruction(standard_gate("h"), {(0,): 1e-9})  # type: ignore[dict-item]  # on purpose
    with pytest.raises(TranspilerError, match="InstructionProperties"):
        device.update_instruction_properties("x", (0,), 1e-9)  # type: ignore[arg-type]  # on purpose


def test_a_class_needs_a_name_and_no_properties() -> None:
    target = Target(num_qubits=3)
    with pytest.raises(TranspilerError, match="Barrier"):
        target.add_instruction(Barrier)
    with pytest.raises(TranspilerError, match="Barrier"):
        target.add_instruction(Barrier, {(0,): None}, name="barrier")
    target.add_instruction(Barrier, name="barrier")
    assert target.operation_from_name("barrier") is Barrier
    assert target.instruction_supported("barrier", (0, 2))
    assert target.instruction_supported(operation_class=Barrier, qargs=(0, 1, 2))
    assert target.instruction_supported("barrier", parameters=[1, 2])
    assert not target.instruction_supported("barrier", (0, 0))
    assert not target.instruction_supported("barrier", (0, 3))
    assert target.operation_names_for_qargs((2, 0)) == {"barrier"}


def test_properties_are_replaced_only_where_they_are(device: Target) -> None:
    better = InstructionProperties(1e-8)
    device.update_instruction_properties("x", (1,), better)
    assert device["x"][1,] is better
    for name, qargs in (("h", (0,)), ("x", (5,))):
        with pytest.raises(KeyError, match=name):
            device.update_instruction_properties(name, qargs, better)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ({}, False),
        ({"operation_name": "x"}, True),
        ({"operation_name": "h"}, False),
        ({"operation_name": "x", "qargs": (1,)}, True),
        ({"operation_name": "x", "qargs": [1]}, True),
        ({"operation_name": "x", "qargs": 1}, True),
        ({"operation_name": "x", "qargs": (2,)}, False),
        ({"operation_name": "cx", "qargs": (1, 0)}, True),
        ({"operation_name": "u2", "qargs": (1,)}, False),
        ({"operation_name": "rz", "qargs": (1,)}, True),
        ({"operation_name": "rz", "qargs": (2,)}, False),
        ({"operation_name": "rz", "qargs": (0, 1)}, False),
        ({"operation_name": "rz", "parameters": [0.3]}, True),
        ({"operation_name": "rz", "parameters": [Parameter("any")]}, True),
        ({"operation_name": "rz", "parameters": [0.3, 0.4]}, False),
        ({"operation_name": "rz", "parameters": []}, False),
        ({"operation_name": "rx_half", "parameters": [0.5]}, True),
        ({"operation_name": "rx_half", "parameters": [0.4]}, False),
        ({"operation_name": "rx_half", "parameters": [Parameter("any")]}, False),
        ({"operation_name": "rx_half", "qargs": (0,), "parameters": [0.5]}, False),
        ({"operation_class": Gate}, True),
        ({"operation_class": Gate, "qargs": (0, 1)}, True),
        ({"operation_class": Gate, "qargs": (0, 1), "parameters": [0.5]}, False),
        ({"operation_class": Barrier}, False),
        ({"operation_class": Barrier, "operation_name": "x"}, False),
    ],
    ids=str,
)
def test_whether_an_instruction_is_supported(device: Target, question: dict[str, Any], answer: bool) -> None:
    assert device.instruction_supported(**question) is answer


def test_a_device_of_unknown_size_checks_no_qubits() -> None:
    target = Target(num_qubits=None)
    target.add_instruction(standard_gate("rz"))
    assert target.instruction_supported("rz", (1000, 1001))


def test_any_object_with_name_width_and_parameters_is_an_operation() -> None:
    target = Target()
    target.add_instruction(ForeignGate("rzx", 2, [0.785]), {(0, 1): None}, name="rzx_45")
    assert target.instruction_supported(operation_class=ForeignGate, parameters=[0.785])
    assert not target.instruction_supported(operation_class=ForeignGate, parameters=[0.5])


def test_operations_are_listed_in_order(device: Target) -> None:
    assert device.operation_names == ["x", "u2", "cx", "rx_half", "rz"]
    assert [operation.name for operation in device.operations] == ["x", "u2", "cx", "rx", "rz"]
    assert [(operation.name, qargs) for operation, qargs in device.instructions][-3:] == [
        ("cx", (1, 0)),
        ("rx", (1,)),
        ("rz", None),
    ]


def test_properties_are_found_by_the_index_of_their_instruction(device: Target) -> None:
    for index, (operation, qargs) in enumerate(device.instructions):
        name = "rx_half" if operation.name == "rx" else operation.name
        assert device.instruction_properties(index) is device[name][qargs]
    assert device.instruction_properties(-1) is None
    for index in (len(device.instructions), -len(device.instructions) - 1):
        with pytest.raises(IndexError, match="no such instruction"):
            device.instruction_properties(index)
    with pytest.raises(IndexError):
        Target().instruction_properties(0)


def test_qubits_of_operations(device: Target) -> None:
    assert device.qargs == {(0,), (1,), (0, 1), (1, 0)}
    assert device.qargs_for_operation_name("cx") == [(0, 1), (1, 0)]
    assert device.qargs_for_operation_name("rz") is None
    with pytest.raises(KeyError, match="'h'"):
        device.qargs_for_operation_name("h")
    assert Target().qargs == set()
    only_global = Target()
    only_global.add_instruction(standard_gate("rz"))
    assert only_global.qargs is None


def test_operations_of_qubits(device: Target) -> None:
    assert device.operation_names_for_qargs((0,)) == {"x", "u2", "rz"}
    assert device.operation_names_for_qargs(1) == {"x", "rx_half", "rz"}
    assert device.operation_names_for_qargs((1, 0)) == {"cx"}
    assert device.operation_names_for_qargs(None) == {"rz"}
    assert [operation.name for operation in device.operations_for_qargs((0,))] == ["x", "u2", "rz"]
    for qargs in ((2,), (0, 2), ()):
        with pytest.raises(KeyError, match="no operations"):
            device.operation_names_for_qargs(qargs)
    with pytest.raises(KeyError, match="'h'"):
        device.operation_from_name("h")


@pytest.mark.parametrize(
    ("operation", "fix"), [("x", r"standard_gate\('x'\)"), (3, "num_qubits"), (None, "params")]
)
def test_what_is_no_operation_is_refused(device: Target, operation: Any, fix: str) -> None:
    with pytest.raises(TranspilerError, match=fix):
        device.add_instruction(operation, {(0,): None})
