"""TCP servers that leave nothing behind, and how messages are executed on them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

from simulators.scpi.errors import ScpiError
from simulators.scpi.framer import Message
from simulators.scpi.instrument import ScpiInstrument

__all__ = ["HOST", "StreamServer", "execute", "read_exactly"]

HOST = "127.0.0.1"
"""Loopback only: the simulators are for one machine and have no protection."""

BUFFER_BYTES = 1 << 20
PIECE_BYTES = 1 << 16
ACCEPTING_TURNS = 20
"""Turns of the loop within which a connection that is being accepted has arrived; it takes about seven."""

ConnectionHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def execute(instrument: ScpiInstrument, message: Message) -> bytes:
    """Execute a message without blocking the loop; cancelling abandons what is left of it."""
    if message.oversize:
        instrument.report(ScpiError(-223))
        return b""
    execution = instrument.execute(message.data)
    with contextlib.closing(execution):
        while True:
            try:
                pause = next(execution)
            except StopIteration as done:
                return bytes(done.value)
            await asyncio.sleep(pause)


async def read_exactly(reader: asyncio.StreamReader, count: int) -> bytes:
    """Read `count` bytes; memory grows with what arrives, not with what was announced."""
    if count <= BUFFER_BYTES:
        return await reader.readexactly(count)
    data = bytearray()
    while len(data) < count:
        piece = await reader.read(min(count - len(data), BUFFER_BYTES))
        if not piece:
            raise asyncio.IncompleteReadError(bytes(data), count)
        data += piece
    return bytes(data)


class StreamServer:
    """A listening TCP socket with one task for each connection."""

    def __init__(self, handler: ConnectionHandler) -> None:
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, port: int) -> int:
        """Listen on loopback; returns the port, which is a free one when `port` is 0."""
        self._server = await asyncio.start_server(self._accept, HOST, port, limit=BUFFER_BYTES)
        address = self._server.sockets[0].getsockname()
        return int(address[1])

    async def stop(self) -> None:
        """Close the listening socket and every connection, and wait until they are gone."""
        server = self._server
        if server is None:
            return
        # Closing a server while asyncio accepts a connection leaves that one open for ever. So: accept no more,
        # let arrive what has been accepted, then close. Windows' loop accepts in another way, without readers.
        for listener in server.sockets:
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().remove_reader(listener.fileno())
        for _ in range(ACCEPTING_TURNS):
            await asyncio.sleep(0)
        self._server = None
        server.close()
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; a client that goes away or talks nonsense ends only itself."""
        task = asyncio.current_task()
        if self._server is None:  # stopped between the connection and the first step of its task
            writer.close()
            return
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await self._handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # Cancelled only by `stop`, which waits for this task: nobody else wants to know.
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
