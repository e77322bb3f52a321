"""Target: the device that programs are written for, its timing constraints, instructions and properties.

Names and rules follow Qiskit 1.4's transpiler Target. Own additions: the carrier frequency of each channel, the
measurement groups, control channels by pairs of qubits, and the exact sample period.
"""

from runtime.target.calibration import CalibrationEntry, ScheduleEntry
from runtime.target.coupling import CouplingMap
from runtime.target.durations import InstructionDurations
from runtime.target.errors import (
    CouplingError,
    DuplicateInstruction,
    InvalidTarget,
    NoDuration,
    NoSuchInstruction,
    NotInTarget,
    TranspilerError,
)
from runtime.target.gates import STANDARD_GATES, Gate, Operation, standard_gate
from runtime.target.properties import InstructionProperties, QubitProperties
from runtime.target.target import Target
from runtime.target.timing import TimingConstraints, exact_period

__all__ = [
    "STANDARD_GATES",
    "CalibrationEntry",
    "CouplingError",
    "CouplingMap",
    "DuplicateInstruction",
    "Gate",
    "InstructionDurations",
    "InstructionProperties",
    "InvalidTarget",
    "NoDuration",
    "NoSuchInstruction",
    "NotInTarget",
    "Operation",
    "QubitProperties",
    "ScheduleEntry",
    "Target",
    "TimingConstraints",
    "TranspilerError",
    "exact_period",
    "standard_gate",
]
