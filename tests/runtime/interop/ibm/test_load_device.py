"""What a Target knows after its files were read."""

from __future__ import annotations

from fractions import Fraction

import pytest

from runtime.interop.ibm import UnpublishedPulseWarning, load_device, load_target
from runtime.pulse import ControlChannel, DriveChannel, MeasureChannel, Play
from runtime.pulse.calibration_entries import CalibrationPublisher
from runtime.target import TimingConstraints
from tests.runtime.interop.ibm import slices
from tests.runtime.interop.ibm.conftest import DEVICES, contents, paths


@pytest.mark.parametrize("device", DEVICES)
def test_the_clock_and_the_grids(device: str) -> None:
    conf, _, _ = contents(device)
    target = load_target(*paths(device))
    assert target.dt == pytest.approx(2 / 9 * 1e-9, rel=1e-15)
    assert target.dt_exact == Fraction(2, 9 * 10**9)
    constraints = conf.get("timing_constraints")
    if constraints is None:
        assert target.timing_constraints() == TimingConstraints(1, 1, 1, 1)
    else:
        assert target.timing_constraints() == TimingConstraints(**constraints)
    assert target.num_qubits == conf["n_qubits"]


@pytest.mark.parametrize("device", DEVICES)
def test_each_channel_has_its_carrier(device: str) -> None:
    conf, defs, _ = contents(device)
    target = load_target(*paths(device))
    carriers = target.channel_frequencies
    assert len(carriers) == 2 * conf["n_qubits"] + conf["n_uchannels"]
    for qubit in range(conf["n_qubits"]):
        assert carriers[DriveChannel(qubit)] == pytest.approx(defs["qubit_freq_est"][qubit] * 1e9, rel=1e-15)
        assert carriers[MeasureChannel(qubit)] == pytest.approx(defs["meas_freq_est"][qubit] * 1e9, rel=1e-15)
    for control, target_qubit in conf["coupling_map"]:
        (channel,) = target.control((control, target_qubit))
        assert carriers[channel] == carriers[DriveChannel(target_qubit)]
    assert target.meas_map == conf["meas_map"]


def test_calibrations_are_the_providers() -> None:
    target = load_target(*paths("valencia"))
    assert not target.instruction_schedule_map().has_custom_gate()
    assert target.get_calibration("x", (0,)).metadata["publisher"] == CalibrationPublisher.BACKEND_PROVIDER


def test_recorded_properties_of_jakarta() -> None:
    target = load_target(*paths("jakarta"))
    assert target.qubit_properties is not None
    qubit = target.qubit_properties[0]
    assert qubit is not None
    assert qubit.t1 == pytest.approx(81.76376399354324e-6)
    assert qubit.t2 == pytest.approx(41.4623224830586e-6)
    assert qubit.frequency == pytest.approx(5.236573217536762e9)
    x, rz, measure, reset = (target[name][0,] for name in ("x", "rz", "measure", "reset"))
    assert x is not None
    assert rz is not None
    assert measure is not None
    assert reset is not None
    assert x.duration == pytest.approx(160 * 2 / 9 * 1e-9)
    assert x.error == pytest.approx(0.0004913786756611988)
    assert (rz.duration, rz.error) == (0.0, 0.0)
    assert measure.duration == pytest.approx(5518.222222222222e-9)
    assert measure.error == pytest.approx(0.021)
    assert reset.duration is not None
    assert reset.calibration is None


def test_without_recorded_properties_durations_come_from_the_schedules() -> None:
    conf, defs, _ = paths("jakarta")
    target = load_target(conf, defs)
    x = target["x"][0,]
    assert x is not None
    assert x.duration == pytest.approx(160 * 2 / 9 * 1e-9)
    assert x.error is None
    assert target.qubit_properties == [None] * 7
    joint = target["measure"][0, 1, 2, 3, 4, 5, 6]
    assert joint is not None
    assert joint.duration == pytest.approx(24832 * 2 / 9 * 1e-9)


def test_gates_have_their_width_and_parameters() -> None:
    target = load_target(*paths("jakarta"))
    widths = {name: target.operation_from_name(name).num_qubits for name in target}
    assert widths == {
        **dict.fromkeys(("id", "rz", "sx", "x", "u1", "u2", "u3", "measure", "reset", "delay"), 1),
        "cx": 2,
    }
    assert target.instruction_supported("rz", (3,), parameters=[0.1])
    assert not target.instruction_supported("cx", (0, 2))
    assert target.instruction_supported("delay", (6,))


