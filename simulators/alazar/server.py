"""The board's API over a socket: a JSON header behind its length, then raw bytes.

Every message is a 4-byte big-endian length, that many bytes of JSON, and as many bytes as its key `payload` says.
Request `{"call": "AlazarSetRecordSize", "args": [handle, 0, 2560]}`, reply `{"code": 512, "out": [...]}`. A reply
to a wait has `passed_s` too: the seconds of the board's time that it took. While a record is being computed that
time stands still, so a wait of 100 ms may have taken none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any

from simulators.alazar.board import ATS9360, Reply
from simulators.alazar.codes import Code

__all__ = ["AtsServer"]

logger = logging.getLogger(__name__)

LONGEST_HEADER = 64 * 1024
ACCEPTING_TURNS = 20
"""Turns of the loop within which a connection that is being accepted has arrived; it takes about seven."""
BLOCKING = frozenset({"AlazarWaitAsyncBufferComplete", "AlazarAbortAsyncRead"})
"""Calls that wait; they run on threads, so that the other instruments stay responsive."""


class AtsServer:
    """Serves one board on loopback."""

    def __init__(self, board: ATS9360, port: int = 0) -> None:
        self.board = board
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._acquiring: asyncio.StreamWriter | None = None
        """The connection that prepared the acquisition at hand."""

    @property
    def address(self) -> str:
        """Where it listens: ats://127.0.0.1:PORT."""
        return f"ats://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection, end a running acquisition, free the port; may be called twice."""
        if self._server is None:
            return
        # Closing a server while asyncio accepts a connection leaves that one open for ever. So: accept no more,
        # let arrive what has been accepted, then close. Windows' loop accepts in another way, without readers.
        for listener in self._server.sockets:
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().remove_reader(listener.fileno())
        for _ in range(ACCEPTING_TURNS):
            await asyncio.sleep(0)
        self._server.close()
        # A connection that waits for a buffer is let go by the board, the others by the end of their stream.
        await asyncio.to_thread(self.board.close)
        for writer in self._connections:
            writer.close()
        await asyncio.gather(*self._connections.values(), return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # No coroutine: one that a stopping loop never starts would leave its connection open.
        self._connections[writer] = asyncio.create_task(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await _read(reader)
                if request.get("call") == "AlazarBeforeAsyncRead":
                    self._acquiring = writer
                _write(writer, await self._answer(request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            logger.debug("a client of the digitizer has left")
        except ValueError as error:
            logger.warning("a client of the digitizer sent what is no request: %s", error)
        finally:
            await self._leave(writer)

    async def _leave(self, writer: asyncio.StreamWriter) -> None:
        """Close a connection; a program that died in mid-acquisition leaves the board idle."""
        writer.close()
        if self._acquiring is writer:
            self._acquiring = None
            await asyncio.to_thread(self.board.close)
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        self._connections.pop(writer, None)

    async def _answer(self, request: dict[str, Any]) -> Reply:
        name, arguments = request.get("call"), request.get("args", [])
        if not isinstance(name, str) or not isinstance(arguments, list):
            return Reply(Code.INVALID_DATA)
        if name in BLOCKING:
            return await asyncio.to_thread(self.board.call, name, arguments)
        return self.board.call(name, arguments)


async def _read(reader: asyncio.StreamReader) -> dict[str, Any]:
    """One request; its payload, which no call has, is read and dropped."""
    length = int.from_bytes(await reader.readexactly(4))
    if length > LONGEST_HEADER:
        raise ValueError(f"a header of {length} bytes")
    header = json.loads(await reader.readexactly(length))
    if not isinstance(header, dict):
        raise ValueError("a header that is no object")  # noqa: TRY004 - a broken message, not a caller's wrong type
    payload = header.get("payload", 0)
    if not isinstance(payload, int) or not 0 <= payload <= LONGEST_HEADER:
        raise ValueError(f"a payload of {payload!r} bytes")
    await reader.readexactly(payload)
    return header


def _write(writer: asyncio.StreamWriter, reply: Reply) -> None:
    header: dict[str, Any] = {"code": reply.code, "out": list(reply.out)}
    if reply.passed_s is not None:
        header["passed_s"] = reply.passed_s
    if reply.payload:
        header["payload"] = len(reply.payload)
    text = json.dumps(header).encode()
    writer.write(len(text).to_bytes(4) + text)
    writer.write(reply.payload)
