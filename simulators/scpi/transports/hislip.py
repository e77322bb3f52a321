"""HiSLIP 1.0 (IVI-6.1) in synchronized mode: a channel for messages, another for what must overtake them."""

from __future__ import annotations

import asyncio
import itertools

from simulators.scpi.framer import Framer
from simulators.scpi.instrument import ScpiInstrument
from simulators.scpi.transports.hislip_frames import (
    BadPrologue,
    Frame,
    FrameType,
    encode_frame,
    read_frame,
    skip_payload,
)
from simulators.scpi.transports.hislip_session import Session
from simulators.scpi.transports.locks import InstrumentLock
from simulators.scpi.transports.streams import StreamServer, read_exactly

__all__ = ["HislipServer"]

PROTOCOL_VERSION = 0x0100
VENDOR = int.from_bytes(b"PR", "big")
PAYLOAD_LIMIT = 1 << 20
"""Largest payload this server takes in one message; clients split what is longer."""
ADDRESS_LIMIT = 256
POORLY_FORMED_HEADER, NO_ASYNC_CHANNEL, INVALID_INITIALIZATION = 1, 2, 3
UNRECOGNIZED_TYPE, MESSAGE_TOO_LARGE = 1, 4


class HislipServer:
    """Serves an instrument over HiSLIP."""

    def __init__(self, instrument: ScpiInstrument, lock: InstrumentLock) -> None:
        self._instrument = instrument
        self._lock = lock
        self._numbers = itertools.count(1)
        self._sessions: dict[int, Session] = {}
        self._server = StreamServer(self._serve)

    async def start(self, port: int = 0) -> str:
        """Listen; returns the VISA resource name."""
        return f"TCPIP::127.0.0.1::hislip0,{await self._server.start(port)}::INSTR"

    async def stop(self) -> None:
        """Close everything."""
        await self._server.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; its first message says which of the two channels it is."""
        try:
            first = await read_frame(reader)
            if first.kind == FrameType.INITIALIZE and first.size <= ADDRESS_LIMIT:
                await read_exactly(reader, first.size)
                await self._serve_synchronous(reader, writer)
            elif first.kind == FrameType.ASYNC_INITIALIZE and first.parameter in self._sessions:
                await skip_payload(reader, first.size)
                await self._serve_asynchronous(reader, writer, self._sessions[first.parameter])
            else:
                writer.write(encode_frame(FrameType.FATAL_ERROR, INVALID_INITIALIZATION))
        except BadPrologue:
            writer.write(encode_frame(FrameType.FATAL_ERROR, POORLY_FORMED_HEADER))

    async def _serve_synchronous(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Open a session and execute its messages until it ends."""
        number = next(self._numbers) & 0xFFFF
        session = Session(self._instrument, self._lock, Framer(has_end=True), writer)
        self._sessions[number] = session
        try:
            # Control code 0: synchronized mode is preferred to overlapped mode.
            writer.write(encode_frame(FrameType.INITIALIZE_RESPONSE, 0, PROTOCOL_VERSION << 16 | number))
            while True:
                frame = await read_frame(reader)
                if session.asynchronous is None:
                    writer.write(encode_frame(FrameType.FATAL_ERROR, NO_ASYNC_CHANNEL))
                    return
                await self._synchronous_frame(reader, session, frame)
        finally:
            del self._sessions[number]
            await session.close()

    async def _synchronous_frame(self, reader: asyncio.StreamReader, session: Session, frame: Frame) -> None:
        """Handle one message of the synchronous channel."""
        if frame.size > PAYLOAD_LIMIT:
            session.synchronous.write(encode_frame(FrameType.ERROR, MESSAGE_TOO_LARGE))
            await skip_payload(reader, frame.size)
            return
        payload = await read_exactly(reader, frame.size)
        match frame.kind:
            case FrameType.DATA | FrameType.DATA_END:
                await session.data(frame, payload)
            case FrameType.TRIGGER:
                session.trigger(frame)
            case FrameType.DEVICE_CLEAR_COMPLETE:
                session.finish_clear()
            case FrameType.ERROR:
                pass
            case FrameType.FATAL_ERROR:
                raise ConnectionAbortedError
            case _:
                session.synchronous.write(encode_frame(FrameType.ERROR, UNRECOGNIZED_TYPE))

    async def _serve_asynchronous(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: Session
    ) -> None:
        """Answer the asynchronous channel of a session until either channel ends."""
        if session.asynchronous is not None:
            writer.write(encode_frame(FrameType.FATAL_ERROR, INVALID_INITIALIZATION))
            return
        session.asynchronous = writer
        writer.write(encode_frame(FrameType.ASYNC_INITIALIZE_RESPONSE, 0, VENDOR))
        try:
            while True:
                frame = await read_frame(reader)
                if frame.size > ADDRESS_LIMIT:
                    writer.write(encode_frame(FrameType.ERROR, MESSAGE_TOO_LARGE))
                    await skip_payload(reader, frame.size)
                    continue
                payload = await read_exactly(reader, frame.size)
                if frame.kind == FrameType.ASYNC_MAX_MESSAGE_SIZE and len(payload) == 8:
                    session.limit_replies(int.from_bytes(payload, "big"))
                    size = PAYLOAD_LIMIT.to_bytes(8, "big")
                    writer.write(encode_frame(FrameType.ASYNC_MAX_MESSAGE_SIZE_RESPONSE, payload=size))
                else:
                    writer.write(await _answer_asynchronous(session, frame, payload))
        finally:
            session.synchronous.close()  # a session has both channels or none


async def _answer_asynchronous(session: Session, frame: Frame, payload: bytes) -> bytes:
    """The answer to one message of the asynchronous channel."""
    match frame.kind:
        case FrameType.ASYNC_DEVICE_CLEAR:
            await session.begin_clear()
            return encode_frame(FrameType.ASYNC_DEVICE_CLEAR_ACKNOWLEDGE)
        case FrameType.ASYNC_STATUS_QUERY:
            return encode_frame(FrameType.ASYNC_STATUS_RESPONSE, session.status(frame))
        case FrameType.ASYNC_LOCK:
            result = await session.lock_request(frame, payload.decode("latin-1"))
            return encode_frame(FrameType.ASYNC_LOCK_RESPONSE, result)
        case FrameType.ASYNC_LOCK_INFO:
            exclusive, holders = session.lock_info()
            return encode_frame(FrameType.ASYNC_LOCK_INFO_RESPONSE, exclusive, holders)
        case FrameType.ASYNC_REMOTE_LOCAL_CONTROL:
            return encode_frame(FrameType.ASYNC_REMOTE_LOCAL_RESPONSE)
        case _:
            return encode_frame(FrameType.ERROR, UNRECOGNIZED_TYPE)
