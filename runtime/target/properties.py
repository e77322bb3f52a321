"""What is known of an instruction on given qubits, and of a qubit."""

from __future__ import annotations

from dataclasses import dataclass, fields

from runtime.pulse.calibration_entries import CalibrationEntry, Program, entry_of
from runtime.target.calibration import Calibration, is_calibration
from runtime.target.checks import Findings

__all__ = ["InstructionProperties", "QubitProperties"]


class InstructionProperties:
    """Duration, error and calibration of an instruction on given qubits. May be subclassed with more fields."""

    __slots__ = ("_entry", "duration", "error")

    def __init__(
        self,
        duration: float | None = None,
        error: float | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        """Hold what is known; None stands for unknown.

        Args:
            duration: Seconds.
            error: Average gate error, or assignment error of a measurement.
            calibration: How it is played: a Schedule, a ScheduleBlock, a function that returns one, or an entry.
                All but entries count as the user's, as in Qiskit; for a device's own program, pass
                ``ScheduleEntry(program, user_provided=False)``.

        Raises:
            InvalidTarget: A duration or error is negative, infinite or no number, or the calibration is no
                calibration.
        """
        findings = Findings("InstructionProperties")
        if duration is not None:
            findings.not_negative("duration", duration, " of seconds")
        if error is not None:
            findings.not_negative("error", error, "")
        _check_calibration(calibration, findings)
        findings.raise_if_any()
        self.duration = duration
        self.error = error
        self._entry = None if calibration is None else entry_of(calibration)

    @property
    def calibration(self) -> Program | None:
        """A copy of the program with its parameters open; set it to whatever the constructor takes.

        Reading it raises PulseError where a function stands for it whose arguments must be given.
        """
        return None if self._entry is None else self._entry.get_schedule()

    @calibration.setter
    def calibration(self, value: Calibration | None) -> None:
        findings = Findings("InstructionProperties")
        _check_calibration(value, findings)
        findings.raise_if_any()
        self._entry = None if value is None else entry_of(value)

    @property
    def calibration_entry(self) -> CalibrationEntry | None:
        """What gives the schedule, and knows the order of its parameters."""
        return self._entry

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, InstructionProperties):
            return NotImplemented
        return (self.duration, self.error, self._entry) == (other.duration, other.error, other._entry)

    __hash__ = None  # type: ignore[assignment]  # it can change

    def __repr__(self) -> str:
        return f"InstructionProperties(duration={self.duration}, error={self.error}, calibration={self._entry})"


@dataclass
class QubitProperties:
    """What is known of a qubit; None stands for unknown. Raises InvalidTarget for values that are not above 0."""

    t1: float | None = None
    """Energy relaxation time, seconds."""
    t2: float | None = None
    """Dephasing time, seconds."""
    frequency: float | None = None
    """Transition frequency from 0 to 1, Hz."""

    def __post_init__(self) -> None:
        findings = Findings("QubitProperties")
        for field, unit in zip(fields(QubitProperties), ("seconds", "seconds", "Hz"), strict=True):
            value = getattr(self, field.name)
            if value is not None:
                findings.positive(field.name, value, unit)
        findings.raise_if_any()


def _check_calibration(value: object, findings: Findings) -> None:
    if value is not None and not is_calibration(value):
        allowed = "a Schedule, a ScheduleBlock, a function that returns one, a calibration entry or None"
        findings.add("calibration", "not usable", value, allowed)
