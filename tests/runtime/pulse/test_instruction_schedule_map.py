"""InstructionScheduleMap: looking up, binding, errors, equality."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    Constant,
    Delay,
    DriveChannel,
    InstructionScheduleMap,
    Parameter,
    Play,
    PulseError,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
)
from runtime.pulse.calibration_entries import CalibrationPublisher, ScheduleDef
from runtime.target import Gate

D0 = DriveChannel(0)
X = Schedule(Play(Constant(10, 0.1), D0), name="x")
AMP, PHASE = Parameter("amp"), Parameter("phase")
RX = Schedule((0, ShiftPhase(PHASE, D0)), (0, Play(Constant(10, AMP), D0)), name="rx")


def rabi(amp: float, duration: int = 10) -> Schedule:
    """A flat pulse."""
    return Schedule(Play(Constant(duration, amp), D0), name="rabi")


def filled() -> InstructionScheduleMap:
    """Entries of every kind."""
    calibrations = InstructionScheduleMap()
    calibrations.add("x", 0, X)
    calibrations.add("x", (1,), Schedule(Delay(3, DriveChannel(1))))
    calibrations.add("cx", (1, 0), Schedule(Delay(4, D0)))
    calibrations.add("cx", [0, 1], Schedule(Delay(5, D0)))
    calibrations.add(Gate("rx", 1), 0, RX)
    calibrations.add("rabi", 0, rabi)
    return calibrations


def test_what_is_in_it() -> None:
    calibrations = filled()
    assert calibrations.instructions == ["x", "cx", "rx", "rabi"]
    assert calibrations.qubits_with_instruction("x") == [0, 1]
    assert calibrations.qubits_with_instruction("cx") == [(0, 1), (1, 0)]
    assert calibrations.qubits_with_instruction("unknown") == []
    assert calibrations.qubit_instructions(0) == ["x", "rx", "rabi"]
    assert calibrations.qubit_instructions([1]) == ["x"]
    assert calibrations.qubit_instructions((1, 0)) == ["cx"]
    assert calibrations.qubit_instructions(7) == []


def test_keys_are_names_or_named_objects_and_ordered_qubits() -> None:
    calibrations = filled()
    assert calibrations.has(Gate("x", 1), 0)
    assert calibrations.has("cx", range(2))
    assert not calibrations.has("x", (0, 1))
    assert calibrations.get("cx", (0, 1)) != calibrations.get("cx", (1, 0))
    assert calibrations.get(Gate("rx", 1), [0]) == RX


def test_binding() -> None:
    calibrations = filled()
    assert calibrations.get_parameters("rx", 0) == ("amp", "phase")
    expected = Schedule((0, ShiftPhase(0.5, D0)), (0, Play(Constant(10, 0.2), D0)))
    assert calibrations.get("rx", 0, 0.2, 0.5) == expected
    assert calibrations.get("rx", 0, 0.2, phase=0.5) == expected
    assert calibrations.get("rx", 0, 0.2).parameters == {PHASE}
    assert calibrations.get("rx", 0).parameters == {AMP, PHASE}


def test_the_order_of_arguments_may_be_given_by_any_iterable() -> None:
    calibrations = filled()
    calibrations.add("rx", 1, RX, arguments={"phase": 1, "amp": 2}.keys())
    assert calibrations.get_parameters("rx", 1) == ("phase", "amp")
    assert calibrations.get("rx", 1, 0.5, 0.2) == calibrations.get("rx", 0, 0.2, 0.5)
    assert pickle.loads(pickle.dumps(calibrations)) == calibrations
    with pytest.raises(PulseError, match="not the program's parameters"):
        calibrations.add("rx", 2, RX, arguments=["phase"])


def test_functions() -> None:
    calibrations = filled()
    assert calibrations.get_parameters("rabi", 0) == ("amp", "duration")
    assert calibrations.get("rabi", 0, 0.3) == rabi(0.3)
    assert calibrations.get("rabi", 0, duration=20, amp=0.3) == rabi(0.3, 20)
    with pytest.raises(PulseError, match="amp"):
        calibrations.get("rabi", 0)
    calibrations.add("half", 0, partial(rabi, 0.5))
    assert calibrations.get("half", 0, 30) == rabi(0.5, 30)


def test_arguments_of_a_function_are_ignored_with_a_warning() -> None:
    calibrations = filled()
    with pytest.warns(UserWarning, match="ignored"):
        calibrations.add("rabi", 1, rabi, arguments=["duration", "amp"])
    assert calibrations.get_parameters("rabi", 1) == ("amp", "duration")


def test_blocks_are_programs_too() -> None:
    block = ScheduleBlock(name="b")
    block.append(Delay(Parameter("d"), D0))
    calibrations = filled()
    calibrations.add("wait", 0, block)
    out = calibrations.get("wait", 0, 7)
    assert isinstance(out, ScheduleBlock)
    assert list(out.blocks) == [Delay(7, D0)]


def test_publisher_and_custom_gates() -> None:
    calibrations = InstructionScheduleMap()
    assert not calibrations.has_custom_gate()
    provided = ScheduleDef()
    provided.define(X, user_provided=False)
    calibrations.add("x", 0, provided)
    assert not calibrations.has_custom_gate()
    assert calibrations.get("x", 0).metadata["publisher"] is CalibrationPublisher.BACKEND_PROVIDER
    calibrations.add("y", 0, X)
    assert calibrations.has_custom_gate()
    assert calibrations.get("y", 0).metadata["publisher"] is CalibrationPublisher.QISKIT
    assert X.metadata == {}


UNKNOWN: list[Callable[[InstructionScheduleMap, str, int], object]] = [
    lambda calibrations, name, qubit: calibrations.get(name, qubit),
    lambda calibrations, name, qubit: calibrations.pop(name, qubit),
    lambda calibrations, name, qubit: calibrations.remove(name, qubit),
    lambda calibrations, name, qubit: calibrations.assert_has(name, qubit),
    lambda calibrations, name, qubit: calibrations.get_parameters(name, qubit),
    lambda calibrations, name, qubit: calibrations.entry(name, qubit),
]


@pytest.mark.parametrize("call", UNKNOWN)
def test_unknown_names_and_unknown_qubits_have_texts_of_their_own(
    call: Callable[[InstructionScheduleMap, str, int], object],
) -> None:
    with pytest.raises(PulseError, match="'y' is not defined"):
        call(filled(), "y", 0)
    with pytest.raises(PulseError, match=r"only defined for qubits \[0, 1\]"):
        call(filled(), "x", 5)


@pytest.mark.parametrize(
    ("name", "qubits", "program", "text"),
    [
        ("x", (), X, "at least one qubit"),
        ("x", 0, 3, "ScheduleBlock"),
        ("x", 0, None, "ScheduleBlock"),
        ("x", 0, Delay(1, D0), "ScheduleBlock"),
        (3, 0, X, "name"),
        ("x", "0", X, "qubits are numbers"),
        ("x", (0, 1.5), X, "qubits are numbers"),
        ("x", -1, X, "qubits are numbers"),
        ("x", True, X, "qubits are numbers"),
        ("x", 0, dict, "tell its arguments"),
    ],
)
def test_bad_entries(name: str, qubits: Any, program: Any, text: str) -> None:
    calibrations = filled()
    with pytest.raises(PulseError, match=text):
        calibrations.add(name, qubits, program)
    assert calibrations == filled()


def test_numpy_integers_are_qubits() -> None:
    calibrations = filled()
    assert calibrations.get("x", np.int64(0)) == calibrations.get("x", 0)  # type: ignore[arg-type]  # numpy's
    calibrations.add("y", np.arange(2), X)  # type: ignore[arg-type]  # numpy's
    assert calibrations.qubits_with_instruction("y") == [(0, 1)]


def test_remove_and_pop() -> None:
    calibrations = filled()
    calibrations.remove("x", 0)
    assert calibrations.qubits_with_instruction("x") == [1]
    assert calibrations.pop("x", 1) == Schedule(Delay(3, DriveChannel(1)))
    assert calibrations.instructions == ["cx", "rx", "rabi"]
    assert calibrations.pop("rabi", 0, amp=0.3) == rabi(0.3)
    with pytest.raises(PulseError):
        calibrations.pop("rx", 0, 1, 2, 3)
    assert calibrations.has("rx", 0)


def test_adding_again_replaces() -> None:
    calibrations = filled()
    calibrations.add("x", 0, Schedule(Delay(1, D0)))
    assert calibrations.get("x", 0) == Schedule(Delay(1, D0))


def test_equality_looks_both_ways() -> None:
    more = filled()
    more.add("y", 0, X)
    assert filled() == filled()
    assert filled() != more
    assert more != filled()
    assert filled() != 3
    other = filled()
    other.add("x", 0, Schedule(Delay(1, D0)))
    assert other != filled()


def test_copies_and_pickles_are_equal_and_independent() -> None:
    calibrations = filled()
    copied = copy.deepcopy(calibrations)
    assert copied == calibrations
    assert pickle.loads(pickle.dumps(calibrations)) == calibrations
    copied.remove("x", 0)
    assert calibrations.has("x", 0)


def test_text() -> None:
    text = str(filled())
    assert text.splitlines() == [
        "<InstructionScheduleMap(1Q instructions:",
        "  q0: {'x', 'rx', 'rabi'}",
        "  q1: {'x'}",
        "Multi qubit instructions:",
        "  (0, 1): {'cx'}",
        "  (1, 0): {'cx'}",
        ")>",
    ]


@given(st.dictionaries(st.tuples(st.sampled_from("xyz"), st.integers(0, 3)), st.integers(1, 9)))
def test_it_behaves_like_a_dictionary(wanted: dict[tuple[str, int], int]) -> None:
    calibrations = InstructionScheduleMap()
    for (name, qubit), duration in wanted.items():
        calibrations.add(name, qubit, Schedule(Delay(duration, D0)))
    assert set(calibrations.instructions) == {name for name, _ in wanted}
    for name in "xyz":
        assert calibrations.qubits_with_instruction(name) == sorted(q for n, q in wanted if n == name)
    for (name, qubit), duration in wanted.items():
        assert calibrations.get(name, qubit).duration == duration
        calibrations.remove(name, qubit)
    assert calibrations == InstructionScheduleMap()
