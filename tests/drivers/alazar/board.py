"""A simulated board in a thread of the test, with a source of known records."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from simulators.alazar import ATS9360, AtsServer

LSB_V = 0.8 / 4096


class CountedSource:
    """Record k is k LSB at input A and -k LSB at B; there are `available` triggers."""

    def __init__(self, available: int = 1_000_000, peak_v: float = 0.0) -> None:
        self.available = available
        self.peak_v = peak_v
        self.armed: list[tuple[int, float, int]] = []
        self._next = 0

    def arm(self, record_length: int, sample_rate_hz: float, delay: int, _now: float) -> None:
        """Note what the board was set to, and count from 0."""
        self.armed.append((record_length, sample_rate_hz, delay))
        self._next = 0

    def pull(self, limit: int) -> NDArray[np.float32]:
        """The next records."""
        count = min(limit, self.available - self._next)
        levels = np.arange(self._next, self._next + count, dtype=np.float32) * np.float32(LSB_V)
        self._next += count
        volts = np.empty((count, 2, self.armed[-1][0]), np.float32)
        volts[:, 0], volts[:, 1] = levels[:, None], -levels[:, None]
        volts[:, 1, 0] += np.float32(self.peak_v)
        return volts


@contextmanager
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
