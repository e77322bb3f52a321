"""Detuning by Ramsey at four phases, on formulas and on the simulated demo station."""

from __future__ import annotations

import math

import numpy as np
import pytest

from runtime.experiments import apart, detuning_hz, detuning_schedules
from runtime.pulse import Schedule, ShiftFrequency
from runtime.rig import Rig, load_station
from runtime.target import Target

WAIT_S = 4e-6


@pytest.fixture(scope="module")
def target() -> Target:
    return load_station("demo").target


@pytest.mark.parametrize("contrast", [1.0, 0.3])
def test_the_angle_gives_the_detuning(target: Target, contrast: float) -> None:
    """Whatever the contrast and the offset, and up to half a turn either way."""
    wanted = np.array([-110e3, -20e3, 0.0, 3e3, 115e3])
    phases = np.arange(4)[:, None] * math.pi / 2
    p1 = 0.47 + contrast / 2 * np.cos(2 * math.pi * wanted * WAIT_S - phases)
    assert detuning_hz(target, p1, WAIT_S) == pytest.approx(wanted, abs=10, rel=1e-3)


def test_a_detuned_drive_is_seen() -> None:
    """20 kHz up with the drive is 20 kHz down for the qubit; qubit 1 stays in |0>."""
    with Rig.open("demo") as rig:
        schedules = detuning_schedules(rig.target, [0], WAIT_S)
        moved = [
            Schedule((0, ShiftFrequency(20e3, rig.target.drive(0))), (0, schedule), name="moved")
            for schedule in schedules
        ]
        results = rig.run([*schedules, *moved], shots=2000)
    p1 = np.array([result.probability(0) for result in results]).reshape(2, 4)
    own, off = (detuning_hz(rig.target, each, WAIT_S) for each in p1)
    assert off - own == pytest.approx(-20e3, abs=4e3)
    # The published frequency is the uncoupled transmon's: the coupling of 2 MHz adds J^2 / Delta = 17 kHz.
    assert own == pytest.approx(17e3, abs=6e3)


def test_qubits_that_no_gate_joins() -> None:
    """Of a line with two branches: 0-1-2, 1-3-5, 4-5-6."""
    target = load_station("jakarta").target
    assert apart(target, range(7)) == [0, 2, 3, 4, 6]
    assert apart(target, [1, 0, 5]) == [1, 5]
    assert apart(target, []) == []
