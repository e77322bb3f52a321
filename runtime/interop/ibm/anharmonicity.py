"""Anharmonicities of a device, from its recorded properties."""

from __future__ import annotations

from drivers.contract import Problem, ProblemReport
from runtime.interop.ibm.files import Source, read, source_name
from runtime.interop.ibm.recorded import UNITS
from runtime.interop.ibm.schema import PropsFile

__all__ = ["load_anharmonicities"]


def load_anharmonicities(props: Source) -> dict[int, float]:
    """f12 - f01 of each qubit that it is published for, Hz; negative for transmons.

    Args:
        props: Recorded properties (`props_*.json`): path, or what the file held.

    Raises:
        ProblemReport: Everything that is wrong with the file.
    """
    name = source_name(props, "props")
    problems: list[Problem] = []
    file = read(props, PropsFile, name, problems)
    found: dict[int, float] = {}
    for qubit, entries in enumerate(file.qubits if file else ()):
        for entry in entries:
            if entry.name != "anharmonicity" or entry.value == 0:
                continue
            if entry.unit in UNITS:
                found[qubit] = entry.value * UNITS[entry.unit]
            else:
                where = f"{name}: qubits[{qubit}], anharmonicity"
                problems.append(Problem("unknown unit", where, repr(entry.unit), ", ".join(filter(None, UNITS))))
    if problems:
        raise ProblemReport("the device files cannot be used", problems=tuple(problems))
    return found
