"""Which schedule plays an instruction on which qubits."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from numbers import Integral
from typing import Protocol

from runtime.pulse.calibration_entries import CalibrationEntry, CallableDef, Program, entry_of
from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters import ParameterExpression

__all__ = ["InstructionScheduleMap", "Named"]

Qubits = tuple[int, ...]
Value = ParameterExpression | complex


class Named(Protocol):
    """Anything with a name, as a gate."""

    @property
    def name(self) -> str:
        """The name."""
        ...


class InstructionScheduleMap:
    """Schedules by instruction and qubits.

    For example::

        calibrations = InstructionScheduleMap()
        calibrations.add("x", 0, x_schedule)
        calibrations.add("rx", 0, lambda angle: ...)
        calibrations.get("rx", 0, angle=1.57)

    An instruction is given by its name or by an object that has one, qubits by a number or an ordered group:
    (0, 1) and (1, 0) are different. Equal are maps of the same entries. Programs are copied when they go in and
    come out.
    """

    __hash__ = None  # type: ignore[assignment]  # maps grow

    def __init__(self) -> None:
        self._entries: dict[str, dict[Qubits, CalibrationEntry]] = {}

    # What is in it

    @property
    def instructions(self) -> list[str]:
        """Names of all instructions, in the order they were added."""
        return list(self._entries)

    def qubits_with_instruction(self, instruction: str | Named) -> list[int | Qubits]:
        """The qubits that have the instruction, sorted: numbers for single qubits, tuples for groups."""
        groups = sorted(self._entries.get(_name_of(instruction), {}))
        return [group[0] if len(group) == 1 else group for group in groups]

    def qubit_instructions(self, qubits: int | Iterable[int]) -> list[str]:
        """Names of the instructions on exactly these qubits, in the order they were added."""
        group = _group_of(qubits)
        return [name for name, entries in self._entries.items() if group in entries]

    def has(self, instruction: str | Named, qubits: int | Iterable[int]) -> bool:
        """Whether the instruction is there for these qubits."""
        return _group_of(qubits) in self._entries.get(_name_of(instruction), {})

    def assert_has(self, instruction: str | Named, qubits: int | Iterable[int]) -> None:
        """Raise PulseError unless the instruction is there for these qubits."""
        self.entry(instruction, qubits)

    def has_custom_gate(self) -> bool:
        """Whether any entry is the user's."""
        return any(entry.user_provided for entries in self._entries.values() for entry in entries.values())

    def entry(self, instruction: str | Named, qubits: int | Iterable[int]) -> CalibrationEntry:
        """The calibration entry itself.

        Raises:
            PulseError: there is none.
        """
        name, group = _name_of(instruction), _group_of(qubits)
        entries = self._entries.get(name)
        if entries is None:
            raise PulseError(
                f"Operation '{name}' is not defined for this system",
                where="InstructionScheduleMap",
                allowed=", ".join(self._entries) or "none",
            )
        if group not in entries:
            raise PulseError(
                f"Operation '{name}' exists, but is only defined for qubits {self.qubits_with_instruction(name)}",
                where="InstructionScheduleMap",
                got=f"qubits {group}",
            )
        return entries[group]

    def get_parameters(self, instruction: str | Named, qubits: int | Iterable[int]) -> tuple[str, ...]:
        """Names of the parameters that `get` takes, in order.

        Raises:
            PulseError: there is no such entry.
        """
        return tuple(self.entry(instruction, qubits).get_signature().parameters)

    def get(
        self, instruction: str | Named, qubits: int | Iterable[int], *params: Value, **kwparams: Value
    ) -> Program:
        """The program of an instruction, its parameters bound by position or name.

        A schedule's parameters that are not given stay open; a function's must be given unless they have defaults.
        The program's metadata says under "publisher" who made it.

        Raises:
            PulseError: there is no such entry; too many, doubled, unknown or missing parameters.
        """
        return self.entry(instruction, qubits).get_schedule(*params, **kwparams)

    # Changing it

    def add(
        self,
        instruction: str | Named,
        qubits: int | Iterable[int],
        schedule: Program | Callable[..., Program] | CalibrationEntry,
        arguments: Iterable[str] | None = None,
    ) -> None:
        """Add an entry of the user's, or replace one.

        Args:
            instruction: its name, or an object that has one.
            qubits: a number or an ordered group.
            schedule: a program, a function that makes one, or an entry.
            arguments: order of the program's parameter names for `get`; alphabetical if left out.

        Raises:
            PulseError: no qubits; nothing that makes a program; `arguments` are not the program's parameters.
        """
        name, group = _name_of(instruction), _group_of(qubits)
        if not group:
            raise PulseError(f"'{name}' needs at least one qubit", where="InstructionScheduleMap.add")
        entry = entry_of(schedule, arguments)
        if arguments is not None and isinstance(entry, CallableDef):
            warnings.warn(
                f"'{name}' is a function, which has its own signature: arguments are ignored",
                UserWarning,
                stacklevel=2,
            )
        self._entries.setdefault(name, {})[group] = entry

    def remove(self, instruction: str | Named, qubits: int | Iterable[int]) -> None:
        """Remove an entry.

        Raises:
            PulseError: there is none.
        """
        self.assert_has(instruction, qubits)
        name = _name_of(instruction)
        del self._entries[name][_group_of(qubits)]
        if not self._entries[name]:
            del self._entries[name]

    def pop(
        self, instruction: str | Named, qubits: int | Iterable[int], *params: Value, **kwparams: Value
    ) -> Program:
        """As `get`, and remove the entry; it stays if the parameters do not fit.

        Raises:
            PulseError: as `get`.
        """
        program = self.get(instruction, qubits, *params, **kwparams)
        self.remove(instruction, qubits)
        return program

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, InstructionScheduleMap):
            return NotImplemented
        return self._entries == other._entries

    def __str__(self) -> str:
        single, several = ["1Q instructions:"], ["Multi qubit instructions:"]
        for group in sorted({group for entries in self._entries.values() for group in entries}):
            names = "{" + ", ".join(repr(name) for name in self.qubit_instructions(group)) + "}"
            if len(group) == 1:
                single.append(f"  q{group[0]}: {names}")
            else:
                several.append(f"  {group}: {names}")
        lines = "\n".join(single + several)
        return f"<{type(self).__name__}({lines}\n)>"

    __repr__ = __str__


def _name_of(instruction: str | Named) -> str:
    if isinstance(instruction, str):
        return instruction
    name = getattr(instruction, "name", None)
    if not isinstance(name, str):
        raise PulseError("an instruction is given by its name or an object that has one", got=repr(instruction))
    return name


def _group_of(qubits: int | Iterable[int]) -> Qubits:
    group: tuple[object, ...] = tuple(qubits) if isinstance(qubits, Iterable) else (qubits,)
    if any(isinstance(qubit, bool) or not isinstance(qubit, Integral) or qubit < 0 for qubit in group):
        raise PulseError(
            "qubits are numbers",
            where="InstructionScheduleMap",
            got=repr(qubits),
            allowed="a whole number from 0, or several",
        )
    return tuple(int(qubit) for qubit in group)  # type: ignore[call-overload]  # whole numbers
