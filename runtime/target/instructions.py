"""The table of instructions inside a Target: which operation exists on which qubits, with what properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from runtime.target.checks import is_index
from runtime.target.errors import DuplicateInstruction, NoSuchInstruction, NotInTarget, TranspilerError
from runtime.target.gates import Operation, is_open_parameter, same_parameter
from runtime.target.properties import InstructionProperties

__all__ = ["InstructionTable", "PropertyMap", "Qargs", "as_qargs"]

Qargs = tuple[int, ...]
PropertyMap = dict[Qargs | None, InstructionProperties | None]
"""Properties by qubits; the key None stands for all qubits (a global operation)."""


def as_qargs(qubits: int | Iterable[int]) -> Qargs:
    """Qubits as the tuple they are looked up by; a single int is one qubit."""
    return (int(qubits),) if isinstance(qubits, int | np.integer) else tuple(qubits)


class InstructionTable:
    """Operations by name, in the order they were added, and their properties by qubits."""

    def __init__(self) -> None:
        self.operations: dict[str, Operation | type[Any]] = {}
        self.properties: dict[str, PropertyMap] = {}

    def add(
        self,
        operation: Operation | type[Any],
        properties: Mapping[Any, InstructionProperties | None] | None,
        name: str | None,
    ) -> int:
        """Add an operation; returns one more than the highest qubit it names. For the errors see Target."""
        if isinstance(operation, type):
            if not name or properties is not None:
                raise TranspilerError(
                    "an operation given as a class needs a name and takes no properties",
                    where="add_instruction",
                    got=f"{operation.__name__}, name={name!r}",
                )
            entries: PropertyMap = {None: None}
        elif not _is_operation(operation):
            fix = f"Pass standard_gate({operation!r}), or a Gate" if isinstance(operation, str) else ""
            raise TranspilerError(
                "not an operation",
                where="add_instruction",
                got=repr(operation),
                allowed="an object with name, num_qubits and params",
                fix=fix,
            )
        else:
            name = name or operation.name
            entries = {None: None} if properties is None else dict(properties)
            _check_entries(name, operation, entries)
        if name in self.operations:
            raise DuplicateInstruction(
                f"instruction '{name}' is already in the target",
                where="add_instruction",
                fix="Use update_instruction_properties, or another name",
            )
        self.operations[name] = operation
        self.properties[name] = entries
        return max((qubit + 1 for qargs in entries if qargs is not None for qubit in qargs), default=0)

    def operation(self, name: str) -> Operation | type[Any]:
        """The operation of that name; raises NotInTarget otherwise."""
        self._require(name)
        return self.operations[name]

    def entries(self, name: str) -> PropertyMap:
        """Properties by qubits of the operation of that name; raises NotInTarget otherwise."""
        self._require(name)
        return self.properties[name]

    def update(self, name: str, qargs: Qargs | None, properties: InstructionProperties | None) -> None:
        """Replace the properties of an existing instruction; raises NotInTarget otherwise."""
        entries = self.entries(name)
        if qargs not in entries:
            raise NotInTarget(f"instruction '{name}' on {qargs} is not in the target")
        _check_properties(name, properties)
        entries[qargs] = properties

    def width(self, name: str) -> int | None:
        """How many qubits the operation acts on; None if any number."""
        operation = self.operations[name]
        return None if isinstance(operation, type) else operation.num_qubits

    def is_global(self, name: str) -> bool:
        """Whether the operation is the same on all qubits."""
        return None in self.properties[name]

    def groups(self, name: str) -> list[Qargs]:
        """The groups of the operation's own width that it is given for; joint ones are left out."""
        width = self.width(name)
        return [qargs for qargs in self.properties[name] if qargs is not None and len(qargs) == width]

    def pairs(self) -> list[tuple[Operation | type[Any], Qargs | None]]:
        """Every (operation, qubits), in the order they were added."""
        return [(self.operations[name], qargs) for name, entries in self.properties.items() for qargs in entries]

    def properties_at(self, index: int) -> InstructionProperties | None:
        """The properties of entry `index` of `pairs`; raises NoSuchInstruction, an IndexError, beyond the last."""
        entries = [properties for entries in self.properties.values() for properties in entries.values()]
        if not -len(entries) <= index < len(entries):
            raise NoSuchInstruction(
                "no such instruction",
                where="instruction_properties",
                got=str(index),
                allowed=f"0 to {len(entries) - 1}, an index of Target.instructions" if entries else "none",
            )
        return entries[index]

    def qargs(self) -> set[Qargs] | None:
        """Every group of qubits that some operation names; None if all are global. Classes do not count."""
        fixed = (entries for name, entries in self.properties.items() if self.width(name) is not None)
        found = {qargs for entries in fixed for qargs in entries}
        return None if found == {None} else {qargs for qargs in found if qargs is not None}

    def names_for(self, qargs: Qargs | None, num_qubits: int | None) -> set[str]:
        """Names of the operations that act on `qargs`; None: of the global ones."""
        return {name for name in self.operations if self.acts_on(name, qargs, num_qubits)}

    def acts_on(self, name: str, qargs: Qargs | None, num_qubits: int | None) -> bool:
        """Whether the operation is given for `qargs`, or is global and fits their number."""
        operation, entries = self.operations[name], self.properties[name]
        if qargs in entries:
            return True
        if qargs is None or None not in entries or not _in_range(qargs, num_qubits):
            return False
        return isinstance(operation, type) or operation.num_qubits == len(qargs)

    def has_parameters(self, name: str, parameters: Sequence[Any]) -> bool:
        """Whether the operation takes these parameters: an open one takes anything, a fixed one its own value."""
        operation = self.operations[name]
        if isinstance(operation, type):
            return True
        return len(parameters) == len(operation.params) and all(
            is_open_parameter(own) or same_parameter(own, asked)
            for own, asked in zip(operation.params, parameters, strict=True)
        )

    def bears_parameters(self, name: str, parameters: Sequence[Any]) -> bool:
        """Whether these are the operation's own parameters, open ones included."""
        operation = self.operations[name]
        return (
            not isinstance(operation, type)
            and len(parameters) == len(operation.params)
            and all(map(same_parameter, operation.params, parameters))
        )

    def supports(
        self,
        name: str | None,
        operation_class: type[Any] | None,
        qargs: Qargs | None,
        parameters: Sequence[Any] | None,
        num_qubits: int | None,
    ) -> bool:
        """Whether an operation of that class, or else of that name, takes these parameters on these qubits."""
        if operation_class is not None:
            names = [known for known in self.operations if self._is_instance(known, operation_class)]
        else:
            names = [name] if name in self.operations else []
        return any(
            (parameters is None or self.has_parameters(found, parameters))
            and (qargs is None or self.acts_on(found, qargs, num_qubits))
            for found in names
        )

    def _is_instance(self, name: str, operation_class: type[Any]) -> bool:
        operation = self.operations[name]
        if isinstance(operation, type):
            return operation is operation_class
        return isinstance(operation, operation_class)

    def _require(self, name: str) -> None:
        if name not in self.operations:
            known = ", ".join(self.operations) or "none"
            raise NotInTarget(f"instruction '{name}' is not in the target", allowed=known)


