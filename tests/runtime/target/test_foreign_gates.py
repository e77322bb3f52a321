"""Gates of an installed Qiskit 2 as operations: fakes of the same shape."""

from __future__ import annotations

import copy
import pickle
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from runtime.pulse import Constant, DriveChannel, Play, Schedule
from runtime.target import CouplingMap, InstructionProperties, Operation, Target
from runtime.target.serialization import dumps, loads


class ForeignParameter:
    """A parameter that knows itself by name and uuid, and refuses to be a number."""

    def __init__(self, name: str, uuid: UUID | None = None) -> None:
        self.name = name
        self.uuid = uuid or uuid4()

    @property
    def parameters(self) -> set[ForeignParameter]:
        """Itself."""
        return {self}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ForeignParameter) and self.uuid == other.uuid

    def __hash__(self) -> int:
        return hash(self.uuid)


class ForeignInstruction:
    """Name, width and a list of parameters, mutable and compared by value."""

    def __init__(self, name: str, num_qubits: int, params: list[Any]) -> None:
        self._name = name
        self._num_qubits = num_qubits
        self._params = params

    name = property(lambda self: self._name)
    num_qubits = property(lambda self: self._num_qubits)
    params = property(lambda self: self._params)


class ForeignRX(ForeignInstruction):
    """A gate with an angle."""

    def __init__(self, theta: Any) -> None:
        super().__init__("rx", 1, [theta])


class ForeignUnitary(ForeignInstruction):
    """A gate whose parameter is a matrix."""

    def __init__(self, matrix: Any) -> None:
        super().__init__("unitary", 1, [np.asarray(matrix)])


class ForeignBarrier(ForeignInstruction):
    """Of any width."""


def a_target() -> Target:
    target = Target(dt=1e-9)
    schedule = Schedule((0, Play(Constant(160, 0.1), DriveChannel(0))), name="sx")
    calibrated = InstructionProperties(160e-9, 1e-4, schedule)
    target.add_instruction(ForeignInstruction("sx", 1, []), {(0,): calibrated, (1,): None})
    target.add_instruction(ForeignRX(ForeignParameter("theta")), {(0,): None, (1,): None})
    target.add_instruction(ForeignRX(0.5), {(0,): None}, name="rx_half")
    target.add_instruction(ForeignInstruction("cx", 2, []), {(0, 1): None})
    target.add_instruction(ForeignUnitary(np.eye(2)), {(1,): None})
    target.add_instruction(ForeignBarrier, name="barrier")
    return target


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ({"operation_name": "rx", "qargs": (1,), "parameters": [0.3]}, True),
        ({"operation_name": "rx", "parameters": [ForeignParameter("any")]}, True),
        ({"operation_name": "rx_half", "parameters": [0.5]}, True),
        ({"operation_name": "rx_half", "parameters": [ForeignParameter("any")]}, False),
        ({"operation_class": ForeignRX, "qargs": (0,), "parameters": [0.5]}, True),
        ({"operation_class": ForeignRX, "qargs": (0, 1)}, False),
        ({"operation_class": ForeignInstruction, "qargs": (0, 1)}, True),
        ({"operation_class": ForeignBarrier, "qargs": (1, 0)}, True),
        ({"operation_class": ForeignBarrier, "qargs": (1, 2)}, False),
        ({"operation_name": "unitary", "parameters": [np.eye(2)]}, True),
        ({"operation_name": "unitary", "parameters": [np.ones((2, 2))]}, False),
        ({"operation_name": "unitary", "parameters": [np.eye(4)]}, False),
    ],
)
def test_they_answer_as_our_own(question: dict[str, Any], answer: bool) -> None:
    assert a_target().instruction_supported(**question) is answer


def test_they_are_operations() -> None:
    target = a_target()
    assert all(isinstance(operation, Operation | type) for operation in target.operations)
    assert target.build_coupling_map() == CouplingMap([(0, 1)])
    assert target.get_non_global_operation_names() == ["rx_half", "unitary"]
    assert target.durations().get(target.operation_from_name("sx"), 0) == 160
    assert target.operation_names_for_qargs((0,)) == {"sx", "rx", "rx_half", "barrier"}


def test_they_are_copied_and_pickled_with_the_target() -> None:
    target = a_target()
    for twin in (copy.deepcopy(target), pickle.loads(pickle.dumps(target))):
        assert str(twin) == str(target)
        assert twin.operation_from_name("barrier") is ForeignBarrier
        assert isinstance(twin.operation_from_name("rx"), ForeignRX)
        assert twin.instruction_supported("rx", (0,), parameters=[0.1])


def test_their_parameters_keep_their_identity_in_a_document() -> None:
    parameter = ForeignParameter("theta")
    target = Target()
    target.add_instruction(ForeignRX(parameter), {(0,): None})
    (restored,) = loads(dumps(target)).operation_from_name("rx").params
    assert (restored.name, restored.uuid) == (parameter.name, parameter.uuid)


def test_a_document_holds_no_matrices() -> None:
    with pytest.raises(Exception, match=r"instructions\[4\]\.operation\.params\[0\]"):
        dumps(a_target())
