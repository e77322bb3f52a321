"""Calibration entries: how an instruction is played, with its parameters still open."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from runtime.pulse.calibration_entries import CalibrationEntry, Program, ScheduleDef
from runtime.pulse.schedule import Schedule, ScheduleBlock

__all__ = ["Calibration", "CalibrationEntry", "ScheduleEntry", "is_calibration"]

Calibration = Program | Callable[..., Program] | CalibrationEntry
"""What stands for a calibration: a program, a function that makes one, or an entry."""


class ScheduleEntry(ScheduleDef):
    """A calibration that is a Schedule or a ScheduleBlock, made at once."""

    def __init__(
        self, schedule: Program, arguments: Iterable[str] | None = None, *, user_provided: bool = True
    ) -> None:
        """Take `schedule` with its parameter names in alphabetical order, or in that of `arguments`.

        Args:
            schedule: The program; a copy is kept.
            arguments: The order of its parameter names.
            user_provided: The user's, or the device's.

        Raises:
            PulseError: `arguments` is not exactly the set of names.
        """
        super().__init__(arguments)
        self.define(schedule, user_provided)


def is_calibration(value: object) -> bool:
    """Whether `value` stands for a calibration."""
    return isinstance(value, Schedule | ScheduleBlock | CalibrationEntry) or callable(value)
