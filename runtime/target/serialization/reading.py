"""From a document to a Target."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from drivers.contract import Problem, ProblemReport, PulserigError
from runtime.pulse import ControlChannel, DriveChannel, MeasureChannel, ParameterExpression, Schedule
from runtime.pulse import serialization as programs
from runtime.pulse.schedule import ScheduleBlock
from runtime.pulse.serialization.parsing import parsed, refusal
from runtime.pulse.serialization.storable import Functions, Storable
from runtime.target.calibration import ScheduleEntry
from runtime.target.gates import STANDARD_GATES, Gate, Operation, standard_gate
from runtime.target.instructions import Qargs
from runtime.target.properties import InstructionProperties, QubitProperties
from runtime.target.schedule_map import OperationNames
from runtime.target.serialization import documents as doc
from runtime.target.target import Target

__all__ = ["loads"]

_CHANNELS = {kind.__name__: kind for kind in (DriveChannel, MeasureChannel, ControlChannel)}


def loads(
    text: str | bytes, *, operations: OperationNames | None = None, functions: Functions | None = None
) -> Target:
    """The Target that `dumps` wrote.

    Args:
        text: The JSON document.
        operations: Operations by the names of instructions, in place of what the document says: classes for those
            of variable width, which a document only names, and gates of another package.
        functions: The functions of `AlignFunc` in calibrations, by the names that `dumps` was given.

    Raises:
        ProblemReport: No JSON, another format or version, or malformed; each problem names the path of the fault.
    """
    document = parsed(text, doc.Document, what=doc.WHAT, form=doc.FORMAT, version=doc.VERSION)
    reader = _Reader(operations or {}, functions or {})
    instructions = [reader.instruction(k, entry) for k, entry in enumerate(document.instructions)]
    problems = [*reader.problems, *_repeated(document)]
    if problems:
        raise refusal(doc.WHAT, *problems)
    target = _device(document)
    for k, (entry, (operation, places)) in enumerate(zip(document.instructions, instructions, strict=True)):
        try:
            target.add_instruction(operation, places, name=entry.name)
        except PulserigError as error:
            problems.append(Problem(str(error), f"instructions[{k}]"))
    if document.num_qubits is not None and target.num_qubits != document.num_qubits:
        allowed = f"at least {target.num_qubits}, as qubit_properties and instructions say"
        problems.append(Problem("too few qubits", "num_qubits", str(document.num_qubits), allowed))
    if problems:
        raise refusal(doc.WHAT, *problems)
    target.num_qubits = document.num_qubits
    return target


def _device(document: doc.Document) -> Target:
    """The Target without its instructions."""
    qubits = document.qubit_properties
    try:
        return Target(
            description=document.description,
            num_qubits=document.num_qubits,
            dt=document.dt,
            granularity=document.granularity,
            min_length=document.min_length,
            pulse_alignment=document.pulse_alignment,
            acquire_alignment=document.acquire_alignment,
            qubit_properties=None if qubits is None else [_qubit(entry) for entry in qubits],
            concurrent_measurements=document.concurrent_measurements,
            channel_frequencies={
                _CHANNELS[entry.channel](entry.index): entry.frequency_hz for entry in document.channel_frequencies
            },
            meas_map=document.meas_map,
            control_channels={
                tuple(entry.qubits): [ControlChannel(index) for index in entry.channels]
                for entry in document.control_channels
            },
        )
    except ProblemReport as error:
        raise refusal(doc.WHAT, *error.problems) from None


def _qubit(entry: doc.QubitEntry | None) -> QubitProperties | None:
    return None if entry is None else QubitProperties(entry.t1, entry.t2, entry.frequency)


class _Reader:
    """Operations and properties of instructions; `problems` gathers what is wrong with them."""

    def __init__(self, operations: OperationNames, functions: Functions) -> None:
        self.problems: list[Problem] = []
        self._operations = operations
        self._functions = functions

    def instruction(
        self, number: int, entry: doc.InstructionEntry
    ) -> tuple[Operation | type[Any], Mapping[Qargs | None, InstructionProperties | None] | None]:
        path = f"instructions[{number}]"
        operation = self._operation(entry, path)
        if isinstance(operation, type):
            if any(place.qubits is not None or place.properties is not None for place in entry.places):
                self._note("a class of operations has no qubits of its own", f"{path}.places")
            return operation, None
        places: dict[Qargs | None, InstructionProperties | None] = {}
        for k, place in enumerate(entry.places):
            qargs = None if place.qubits is None else tuple(place.qubits)
            if qargs in places:
                self._note(
                    "the qubits stand there more than once", f"{path}.places[{k}].qubits", str(place.qubits)
                )
            places[qargs] = self._properties(place.properties, f"{path}.places[{k}].properties")
        return operation, places

    def _operation(self, entry: doc.InstructionEntry, path: str) -> Operation | type[Any]:
        if entry.name in self._operations:
            return self._operations[entry.name]
        match entry.operation:
            case doc.StandardOperation(gate=name) if name in STANDARD_GATES:
                return standard_gate(name)
            case doc.GateOperation(name=name, num_qubits=width, params=params, joint=joint):
                where = f"{path}.operation.params"
                values = tuple(self._parameter(value, f"{where}[{k}]") for k, value in enumerate(params))
                return Gate(name, width, values, joint)
            case doc.StandardOperation(gate=name):
                self._note("no such standard gate", f"{path}.operation.gate", repr(name))
            case doc.ClassOperation(name=name):
                fix = f"Pass operations={{{entry.name!r}: {name}}} to loads"
                self._note("a document cannot hold classes", f"{path}.operation", name, fix=fix)
        return Gate(entry.name, 0)

    def _parameter(self, value: complex | doc.ComplexParameter | doc.OpenParameter, path: str) -> object:
        match value:
            case doc.ComplexParameter(real=real, imag=imaginary):
                return complex(real, imaginary)
            case doc.OpenParameter(expression=document):
                expression = self._part(document, f"{path}.expression")
                if expression is not None and not isinstance(expression, ParameterExpression):
                    self._note("not an expression", f"{path}.expression", type(expression).__name__)
                return expression
        return value

    def _properties(self, entry: doc.PropertiesEntry | None, path: str) -> InstructionProperties | None:
        if entry is None:
            return None
        calibration = None if entry.calibration is None else self._entry(entry.calibration, f"{path}.calibration")
        return InstructionProperties(entry.duration, entry.error, calibration)

    def _entry(self, entry: doc.CalibrationEntry, path: str) -> ScheduleEntry | None:
        program = self._part(entry.program, f"{path}.program")
        if program is None:
            return None
        if not isinstance(program, Schedule | ScheduleBlock):
            self._note("not a program", f"{path}.program", type(program).__name__, "Schedule, ScheduleBlock")
            return None
        try:
            return ScheduleEntry(program, entry.arguments, user_provided=entry.user_provided)
        except PulserigError as error:
            self._note(error.what, f"{path}.arguments", error.got, error.allowed)
            return None

    def _part(self, document: Mapping[str, Any], path: str) -> Storable | None:
        """What the pulse document at `path` holds; None, with its problems noted, if that is nothing."""
        try:
            return programs.loads(json.dumps(document), functions=self._functions)
        except ProblemReport as error:
            for problem in error.problems:
                where = f"{path}.{problem.where}" if problem.where else path
                self._note(problem.what, where, problem.got, problem.allowed, problem.fix)
            return None

    def _note(self, what: str, where: str, got: str = "", allowed: str = "", fix: str = "") -> None:
        self.problems.append(Problem(what, where, got, allowed, fix))


def _repeated(document: doc.Document) -> Iterator[Problem]:
    """Keys of tables that stand there twice, of which one would be lost."""
    channels = [(entry.channel, entry.index) for entry in document.channel_frequencies]
    groups = [tuple(entry.qubits) for entry in document.control_channels]
    for table, keys in (("channel_frequencies", channels), ("control_channels", groups)):
        for k, key in enumerate(keys):
            if key in keys[:k]:
                yield Problem("the entry stands there more than once", f"{table}[{k}]", str(key))
