"""Instructions, pulses, channels and values as parts of a document."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from runtime.pulse import instructions as ins
from runtime.pulse.channels import Channel
from runtime.pulse.configuration import Discriminator, Kernel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.library import Pulse, SymbolicPulse, Waveform
from runtime.pulse.parameters import Parameter, ParameterExpression, ParameterVector, ParameterVectorElement
from runtime.pulse.parameters.tree import tree_of
from runtime.pulse.serialization.plain import plain_of
from runtime.pulse.serialization.tables import CHANNELS, INSTRUCTIONS, pulse_classes

__all__ = ["Json", "PartWriter"]

Json = Any  # nested plain data

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Acquire": ("duration", "channel", "mem_slot", "reg_slot", "kernel", "discriminator"),
    "Play": ("pulse", "channel"),
    **dict.fromkeys(("Delay", "TimeBlockade"), ("duration", "channel")),
    **dict.fromkeys(("SetPhase", "ShiftPhase"), ("phase", "channel")),
    **dict.fromkeys(("SetFrequency", "ShiftFrequency"), ("frequency", "channel")),
}


class PartWriter:
    """Fills the tables of vectors, parameters and pulses while instructions are written.

    Every method takes the path of what it writes, and raises PulseError with it for what has no form.
    """

    def __init__(self) -> None:
        self.tables: dict[str, list[Json]] = {"vectors": [], "parameters": [], "pulses": []}
        self._vectors: dict[ParameterVector, int] = {}
        self._parameters: dict[Parameter, int] = {}
        # Immutable objects by identity; they live as long as the program that is being written.
        self._pulses: dict[int, int] = {}

    def instruction(self, instruction: ins.Instruction, path: str) -> Json:
        """The form of an instruction."""
        kind = instruction.kind
        if type(instruction) is not INSTRUCTIONS.get(kind):
            raise PulseError("an instruction of your own cannot be written", where=path, got=repr(instruction))
        written: dict[str, Json] = {"kind": kind}
        match instruction:
            case ins.Reference(ref_keys=keys):
                return {**written, "keys": list(keys)}
            case ins.RelativeBarrier(channels=channels):
                written["channels"] = [self.channel(ch, f"{path}.channels[{k}]") for k, ch in enumerate(channels)]
            case ins.Snapshot(label=label, snapshot_type=snapshot_type):
                written |= {"label": label, "snapshot_type": snapshot_type}
            case _:
                for field in _FIELDS[kind]:
                    operand = getattr(instruction, field)
                    if operand is not None:
                        written[field] = self._operand(operand, f"{path}.{field}")
        if instruction.name is not None:
            written["name"] = instruction.name
        return written

    def _operand(self, operand: object, path: str) -> Json:
        match operand:
            case Pulse():
                return self.pulse(operand, path)
            case Channel():
                return self.channel(operand, path)
            case Kernel() | Discriminator():
                return {"name": operand.name, "params": self.plain(operand.params, f"{path}.params")}
        return self.value(operand, path)

    def channel(self, channel: Channel, path: str) -> Json:
        """The form of a channel."""
        kind = type(channel).__name__
        if CHANNELS.get(kind) is not type(channel):
            raise PulseError("a channel of your own cannot be written", where=path, got=repr(channel))
        return {"kind": kind, "index": self.value(channel.index, f"{path}.index")}

    # Pulses

    def pulse(self, pulse: Pulse, path: str) -> int:
        """The place of a pulse in its table."""
        known = self._pulses.get(id(pulse))
        if known is None:
            table = self.tables["pulses"]
            if type(pulse) not in pulse_classes():
                raise PulseError("a pulse of your own class cannot be written", where=path, got=repr(pulse)[:80])
            written = self._waveform(pulse) if isinstance(pulse, Waveform) else self._symbolic(pulse, len(table))
            written["limit_amplitude"] = bool(pulse.limit_amplitude)
            if pulse.name is not None:
                written["name"] = pulse.name
            known = self._pulses[id(pulse)] = len(table)
            table.append(written)
        return known

    def _waveform(self, pulse: Waveform) -> dict[str, Json]:
        samples = np.ascontiguousarray(pulse.samples, dtype="<c16").tobytes()
        text = base64.b64encode(samples).decode("ascii")
        return {"kind": "Waveform", "samples": text, "epsilon": float(pulse.epsilon)}

    def _symbolic(self, pulse: Pulse, place: int) -> dict[str, Json]:
        if not isinstance(pulse, SymbolicPulse):
            raise PulseError("a pulse of your own class cannot be written", got=repr(pulse)[:80])
        path = f"pulses[{place}].parameters"
        parameters = {key: self.value(value, f"{path}.{key}") for key, value in pulse.parameters.items()}
        shape = pulse.shape
        if shape.own_formulas is None:
            return {"kind": "named", "shape": shape.label, "parameters": parameters}
        formulas = shape.own_formulas
        return {
            "kind": "formula",
            "pulse_type": shape.name,
            "parameters": parameters,
            "scalable": shape.scalable,
            "envelope": _formula(formulas.envelope),
            "constraints": _formula(formulas.constraints),
            "valid_amp_conditions": _formula(formulas.valid_amp_conditions),
        }

    # Values

    def plain(self, value: object, path: str) -> Json:
        """The form of metadata or settings."""
        return plain_of(value, lambda expression: self.value(expression, path), path)

    def value(self, value: object, path: str) -> Json:
        """The form of a number or an expression."""
        if type(value) is int or type(value) is float:
            return value
        if not isinstance(value, ParameterExpression):
            number = plain_of(value, lambda _: None, path)
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise PulseError("not a real number", where=path, got=repr(value))
            return number
        # A set has no order, but equal programs should have equal texts.
        free = sorted(value.parameters, key=lambda p: (p.name, p.uuid.int))
        symbols = {p.formula: ("parameter", self._parameter(p)) for p in free}
        try:
            tree = tree_of(value.formula, symbols.__getitem__)
        except PulseError as error:
            raise PulseError(error.what, where=path, got=error.got, allowed=error.allowed) from error
        return tree if symbols else ("value", tree)

    def _parameter(self, parameter: Parameter) -> int:
        known = self._parameters.get(parameter)
        if known is None:
            table = self.tables["parameters"]
            written: dict[str, Json] = {"name": parameter.name, "uuid": parameter.uuid.hex}
            # A vector that was shortened since no longer has it.
            if isinstance(parameter, ParameterVectorElement) and parameter.index < len(parameter.vector):
                written = {"vector": self.vector(parameter.vector), "index": parameter.index}
            known = self._parameters[parameter] = len(table)
            table.append(written)
        return known

    def vector(self, vector: ParameterVector) -> int:
        """The place of a vector in its table."""
        known = self._vectors.get(vector)
        if known is None:
            table = self.tables["vectors"]
            known = self._vectors[vector] = len(table)
            table.append({"name": vector.name, "length": len(vector), "uuid": vector.uuid.hex})
        return known


def _formula(formula: object) -> Json:
    return None if formula is None else tree_of(formula, lambda symbol: ("symbol", str(symbol)))
