"""Parameters of an installed Qiskit, by stand-ins that offer what its objects do and share no class with ours."""

from __future__ import annotations

import uuid
from enum import Enum
from typing import Any

import pytest
import symengine

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Delay,
    DriveChannel,
    Gaussian,
    GaussianSquare,
    MemorySlot,
    Parameter,
    ParameterExpression,
    ParameterVector,
    Play,
    PulseError,
    Schedule,
    SetFrequency,
    ShiftPhase,
    Sin,
)
from runtime.pulse.parameters import own, own_vector


class OpCode(Enum):
    """Names of operations; their text is `OpCode.ADD`."""

    ADD = 1
    MUL = 2
    RSUB = 3
    RDIV = 4
    RPOW = 5
    POW = 6
    SIN = 7
    ABS = 8
    CONJ = 9
    MYSTERY = 10


class Step:
    """One operation; an operand that is None is the latest result."""

    def __init__(self, op: OpCode, lhs: object = None, rhs: object = None) -> None:
        self.op, self.lhs, self.rhs = op, lhs, rhs


class TheirExpression:
    """An expression; `formula` is in symbols named like its parameters, None if sympy is missing."""

    def __init__(self, parameters: set[Any], formula: Any = None, steps: list[Step] | None = None) -> None:
        self.parameters = parameters
        self._formula = formula
        if steps is not None:
            self._qpy_replay = steps

    def sympify(self) -> Any:
        """The formula."""
        if self._formula is None:
            raise ImportError("sympy is missing")
        return self._formula


class TheirParameter(TheirExpression):
    """A parameter: name and identity."""

    def __init__(self, name: str, identity: uuid.UUID | None = None) -> None:
        self.name = name
        self.uuid = identity or uuid.uuid4()
        super().__init__({self}, symengine.Symbol(name))


class TheirElement(TheirParameter):
    """An element of a vector."""

    def __init__(self, vector: TheirVector, index: int, root: int) -> None:
        super().__init__(f"{vector.name}[{index}]", uuid.UUID(int=root + index))
        self.vector, self.index = vector, index


class TheirVector:
    """A vector of parameters."""

    def __init__(self, name: str, length: int) -> None:
        self.name = name
        root = uuid.uuid4().int & ~0xFFFF
        self.params = [TheirElement(self, k, root) for k in range(length)]

    def __len__(self) -> int:
        return len(self.params)

    def __getitem__(self, index: int) -> TheirElement:
        return self.params[index]


X, V = TheirParameter("x"), TheirVector("v", 3)
D0 = DriveChannel(0)


def test_parameters_keep_name_and_identity() -> None:
    ours = own(X)
    assert isinstance(ours, Parameter)
    assert (ours.name, ours.uuid) == ("x", X.uuid)
    assert own(X) == ours
    assert ours == X
    assert ours != TheirParameter("x")
    for value in (1, 2.5, 1j, "x", None, [X], ours, D0):
        assert own(value) is value


def test_elements_belong_to_one_vector() -> None:
    first, last = own(V[0]), own(V[2])
    assert first.vector == last.vector == own_vector(V)
    assert last.index == 2
    assert last == ParameterVector("v", 3, uuid=V[0].uuid)[2]
    empty = own_vector(TheirVector("empty", 0))
    assert empty is not None
    assert (empty.name, len(empty)) == ("empty", 0)
    assert own_vector("v") is None
    assert own_vector(3) is None


def test_expressions_by_their_formula() -> None:
    formula = 2 * symengine.Symbol("x") + symengine.sin(symengine.Symbol("v[1]"))
    ours = own(TheirExpression({X, V[1]}, formula))
    assert ours == 2 * own(X) + own(V[1]).sin()
    assert ours.parameters == {own(X), own(V[1])}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([Step(OpCode.MUL, 2, X), Step(OpCode.SIN, V[1]), Step(OpCode.ADD)], lambda x, v: 2 * x + v.sin()),
        ([Step(OpCode.ADD, 0.1, X), Step(OpCode.RDIV, None, 1)], lambda x, _: 1 / (0.1 + x)),
        ([Step(OpCode.ABS, X), Step(OpCode.RSUB, None, 2)], lambda x, _: 2 - abs(x)),
        ([Step(OpCode.RPOW, X, 2)], lambda x, _: 2**x),
        ([Step(OpCode.CONJ, X), Step(OpCode.POW, None, 2)], lambda x, _: x.conjugate() ** 2),
        ([Step(OpCode.ADD, X, 0)], lambda x, _: x),
    ],
)
def test_expressions_by_their_operations(steps: list[Step], expected: Any) -> None:
    assert own(TheirExpression({X, V[1]}, None, steps)) == expected(own(X), own(V[1]))


def test_bound_expressions_stay_expressions() -> None:
    bound = own(TheirExpression(set(), None, [Step(OpCode.ADD, 3, 0)]))
    assert isinstance(bound, ParameterExpression)
    assert bound == 3


def test_expressions_that_cannot_be_read() -> None:
    with pytest.raises(PulseError, match="Install sympy"):
        own(TheirExpression({X}))
    with pytest.raises(PulseError, match="MYSTERY"):
        own(TheirExpression({X}, None, [Step(OpCode.MYSTERY, X)]))


DOUBLE: Any = TheirExpression({X}, 2 * symengine.Symbol("x"))


def test_they_stand_wherever_ours_do() -> None:
    x: Any = X
    program = Schedule(
        Play(Gaussian(16, x, 4), D0),
        (16, Play(GaussianSquare(16, 0.1, DOUBLE, risefall_sigma_ratio=x), D0)),
        (32, Play(Sin(16, x, DOUBLE), D0)),
        (48, ShiftPhase(DOUBLE, D0)),
        (48, SetFrequency(x, DriveChannel(V[2]))),  # type: ignore[arg-type]  # what is tested
    )
    assert program.parameters == {own(X), own(V[2])}
    plain = Schedule(
        Play(Gaussian(16, 0.5, 4), D0),
        (16, Play(GaussianSquare(16, 0.1, 1, risefall_sigma_ratio=0.5), D0)),
        (32, Play(Sin(16, 0.5, 1), D0)),
        (48, ShiftPhase(1, D0)),
        (48, SetFrequency(0.5, DriveChannel(7))),
    )
    keys: list[dict[Any, Any]] = [{X: 0.5, V: [5, 6, 7]}, {"x": 0.5, "v": [5, 6, 7]}, {own(X): 0.5, own(V[2]): 7}]
    for values in keys:
        assert program.assign_parameters(values, inplace=False) == plain
    other = TheirParameter("y")
    assert program.assign_parameters({x: other}, inplace=False).parameters == {own(other), own(V[2])}


def test_durations() -> None:
    x: Any = X
    for instruction in (Delay(x, D0), Acquire(x, AcquireChannel(0), MemorySlot(0))):
        assert instruction.parameters == {own(X)}
        assert instruction.assigned({own(X): 10}).duration == 10


def test_arithmetic_with_ours_first() -> None:
    y = Parameter("y")
    assert y + DOUBLE == y + 2 * own(X)
    assert (y * 2).assign(y, X) == 2 * own(X)  # type: ignore[arg-type]  # what is tested
    assert (own(X) + y).bind({X: 1, y: 2}) == 3  # type: ignore[dict-item]  # what is tested
