"""Faults of a document, each with its path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from drivers.contract.errors import Problem, PulserigError

__all__ = ["Fault", "at", "brief", "form_problem", "form_problems"]


_SHOWN = 80
"""Characters of a value in an error's text."""


class Fault(Exception):
    """One thing that is wrong with a document."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@contextmanager
def at(path: str) -> Iterator[None]:
    """Give errors of the pulse model the path of the part that they are about, unless they have one."""
    try:
        yield
    except PulserigError as error:
        where = error.where if error.where.startswith(path) else path
        raise Fault(
            Problem(error.what, where=where, got=error.got, allowed=error.allowed, fix=error.fix)
        ) from error
    except (TypeError, ValueError, ArithmeticError) as error:
        raise Fault(Problem(str(error), where=path)) from error


def form_problems(error: ValidationError, data: object) -> list[Problem]:
    """What is wrong with the form of a document, each with its path in `data`, the plain content."""
    return [
        form_problem(fault, _path(fault, data)) for fault in error.errors(include_url=False, include_context=False)
    ]


def form_problem(fault: ErrorDetails, where: str) -> Problem:
    """What pydantic found at a place, in our words."""
    if fault["type"] == "missing":
        return Problem("the key is missing", where=where, fix="Add it")
    if fault["type"] == "extra_forbidden":
        return Problem("unknown key", where=where, fix="Remove it or correct its spelling")
    text = fault["msg"].removeprefix("Value error, ")
    return Problem(text[:1].lower() + text[1:], where=where, got=brief(fault["input"]))


def brief(value: object) -> str:
    """Plain data for an error's text."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) < _SHOWN else f"{text[: _SHOWN - 3]}..."


def _path(fault: ErrorDetails, data: Any) -> str:  # noqa: ANN401 - nested plain data
    """The place of a fault in the document; what pydantic adds to tell alternatives apart is left out."""
    path, here, last = "", data, len(fault["loc"]) - 1
    for k, step in enumerate(fault["loc"]):
        if isinstance(step, int) and isinstance(here, list):
            path += f"[{step}]"
            here = here[step] if step < len(here) else None
        elif isinstance(here, dict) and (step in here or (k == last and fault["type"] == "missing")):
            path += f".{step}" if path else str(step)
            here = here.get(step)
    return path
