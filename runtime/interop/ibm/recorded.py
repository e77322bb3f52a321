"""Recorded properties (`props`): relaxation times, frequencies, durations and errors, in SI units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drivers.contract import Problem
from runtime.interop.ibm.schema import NamedValue, PropsFile
from runtime.target import QubitProperties

__all__ = ["UNITS", "Recorded", "read_properties"]

UNITS: Mapping[str, float] = {
    "": 1.0,
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "\N{MICRO SIGN}s": 1e-6,
    "\N{GREEK SMALL LETTER MU}s": 1e-6,
    "ns": 1e-9,
    "Hz": 1.0,
    "kHz": 1e3,
    "MHz": 1e6,
    "GHz": 1e9,
}
"""SI units by how the files write them."""
_QUBIT_VALUES = ("T1", "T2", "frequency", "readout_length", "readout_error")
_GATE_VALUES = ("gate_length", "gate_error")


@dataclass(frozen=True, slots=True)
class Recorded:
    """Duration in seconds and error of one instruction; None: not published."""

    duration: float | None = None
    error: float | None = None


def read_properties(
    props: PropsFile, name: str, problems: list[Problem]
) -> tuple[list[QubitProperties], dict[tuple[str, tuple[int, ...]], Recorded]]:
    """One QubitProperties a qubit, and what is recorded of each (instruction, qubits), `measure` included.

    A recorded 0 stands for "not published", except that a gate without a duration, such as rz, may have no error.
    """
    qubits = []
    recorded: dict[tuple[str, tuple[int, ...]], Recorded] = {}
    for qubit, entries in enumerate(props.qubits):
        values = _si_values(entries, _QUBIT_VALUES, f"{name}: qubits[{qubit}]", problems)
        qubits.append(QubitProperties(values.get("T1"), values.get("T2"), values.get("frequency")))
        recorded["measure", (qubit,)] = Recorded(values.get("readout_length"), values.get("readout_error"))
    for index, gate in enumerate(props.gates):
        where = f"{name}: gates[{index}] '{gate.gate}' on {tuple(gate.qubits)}"
        values = _si_values(gate.parameters, _GATE_VALUES, where, problems)
        instant = any(entry.name == "gate_length" and entry.value == 0 for entry in gate.parameters)
        free = 0.0 if instant else None
        recorded[gate.gate, tuple(gate.qubits)] = Recorded(
            values.get("gate_length", free), values.get("gate_error", free)
        )
    return qubits, recorded


def _si_values(
    entries: Iterable[NamedValue], wanted: Iterable[str], where: str, problems: list[Problem]
) -> dict[str, float]:
    """Those of the `wanted` values that are published, in SI units."""
    found = {}
    for entry in entries:
        if entry.name not in wanted or entry.value == 0:
            continue
        if entry.unit not in UNITS:
            allowed = ", ".join(unit for unit in UNITS if unit)
            problems.append(Problem("unknown unit", f"{where}, {entry.name}", repr(entry.unit), allowed))
        elif entry.value < 0:
            problems.append(Problem("negative", f"{where}, {entry.name}", repr(entry.value), "at least 0"))
        else:
            found[entry.name] = entry.value * UNITS[entry.unit]
    return found
