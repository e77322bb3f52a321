"""Results and scope records as flat vectors: a packed header before the numbers.

SHF instruments send them so; clients that do not ask for structures (`Zhinst.Client.WantsShfVectors`) take them
apart themselves.
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from simulators.labone.elements import DTYPES, Element, VectorType
from simulators.labone.hooks import Change
from simulators.labone.outcome import NodeRefused
from simulators.labone.values import ResultVector, ScopeVector

__all__ = ["complex_wave", "pack_results", "pack_scope"]

RESULT_HEADER = struct.Struct("<qIIddIIIIIHHHQ")
SCOPE_HEADER = struct.Struct("<qIIddqIIIIII")
RESULT_VERSION, SCOPE_VERSION = 1, 2
"""Minor versions of the headers; the major one is 0."""
COMPLEX_SCOPE = 1 << 16
"""Flag of a record whose samples are pairs."""
WAVEFORM_FULL_SCALE = (1 << 17) - 1
"""What 1.0 is in a generator's waveform on the wire."""
ALIGNMENT = 16
"""Bytes to which a header is filled up: clients count the samples in whole numbers of their size."""
SCOPE_FULL_SCALE = 2**31 - 1

Packed = tuple[VectorType, Element, int, bytes]
"""Type of the vector and its elements, the word that tells of the header, the header and the data."""


def pack_results(value: ResultVector) -> Packed:
    """A result logger's vector."""
    header = RESULT_HEADER.pack(
        value.timestamp,
        value.job_id,
        value.repetition_id,
        value.scaling,
        value.center_frequency,
        value.data_source,
        value.vector.size,
        0,
        value.averages,
        value.acquired,
        *value.holdoff_errors,
        value.first_sample_timestamp,
    )
    element = Element.COMPLEX128 if np.iscomplexobj(value.vector) else Element.FLOAT64
    data = value.vector.astype(DTYPES[element]).tobytes()
    return VectorType.RESULTS, element, *_join(header, RESULT_VERSION, data)


def pack_scope(value: ScopeVector) -> Packed:
    """A scope's record: 32-bit integers, or pairs of them, of which the header's scaling makes volts."""
    is_complex = np.iscomplexobj(value.vector)
    volts = np.ascontiguousarray(value.vector, dtype=np.complex128 if is_complex else np.float64).view(np.float64)
    peak = float(np.max(np.abs(volts), initial=0.0))
    scaling = peak / SCOPE_FULL_SCALE if peak else 1.0
    header = SCOPE_HEADER.pack(
        value.timestamp,
        value.timestamp_step,
        value.flags | COMPLEX_SCOPE if is_complex else value.flags,
        scaling,
        value.center_frequency,
        value.trigger_timestamp,
        value.input_select,
        value.average_count,
        value.segments,
        value.total_segments,
        value.first_segment,
        value.missed_triggers,
    )
    data = np.rint(volts / scaling).astype("<i4").tobytes()
    return VectorType.SCOPE, Element.UINT32, *_join(header, SCOPE_VERSION, data)


def complex_wave(change: Change) -> npt.NDArray[np.complex128]:
    """What a node for complex samples holds of the vector that was set: complex128, shape (samples,).

    Clients send a generator's waveform as 18-bit words, I and Q in turn, integration weights as complex numbers.

    Raises:
        NodeRefused: For anything else.
    """
    match change.value:
        case np.ndarray(dtype=np.uint32) as words if words.size % 2 == 0:
            return words.view(np.int32).astype(np.float64).view(np.complex128) / WAVEFORM_FULL_SCALE
        case np.ndarray() as samples if samples.dtype.kind in "cf":
            return samples.astype(np.complex128)
    raise NodeRefused(f"{change.path} takes a vector of complex samples")


def _join(header: bytes, version: int, data: bytes) -> tuple[int, bytes]:
    padded = header.ljust(-len(header) % ALIGNMENT + len(header), b"\0")
    return version << 16 | len(padded) // 4, padded + data
