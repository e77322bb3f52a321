"""What goes wrong with a Target, under the names that Qiskit's users catch."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract import ProblemReport, PulserigError

__all__ = [
    "CouplingError",
    "DuplicateInstruction",
    "InvalidTarget",
    "NoDuration",
    "NoSuchInstruction",
    "NotInTarget",
    "TranspilerError",
]


@dataclass(eq=False)
class TranspilerError(PulserigError):
    """An instruction or a constraint that does not fit a Target."""


@dataclass(eq=False)
class InvalidTarget(ProblemReport, TranspilerError, ValueError):
    """Arguments of a Target or of its properties that cannot be used, all at once."""


@dataclass(eq=False)
class DuplicateInstruction(PulserigError, AttributeError):
    """An instruction of that name is in the Target already."""


@dataclass(eq=False)
class NotInTarget(PulserigError, KeyError):
    """The Target has no such instruction, qubit, channel or calibration."""


@dataclass(eq=False)
class CouplingError(TranspilerError):
    """A coupling map has no such qubit, or no way between two of them."""


@dataclass(eq=False)
class NoDuration(TranspilerError):
    """How long an instruction takes is not known, or not in the unit that is wanted."""


@dataclass(eq=False)
class NoSuchInstruction(PulserigError, IndexError):
    """The Target has fewer instructions than the index asks for."""
