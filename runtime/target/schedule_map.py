"""Calibrations of a Target as an InstructionScheduleMap, and back."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from runtime.pulse import Parameter, UnassignedDurationError, UnassignedReferenceError
from runtime.pulse.calibration_entries import CalibrationEntry, ScheduleDef
from runtime.pulse.instruction_schedule_map import InstructionScheduleMap
from runtime.target.errors import TranspilerError
from runtime.target.gates import STANDARD_GATES, Gate, Operation, standard_gate
from runtime.target.instructions import InstructionTable, Qargs, as_qargs
from runtime.target.properties import InstructionProperties

if TYPE_CHECKING:
    from runtime.target.target import Target

__all__ = ["ErrorTable", "OperationNames", "ScheduleMapCache", "update_from_map"]

OperationNames = Mapping[str, Operation | type[Any]]
"""Operations by the names that calibrations or basis gates bear."""
ErrorTable = Mapping[str, Mapping[Qargs, float]]
"""Errors by instruction and qubits."""

Row = tuple[str, Qargs, CalibrationEntry]


class ScheduleMapCache:
    """The map of a table's calibrations; the same object as long as the table holds the same entries."""

    def __init__(self) -> None:
        self._rows: tuple[Row, ...] | None = None
        self._map = InstructionScheduleMap()

    def of(self, table: InstructionTable) -> InstructionScheduleMap:
        """The map. A calibration that was set on properties counts as a change of the table too."""
        rows = tuple(_rows(table))
        if self._rows is None or not _same(rows, self._rows):
            self._map = InstructionScheduleMap()
            for name, qargs, entry in rows:
                self._map.add(name, qargs, entry)
            self._rows = rows
        return self._map


def _rows(table: InstructionTable) -> Iterator[Row]:
    for name, entries in table.properties.items():
        for qargs, properties in entries.items():
            if qargs and properties is not None and properties.calibration_entry is not None:
                yield name, qargs, properties.calibration_entry


def _same(some: tuple[Row, ...], others: tuple[Row, ...]) -> bool:
    """Whether rows hold the very same entries; comparing programs would take as long as building the map."""
    return len(some) == len(others) and all(
        a[2] is b[2] and a[:2] == b[:2] for a, b in zip(some, others, strict=True)
    )


def update_from_map(
    target: Target, schedules: InstructionScheduleMap, names: OperationNames, errors: ErrorTable
) -> None:
    """Take the user's entries of a map; see `Target.update_from_instruction_schedule_map`."""
    replaced: list[tuple[str, Qargs, InstructionProperties]] = []
    added: list[tuple[str, Operation | type[Any], dict[Qargs, InstructionProperties]]] = []
    for name in schedules.instructions:
        entries = dict(_users_entries(schedules, name))
        if not entries:
            continue
        if name not in target:
            operation = _operation(name, entries, names)
            width = None if isinstance(operation, type) else operation.num_qubits
            joint = getattr(operation, "joint", False)
            new = {
                group: _properties(name, group, entry, target.dt, errors)
                for group, entry in entries.items()
                if joint or width in {None, len(group)}
            }
            if new:
                added.append((name, operation, new))
            continue
        stored = target[name]
        replaced += [
            (name, group, _properties(name, group, entry, target.dt, errors))
            for group, entry in entries.items()
            if group in stored and _entry_of(stored[group]) != entry
        ]
    for name, operation, new in added:
        target.add_instruction(operation, new, name=name)
    for name, group, properties in replaced:
        target.update_instruction_properties(name, group, properties)


def _users_entries(schedules: InstructionScheduleMap, name: str) -> Iterator[tuple[Qargs, CalibrationEntry]]:
    for qubits in schedules.qubits_with_instruction(name):
        group = as_qargs(qubits)
        entry = schedules.entry(name, group)
        if entry.user_provided:
            yield group, entry


def _entry_of(properties: InstructionProperties | None) -> CalibrationEntry | None:
    return None if properties is None else properties.calibration_entry


def _properties(
    name: str, group: Qargs, entry: CalibrationEntry, dt: float | None, errors: ErrorTable
) -> InstructionProperties:
    samples = None if dt is None else schedule_length(entry)
    duration = None if dt is None or samples is None else samples * dt
    return InstructionProperties(duration, errors.get(name, {}).get(group), entry)


def schedule_length(entry: CalibrationEntry) -> int | None:
    """Length of a calibration in samples; None where it depends on what is open, or on a function's arguments."""
    asked = entry.get_signature().parameters.values()
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    is_schedule = isinstance(entry, ScheduleDef)
    if not is_schedule and any(p.default is p.empty and p.kind not in variadic for p in asked):
        return None
    try:
        duration = entry.get_schedule().duration
    except (UnassignedDurationError, UnassignedReferenceError):
        return None
    return int(duration)


def _operation(
    name: str, entries: Mapping[Qargs, CalibrationEntry], names: OperationNames
) -> Operation | type[Any]:
    if name in names:
        return names[name]
    if name in STANDARD_GATES:
        return standard_gate(name)
    widths = {len(group) for group in entries}
    signatures = {tuple(entry.get_signature().parameters) for entry in entries.values()}
    if len(widths) > 1 or len(signatures) > 1:
        raise TranspilerError(
            f"the calibrations of '{name}' are of several kinds",
            where="update_from_instruction_schedule_map",
            got=f"on {sorted(widths)} qubits, with the parameters {sorted(signatures)}",
            allowed="one number of qubits and one set of parameters",
            fix="Name the operation in inst_name_map, or give the kinds names of their own",
        )
    return Gate(name, widths.pop(), tuple(map(Parameter, signatures.pop())))
