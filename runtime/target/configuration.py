"""The parts of a Target that is told by names of gates and a coupling map alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from runtime.pulse.calibration_entries import CalibrationEntry
from runtime.pulse.instruction_schedule_map import InstructionScheduleMap
from runtime.target.coupling import CouplingMap
from runtime.target.durations import InstructionDurations
from runtime.target.errors import InvalidTarget, NoDuration, NotInTarget, TranspilerError
from runtime.target.gates import STANDARD_GATES, Operation, standard_gate
from runtime.target.instructions import Qargs
from runtime.target.properties import InstructionProperties
from runtime.target.schedule_map import OperationNames, schedule_length

__all__ = ["Knowledge", "entries_for", "named_operations", "number_of_qubits"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Where durations and calibrations of instructions come from."""

    schedules: InstructionScheduleMap | None
    durations: InstructionDurations | None
    dt: float | None
    """Sample period, seconds."""

    def of(self, name: str, qargs: Qargs) -> InstructionProperties | None:
        """What is known of an instruction on these qubits; None if nothing."""
        entry = self._entry(name, qargs)
        duration = self._duration(name, qargs, entry)
        if entry is None and duration is None:
            return None
        return InstructionProperties(duration, calibration=entry)

    def _entry(self, name: str, qargs: Qargs) -> CalibrationEntry | None:
        if self.schedules is None or not self.schedules.has(name, qargs):
            return None
        return self.schedules.entry(name, qargs)

    def _duration(self, name: str, qargs: Qargs, entry: CalibrationEntry | None) -> float | None:
        if self.durations is not None:
            try:
                return self.durations.get(name, qargs, unit="s")
            except NoDuration:
                pass
        if entry is None or self.dt is None or not entry.user_provided:
            return None
        samples = schedule_length(entry)
        return None if samples is None else samples * self.dt


def number_of_qubits(num_qubits: int | None, coupling: CouplingMap | None) -> int | None:
    """How many qubits there are; raises InvalidTarget where the two sources disagree."""
    if coupling is None:
        return num_qubits
    count = 1 + max(coupling.physical_qubits, default=-1)
    if num_qubits is not None and num_qubits != count:
        raise InvalidTarget(
            "num_qubits is not that of the coupling map",
            where="Target.from_configuration",
            got=repr(num_qubits),
            allowed=f"{count}, or None",
        )
    return count


def named_operations(
    names: Iterable[str], custom: OperationNames, *, limited: bool
) -> dict[str, Operation | type[Any]]:
    """The operations of these names, each once.

    Args:
        names: Names of `custom` or of standard gates.
        custom: Operations by name; they go before the standard ones.
        limited: At most two qubits, because a coupling map says nothing of larger groups.

    Raises:
        NotInTarget: Names that are no operation, all at once.
        TranspilerError: Operations on more qubits than allowed, all at once.
    """
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in custom and name not in STANDARD_GATES]
    if unknown:
        raise NotInTarget(
            "no standard gates, and not in custom_name_mapping",
            where="basis_gates",
            got=", ".join(map(repr, unknown)),
            fix="Give them in custom_name_mapping; runtime.target.STANDARD_GATES lists the standard ones",
        )
    found = {name: custom[name] if name in custom else standard_gate(name) for name in wanted}
    wide = [
        name for name, operation in found.items() if not isinstance(operation, type) and operation.num_qubits > 2
    ]
    if limited and wide:
        raise TranspilerError(
            "operations on more than two qubits do not go with a coupling map",
            where="basis_gates",
            got=", ".join(map(repr, wide)),
            fix="Add them with add_instruction",
        )
    return found


def entries_for(
    name: str, operation: Operation | type[Any], coupling: CouplingMap | None, knowledge: Knowledge
) -> dict[Qargs, InstructionProperties | None] | None:
    """The qubits of an operation with what is known of them; None: it is global."""
    if coupling is None or isinstance(operation, type) or operation.num_qubits == 0:
        return None
    groups: list[Qargs] = [(qubit,) for qubit in coupling.physical_qubits]
    if operation.num_qubits == 2:
        groups = list(coupling.edges)
    return {qargs: knowledge.of(name, qargs) for qargs in groups}
