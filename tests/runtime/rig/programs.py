"""Programs that several tests of the rig play."""

from __future__ import annotations

from runtime.pulse import Schedule
from runtime.pulse.macros import measure
from runtime.target import Target

__all__ = ["after_nothing", "after_x"]


def after_nothing(target: Target) -> Schedule:
    """Joint readout of both qubits."""
    return Schedule((0, measure([0, 1], target)), name="nothing")


def after_x(target: Target) -> Schedule:
    """The x of both qubits, then joint readout."""
    schedule = Schedule(name="x")
    for qubit in (0, 1):
        schedule = schedule.insert(0, target.get_calibration("x", (qubit,)))
    return schedule.insert(schedule.duration, measure([0, 1], target))
