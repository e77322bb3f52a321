"""What a node is: its kind, unit, choices and what clients may do with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np

from simulators.labone.outcome import NodeRefused
from simulators.labone.values import CountSample, NodeValue, TriggerSample

__all__ = ["Kind", "NodeInfo"]


class Kind(StrEnum):
    """Kinds of nodes, as the server's own descriptions call them."""

    INTEGER = "Integer (64 bit)"
    ENUMERATED = "Integer (enumerated)"
    DOUBLE = "Double"
    COMPLEX = "Complex Double"
    STRING = "String"
    VECTOR = "ZIVectorData"
    COUNT = "ZICntSample"
    TRIGGER = "ZITriggerSample"
    OTHER = "other"
    """Samples that no simulated quantum instrument streams; such nodes are listed and hold nothing."""


_EMPTY: Mapping[Kind, NodeValue] = {
    Kind.INTEGER: 0,
    Kind.ENUMERATED: 0,
    Kind.DOUBLE: 0.0,
    Kind.COMPLEX: 0j,
    Kind.STRING: "",
    Kind.COUNT: CountSample(0, 0),
    Kind.TRIGGER: TriggerSample(0),
}
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What the server tells of a node.

    Attributes:
        path: Relative to the device, lower case: "awgs/0/enable".
        kind: What it holds.
        type_name: What the server calls the kind; differs from `kind` for samples that are not simulated.
        properties: Subset of "Read", "Write", "Setting", "Stream".
        options: For enumerated nodes: number to '"name", "other name": description'.
    """

    path: str
    kind: Kind
    description: str = ""
    unit: str = "None"
    properties: frozenset[str] = frozenset({"Read", "Write", "Setting"})
    options: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    type_name: str = ""

    @property
    def writable(self) -> bool:
        """Whether clients may set it."""
        return "Write" in self.properties

    @property
    def readable(self) -> bool:
        """Whether it has a value to read."""
        return "Read" in self.properties

    def empty(self) -> NodeValue:
        """What it holds at first: zero, no text, or no samples."""
        if self.kind in (Kind.VECTOR, Kind.OTHER):
            return np.zeros(0, dtype=np.uint8)
        value = _EMPTY[self.kind]
        if self.kind is Kind.ENUMERATED and self.options and 0 not in self.options:
            return min(self.options)
        return value

    def describe(self, root: str) -> dict[str, Any]:
        """The entry of listNodesJSON; `root` is the device's "/dev12345"."""
        order = ("Read", "Write", "Setting", "Stream")
        entry: dict[str, Any] = {
            "Node": f"{root}/{self.path}".upper(),
            "Description": self.description,
            "Properties": ", ".join(name for name in order if name in self.properties),
            "Type": self.type_name or str(self.kind),
            "Unit": self.unit,
        }
        if self.options:
            entry["Options"] = {str(number): text for number, text in self.options.items()}
        return entry

    def accept(self, value: NodeValue) -> NodeValue:
        """`value` as this node holds it.

        Raises:
            NodeRefused: If the node holds another kind, or has no such choice.
        """
        match self.kind:
            case Kind.INTEGER:
                return self._integer(value)
            case Kind.ENUMERATED:
                return self._choice(value)
            case Kind.DOUBLE:
                return float(self._number(value).real)
            case Kind.COMPLEX:
                return complex(self._number(value))
            case Kind.STRING:
                return self._text(value)
            case Kind.VECTOR:
                if isinstance(value, int | float | complex):
                    raise self._wrong(value, "a vector")
                return value
        raise self._wrong(value, "nothing")

    def _number(self, value: NodeValue) -> complex | float | int:
        if not isinstance(value, int | float | complex):
            raise self._wrong(value, "a number")
        if isinstance(value, complex) and value.imag and self.kind is not Kind.COMPLEX:
            raise self._wrong(value, "a real number")
        return value

    def _integer(self, value: NodeValue) -> int:
        number = self._number(value).real
        if not np.isfinite(number):
            raise self._wrong(value, "an integer")
        return round(number)

    def _choice(self, value: NodeValue) -> int:
        if isinstance(value, str):
            names = {name: number for number, text in self.options.items() for name in _QUOTED.findall(text)}
            if value.strip().lower() not in names:
                raise self._wrong(value, f"one of {', '.join(names)}")
            return names[value.strip().lower()]
        number = self._integer(value)
        if self.options and number not in self.options:
            raise self._wrong(value, f"one of {', '.join(map(str, self.options))}")
        return number

    def _text(self, value: NodeValue) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bytes):
            return value.decode(errors="replace")
        raise self._wrong(value, "text")

    def _wrong(self, value: NodeValue, wanted: str) -> NodeRefused:
        shown = repr(value) if isinstance(value, int | float | complex | str) else type(value).__name__
        return NodeRefused(f"{self.path} takes {wanted}, not {shown[:80]}")
