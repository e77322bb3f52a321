"""The messages of HiSLIP 1.0 (IVI-6.1), as bytes."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from enum import IntEnum

from simulators.scpi.transports.streams import read_exactly

__all__ = ["BadPrologue", "Frame", "FrameType", "encode_frame", "read_frame", "skip_payload"]

HEADER = struct.Struct("!2sBBIQ")
PROLOGUE = b"HS"


class FrameType(IntEnum):
    """Message types; what only the later versions have is left out."""

    INITIALIZE = 0
    INITIALIZE_RESPONSE = 1
    FATAL_ERROR = 2
    ERROR = 3
    ASYNC_LOCK = 4
    ASYNC_LOCK_RESPONSE = 5
    DATA = 6
    DATA_END = 7
    DEVICE_CLEAR_COMPLETE = 8
    DEVICE_CLEAR_ACKNOWLEDGE = 9
    ASYNC_REMOTE_LOCAL_CONTROL = 10
    ASYNC_REMOTE_LOCAL_RESPONSE = 11
    TRIGGER = 12
    INTERRUPTED = 13
    ASYNC_INTERRUPTED = 14
    ASYNC_MAX_MESSAGE_SIZE = 15
    ASYNC_MAX_MESSAGE_SIZE_RESPONSE = 16
    ASYNC_INITIALIZE = 17
    ASYNC_INITIALIZE_RESPONSE = 18
    ASYNC_DEVICE_CLEAR = 19
    ASYNC_SERVICE_REQUEST = 20
    ASYNC_STATUS_QUERY = 21
    ASYNC_STATUS_RESPONSE = 22
    ASYNC_DEVICE_CLEAR_ACKNOWLEDGE = 23
    ASYNC_LOCK_INFO = 24
    ASYNC_LOCK_INFO_RESPONSE = 25


class BadPrologue(Exception):
    """The bytes are no HiSLIP message; the connection cannot go on."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The header of a message; the payload is read by who wants it."""

    kind: int
    control: int
    parameter: int
    size: int


def encode_frame(
    kind: FrameType, control: int = 0, parameter: int = 0, payload: bytes | memoryview = b""
) -> bytes:
    """One message as bytes."""
    return HEADER.pack(PROLOGUE, kind, control, parameter, len(payload)) + payload


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """Read the next header; raises BadPrologue for anything else."""
    prologue, kind, control, parameter, size = HEADER.unpack(await reader.readexactly(HEADER.size))
    if prologue != PROLOGUE:
        raise BadPrologue
    return Frame(kind, control, parameter, size)


async def skip_payload(reader: asyncio.StreamReader, size: int) -> None:
    """Read a payload that nobody wants, without keeping it."""
    piece = 1 << 16
    while size > 0:
        size -= len(await read_exactly(reader, min(piece, size)))
