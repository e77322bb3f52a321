"""What the instructions say of the qubits: coupling maps and operations that are not everywhere."""

from __future__ import annotations

import logging

import pytest

from runtime.target import CouplingMap, Gate, Target, standard_gate


class Anything:
    """An operation of any width."""


def a_target(num_qubits: int | None = 0, /, **places: list[tuple[int, ...]] | None) -> Target:
    """A Target of standard gates on the given qubits; None: global."""
    target = Target(num_qubits=num_qubits)
    for name, groups in places.items():
        target.add_instruction(standard_gate(name), None if groups is None else dict.fromkeys(groups))
    return target


def test_pairs_of_all_two_qubit_operations_are_joined() -> None:
    target = a_target(x=[(0,), (1,), (2,)], cx=[(0, 1)], ecr=[(2, 1)])
    assert target.build_coupling_map() == CouplingMap([(0, 1), (2, 1)])
    assert target.build_coupling_map("ecr") == CouplingMap([(2, 1)], qubits=range(3))


def test_idle_qubits_may_be_left_out() -> None:
    target = a_target(5, cx=[(1, 3)], x=[(4,)])
    found = target.build_coupling_map()
    assert found is not None
    assert found.physical_qubits == [0, 1, 2, 3, 4]
    filtered = target.build_coupling_map(filter_idle_qubits=True)
    assert filtered is not None
    assert filtered.physical_qubits == [1, 3, 4]
    assert filtered.get_edges() == [(1, 3)]


@pytest.mark.parametrize(
    "target",
    [
        a_target(3, cx=None),
        a_target(3, rz=None),
        a_target(cx=None, ecr=[(0, 1)]),
        a_target(x=[(0,), (1,)], rz=None),
        a_target(None, u=None),
    ],
    ids=["cx everywhere", "only global", "one global pair gate", "no pairs beside global", "unknown size"],
)
def test_nothing_restricts_pairs(target: Target) -> None:
    assert target.build_coupling_map() is None


def test_without_global_operations_no_pairs_means_no_edges() -> None:
    assert a_target(x=[(0,), (1,)]).build_coupling_map() == CouplingMap(qubits=range(2))
    assert Target(num_qubits=2).build_coupling_map() == CouplingMap(qubits=range(2))
    beside = a_target(rz=None, cx=[(0, 1)])
    assert beside.build_coupling_map() == CouplingMap([(0, 1)])


def test_a_joint_measurement_joins_no_qubits() -> None:
    target = a_target(measure=[(0,), (1,), (0, 1)], cx=[(1, 0)])
    assert target.build_coupling_map() == CouplingMap([(1, 0)])
    assert target.get_non_global_operation_names(strict_direction=True) == []


def test_wider_operations_are_noted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    target = a_target(ccx=[(0, 1, 2)], cx=[(0, 1)])
    with caplog.at_level(logging.WARNING):
        assert target.build_coupling_map() == CouplingMap([(0, 1)], qubits=range(3))
    assert "ccx" in caplog.text


def test_one_gate_must_exist_and_act_on_pairs() -> None:
    target = a_target(x=[(0,)], cx=[(0, 1)], rz=None, ecr=None)
    assert target.build_coupling_map("ecr") is None
    with pytest.raises(KeyError, match="'cz'"):
        target.build_coupling_map("cz")
    for name in ("x", "rz"):
        with pytest.raises(ValueError, match=f"'{name}'"):
            target.build_coupling_map(name)


@pytest.mark.parametrize(
    ("places", "loose", "strict"),
    [
        ({"x": [(0,), (1,)], "rz": None}, [], []),
        ({"x": [(0,), (1,)], "sx": [(0,)]}, ["sx"], ["sx"]),
        ({"x": [(0,), (1,)], "cx": [(0, 1)], "ecr": [(0, 1)]}, [], []),
        ({"x": [(0,), (1,)], "cx": [(0, 1)], "ecr": [(1, 0)]}, [], ["cx", "ecr"]),
        ({"x": [(0,), (1,)], "cx": [(0, 1), (1, 0)], "ecr": [(1, 0)]}, [], ["ecr"]),
        ({"x": [(0,), (1,), (2,)], "cx": [(0, 1)], "ecr": [(1, 2)]}, ["cx", "ecr"], ["cx", "ecr"]),
        ({"cx": [(0, 1)], "ccx": [(0, 1, 2)]}, [], []),
    ],
    ids=str,
)
def test_operations_that_lack_what_others_have(
    places: dict[str, list[tuple[int, ...]] | None], loose: list[str], strict: list[str]
) -> None:
    target = a_target(0, **places)
    assert target.get_non_global_operation_names() == loose
    assert target.get_non_global_operation_names(strict_direction=True) == strict


def test_single_qubit_operations_are_held_against_the_whole_device() -> None:
    assert a_target(3, x=[(0,), (1,)]).get_non_global_operation_names() == ["x"]


def test_classes_are_everywhere() -> None:
    target = a_target(x=[(0,)], cx=[(0, 1)])
    target.add_instruction(Anything, name="anything")
    assert target.get_non_global_operation_names() == ["x"]
    assert target.build_coupling_map() == CouplingMap([(0, 1)])


def test_an_operation_without_qubits_is_global() -> None:
    target = a_target(1, x=[(0,)], global_phase=None)
    target.add_instruction(Gate("shift", 0), {(): None})
    assert target.instruction_supported("global_phase", ())
    assert target.instruction_supported("shift", ())
    assert target.operation_names_for_qargs((0,)) == {"x"}
