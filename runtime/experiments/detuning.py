"""Detuning: how far qubits are from the frequencies at which they are driven."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from runtime.pulse import Schedule, ShiftPhase
from runtime.pulse.macros import measure
from runtime.pulse.transforms import target_qobj_transform
from runtime.target import Target

__all__ = ["apart", "detuning_hz", "detuning_schedules"]

PHASES = tuple(quarter * math.pi / 2 for quarter in range(4))


def detuning_schedules(target: Target, qubits: Sequence[int], wait_s: float) -> list[Schedule]:
    """Ramsey at one delay, the second half turn about four axes: enough to tell an angle whatever the contrast.

    Qubits that are coupled turn one another while they wait: see `apart`.

    Args:
        target: With calibrations of sx and measure.
        qubits: Those that are turned; all of them are read, the i-th into slot i.
        wait_s: From the middle of one half turn to the middle of the other.
    """
    read = measure(list(qubits), target)
    schedules = []
    for phase in PHASES:
        schedule = Schedule(name=f"ramsey, {math.degrees(phase):.0f} degrees")
        for qubit in qubits:
            half = target_qobj_transform(target.get_calibration("sx", (qubit,)))
            again = _later(target, wait_s)
            schedule = schedule.insert(0, half)
            schedule = schedule.insert(again, ShiftPhase(phase, target.drive(qubit)))
            schedule = schedule.insert(again, half)
        schedules.append(schedule.insert(schedule.duration, read))
    return schedules


def detuning_hz(target: Target, p1: NDArray[np.float64], wait_s: float) -> NDArray[np.float64]:
    """Qubit's less drive's frequency, within half a turn of the wait.

    P(1) = 1/2 + C/2 cos(2 pi delta t - phase) at the four phases gives the angle by its sine and cosine.

    Args:
        target: As for `detuning_schedules`.
        p1: Float64 of shape (4, ...): P(1) of the four programs.
        wait_s: As for `detuning_schedules`.

    Returns:
        Float64 of shape (...), Hz, within 1 / (2 wait).
    """
    angle: NDArray[np.float64] = np.arctan2(p1[1] - p1[3], p1[0] - p1[2])
    return angle / (2 * math.pi * _later(target, wait_s) * float(target.dt_exact))


def apart(target: Target, qubits: Sequence[int]) -> list[int]:
    """The first of `qubits`, and of the others those that no two-qubit gate joins to one that is taken already."""
    pairs = {
        frozenset(pair) for name in target.operation_names for pair in target.qargs_for_operation_name(name) or ()
    }
    taken: list[int] = []
    for qubit in qubits:
        if not any(frozenset((qubit, other)) in pairs for other in taken):
            taken.append(qubit)
    return taken


def _later(target: Target, wait_s: float) -> int:
    """The wait in dt, on the Target's grid."""
    grid = target.pulse_alignment
    return round(wait_s / float(target.dt_exact) / grid) * grid
