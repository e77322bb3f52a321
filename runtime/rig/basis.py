"""The two programs that every readout is judged by: nothing, and x, before a joint readout."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.pulse import Schedule
from runtime.pulse.macros import measure
from runtime.pulse.transforms import target_qobj_transform
from runtime.target import Target

__all__ = ["basis_programs"]


def basis_programs(target: Target, qubits: Sequence[int]) -> tuple[Schedule, Schedule]:
    """'measure', and 'x, measure': the i-th of `qubits` into slot i, with the calibrations of `target`."""
    read = measure(list(qubits), target)
    ground = Schedule((0, read), name="measure")
    excited = Schedule(name="x, measure")
    for qubit in qubits:
        excited = excited.insert(0, target_qobj_transform(target.get_calibration("x", (qubit,))))
    return ground, excited.insert(excited.duration, read)