def _is_operation(value: object) -> bool:
    return isinstance(value, Operation)


def _in_range(qargs: Qargs, num_qubits: int | None) -> bool:
    return len(set(qargs)) == len(qargs) and all(
        is_index(qubit) and (num_qubits is None or qubit < num_qubits) for qubit in qargs
    )


def _is_group(qargs: object, width: int) -> bool:
    return isinstance(qargs, tuple) and (bool(qargs) or width == 0) and _in_range(qargs, None)


def _check_properties(name: str, properties: object) -> None:
    if properties is not None and not isinstance(properties, InstructionProperties):
        raise TranspilerError(
            "not usable as properties",
            where=f"instruction '{name}'",
            got=repr(properties),
            allowed="InstructionProperties or None",
        )


def _check_entries(name: str, operation: Operation, entries: PropertyMap) -> None:
    joint = getattr(operation, "joint", False)
    for qargs, properties in entries.items():
        _check_properties(name, properties)
        if qargs is None:
            continue
        if not _is_group(qargs, operation.num_qubits):
            raise TranspilerError(
                "not a group of qubits",
                where=f"instruction '{name}'",
                got=repr(qargs),
                allowed="a tuple of different whole numbers of at least 0",
            )
        if len(qargs) != operation.num_qubits and not joint:
            raise TranspilerError(
                "wrong number of qubits",
                where=f"instruction '{name}'",
                got=repr(qargs),
                allowed=f"{operation.num_qubits} qubits",
            )
