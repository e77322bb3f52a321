"""A Target's own facts: construction, clock, channels, calibrations, text."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from runtime.pulse import AcquireChannel, ControlChannel, DriveChannel, MeasureChannel, PulseError
from runtime.target import (
    InstructionProperties,
    InvalidTarget,
    QubitProperties,
    Target,
    TimingConstraints,
    TranspilerError,
    standard_gate,
)
from tests.runtime.target.conftest import x_schedule


def test_the_clock_is_exact(device: Target) -> None:
    assert device.dt == 0.2222222222222222e-9
    assert device.dt_exact == Fraction(2, 9 * 10**9)
    assert device.timing_constraints() == TimingConstraints(16, 64, 8, 4)
    grids = (device.granularity, device.min_length, device.pulse_alignment, device.acquire_alignment)
    assert grids == (16, 64, 8, 4)


def test_without_dt_there_is_no_exact_one() -> None:
    assert Target().dt is None
    with pytest.raises(KeyError, match="no dt"):
        _ = Target().dt_exact


def test_qubit_properties_alone_set_the_number_of_qubits() -> None:
    assert Target(qubit_properties=[None, QubitProperties()]).num_qubits == 2
    with pytest.raises(ValueError, match="qubit_properties"):
        Target(num_qubits=3, qubit_properties=[None, None])


def test_instructions_raise_the_number_of_qubits() -> None:
    target = Target(num_qubits=1)
    target.add_instruction(standard_gate("cx"), {(0, 4): None})
    assert target.num_qubits == 5
    assert target.physical_qubits == [0, 1, 2, 3, 4]
    unknown = Target(num_qubits=None)
    unknown.add_instruction(standard_gate("rz"))
    assert unknown.num_qubits is None


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ({"dt": float("nan")}, ["dt"]),
        ({"dt": -1e-9}, ["dt"]),
        ({"dt": 0}, ["dt"]),
        ({"dt": True}, ["dt"]),
        ({"dt": "1e-9"}, ["dt"]),
        ({"num_qubits": -1}, ["num_qubits"]),
        ({"num_qubits": True}, ["num_qubits"]),
        ({"num_qubits": 2.0}, ["num_qubits"]),
        ({"granularity": 0, "acquire_alignment": 1.5}, ["granularity", "acquire_alignment"]),
        ({"num_qubits": 2, "meas_map": [[0, 1], [2]]}, ["meas_map[1]"]),
        ({"meas_map": [[0, 0]]}, ["meas_map[0]"]),
        ({"meas_map": [0, 1]}, ["meas_map[0]", "meas_map[1]"]),
        ({"meas_map": [[]]}, ["meas_map[0]"]),
        ({"concurrent_measurements": [[0, True]]}, ["concurrent_measurements[0]"]),
        ({"channel_frequencies": {DriveChannel(0): float("inf")}}, ["channel_frequencies[DriveChannel(0)]"]),
        ({"channel_frequencies": {AcquireChannel(0): 7e9}}, ["channel_frequencies"]),
        ({"channel_frequencies": {"d0": 7e9}}, ["channel_frequencies"]),
        ({"control_channels": {(0, 0): [ControlChannel(0)]}}, ["control_channels"]),
        ({"control_channels": {(0, 1): [DriveChannel(0)]}}, ["control_channels[(0, 1)]"]),
        ({"dt": 0, "min_length": 0, "meas_map": [[-1]]}, ["dt", "min_length", "meas_map[0]"]),
    ],
)
def test_wrong_arguments_are_refused_all_at_once(arguments: dict[str, Any], places: list[str]) -> None:
    with pytest.raises(InvalidTarget) as caught:
        Target(**arguments)
    assert [problem.where for problem in caught.value.problems] == places
    assert isinstance(caught.value, ValueError | TranspilerError)
    assert all(place in str(caught.value) for place in places)


def test_channels_are_given_by_qubits(device: Target) -> None:
    assert device.drive(1) == DriveChannel(1)
    assert device.measure(1) == MeasureChannel(1)
    assert device.acquire(0) == AcquireChannel(0)
    assert device.control((0, 1)) == [ControlChannel(0)]
    assert device.control([1, 0]) == [ControlChannel(1), ControlChannel(3)]
    assert device.meas_map == [[0, 1]]
    assert device.channel_frequencies[ControlChannel(0)] == 5.0e9


@pytest.mark.parametrize("qubit", [2, -1, True, 0.5])
def test_a_qubit_that_is_not_there_has_no_channels(device: Target, qubit: Any) -> None:
    for accessor in (device.drive, device.measure, device.acquire):
        with pytest.raises(KeyError, match="no such qubit"):
            accessor(qubit)
    with pytest.raises(KeyError, match="no control channel"):
        device.control((0, qubit))


def test_frequencies_are_read_only(device: Target) -> None:
    with pytest.raises(TypeError):
        device.channel_frequencies[DriveChannel(1)] = 1e9  # type: ignore[index]  # on purpose


def test_a_calibration_comes_back_as_a_copy(device: Target) -> None:
    schedule = device.get_calibration("x", (0,))
    assert schedule == x_schedule(0)
    assert device.get_calibration("x", 0) == schedule
    assert device.get_calibration("x", [0]) is not schedule
    schedule.metadata["note"] = "mine"
    assert "note" not in device.get_calibration("x", (0,)).metadata
    assert device.has_calibration("x", (0,))
    assert not device.has_calibration("x", (1,))
    assert not device.has_calibration("x", (7,))
    assert not device.has_calibration("h", (0,))


@pytest.mark.parametrize(("name", "qargs"), [("x", (1,)), ("x", (7,)), ("h", (0,)), ("rz", (0,))])
def test_a_missing_calibration_says_so(device: Target, name: str, qargs: tuple[int, ...]) -> None:
    with pytest.raises(KeyError, match=r"is not defined\.$"):
        device.get_calibration(name, qargs)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((0.5, 0.25), {}),
        ((), {"P0": 0.5, "P1": 0.25}),
        ((), {"phi": 0.5, "lam": 0.25}),
        ((0.5,), {"lam": 0.25}),
        ((), {"phi": 0.5, "P1": 0.25}),
    ],
)
def test_parameters_bind_in_the_order_of_the_file_and_by_either_name(
    device: Target, args: tuple[float, ...], kwargs: dict[str, float]
) -> None:
    schedule = device.get_calibration("u2", (0,), *args, **kwargs)
    assert [instruction.operands[0] for _, instruction in schedule.instructions] == [-0.25, -0.5]


def test_parameters_that_are_not_there_are_refused(device: Target) -> None:
    with pytest.raises(PulseError):
        device.get_calibration("u2", (0,), theta=1.0)
    with pytest.raises(PulseError):
        device.get_calibration("x", (0,), 1.0)
    with pytest.raises(PulseError):
        device.get_calibration("u2", (0,), 1.0, phi=1.0)


def test_operation_params_select_among_fixed_gates(device: Target) -> None:
    device.update_instruction_properties("rx_half", (1,), InstructionProperties(calibration=x_schedule(1)))
    assert device.has_calibration("rx_half", (1,), operation_params=0.5)
    assert device.has_calibration("rx_half", (1,), operation_params=[0.5])
    assert not device.has_calibration("rx_half", (1,), operation_params=[0.25])
    with pytest.raises(KeyError):
        device.get_calibration("rx_half", (1,), operation_params=0.25)


def test_a_calibration_may_be_set_through_the_mapping(device: Target) -> None:
    properties = device["x"][1,]
    assert properties is not None
    properties.calibration = x_schedule(1)
    assert device.get_calibration("x", (1,)) == x_schedule(1)


def test_the_mapping_goes_from_names_to_properties_by_qubits(device: Target) -> None:
    assert isinstance(device, Mapping)
    assert list(device) == list(device.keys()) == ["x", "u2", "cx", "rx_half", "rz"]
    assert len(device) == 5
    assert "cx" in device
    assert "h" not in device
    assert device["rz"] == {None: None}
    assert list(device["cx"]) == [(0, 1), (1, 0)]
    assert device.get("h") is None
    assert dict(device.items())["rx_half"] == {(1,): None}
    with pytest.raises(KeyError):
        device["h"]


def test_clock_and_grids_may_be_set(device: Target) -> None:
    device.dt = 0.5e-9
    device.granularity, device.min_length = 8, 32
    device.pulse_alignment, device.acquire_alignment = 2, 1
    assert (device.dt, device.dt_exact) == (0.5e-9, Fraction(1, 2 * 10**9))
    assert device.timing_constraints() == TimingConstraints(8, 32, 2, 1)
    device.dt = None
    with pytest.raises(KeyError, match="no dt"):
        _ = device.dt_exact
    with pytest.raises(InvalidTarget, match="dt"):
        device.dt = 0
    for grid in ("granularity", "min_length", "pulse_alignment", "acquire_alignment"):
        with pytest.raises(InvalidTarget, match=grid):
            setattr(device, grid, 0)
    assert device.timing_constraints() == TimingConstraints(8, 32, 2, 1)


def test_control_channels_are_listed(device: Target) -> None:
    assert device.control_channels[1, 0] == (ControlChannel(1), ControlChannel(3))
    with pytest.raises(TypeError):
        device.control_channels[0, 1] = ()  # type: ignore[index]  # on purpose


def test_a_subclass_may_have_its_own_constructor() -> None:
    class Lab(Target):
        def __init__(self) -> None:
            super().__init__("a lab", 1, dt=1e-9)
            self.add_instruction(standard_gate("x"), {(0,): None})

    assert Lab().operation_names == ["x"]
    assert copy.deepcopy(Lab()).num_qubits == 1


def test_targets_are_equal_only_to_themselves(device: Target) -> None:
    assert device == device  # noqa: PLR0124 - that is the rule
    assert device != Target()
    assert {device: 1}[device] == 1


def test_pickle_and_deepcopy_keep_everything(device: Target) -> None:
    for twin in (pickle.loads(pickle.dumps(device)), copy.deepcopy(device)):
        assert str(twin) == str(device)
        assert twin.dt_exact == device.dt_exact
        assert twin.channel_frequencies == device.channel_frequencies
        assert twin.get_calibration("u2", (0,), 1, 2) == device.get_calibration("u2", (0,), 1, 2)
        assert {name: dict(twin[name]) for name in twin} == {name: dict(device[name]) for name in device}


def test_the_text_names_every_instruction(device: Target) -> None:
    assert str(device) == (
        "Target: a pair\n"
        "Number of qubits: 2\n"
        "Instructions:\n"
        "\tx\n"
        "\t\t(0,):\n"
        "\t\t\tDuration: 3.55e-08 sec.\n"
        "\t\t\tError Rate: 0.0001\n"
        "\t\t\tWith pulse schedule calibration\n"
        "\t\t(1,):\n"
        "\t\t\tError Rate: 0.0002\n"
        "\tu2\n"
        "\t\t(0,):\n"
        "\t\t\tWith pulse schedule calibration\n"
        "\tcx\n"
        "\t\t(0, 1):\n"
        "\t\t\tDuration: 3e-07 sec.\n"
        "\t\t\tError Rate: 0.007\n"
        "\t\t(1, 0)\n"
        "\trx_half\n"
        "\t\t(1,)\n"
        "\trz\n"
    )
    assert str(Target()) == "Target\nNumber of qubits: 0\nInstructions:\n"


def test_the_text_lists_what_subclasses_of_properties_add() -> None:
    class Measured(InstructionProperties):
        def __init__(self, **properties: float) -> None:
            super().__init__(error=1e-3)
            self.properties = properties

    target = Target()
    target.add_instruction(standard_gate("x"), {(0,): Measured(drift=0.5)})
    assert str(target).endswith("\t\t\tError Rate: 0.001\n\t\t\tExtra properties:\n\t\t\t\tdrift: 0.5\n")
