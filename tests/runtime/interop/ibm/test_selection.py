"""Loading some qubits of a device only."""

from __future__ import annotations

import pytest

from drivers.contract import ProblemReport
from runtime.interop.ibm import load_target
from runtime.pulse import Acquire, AcquireChannel, ControlChannel, DriveChannel, MeasureChannel, MemorySlot
from tests.runtime.interop.ibm.conftest import contents, paths


def test_only_what_lies_within_the_qubits_is_kept() -> None:
    whole, pair = load_target(*paths("jakarta")), load_target(*paths("jakarta"), qubits=(0, 1))
    assert pair.num_qubits == 2
    assert pair.qargs == {(0,), (1,), (0, 1), (1, 0)}
    assert pair.meas_map == [[0, 1]]
    for name in ("x", "sx", "id", "u1", "u2", "u3", "rz", "cx"):
        for qargs in pair[name]:
            assert qargs is not None
            assert pair.get_calibration(name, qargs) == whole.get_calibration(name, qargs) or name[0] in "ur"
    assert pair.qubit_properties == (whole.qubit_properties or [])[:2]


def test_channels_keep_their_indices() -> None:
    conf, _, _ = contents("jakarta")
    target = load_target(*paths("jakarta"), qubits=[3, 5])
    assert target.num_qubits == 6
    assert target.qargs == {(3,), (5,), (3, 5), (5, 3)}
    assert target.control((3, 5)) == [ControlChannel(6)]
    with pytest.raises(KeyError):
        target.control((1, 3))
    followers = [index for index, terms in enumerate(conf["u_channel_lo"]) if terms[0]["q"] in {3, 5}]
    expected = [DriveChannel(3), DriveChannel(5), MeasureChannel(3), MeasureChannel(5)]
    assert list(target.channel_frequencies) == expected + [ControlChannel(index) for index in followers]
    assert target.qubit_properties is not None
    assert [p is None for p in target.qubit_properties] == [True, True, True, False, True, False]


def test_acquisitions_of_other_qubits_are_left_out() -> None:
    target = load_target(*paths("jakarta"), qubits=(1, 4))
    schedule = target.get_calibration("measure", (4,))
    acquires = [part for _, part in schedule.instructions if isinstance(part, Acquire)]
    assert {(a.channel, a.mem_slot) for a in acquires} == {
        (AcquireChannel(1), MemorySlot(1)),
        (AcquireChannel(4), MemorySlot(4)),
    }
    assert MeasureChannel(4) in schedule.channels
    assert MeasureChannel(1) not in schedule.channels


def test_a_joint_measurement_is_cut_down() -> None:
    whole, pair = load_target(*paths("jakarta")), load_target(*paths("jakarta"), qubits=(1, 4))
    joint = pair.get_calibration("measure", (1, 4))
    wanted = whole.get_calibration("measure", tuple(range(7))).filter(
        channels=[MeasureChannel(1), MeasureChannel(4), AcquireChannel(1), AcquireChannel(4)]
    )
    assert joint == wanted
    assert not load_target(*paths("jakarta"), qubits=(1,)).has_calibration("measure", (1, 4))


@pytest.mark.parametrize("qubits", [(), (7,), (-1,), (0, 0), (True,), (0.0,), ("0",)], ids=repr)
def test_qubits_that_the_device_does_not_have_are_refused(qubits: tuple[int, ...]) -> None:
    with pytest.raises(ProblemReport, match="0 to 6") as caught:
        load_target(*paths("jakarta"), qubits=qubits)
    assert [problem.where for problem in caught.value.problems] == ["qubits"]
