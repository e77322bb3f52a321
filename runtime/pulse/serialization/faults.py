"""Faults of a document, each with its path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from drivers.contract.errors import Problem, ProblemReport, PulserigError

__all__ = ["Fault", "at", "refusal"]


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


def refusal(*problems: Problem) -> ProblemReport:
    """The error that refuses a document."""
    return ProblemReport("this is no pulse program that can be read", problems=problems)
