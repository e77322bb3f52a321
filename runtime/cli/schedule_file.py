"""Schedules that a user wrote in a Python file."""

from __future__ import annotations

import runpy
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.contract import ConfigurationError, PulserigError
from runtime.lowering import Program
from runtime.pulse import Schedule, ScheduleBlock
from runtime.target import Target

__all__ = ["schedules_of"]


def schedules_of(path: Path, target: Target) -> list[Program]:
    """What the file's `schedule`, or its function `build(target)`, holds.

    Raises ConfigurationError for a file that is missing, fails, or defines neither.
    """
    if not path.is_file():
        raise ConfigurationError("the schedule file is missing", where=str(path), fix="Correct the path")
    try:
        with _importing_from(path.parent):
            names = runpy.run_path(str(path), run_name="schedule_file")
            program = names["build"](target) if _is_own(names.get("build")) else names.get("schedule")
    except PulserigError:
        raise
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            "the schedule file fails", where=_place(error, path), got=f"{type(error).__name__}: {error}"
        ) from error
    entries = list(program) if isinstance(program, list | tuple) else [program]
    schedules = [entry for entry in entries if isinstance(entry, Schedule | ScheduleBlock)]
    wrong = [type(entry).__name__ for entry in entries if not isinstance(entry, Schedule | ScheduleBlock)]
    if wrong or not schedules:
        raise ConfigurationError(
            "the schedule file gives no schedule",
            where=str(path),
            got=wrong[0] if wrong else "an empty list",
            allowed="a Schedule, a ScheduleBlock, or a list of them",
            fix="Define a variable 'schedule', or a function 'build(target)' that returns one",
        )
    return schedules


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Modules that lie beside the file can be imported, as from a script."""
    place = str(folder.resolve())
    sys.path.insert(0, place)
    try:
        yield
    finally:
        sys.path.remove(place)


def _is_own(build: object) -> bool:
    """Whether it is the user's own function, not `runtime.pulse.build`, which files import to write blocks."""
    return callable(build) and not str(getattr(build, "__module__", "")).startswith("runtime.")


def _place(error: BaseException, path: Path) -> str:
    """The last line of the user's own file that was running."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    if isinstance(error, SyntaxError):
        lines = [error.lineno]
    return f"{path}:{lines[-1]}" if lines and lines[-1] else str(path)
