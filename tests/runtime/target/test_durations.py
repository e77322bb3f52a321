"""Durations of instructions in seconds and samples."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import Parameter
from runtime.target import Gate, InstructionDurations, InvalidTarget, Target, TranspilerError, standard_gate

DT = 0.2222222222222222e-9


@dataclass
class Delay:
    """A delay as Qiskit makes it."""

    duration: Any
    unit: str = "dt"
    name: str = "delay"


def test_a_target_tells_its_durations(device: Target) -> None:
    durations = device.durations()
    assert durations.dt == device.dt
    assert durations.get("x", 0, "s") == 35.5e-9
    assert durations.get("cx", [0, 1], "s") == 3e-7
    assert durations.get(standard_gate("cx"), (0, 1), "ns") == pytest.approx(300)
    for name, qubits in (("cx", (1, 0)), ("x", (1,)), ("rz", (0,)), ("h", (0,))):
        with pytest.raises(TranspilerError, match=name):
            durations.get(name, qubits)


@given(samples=st.integers(0, 10**7))
def test_whole_samples_survive_the_way_through_seconds(samples: int) -> None:
    durations = InstructionDurations([("x", 0, samples)], dt=DT)
    seconds = durations.get("x", 0, "s")
    assert seconds == pytest.approx(samples * 2 / 9e9, rel=1e-15)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert InstructionDurations([("x", 0, seconds, "s")], dt=DT).get("x", 0) == samples


def test_a_duration_off_the_grid_is_rounded_with_a_warning() -> None:
    durations = InstructionDurations([("x", 0, 35.5e-9, "s")], dt=DT)
    with pytest.warns(UserWarning, match="159.75"):
        assert durations.get("x", 0) == 160


def test_details_go_before_generalities() -> None:
    durations = InstructionDurations([("rx", None, 100), ("rx", 0, 200), ("rx", (0,), 300, [0.5])])
    assert durations.get("rx", 1) == 100
    assert durations.get("rx", 0) == 200
    assert durations.get("rx", 0, parameters=[0.5]) == 300
    assert durations.get("rx", 0, parameters=[0.25]) == 200
    assert durations.get(Gate("rx", 1, (0.5,)), 0) == 300
    assert durations.get(standard_gate("rx"), 0) == 200


def test_units() -> None:
    durations = InstructionDurations([("x", 0, 2, "us"), ("y", 0, 3, [1.0], "ns"), ("z", 0, 5)], dt=1e-9)
    assert durations.units_used() == {"us", "ns", "dt"}
    assert durations.get("x", 0) == 2000
    assert durations.get("x", 0, "ms") == pytest.approx(0.002)
    assert durations.get("y", 0, "ps", parameters=[1.0]) == 3000
    assert durations.get("z", 0, "s") == 5e-9
    with pytest.raises(TranspilerError, match="fortnight"):
        durations.get("x", 0, "fortnight")  # type: ignore[arg-type]  # on purpose


def test_without_dt_samples_and_seconds_stay_apart() -> None:
    durations = InstructionDurations([("x", 0, 160), ("y", 0, 1e-7, "s")])
    assert durations.get("x", 0) == 160
    assert durations.get("y", 0, "ns") == pytest.approx(100)
    for name, unit in (("x", "s"), ("y", "dt")):
        with pytest.raises(TranspilerError, match="Give dt"):
            durations.get(name, 0, unit)  # type: ignore[arg-type]  # a loop over literals


def test_delays_bring_their_own_and_barriers_take_none() -> None:
    durations = InstructionDurations(dt=1e-9)
    assert durations.get(Delay(100), 0) == 100
    assert durations.get(Delay(1.5, "us"), 0) == 1500
    assert durations.get("barrier", (0, 1)) == 0
    with pytest.raises(TranspilerError, match="open"):
        durations.get(Delay(Parameter("t")), 0, "s")


def test_later_durations_replace_earlier_ones() -> None:
    durations = InstructionDurations([("x", 0, 160)])
    assert durations.update([("x", 0, 320)], dt=1e-9) is durations
    assert durations.get("x", 0, "s") == 320e-9
    more = InstructionDurations([("y", 1, 8)], dt=1e-9)
    assert durations.update(more).get("y", 1) == 8
    with pytest.raises(InvalidTarget, match="sample periods differ"):
        durations.update(InstructionDurations(dt=2e-9))
    assert durations.dt == 1e-9
    assert str(durations) == "x on (0,): 320 dt\ny on (1,): 8 dt"


@pytest.mark.parametrize(
    "entry",
    [
        ("x", 0),
        (1, 0, 100),
        ("x", 0, -1),
        ("x", 0, float("nan")),
        ("x", 0, "100"),
        ("x", -1, 100),
        ("x", (0, 0), 100),
        ("x", 0, 100, "fortnight"),
        ("x", 0, 100, [1], [2]),
    ],
    ids=repr,
)
def test_what_is_no_duration_is_refused(entry: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidTarget, match=r"instruction_durations\[1\]"):
        InstructionDurations([("y", 0, 1), entry])
    with pytest.raises(InvalidTarget, match="dt"):
        InstructionDurations(dt=0)
