"""Consumers of shots while they come in: whatever they do, the acquisition goes on."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chunk", "Consumer", "ConsumerReport", "Tap"]

MOST_BYTES = 64 << 20
"""Of shots that wait for one consumer: raw traces of a slow one would fill half a gigabyte."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some shots of programs that are read alike, reduced to the measurement level that was asked for."""

    programs: NDArray[np.int64]
    """Int64 of shape (records,): which program of the batch."""
    shots: NDArray[np.int64]
    """Int64 of shape (records,)."""
    slots: tuple[int, ...]
    values: NDArray[Any]
    """Shape (records, slots): uint8 states at level 2, complex128 volts at level 1. At level 0 complex64 of shape
    (records, slots, samples), NaN behind shorter windows."""
    overrange: NDArray[np.bool_]
    """Bool of shape (records,)."""


Consumer = Callable[[Chunk], None]
"""Called on a thread of its own, chunk after chunk."""


@dataclass(frozen=True, slots=True)
class ConsumerReport:
    """What became of one consumer."""

    name: str
    delivered: int
    """Records that it was given and returned from."""
    dropped: int
    """Records that it was not given: it was too slow, or had failed."""
    failure: Exception | None = None
    """What it raised; it got nothing more after that."""


class Tap:
    """A bounded queue and a thread between an acquisition and a consumer.

    `offer` never waits: when the queue is full, by number or by bytes, the chunk is dropped and counted. What the
    consumer raises is kept for `report`, and everything after it is dropped. `close` waits a given time for the
    queue to be worked off.
    """

    def __init__(self, consumer: Consumer, capacity: int = 64) -> None:
        self._consumer = consumer
        self._name = getattr(consumer, "__qualname__", type(consumer).__name__)
        self._queue: queue.Queue[Chunk | None] = queue.Queue(capacity)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None
        self._delivered = 0
        self._offered = 0
        # Bytes that went into the queue, and those that came out of the consumer: each written by one thread only.
        self._queued = 0
        self._done = 0

    def offer(self, chunk: Chunk) -> None:
        """Hand a chunk on, or drop it; takes microseconds."""
        self._offered += chunk.programs.size
        size = chunk.values.nbytes
        waiting = self._queued - self._done
        if self._closing.is_set() or self._failure is not None or (waiting and waiting + size > MOST_BYTES):
            return
        if self._thread is None:
            # A daemon: a consumer that never returns must not keep Python alive.
            self._thread = threading.Thread(target=self._work, name=f"consumer {self._name}", daemon=True)
            self._thread.start()
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(chunk)
            self._queued += size

    def close(self, limit_s: float) -> ConsumerReport:
        """Wait at most `limit_s` for what is queued, then give up on the consumer; returns what became of it."""
        deadline = time.monotonic() + limit_s
        if self._thread is not None and not self._closing.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(None, timeout=limit_s)
            self._thread.join(max(0.0, deadline - time.monotonic()))
        self._closing.set()
        return self.report

    @property
    def report(self) -> ConsumerReport:
        """What has become of the consumer so far; what is still queued counts as dropped."""
        delivered = self._delivered
        return ConsumerReport(self._name, delivered, self._offered - delivered, self._failure)

    def _work(self) -> None:
        while not self._closing.is_set():
            chunk = self._queue.get()
            if chunk is None:
                return
            if self._failure is not None:
                continue  # so that the queue has room for the end
            try:
                self._consumer(chunk)
            except Exception as error:  # noqa: BLE001 - a stranger's code: kept for the report
                self._failure = error
            else:
                self._delivered += chunk.programs.size
            finally:
                self._done += chunk.values.nbytes
