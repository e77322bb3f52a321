"""Instructions, pulses, channels and values from the parts of a document."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from drivers.contract.errors import Problem
from runtime.pulse import instructions as ins
from runtime.pulse.channels import Channel, SnapshotChannel
from runtime.pulse.configuration import Discriminator, Kernel
from runtime.pulse.library import Pulse, Waveform
from runtime.pulse.library.choice import known_shape
from runtime.pulse.library.custom import custom_shape
from runtime.pulse.library.formulas import Formulas
from runtime.pulse.library.shapes import Shape
from runtime.pulse.library.symbolic import restored
from runtime.pulse.parameters import Parameter, ParameterExpression, ParameterVector
from runtime.pulse.parameters.symbolic import symengine
from runtime.pulse.parameters.tree import formula_of
from runtime.pulse.serialization import documents as doc
from runtime.pulse.serialization.faults import Fault, at
from runtime.pulse.serialization.plain import value_of
from runtime.pulse.serialization.tables import CHANNELS, INSTRUCTIONS, pulse_class

__all__ = ["PartBuilder", "entry"]

_T = TypeVar("_T")

_TEXTS = frozenset({"label", "snapshot_type"})
_OPTIONAL = frozenset({"mem_slot", "reg_slot", "kernel", "discriminator"})


def entry(table: Sequence[_T], place: int, path: str) -> _T:
    """An entry of a table; Fault if there is none (yet)."""
    if not 0 <= place < len(table):
        raise Fault(Problem("no such entry", where=path, got=str(place), allowed=f"0 to {len(table) - 1}"))
    return table[place]


class PartBuilder:
    """Parts that refer to vectors, parameters and pulses, which are filled in first.

    Every method takes the path of what it builds, and raises Fault with it for what means nothing.
    """

    def __init__(self) -> None:
        self.vectors: list[ParameterVector] = []
        self.parameters: list[Parameter] = []
        self.pulses: list[Pulse] = []

    def vector(self, part: doc.VectorEntry, path: str) -> ParameterVector:
        """A vector."""
        with at(path):
            return ParameterVector(part.name, part.length, uuid=UUID(hex=part.uuid))

    def parameter(self, part: doc.FreeParameter | doc.ElementParameter, path: str) -> Parameter:
        """A parameter."""
        if isinstance(part, doc.FreeParameter):
            return Parameter(part.name, uuid=UUID(hex=part.uuid))
        vector = entry(self.vectors, part.vector, f"{path}.vector")
        if part.index >= len(vector):
            problem = Problem("no such element", where=f"{path}.index", got=str(part.index), allowed=repr(vector))
            raise Fault(problem)
        return vector[part.index]

    def value(self, tree: object, path: str) -> Any:  # noqa: ANN401 - a number or an expression
        """A number or an expression."""
        if type(tree) is int or type(tree) is float:
            return tree
        used: dict[Any, Parameter] = {}

        def symbol(name: str, items: Sequence[object]) -> Any:  # noqa: ANN401 - symengine publishes no types
            if name != "parameter":
                raise KeyError(name)
            place = items[0] if len(items) == 1 else None
            if type(place) is not int:
                raise Fault(Problem("a parameter is named by its place", where=path, got=repr(items)[:80]))
            parameter = entry(self.parameters, place, path)
            used[parameter.formula] = parameter
            return parameter.formula

        with at(path):
            if isinstance(tree, list) and len(tree) == 2 and tree[0] == "value":
                return ParameterExpression(formula_of(tree[1], symbol, f"{path}[1]"), used.values())
            formula = formula_of(tree, symbol, path)
        return used[formula] if formula in used else ParameterExpression(formula, used.values())

    def plain(self, plain: Mapping[str, object], path: str) -> dict[Any, Any]:
        """Metadata or settings."""
        with at(path):
            value = value_of(plain, self.value, path)
        if not isinstance(value, dict):
            raise Fault(Problem("not an object with keys", where=path, got=", ".join(map(repr, plain))))
        return value

    def _setting(self, kind: type[Kernel | Discriminator], part: doc.SettingEntry, path: str) -> Any:  # noqa: ANN401 - of `kind`
        where = f"{path}.params"
        params = self.plain(part.params, where)
        reserved = [key for key in params if not isinstance(key, str) or key in {"self", "name"}]
        if reserved:
            raise Fault(Problem("settings have names of their own", where=where, got=repr(reserved)[:80]))
        return kind(part.name, **params)

    def channel(self, part: doc.ChannelEntry, path: str) -> Channel:
        """A channel."""
        index = self.value(part.index, f"{path}.index")
        kind = CHANNELS[part.kind]
        with at(path):
            if kind is SnapshotChannel:
                return SnapshotChannel()
            return kind(index)

    def instruction(self, part: doc.InstructionEntry, path: str) -> ins.Instruction:
        """An instruction."""
        kind: Any = INSTRUCTIONS[part.kind]
        if isinstance(part, doc.ReferenceEntry):
            with at(path):
                return ins.Reference(*part.keys)
        if isinstance(part, doc.BarrierEntry):
            channels = [self.channel(ch, f"{path}.channels[{k}]") for k, ch in enumerate(part.channels)]
            return ins.RelativeBarrier(*channels, name=part.name)
        fields = {
            field: self._field(field, getattr(part, field), f"{path}.{field}")
            for field in type(part).model_fields
            if field not in {"kind", "name"}
        }
        with at(path):
            instruction: ins.Instruction = kind(**fields, name=part.name)
            return instruction

    def _field(self, field: str, part: Any, path: str) -> Any:  # noqa: ANN401 - an operand
        if isinstance(part, doc.ChannelEntry):
            return self.channel(part, path)
        if isinstance(part, doc.SettingEntry):
            return self._setting(Kernel if field == "kernel" else Discriminator, part, path)
        if field == "pulse":
            return entry(self.pulses, part, path)
        if field in _TEXTS or (part is None and field in _OPTIONAL):
            return part
        return self.value(part, path)

    def pulse(self, part: doc.WaveformEntry | doc.ShapeEntry | doc.FormulaEntry, path: str) -> Pulse:
        """A pulse."""
        if isinstance(part, doc.WaveformEntry):
            with at(path):
                samples = np.frombuffer(base64.b64decode(part.samples, validate=True), dtype="<c16")
                return Waveform(samples, part.name, part.epsilon, part.limit_amplitude)
        values = {key: self.value(tree, f"{path}.parameters.{key}") for key, tree in part.parameters.items()}
        if "duration" not in values:
            raise Fault(Problem("a pulse has a duration", where=f"{path}.parameters"))
        if isinstance(part, doc.ShapeEntry):
            with at(f"{path}.shape"):
                shape = known_shape(part.shape)
        else:
            shape = self._custom(part, values, path)
        with at(path):
            pulse: Pulse = restored(
                pulse_class(shape.label, shape.scalable), shape, values, part.limit_amplitude, part.name
            )
            return pulse

    def _custom(self, part: doc.FormulaEntry, values: Mapping[str, object], path: str) -> Shape:
        def formula(name: str) -> Any:  # noqa: ANN401 - symengine publishes no types
            tree = getattr(part, name)
            if tree is None and name != "envelope":
                return None
            with at(f"{path}.{name}"):
                return formula_of(tree, _symbol, f"{path}.{name}")

        formulas = Formulas(formula("envelope"), formula("constraints"), formula("valid_amp_conditions"))
        names = tuple(name for name in values if name != "duration")
        with at(path):
            return custom_shape(part.pulse_type, names, formulas, part.scalable)


def _symbol(name: str, items: Sequence[object]) -> Any:  # noqa: ANN401 - symengine publishes no types
    if name != "symbol":
        raise KeyError(name)
    if len(items) != 1 or not isinstance(items[0], str):
        message = f"a symbol has a name, got {items!r}"
        raise ValueError(message)
    return symengine().Symbol(items[0])
