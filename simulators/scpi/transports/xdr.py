"""External data representation (RFC 4506) and ONC RPC over TCP (RFC 5531), as far as VXI-11 needs them."""

from __future__ import annotations

import asyncio
import struct

from simulators.scpi.transports.streams import read_exactly

__all__ = ["GarbageArguments", "RpcCall", "Unpacker", "opaque", "read_record", "reply_record", "words"]

CALL, REPLY = 0, 1
RPC_VERSION = 2
LAST_FRAGMENT = 0x80000000
RECORD_LIMIT = (1 << 20) + 4096
"""Longest record taken: the largest write that `create_link` allows, with its headers."""
AUTH_LIMIT = 400


class GarbageArguments(Exception):
    """A record that does not hold what it should."""


class Unpacker:
    """Reads values from a record; raises GarbageArguments where it ends too soon."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._index = 0

    def word(self) -> int:
        """An unsigned 32-bit integer."""
        return int.from_bytes(self._take(4), "big")

    def opaque(self, limit: int = RECORD_LIMIT) -> bytes:
        """Bytes of variable length."""
        count = self.word()
        if count > limit:
            raise GarbageArguments
        data = self._take(count)
        self._take(-count % 4)
        return data

    def _take(self, count: int) -> bytes:
        stop = self._index + count
        if stop > len(self._data):
            raise GarbageArguments
        data = self._data[self._index : stop]
        self._index = stop
        return data


class RpcCall:
    """The header of a call, and its arguments."""

    def __init__(self, record: bytes) -> None:
        self.arguments = Unpacker(record)
        word = self.arguments.word
        self.xid = word()
        if word() != CALL:
            raise GarbageArguments
        self.rpc_version, self.program, self.version, self.procedure = word(), word(), word(), word()
        for _ in ("credentials", "verifier"):
            word()
            self.arguments.opaque(AUTH_LIMIT)


def words(*values: int) -> bytes:
    """Unsigned 32-bit integers."""
    return struct.pack(f">{len(values)}I", *values)


def opaque(data: bytes) -> bytes:
    """Bytes of variable length, padded to four."""
    return words(len(data)) + data + bytes(-len(data) % 4)


def reply_record(xid: int, accept_status: int, results: bytes = b"") -> bytes:
    """A reply to an accepted call, in one fragment."""
    body = words(xid, REPLY, 0, 0, 0, accept_status) + results
    return words(LAST_FRAGMENT | len(body)) + body


async def read_record(reader: asyncio.StreamReader) -> bytes:
    """Read a record of one or more fragments; raises GarbageArguments when it is too long."""
    record = b""
    while True:
        mark = int.from_bytes(await reader.readexactly(4), "big")
        size = mark & ~LAST_FRAGMENT
        if len(record) + size > RECORD_LIMIT or (size == 0 and not mark & LAST_FRAGMENT):
            raise GarbageArguments
        record += await read_exactly(reader, size)
        if mark & LAST_FRAGMENT:
            return record
