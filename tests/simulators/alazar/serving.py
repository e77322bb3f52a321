"""A board server in a thread of the test."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future

from simulators.alazar import ATS9360, AtsServer


@contextlib.contextmanager
def served(board: ATS9360) -> Iterator[str]:
    """Address of the board while it is served."""
    ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, str]] = Future()

    async def serve() -> None:
        server, stop = AtsServer(board), asyncio.Event()
        await server.start()
        ready.set_result((asyncio.get_running_loop(), stop, server.address))
        await stop.wait()
        await server.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    loop, stop, address = ready.result(10)
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
