"""From a Target to a document."""

from __future__ import annotations

import json
from numbers import Complex, Integral, Real
from typing import Any

from drivers.contract import Problem, ProblemReport, PulserigError
from runtime.pulse import ParameterExpression
from runtime.pulse import serialization as programs
from runtime.pulse.calibration_entries import CalibrationEntry, ScheduleDef
from runtime.pulse.parameters.foreign import own
from runtime.pulse.serialization.storable import Functions
from runtime.target.calibration import ScheduleEntry
from runtime.target.gates import STANDARD_GATES, Gate, Operation, standard_gate
from runtime.target.properties import InstructionProperties, QubitProperties
from runtime.target.serialization.documents import FORMAT, VERSION
from runtime.target.target import Target

__all__ = ["dumps"]

Json = Any  # nested plain data


def dumps(target: Target, *, functions: Functions | None = None, indent: int | None = None) -> str:
    """The JSON text of a Target.

    Gates of another package are written by name, width and parameters, classes by name alone.

    Args:
        target: What to write.
        functions: The functions of `AlignFunc` in calibrations, by the names under which they travel.
        indent: Spaces for each level, for people; None for one line.

    Raises:
        ProblemReport: What a document cannot hold, each with its path: calibrations that are functions, gate
            parameters that are neither numbers nor expressions, properties of a class of your own.
    """
    document = {"format": FORMAT, "version": VERSION, **_Writer(functions or {}).device(target)}
    return json.dumps(document, allow_nan=False, indent=indent)


def _is_standard(operation: Operation) -> bool:
    """Whether it is one of our standard gates, or another package's of the same name that has no parameters."""
    if operation.name not in STANDARD_GATES:
        return False
    width, parameters = STANDARD_GATES[operation.name]
    if not isinstance(operation, Gate):
        return operation.num_qubits == width and not parameters and not operation.params
    return operation == standard_gate(operation.name)


class _Writer:
    """Notes all problems of a Target while it is written."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._problems: list[Problem] = []

    def device(self, target: Target) -> Json:
        groups = target.concurrent_measurements
        qubits = target.qubit_properties
        written = {
            "description": target.description,
            "num_qubits": None if target.num_qubits is None else int(target.num_qubits),
            "dt": None if target.dt is None else float(target.dt),
            "granularity": int(target.granularity),
            "min_length": int(target.min_length),
            "pulse_alignment": int(target.pulse_alignment),
            "acquire_alignment": int(target.acquire_alignment),
            "qubit_properties": None
            if qubits is None
            else [self._qubit(k, entry) for k, entry in enumerate(qubits)],
            "concurrent_measurements": None if groups is None else [[int(q) for q in group] for group in groups],
            "meas_map": [[int(q) for q in group] for group in target.meas_map],
            "channel_frequencies": [
                {"channel": type(channel).__name__, "index": int(channel.index), "frequency_hz": float(frequency)}
                for channel, frequency in target.channel_frequencies.items()
            ],
            "control_channels": [
                {"qubits": [int(q) for q in qubits], "channels": [int(channel.index) for channel in channels]}
                for qubits, channels in target.control_channels.items()
            ],
            "instructions": [self._instruction(target, k, name) for k, name in enumerate(target)],
        }
        if self._problems:
            raise ProblemReport("the Target cannot be written as JSON", problems=tuple(self._problems))
        return written

    def _qubit(self, number: int, properties: QubitProperties | None) -> Json:
        if properties is None:
            return None
        self._own_class(properties, QubitProperties, f"qubit_properties[{number}]")
        values = {"t1": properties.t1, "t2": properties.t2, "frequency": properties.frequency}
        return {key: None if value is None else float(value) for key, value in values.items()}

    def _instruction(self, target: Target, number: int, name: str) -> Json:
        path = f"instructions[{number}]"
        places = [
            {
                "qubits": None if qargs is None else [int(q) for q in qargs],
                "properties": self._properties(properties, f"{path}.places[{k}].properties"),
            }
            for k, (qargs, properties) in enumerate(target[name].items())
        ]
        operation = self._operation(target.operation_from_name(name), f"{path}.operation")
        return {"name": name, "operation": operation, "places": places}

    def _operation(self, operation: Operation | type[Any], path: str) -> Json:
        if isinstance(operation, type):
            return {"kind": "class", "name": operation.__name__}
        if _is_standard(operation):
            return {"kind": "standard", "gate": operation.name}
        return {
            "kind": "gate",
            "name": operation.name,
            "num_qubits": int(operation.num_qubits),
            "params": [self._parameter(value, f"{path}.params[{k}]") for k, value in enumerate(operation.params)],
            "joint": bool(getattr(operation, "joint", False)),
        }

    def _parameter(self, value: object, path: str) -> Json:
        try:
            value = own(value)
            if isinstance(value, ParameterExpression):
                return {"expression": json.loads(programs.dumps(value))}
        except PulserigError as error:
            self._note(error, path)
            return None
        if isinstance(value, Integral):
            return int(value)
        if isinstance(value, Real):
            return float(value)
        if isinstance(value, Complex):
            number = complex(value)
            return {"real": number.real, "imag": number.imag}
        allowed = "a number or an expression"
        self._problems.append(Problem("this gate parameter cannot be written", path, repr(value)[:80], allowed))
        return None

    def _properties(self, properties: InstructionProperties | None, path: str) -> Json:
        if properties is None:
            return None
        self._own_class(properties, InstructionProperties, path)
        entry = properties.calibration_entry
        return {
            "duration": None if properties.duration is None else float(properties.duration),
            "error": None if properties.error is None else float(properties.error),
            "calibration": None if entry is None else self._calibration(entry, f"{path}.calibration"),
        }

    def _calibration(self, entry: CalibrationEntry, path: str) -> Json:
        if type(entry) not in {ScheduleDef, ScheduleEntry}:
            fix = "Put the program that it makes in its place"
            self._problems.append(Problem("only programs can be written", path, str(entry), "schedules", fix))
            return None
        try:
            text = programs.dumps(entry.get_schedule(), functions=self._functions)
        except PulserigError as error:
            self._note(error, f"{path}.program")
            return None
        return {
            "program": json.loads(text),
            "arguments": list(entry.get_signature().parameters),
            "user_provided": entry.user_provided,
        }

    def _own_class(self, value: object, expected: type, path: str) -> None:
        if type(value) is not expected:
            what = f"only plain {expected.__name__} can be written"
            self._problems.append(Problem(what, path, type(value).__name__))

    def _note(self, error: PulserigError, path: str) -> None:
        where = f"{path}.{error.where}" if error.where else path
        self._problems.append(Problem(error.what, where, error.got, error.allowed, error.fix))
