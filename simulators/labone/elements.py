"""Types of vectors and of their elements, by the vendor's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

import numpy as np

__all__ = ["CODES", "DTYPES", "Element", "VectorType"]


class VectorType(IntEnum):
    """What a vector is."""

    BYTES = 7
    ARRAY = 67
    RESULTS = 70
    SCOPE = 71


class Element(IntEnum):
    """What a vector's elements are."""

    UINT8 = 0
    UINT16 = 1
    UINT32 = 2
    UINT64 = 3
    FLOAT32 = 4
    FLOAT64 = 5
    TEXT = 6
    COMPLEX64 = 7
    COMPLEX128 = 8


DTYPES: Mapping[int, np.dtype[np.generic]] = MappingProxyType(
    {
        element: np.dtype(element.name.lower()).newbyteorder("<")
        for element in Element
        if element is not Element.TEXT
    }
)
"""How received elements are read; signed ones come as unsigned, for the protocol knows no others."""
SIGNED = {"int8": Element.UINT8, "int16": Element.UINT16, "int32": Element.UINT32, "int64": Element.UINT64}
CODES: Mapping[str, Element] = MappingProxyType(
    {dtype.name: Element(code) for code, dtype in DTYPES.items()} | SIGNED
)
"""Element by the name of the dtype that is sent."""
