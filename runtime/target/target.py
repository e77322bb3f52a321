"""Target: what a program must know of a device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from runtime.pulse.calibration_entries import CalibrationEntry, Program
from runtime.pulse.instruction_schedule_map import InstructionScheduleMap
from runtime.pulse.schedule import Schedule, ScheduleBlock
from runtime.pulse.transforms import block_to_schedule
from runtime.target.configuration import Knowledge, entries_for, named_operations, number_of_qubits
from runtime.target.connectivity import joined_pairs, non_global_names
from runtime.target.coupling import CouplingMap, EdgeSource, coupling_map_of
from runtime.target.device import DeviceDescription
from runtime.target.durations import InstructionDurations
from runtime.target.errors import NotInTarget
from runtime.target.gates import Operation
from runtime.target.instructions import InstructionTable, Qargs, as_qargs
from runtime.target.properties import InstructionProperties
from runtime.target.schedule_map import ErrorTable, OperationNames, ScheduleMapCache, update_from_map
from runtime.target.text import target_text
from runtime.target.timing import TimingConstraints

__all__ = ["Target"]


class Target(DeviceDescription, Mapping[str, Mapping[Qargs | None, InstructionProperties | None]]):
    """A device: its instructions with their calibrations, its clock and grids, its channels.

    As a mapping it goes from an instruction's name to {qubits: properties}. Two Targets are equal only if they are
    the same object, because a Target can grow.
    """

    @cached_property
    def _instructions(self) -> InstructionTable:
        """Made when first used, so that the constructor is that of the device alone."""
        return InstructionTable()

    @cached_property
    def _schedule_map(self) -> ScheduleMapCache:
        return ScheduleMapCache()

    @classmethod
    def from_configuration(
        cls,
        basis_gates: Iterable[str],
        num_qubits: int | None = None,
        coupling_map: CouplingMap | EdgeSource | Iterable[Iterable[int]] | None = None,
        *,
        inst_map: InstructionScheduleMap | None = None,
        instruction_durations: InstructionDurations | None = None,
        concurrent_measurements: Sequence[Sequence[int]] | None = None,
        dt: float | None = None,
        timing_constraints: TimingConstraints | None = None,
        custom_name_mapping: OperationNames | None = None,
    ) -> Self:
        """A Target of operations that are alike on all qubits.

        Without a coupling map all operations are global. With one, single-qubit operations are given for each
        qubit and two-qubit ones for each directed pair, with what the other arguments know of them; classes stay
        global.

        Args:
            basis_gates: Names of standard gates, or of `custom_name_mapping`, which goes first.
            num_qubits: How many qubits there are; None: as many as the coupling map has, or unknown.
            coupling_map: Directed pairs of qubits.
            inst_map: Calibrations; one of the user's gives its length as duration too. Needs a coupling map.
            instruction_durations: They go before those of calibrations. Need a coupling map.
            concurrent_measurements: Groups of qubits that must be measured at the same time.
            dt: Sample period, seconds.
            timing_constraints: The grids.
            custom_name_mapping: Operations, or classes for variable width, by name.

        Raises:
            NotInTarget: Names that are no operation, all at once (a KeyError).
            TranspilerError: An operation on more than two qubits beside a coupling map.
            InvalidTarget: Arguments that cannot be used; num_qubits is not that of the coupling map.
        """
        grids = timing_constraints or TimingConstraints()
        known = None if coupling_map is None else coupling_map_of(coupling_map, num_qubits)
        target = cls(
            num_qubits=number_of_qubits(num_qubits, known),
            dt=dt,
            concurrent_measurements=concurrent_measurements,
            **asdict(grids),
        )
        operations = named_operations(basis_gates, custom_name_mapping or {}, limited=known is not None)
        knowledge = Knowledge(inst_map, instruction_durations, dt)
        for name, operation in operations.items():
            target.add_instruction(operation, entries_for(name, operation, known, knowledge), name=name)
        return target

    # The instructions

    def add_instruction(
        self,
        instruction: Operation | type[Any],
        properties: Mapping[Any, InstructionProperties | None] | None = None,
        name: str | None = None,
    ) -> None:
        """Add an operation.

        Args:
            instruction: Any object with name, num_qubits and params; or a class, for operations of any width.
            properties: What is known of it on each group of qubits, by tuples; None: it is global, the same
                everywhere.
            name: Instead of the operation's own name, e.g. for variants with fixed parameters.

        Raises:
            DuplicateInstruction: The name is taken (an AttributeError).
            TranspilerError: A class without name or with properties, qubits that do not fit the operation's width.
        """
        qubits = self._instructions.add(instruction, properties, name)
        if self.num_qubits is None:
            self.num_qubits = qubits or None
        else:
            self.num_qubits = max(self.num_qubits, qubits)

    def update_instruction_properties(
        self, instruction: str, qargs: Qargs | None, properties: InstructionProperties | None
    ) -> None:
        """Replace what is known of an instruction; raises NotInTarget (a KeyError) when it is not there."""
        self._instructions.update(instruction, qargs, properties)

    def instruction_supported(
        self,
        operation_name: str | None = None,
        qargs: int | Iterable[int] | None = None,
        operation_class: type[Any] | None = None,
        parameters: Sequence[Any] | None = None,
    ) -> bool:
        """Whether the device has an instruction, by name or class, on given qubits, with given parameters.

        A class is looked for instead of a name when both are given. An open parameter of the device takes any
        value; an open parameter in the question does not match a fixed one. Unlike Qiskit, qubits are checked
        also when parameters are given, and those of a class lie below num_qubits, not at it. A Target of unknown
        size checks no qubits.
        """
        group = None if qargs is None or self.num_qubits is None else as_qargs(qargs)
        return self._instructions.supports(operation_name, operation_class, group, parameters, self.num_qubits)

    # Calibrations

    def has_calibration(
        self, operation_name: str, qargs: int | Iterable[int], operation_params: object | None = None
    ) -> bool:
        """Whether the instruction has a schedule on these qubits.

        `operation_params`, one value or several, must be those of the gate object itself if given: a gate whose
        angle is open is no gate of angle 0.3, though its schedule can be bound to that.
        """
        return self._entry(operation_name, as_qargs(qargs), operation_params) is not None

    def get_calibration(
        self,
        operation_name: str,
        qargs: int | Iterable[int],
        *args: Any,  # noqa: ANN401 - numbers or expressions
        operation_params: object | None = None,
        **kwargs: Any,  # noqa: ANN401 - numbers or expressions
    ) -> Program:
        """The schedule of an instruction, a copy, with its publisher in its metadata.

        Parameters bind by position, by the schedule's own names (a device file's P0, P1, P2 in this order) or by
        the gate's names (`theta`); those of a schedule that are not given stay open, a function's must be given.
        `operation_params` bind nothing: see `has_calibration`. A calibration may be a Schedule or a ScheduleBlock;
        `get_schedule` gives a Schedule in both cases.

        Raises:
            NotInTarget: There is no calibration (a KeyError).
            PulseError: Too many, doubled, unknown or missing parameters.
        """
        group = as_qargs(qargs)
        entry = self._entry(operation_name, group, operation_params)
        if entry is None:
            raise NotInTarget(f"Calibration of instruction '{operation_name}' for qubits {group} is not defined.")
        values = self._schedule_names(operation_name, entry, kwargs) if kwargs else kwargs
        return entry.get_schedule(*args, **values)

    def get_schedule(
        self,
        operation_name: str,
        qargs: int | Iterable[int],
        *args: Any,  # noqa: ANN401 - numbers or expressions
        operation_params: object | None = None,
        **kwargs: Any,  # noqa: ANN401 - numbers or expressions
    ) -> Schedule:
        """`get_calibration`, laid out in time: always a Schedule, also where the calibration is a ScheduleBlock.

        Raises:
            NotInTarget: There is no calibration (a KeyError).
            PulseError: Too many, doubled, unknown or missing parameters.
            UnassignedDurationError: A length or a subroutine of a block is still open.
        """
        program = self.get_calibration(operation_name, qargs, *args, operation_params=operation_params, **kwargs)
        return block_to_schedule(program) if isinstance(program, ScheduleBlock) else program

    def _entry(self, name: str, qargs: Qargs, operation_params: object | None) -> CalibrationEntry | None:
        table = self._instructions
        properties = table.properties.get(name, {}).get(qargs)
        if properties is None:
            return None
        if operation_params is not None:
            asked = list(operation_params) if isinstance(operation_params, list | tuple) else [operation_params]
            if not table.bears_parameters(name, asked):
                return None
        return properties.calibration_entry

    def _schedule_names(self, name: str, entry: CalibrationEntry, values: dict[str, Any]) -> dict[str, Any]:
        """`values` with a gate's parameter names replaced by those of its schedule, by position."""
        operation = self._instructions.operations[name]
        own = list(entry.get_signature().parameters)
        if isinstance(operation, type) or len(own) != len(operation.params):
            return values
        gate_names = [getattr(parameter, "name", None) for parameter in operation.params]
        translation = {gate: mine for gate, mine in zip(gate_names, own, strict=True) if gate not in own}
        return {str(translation.get(key, key)): value for key, value in values.items()}

    def instruction_schedule_map(self) -> InstructionScheduleMap:
        """All calibrations by instruction and qubits; the same object until the Target changes.

        It shares the entries, not the table: what is added to the map stays out of the Target. Take it in with
        `update_from_instruction_schedule_map`.
        """
        return self._schedule_map.of(self._instructions)

    def update_from_instruction_schedule_map(
        self,
        inst_map: InstructionScheduleMap,
        inst_name_map: OperationNames | None = None,
        error_dict: ErrorTable | None = None,
    ) -> None:
        """Take the user's calibrations of a map; the device's, and those that are here already, change nothing.

        An instruction's properties on these qubits become the calibration, its length times dt as duration (None
        without dt, and where the length is open or a function's), and the error of `error_dict` or None. Qubits
        that an instruction of the Target lacks are ignored. A new name becomes a new instruction: that of
        `inst_name_map`, a standard gate, or a Gate with the calibration's parameters; qubits that do not fit its
        width are ignored.

        Args:
            inst_map: Where the calibrations come from.
            inst_name_map: Operations by name, for new instructions.
            error_dict: Errors by name and qubits; those of entries that change nothing are ignored.

        Raises:
            TranspilerError: The calibrations of a new instruction differ in parameters or number of qubits.
        """
        update_from_map(self, inst_map, inst_name_map or {}, error_dict or {})

    # What there is

    @property
    def operation_names(self) -> list[str]:
        """Names of the operations, in the order they were added."""
        return list(self._instructions.operations)

    @property
    def operations(self) -> list[Operation | type[Any]]:
        """The operations, in the order they were added."""
        return list(self._instructions.operations.values())

    @property
    def instructions(self) -> list[tuple[Operation | type[Any], Qargs | None]]:
        """Every (operation, qubits)."""
        return self._instructions.pairs()

    def operation_from_name(self, instruction: str) -> Operation | type[Any]:
        """The operation of that name; raises NotInTarget (a KeyError) otherwise."""
        return self._instructions.operation(instruction)

    @property
    def qargs(self) -> set[Qargs] | None:
        """Every group of qubits that some operation names; None if all operations are global."""
        return self._instructions.qargs()

    def qargs_for_operation_name(self, operation: str) -> list[Qargs] | None:
        """The groups of qubits an operation is given for; None if it is global.

        Raises NotInTarget (a KeyError) for an unknown name.
        """
        entries = self._instructions.entries(operation)
        return None if None in entries else [qargs for qargs in entries if qargs is not None]

    def operation_names_for_qargs(self, qargs: int | Iterable[int] | None) -> set[str]:
        """Names of all operations on these qubits, global ones included; None: of the global ones.

        Raises NotInTarget (a KeyError) when there are none.
        """
        group = None if qargs is None else as_qargs(qargs)
        names = self._instructions.names_for(group, self.num_qubits)
        if not names:
            raise NotInTarget(f"the target has no operations on qubits {group}")
        return names

    def operations_for_qargs(self, qargs: int | Iterable[int] | None) -> list[Operation | type[Any]]:
        """All operations on these qubits; see `operation_names_for_qargs`."""
        names = self.operation_names_for_qargs(qargs)
        return [operation for name, operation in self._instructions.operations.items() if name in names]

    def instruction_properties(self, index: int) -> InstructionProperties | None:
        """The properties of entry `index` of `instructions`; raises NoSuchInstruction (IndexError) beyond."""
        return self._instructions.properties_at(index)

    def get_non_global_operation_names(self, strict_direction: bool = False) -> list[str]:
        """Names of the operations that lack some qubits, or groups of their width, that other operations have.

        A single-qubit operation is held against all qubits of the Target. Directions of groups count only if
        `strict_direction` is set.
        """
        return non_global_names(self._instructions, self.num_qubits, strict_direction)

    def build_coupling_map(
        self, two_q_gate: str | None = None, filter_idle_qubits: bool = False
    ) -> CouplingMap | None:
        """The pairs of qubits that two-qubit operations are given for; None if nothing restricts pairs.

        Args:
            two_q_gate: Only the pairs of this operation.
            filter_idle_qubits: Leave out the qubits that no operation names; the others keep their indices.

        Raises:
            NotInTarget: No operation of the name `two_q_gate` (a KeyError).
            InvalidTarget: `two_q_gate` is no two-qubit operation (a ValueError).
        """
        return joined_pairs(self._instructions, self.num_qubits, two_q_gate, filter_idle=filter_idle_qubits)

    def durations(self) -> InstructionDurations:
        """The known durations of all instructions, with the Target's dt for conversions."""
        rows = [
            (name, qargs, properties.duration, "s")
            for name, entries in self.items()
            for qargs, properties in entries.items()
            if properties is not None and properties.duration is not None
        ]
        return InstructionDurations(rows, dt=self.dt)

    # The mapping

    def __getitem__(self, name: str) -> Mapping[Qargs | None, InstructionProperties | None]:
        return MappingProxyType(self._instructions.entries(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._instructions.operations)

    def __len__(self) -> int:
        return len(self._instructions.operations)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return target_text(self)
