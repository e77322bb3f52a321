"""What the instructions of a device say of its qubits: which are joined, which lack something that others have."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Hashable, Iterable

from runtime.target.coupling import CouplingMap
from runtime.target.errors import InvalidTarget
from runtime.target.instructions import InstructionTable, Qargs

__all__ = ["joined_pairs", "non_global_names"]

_log = logging.getLogger(__name__)


def joined_pairs(
    table: InstructionTable, num_qubits: int | None, two_q_gate: str | None, *, filter_idle: bool
) -> CouplingMap | None:
    """The pairs that two-qubit operations, or `two_q_gate` alone, are given for; None if nothing restricts pairs.

    Nothing does when all operations are global, when a two-qubit one is, or when some are global and none is given
    for pairs; classes do not count. Operations on more qubits join none, which is noted in the log.
    """
    if two_q_gate is not None:
        table.operation(two_q_gate)
        if table.width(two_q_gate) != 2:
            message = f"'{two_q_gate}' is no two-qubit instruction"
            raise InvalidTarget(message, where="build_coupling_map", got=f"{table.width(two_q_gate)} qubits")
        if table.is_global(two_q_gate):
            return None
        pairs = table.groups(two_q_gate)
    else:
        if table.qargs() is None or any(
            table.is_global(name) for name in table.operations if table.width(name) == 2
        ):
            return None
        widths = {name: table.width(name) for name in table.operations}
        pairs = [qargs for name, width in widths.items() if width == 2 for qargs in table.groups(name)]
        if not pairs and any(table.is_global(name) for name, width in widths.items() if width is not None):
            return None
        wide = [name for name, width in widths.items() if width is not None and width > 2 and table.groups(name)]
        if wide:
            _log.warning("operations on more than two qubits are not in the coupling map: %s", ", ".join(wide))
    qubits: Iterable[int] | None = None if num_qubits is None else range(num_qubits)
    if filter_idle:
        qubits = {qubit for qargs in table.qargs() or () for qubit in qargs}
    return CouplingMap(pairs, qubits=qubits)


def non_global_names(table: InstructionTable, num_qubits: int | None, strict_direction: bool) -> list[str]:
    """Names of the operations that lack some qubits, or groups of their width, that other operations have.

    A single-qubit operation is held against all qubits of the device, if their number is known.
    """

    def key(qargs: Qargs) -> Hashable:
        return qargs if strict_direction else frozenset(qargs)

    def keys(groups: Iterable[Qargs]) -> set[Hashable]:
        return {key(qargs) for qargs in groups}

    wanted: dict[int | None, set[Hashable]] = defaultdict(set)
    wanted[1] = keys((qubit,) for qubit in range(num_qubits or 0))
    for name in table.operations:
        wanted[table.width(name)] |= keys(table.groups(name))
    return [
        name
        for name in table.operations
        if not table.is_global(name) and keys(table.groups(name)) != wanted[table.width(name)]
    ]
