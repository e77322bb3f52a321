"""VXI-11: remote procedure calls, with END as a flag and replies read in pieces.

No port mapper is served, since that takes port 111 and with it the administrator's rights; clients name the port.
The abort channel has the same port as the core channel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from simulators.scpi.instrument import ScpiInstrument
from simulators.scpi.transports.locks import InstrumentLock
from simulators.scpi.transports.streams import StreamServer
from simulators.scpi.transports.vxi11_link import Link, Outcome
from simulators.scpi.transports.xdr import (
    RPC_VERSION,
    GarbageArguments,
    RpcCall,
    Unpacker,
    opaque,
    read_record,
    reply_record,
    words,
)

__all__ = ["Vxi11Server"]

CORE_PROGRAM, ASYNC_PROGRAM, PROGRAM_VERSION = 0x0607AF, 0x0607B0, 1
SUCCESS, PROGRAM_UNAVAILABLE, PROGRAM_MISMATCH, PROCEDURE_UNAVAILABLE, GARBAGE = range(5)
WRITE_LIMIT = 1 << 20
"""Most bytes of one device_write; clients split what is longer."""
LINK_LIMIT = 64
FLAG_WAIT_LOCK, FLAG_END, FLAG_TERMINATOR = 1, 8, 128

Links = dict[int, Link]
Procedure = Callable[[Unpacker, Links], Awaitable[bytes]]


class Vxi11Server:
    """Serves an instrument over VXI-11."""

    def __init__(self, instrument: ScpiInstrument, lock: InstrumentLock) -> None:
        self._instrument = instrument
        self._lock = lock
        self._port = 0
        self._next_link = 1
        self._all_links: Links = {}
        self._server = StreamServer(self._serve)
        self._procedures: dict[int, Procedure] = {
            0: self._nothing,
            10: self._create_link,
            11: self._device_write,
            12: self._device_read,
            13: self._device_read_status,
            14: self._device_trigger,
            15: self._device_clear,
            16: self._device_acknowledge,
            17: self._device_acknowledge,
            18: self._device_lock,
            19: self._device_unlock,
            20: self._not_supported,
            22: self._not_supported_with_data,
            23: self._destroy_link,
            25: self._not_supported,
            26: self._not_supported,
        }

    async def start(self, port: int = 0) -> str:
        """Listen; returns the VISA resource name."""
        self._port = await self._server.start(port)
        return f"TCPIP::127.0.0.1,{self._port}::inst0::INSTR"

    async def stop(self) -> None:
        """Close everything."""
        await self._server.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the calls of one connection; its links end with it."""
        links: Links = {}
        try:
            while True:
                call = RpcCall(await read_record(reader))
                writer.write(await self._answer(call, links))
                await writer.drain()
        except GarbageArguments:
            return  # not a call at all, so there is nothing that could be answered
        finally:
            for number, link in links.items():
                self._all_links.pop(number, None)
                await link.close()

    async def _answer(self, call: RpcCall, links: Links) -> bytes:
        """Execute one call and return the record of its reply."""
        if call.rpc_version != RPC_VERSION or call.program not in (CORE_PROGRAM, ASYNC_PROGRAM):
            return reply_record(call.xid, PROGRAM_UNAVAILABLE)
        if call.version != PROGRAM_VERSION:
            return reply_record(call.xid, PROGRAM_MISMATCH, words(PROGRAM_VERSION, PROGRAM_VERSION))
        procedure = self._procedures.get(call.procedure)
        if call.program == ASYNC_PROGRAM:
            procedure = {0: self._nothing, 1: self._device_abort}.get(call.procedure)
        if procedure is None:
            return reply_record(call.xid, PROCEDURE_UNAVAILABLE)
        try:
            return reply_record(call.xid, SUCCESS, await procedure(call.arguments, links))
        except GarbageArguments:
            return reply_record(call.xid, GARBAGE)

    async def _nothing(self, _arguments: Unpacker, _links: Links) -> bytes:
        return b""

    async def _create_link(self, arguments: Unpacker, links: Links) -> bytes:
        _client, lock_wanted, lock_timeout = arguments.word(), arguments.word(), arguments.word()
        arguments.opaque(256)  # any device name is this instrument
        if len(self._all_links) >= LINK_LIMIT:
            return words(Outcome.OUT_OF_RESOURCES, 0, 0, 0)
        number, link = self._next_link, Link(self._instrument, self._lock)
        if lock_wanted and not await self._lock.acquire(link, "", lock_timeout / 1000.0):
            return words(Outcome.LOCKED_BY_ANOTHER, 0, 0, 0)
        self._next_link += 1
        links[number] = self._all_links[number] = link
        return words(Outcome.OK, number, self._port, WRITE_LIMIT)

    async def _device_write(self, arguments: Unpacker, links: Links) -> bytes:
        link = links.get(arguments.word())
        io_timeout, lock_timeout, flags = arguments.word(), arguments.word(), arguments.word()
        data = arguments.opaque()
        if link is None:
            return words(Outcome.INVALID_LINK, 0)
        outcome = await link.permitted(lock_timeout if flags & FLAG_WAIT_LOCK else 0)
        if outcome is Outcome.OK:
            outcome = await link.write(data, end=bool(flags & FLAG_END), timeout_s=io_timeout / 1000.0)
        return words(outcome, len(data) if outcome is Outcome.OK else 0)

    async def _device_read(self, arguments: Unpacker, links: Links) -> bytes:
        link = links.get(arguments.word())
        size, io_timeout, lock_timeout, flags, terminator = (arguments.word() for _ in range(5))
        if link is None:
            return words(Outcome.INVALID_LINK, 0) + opaque(b"")
        outcome = await link.permitted(lock_timeout if flags & FLAG_WAIT_LOCK else 0)
        if outcome is not Outcome.OK:
            return words(outcome, 0) + opaque(b"")
        stop_at = terminator & 0xFF if flags & FLAG_TERMINATOR else None
        read = await link.read(size, stop_at=stop_at, timeout_s=io_timeout / 1000.0)
        return words(read.outcome, read.reason) + opaque(read.data)

    async def _device_read_status(self, arguments: Unpacker, links: Links) -> bytes:
        link = links.get(arguments.word())
        return words(Outcome.INVALID_LINK, 0) if link is None else words(Outcome.OK, link.status_byte())

    async def _device_trigger(self, arguments: Unpacker, links: Links) -> bytes:
        if arguments.word() not in links:
            return words(Outcome.INVALID_LINK)
        self._instrument.trigger()
        return words(Outcome.OK)

    async def _device_clear(self, arguments: Unpacker, links: Links) -> bytes:
        link = links.get(arguments.word())
        if link is None:
            return words(Outcome.INVALID_LINK)
        await link.clear()
        return words(Outcome.OK)

    async def _device_acknowledge(self, arguments: Unpacker, links: Links) -> bytes:
        return words(Outcome.OK if arguments.word() in links else Outcome.INVALID_LINK)

    async def _device_lock(self, arguments: Unpacker, links: Links) -> bytes:
        link = links.get(arguments.word())
        flags, timeout = arguments.word(), arguments.word()
        if link is None:
            return words(Outcome.INVALID_LINK)
        taken = await self._lock.acquire(link, "", timeout / 1000.0 if flags & FLAG_WAIT_LOCK else 0.0)
        return words(Outcome.OK if taken else Outcome.LOCKED_BY_ANOTHER)

    async def _device_unlock(self, arguments: Unpacker, links: Links) -> bytes:
        link = links.get(arguments.word())
        if link is None:
            return words(Outcome.INVALID_LINK)
        return words(Outcome.OK if await self._lock.release(link) else Outcome.NO_LOCK_HELD)

    async def _destroy_link(self, arguments: Unpacker, links: Links) -> bytes:
        number = arguments.word()
        link = links.pop(number, None)
        if link is None:
            return words(Outcome.INVALID_LINK)
        del self._all_links[number]
        await link.close()
        return words(Outcome.OK)

    async def _device_abort(self, arguments: Unpacker, _links: Links) -> bytes:
        link = self._all_links.get(arguments.word())
        if link is None:
            return words(Outcome.INVALID_LINK)
        await link.abort()
        return words(Outcome.OK)

    async def _not_supported(self, _arguments: Unpacker, _links: Links) -> bytes:
        return words(Outcome.NOT_SUPPORTED)

    async def _not_supported_with_data(self, _arguments: Unpacker, _links: Links) -> bytes:
        return words(Outcome.NOT_SUPPORTED) + opaque(b"")
