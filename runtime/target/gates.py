"""Operations: what a Target needs to know of a gate, and standard gates for those who bring none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, runtime_checkable

import numpy as np

from runtime.pulse import Parameter

__all__ = ["STANDARD_GATES", "Gate", "Operation", "is_open_parameter", "same_parameter", "standard_gate"]


@runtime_checkable
class Operation(Protocol):
    """Any object with a name, a width and parameters: a Gate of ours, or a gate of an installed Qiskit."""

    @property
    def name(self) -> str:
        """The name that instructions are looked up by."""
        ...

    @property
    def num_qubits(self) -> int:
        """How many qubits it acts on."""
        ...

    @property
    def params(self) -> Sequence[Any]:
        """Its parameters: numbers, or parameter objects that are still open."""
        ...


@dataclass(frozen=True, slots=True)
class Gate:
    """An operation by its name, width and parameters; what it does to a state is of no concern here."""

    name: str
    num_qubits: int
    params: tuple[Any, ...] = ()
    joint: bool = False
    """It may also be calibrated on several qubits at once, as `measure` is on a group of the meas_map."""


STANDARD_GATES: dict[str, tuple[int, tuple[str, ...]]] = {
    "global_phase": (0, ("phase",)),
    **dict.fromkeys(("id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "reset", "measure"), (1, ())),
    **dict.fromkeys(("rx", "ry", "rz", "u1"), (1, ("theta",))),
    "p": (1, ("phi",)),
    "r": (1, ("theta", "phi")),
    "u2": (1, ("phi", "lam")),
    **dict.fromkeys(("u", "u3"), (1, ("theta", "phi", "lam"))),
    "delay": (1, ("t",)),
    **dict.fromkeys(("cx", "cy", "cz", "ch", "cs", "csdg", "csx", "ecr", "swap", "iswap", "dcx"), (2, ())),
    **dict.fromkeys(("crx", "cry", "crz", "cp", "cu1", "rxx", "ryy", "rzz", "rzx"), (2, ("theta",))),
    **dict.fromkeys(("xx_minus_yy", "xx_plus_yy"), (2, ("theta", "beta"))),
    "cu3": (2, ("theta", "phi", "lam")),
    "cu": (2, ("theta", "phi", "lam", "gamma")),
    **dict.fromkeys(("ccx", "ccz", "cswap", "rccx"), (3, ())),
    **dict.fromkeys(("rcccx", "c3sx"), (4, ())),
}
"""Width and parameter names of every gate that `standard_gate` knows."""


@cache
def standard_gate(name: str) -> Gate:
    """The standard gate `name` with open parameters; the same object each time. Raises KeyError for others."""
    width, parameters = STANDARD_GATES[name]
    return Gate(name, width, tuple(Parameter(parameter) for parameter in parameters), joint=name == "measure")


def is_open_parameter(value: object) -> bool:
    """Whether a gate's parameter is still open: an expression of ours or of Qiskit's with free parameters."""
    return bool(getattr(value, "parameters", None))


def same_parameter(own: object, asked: object) -> bool:
    """Whether two fixed parameters of gates are equal; those of some foreign gates are matrices."""
    if isinstance(own, np.ndarray) or isinstance(asked, np.ndarray):
        return np.array_equal(np.asarray(own), np.asarray(asked))
    return bool(own == asked)
