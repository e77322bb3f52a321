"""An error as one entry among the problems of a report."""

from __future__ import annotations

from drivers.contract import Problem, PulserigError

__all__ = ["problem_of"]


def problem_of(error: PulserigError) -> Problem:
    """The same five fields, as a Problem."""
    return Problem(error.what, error.where, error.got, error.allowed, error.fix)
