"""Servers in a thread of their own, for programs without an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future

from simulators.scpi.instrument import ScpiInstrument
from simulators.scpi.transports.server import ScpiServer

__all__ = ["serving"]


@contextlib.contextmanager
def serving(*instruments: ScpiInstrument, lenient: bool = True) -> Iterator[tuple[ScpiServer, ...]]:
    """Serve instruments until the block is left; nothing is left of thread, loop and sockets."""
    servers = tuple(ScpiServer(instrument, lenient=lenient) for instrument in instruments)
    ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(servers, ready)), name="simulated instruments")
    thread.start()
    try:
        loop, stop = ready.result()
        try:
            yield servers
        finally:
            loop.call_soon_threadsafe(stop.set)
    finally:
        thread.join()


async def _serve(
    servers: tuple[ScpiServer, ...], ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]
) -> None:
    """Start the servers, tell how to stop them, and wait for that."""
    stop = asyncio.Event()
    try:
        for server in servers:
            await server.start()
    except OSError as error:
        ready.set_exception(error)
    else:
        ready.set_result((asyncio.get_running_loop(), stop))
        await stop.wait()
    finally:
        for server in servers:
            await server.stop()
