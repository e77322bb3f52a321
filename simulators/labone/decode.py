"""What clients set, taken out of Cap'n Proto messages."""

from __future__ import annotations

import numpy as np

from simulators.labone.elements import DTYPES, Element
from simulators.labone.outcome import NodeRefused
from simulators.labone.schema import Reader
from simulators.labone.values import NodeValue

__all__ = ["decode"]


def decode(value: Reader) -> NodeValue:
    """What a client has sent, a reader of `Value`; the bytes are copied.

    Raises:
        NodeRefused: For a kind of value that cannot be set.
    """
    match value.which():
        case "int64" | "double" | "string" | "bool" as kind:
            plain: int | float | str = getattr(value, kind)
            return int(plain) if kind == "bool" else plain
        case "complex":
            return complex(value.complex.real, value.complex.imag)
        case "vector":
            return _array(value.vector.data, value.vector.elementType)
        case "segmentedVector":
            return _array(b"".join(value.segmentedVector.segments), value.segmentedVector.elementType)
        case "waveform":
            return np.array(
                [complex(each.real, each.imag) for each in value.waveform.samples], dtype=np.complex128
            )
    raise NodeRefused(f"a value of kind {value.which()} cannot be set")


def _array(data: bytes, element: int) -> NodeValue:
    if element == Element.TEXT:
        return bytes(data).rstrip(b"\0").decode(errors="replace")
    dtype = DTYPES.get(element)
    if dtype is None or len(data) % dtype.itemsize:
        raise NodeRefused(f"{len(data)} bytes are no vector with elements of type {element}")
    return np.frombuffer(data, dtype=dtype)
