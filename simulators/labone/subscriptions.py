"""What one connection has subscribed to, and the values that wait to be sent there."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, KeysView

from simulators.labone.schema import Reader
from simulators.labone.values import Sample

__all__ = ["Subscriptions"]

logger = logging.getLogger(__name__)

LONGEST_QUEUE = 100_000
"""Values that may wait for a client that does not take them; beyond, the oldest are dropped."""


class Subscriptions:
    """Listeners by path. `offer` may be called on any thread, everything else on the server's.

    A subscriber may subscribe to a path more than once and is then sent each value as often.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called, on the thread that offers, when values begin to wait."""
        self._wake = wake
        self._listeners: dict[str, list[tuple[bytes, Reader]]] = {}
        self._waiting: deque[Sample] = deque(maxlen=LONGEST_QUEUE)

    @property
    def paths(self) -> KeysView[str]:
        """What somebody has subscribed to, absolute."""
        return self._listeners.keys()

    def add(self, path: str, subscriber: bytes, listener: Reader) -> None:
        """Send the values of `path` (absolute) to `listener` from now on."""
        self._listeners.setdefault(path, []).append((subscriber, listener))

    def remove(self, paths: Iterable[str], subscriber: bytes) -> None:
        """End what this subscriber has for these paths; there need be nothing."""
        for path in paths:
            kept = [each for each in self._listeners.get(path, []) if each[0] != subscriber]
            self._listeners[path] = kept
            if not kept:
                del self._listeners[path]

    def drop(self, listener: Reader) -> None:
        """Forget a listener that has gone."""
        for path, listeners in list(self._listeners.items()):
            self._listeners[path] = [each for each in listeners if each[1] is not listener]
            if not self._listeners[path]:
                del self._listeners[path]

    def offer(self, sample: Sample) -> None:
        """Let a value wait if anybody subscribed to it."""
        if sample.path in self._listeners:
            self._waiting.append(sample)
            self._wake()

    def take(self) -> dict[Reader, list[Sample]]:
        """What waits, by listener, in order."""
        batches: dict[Reader, list[Sample]] = {}
        while self._waiting:
            sample = self._waiting.popleft()
            for _, listener in self._listeners.get(sample.path, ()):
                batches.setdefault(listener, []).append(sample)
        return batches
