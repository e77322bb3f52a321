"""Acquires that a measurement group adds are not mistaken for readouts."""

from __future__ import annotations

import pytest

from drivers.contract import ProblemReport
from runtime.lowering import lower, route
from runtime.lowering.groups import without_companions
from runtime.rig import load_station
from tests.runtime.lowering.lab import LIMITS


def test_companions_go_and_readouts_stay() -> None:
    """Qubit 0 is read, 1 and 2 are of its group, 3 is of another, 4 is acquired at another time."""
    rows = [(0, 100, 0, 0), (0, 100, 1, 1), (0, 100, 2, 2), (0, 100, 3, 3), (200, 100, 4, 4)]
    kept = without_companions(rows, {0}, [[0, 1, 2, 4], [3]])
    assert [row[2] for row in kept] == [0, 3, 4]


def test_the_published_measure_of_one_qubit_can_be_played() -> None:
    """Jakarta's measure of qubit 0 acquires both qubits of the demo; only qubit 0 has a readout pulse."""
    station = load_station("demo")
    schedule = station.target.get_calibration("measure", (0,))
    assert {instruction.channel.name for _, instruction in schedule.instructions} >= {"a0", "a1"}
    routed = route([lower(schedule, station.target)], station.wiring, LIMITS, shots=1)
    assert [window.qubit for window in routed.plans["digitizer"].windows] == [0]


def test_an_acquire_that_nobody_reads_is_refused() -> None:
    """Without any readout pulse there is no group to belong to."""
    station = load_station("demo")
    schedule = station.target.get_calibration("measure", (0,)).exclude(channels=[station.target.measure(0)])
    with pytest.raises(ProblemReport, match="readout pulse on m0"):
        route([lower(schedule, station.target)], station.wiring, LIMITS, shots=1)