def test_whole_numbers_stay_whole() -> None:
    ((_, play),) = load_target(*paths("jakarta")).get_calibration("x", (0,)).instructions
    assert repr(play.operands[0]).startswith("Drag(duration=160, sigma=40, beta=-1.12")


def test_gate_parameters_bind_by_either_name() -> None:
    target = load_target(*paths("jakarta"))
    assert target.get_calibration("rz", (0,), theta=0.5) == target.get_calibration("rz", (0,), P0=0.5)
    by_name = target.get_calibration("u3", (0,), lam=0.75, theta=0.25, phi=0.5)
    assert by_name == target.get_calibration("u3", (0,), 0.25, 0.5, 0.75)


def test_a_pulse_that_is_not_published_is_reported() -> None:
    device = load_device(*slices.torino())
    assert [(problem.what, problem.got) for problem in device.unpublished] == [
        ("pulse not published", "CZ90_u0"),
        ("pulse not published", "CZ90_u0"),
        ("pulse not published", "QId_d0"),
    ]
    assert "'cz' on (0, 1)" in device.unpublished[0].where
    target = device.target
    assert (device.name, device.version) == ("ibm_torino", "1.0.4")
    assert target.instruction_supported("cz", (1, 0))
    assert target.instruction_supported("id", (0,))
    assert not target.has_calibration("cz", (0, 1))
    assert target.has_calibration("x", (0,))
    assert target.control((0, 1)) == [ControlChannel(0)]
    assert ControlChannel(0) not in target.channel_frequencies
    assert target.dt_exact == Fraction(4, 10**9)
    assert target.min_length == 2


def test_the_short_form_warns_of_them() -> None:
    with pytest.warns(UnpublishedPulseWarning, match="3 calibrations of ibm_torino are missing.*CZ90_u0"):
        target = load_target(*slices.torino())
    assert target.num_qubits == 2


def test_a_dt_in_seconds_is_recognised() -> None:
    conf, defs = slices.kyiv()
    target = load_target({**conf, "dt": 3.5555555555555554e-09}, defs)
    assert target.dt == 3.5555555555555554e-09
    assert target.dt_exact == Fraction(32, 9 * 10**9)


@pytest.mark.parametrize("excess", [1e-7, 9e-7])
def test_an_amplitude_that_rounding_lifted_over_1_is_brought_back(excess: float) -> None:
    conf, defs = slices.kyiv()
    pulse = defs["cmd_def"][2]["sequence"][0]
    pulse["parameters"]["amp"] = [0.0, -1.0 - excess]
    defs["pulse_library"] = [{"name": "loud", "samples": [[0.6 * (1 + excess), 0.8 * (1 + excess)], [0.0, 0.5]]}]
    defs["cmd_def"].append({"name": "y", "qubits": [0], "sequence": [{"name": "loud", "t0": 0, "ch": "d0"}]})
    target = load_target(conf, defs)
    ((_, play),) = target.get_calibration("x", (0,)).instructions
    assert isinstance(play, Play)
    assert abs(play.pulse.get_waveform().samples).max() <= 1
    ((_, play),) = target.get_calibration("y", (0,)).instructions
    assert isinstance(play, Play)
    assert play.pulse.get_waveform().samples == pytest.approx([0.6 + 0.8j, 0.5j], abs=1e-12)


def test_own_gates_take_their_parameters_from_the_file() -> None:
    conf, defs = slices.kyiv()
    conf["gates"].append({"name": "twist", "parameters": ["alpha"], "coupling_map": [[1]]})
    phase = {"name": "fc", "t0": 0, "ch": "d1", "phase": "2 * P0 + pi"}
    defs["cmd_def"].append({"name": "twist", "qubits": [1], "sequence": [phase]})
    defs["cmd_def"].append({"name": "turn", "qubits": [1], "sequence": [phase]})
    target = load_target(conf, defs)
    assert [p.name for p in target.operation_from_name("twist").params] == ["alpha"]
    assert [p.name for p in target.operation_from_name("turn").params] == ["P0"]
    ((_, shift),) = target.get_calibration("twist", (1,), alpha=0.5).instructions
    assert shift.operands[0] == pytest.approx(1 + 3.141592653589793, abs=1e-10)
