"""Every published calibration, against a second reading of the file that shares no code with the loader."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from runtime.interop.ibm import load_device
from runtime.pulse import Acquire, Delay, MemorySlot, Play, Schedule, ShiftPhase
from runtime.target import Target
from tests.runtime.interop.ibm import slices
from tests.runtime.interop.ibm.conftest import DEVICES, contents, paths
from tests.runtime.interop.ibm.reference import Key, published

ANGLES = {"P0": 0.3, "P1": -1.25, "P2": 2.5}


def loaded(schedule: Schedule) -> dict[Key, list[Any]]:
    """A schedule in the shape of the reference."""
    found: dict[Key, list[Any]] = {}
    for start, part in schedule.instructions:
        match part:
            case Play():
                what: Any = ("play", (part.name, part.pulse.get_waveform().samples))
            case ShiftPhase():
                what = ("phase", part.phase)
            case Delay():
                what = ("delay", part.duration)
            case Acquire(mem_slot=MemorySlot() as slot):
                what = ("acquire", (part.duration, slot.index))
            case _:
                raise AssertionError(part)
        channel = part.channel
        found.setdefault((what[0], f"{channel.prefix}{channel.index}", start), []).append(what[1])
    return found


def assert_agree(target: Target, entry: dict[str, Any], defs: dict[str, Any]) -> None:
    name, qubits = entry["name"], tuple(entry["qubits"])
    parameters = sorted({parameter.name for parameter in target.get_calibration(name, qubits).parameters})
    schedule = target.get_calibration(name, qubits, *(ANGLES[parameter] for parameter in parameters))
    assert schedule.name == name
    expected, got = published(entry, defs, ANGLES), loaded(schedule)
    assert got.keys() == expected.keys()
    for key, wanted in expected.items():
        if key[0] == "play":
            assert [label for label, _ in got[key]] == [label for label, _ in wanted]
            for (_, mine), (_, theirs) in zip(got[key], wanted, strict=True):
                np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-12)
        elif key[0] == "phase":
            np.testing.assert_allclose(got[key], wanted, rtol=0, atol=1e-12)
        else:
            assert got[key] == wanted


@pytest.mark.parametrize("device", DEVICES)
def test_every_entry_of_a_carried_device(device: str) -> None:
    target = load_device(*paths(device)).target
    _, defs, _ = contents(device)
    for entry in defs["cmd_def"]:
        assert_agree(target, entry, defs)
    count = sum(
        p is not None and p.calibration is not None for entries in target.values() for p in entries.values()
    )
    assert count == len(defs["cmd_def"])


def test_flat_tops_with_drag() -> None:
    conf, defs = slices.kyiv()
    target = load_device(conf, defs).target
    for entry in defs["cmd_def"]:
        assert_agree(target, entry, defs)
    assert target.qargs_for_operation_name("ecr") == [(0, 1)]


def test_rz_acts_on_the_drive_and_on_every_control_channel_at_that_frequency() -> None:
    conf, _, _ = contents("guadalupe")
    target = load_device(*paths("guadalupe")).target
    for qubit in target.physical_qubits:
        follows = {f"u{index}" for index, terms in enumerate(conf["u_channel_lo"]) if terms[0]["q"] == qubit}
        channels = target.get_calibration("rz", (qubit,), 0.5).channels
        assert {f"{channel.prefix}{channel.index}" for channel in channels} == {f"d{qubit}"} | follows


def test_equal_pulses_are_one_object() -> None:
    target = load_device(*paths("jakarta")).target
    pulses = [
        part.pulse
        for name in ("x", "u3", "cx")
        for qargs in target[name]
        if qargs is not None
        for _, part in target.get_calibration(name, qargs).instructions
        if isinstance(part, Play)
    ]
    labelled = {(pulse.name, repr(pulse)): id(pulse) for pulse in pulses}
    assert len(set(map(id, pulses))) == len(labelled)
