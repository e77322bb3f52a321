"""Checks of arguments: each finding becomes a Problem, so that a constructor reports all of them at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeGuard

import numpy as np

from drivers.contract import Problem
from runtime.target.errors import InvalidTarget

__all__ = ["Findings", "is_index", "is_real"]


def is_index(value: object) -> bool:
    """Whether `value` is a whole number of at least 0; bool is none."""
    return _is_whole(value, 0)


def _is_whole(value: object, lowest: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= lowest


def is_real(value: object) -> TypeGuard[float]:
    """Whether `value` is a finite real number; bool is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    return math.isfinite(value)


class Findings:
    """Collects what is wrong with the arguments of one object."""

    def __init__(self, owner: str) -> None:
        """`owner` names the object in the report, e.g. `Target`."""
        self.owner = owner
        self.problems: list[Problem] = []

    def add(self, where: str, what: str, got: object, allowed: str) -> None:
        """Note one problem with the argument `where`."""
        self.problems.append(Problem(what, where=where, got=repr(got), allowed=allowed))

    def whole(self, where: str, value: object, lowest: int) -> None:
        """`value` must be a whole number of at least `lowest`."""
        if not _is_whole(value, lowest):
            self.add(where, "not usable", value, f"a whole number of at least {lowest}")

    def positive(self, where: str, value: object, unit: str) -> None:
        """`value` must be a finite number above 0."""
        if not (is_real(value) and value > 0):
            self.add(where, "not usable", value, f"a finite number of {unit} above 0")

    def not_negative(self, where: str, value: object, unit: str) -> None:
        """`value` must be a finite number of at least 0."""
        if not (is_real(value) and value >= 0):
            self.add(where, "not usable", value, f"a finite number{unit} of at least 0")

    def qubits(self, where: str, group: object, num_qubits: int | None) -> None:
        """`group` must hold different qubits, below `num_qubits` when that is known."""
        members = list(group) if isinstance(group, Iterable) else []
        if not members or not all(map(is_index, members)) or len(set(members)) != len(members):
            self.add(where, "not a group of qubits", group, "different whole numbers of at least 0")
        elif num_qubits and max(members) >= num_qubits:
            self.add(where, "no such qubit", members, f"0 to {num_qubits - 1}")

    def raise_if_any(self) -> None:
        """Raise InvalidTarget when there are problems."""
        if self.problems:
            message = f"{self.owner} cannot be made from these arguments"
            raise InvalidTarget(message, problems=tuple(self.problems))
