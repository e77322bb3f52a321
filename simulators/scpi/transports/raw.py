"""The raw socket: messages end with a line feed, and nothing marks END."""

from __future__ import annotations

import asyncio

from simulators.scpi.framer import Framer
from simulators.scpi.instrument import ScpiInstrument
from simulators.scpi.transports.streams import PIECE_BYTES, StreamServer, execute

__all__ = ["RawServer"]


class RawServer:
    """Serves an instrument on a raw socket; see `Framer` for `lenient`.

    While a message is executed the connection is not read, so that an instrument which hangs fills the client's
    send buffer, as a real one does.
    """

    def __init__(self, instrument: ScpiInstrument, *, lenient: bool = True) -> None:
        self._instrument = instrument
        self._lenient = lenient
        self._server = StreamServer(self._serve)

    async def start(self, port: int = 0) -> str:
        """Listen; returns the VISA resource name."""
        return f"TCPIP::127.0.0.1::{await self._server.start(port)}::SOCKET"

    async def stop(self) -> None:
        """Close everything."""
        await self._server.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framer = Framer(has_end=False, lenient=self._lenient)
        while data := await reader.read(PIECE_BYTES):
            for message in framer.feed(data):
                reply = await execute(self._instrument, message)
                if reply:
                    writer.write(reply)
                    await writer.drain()
