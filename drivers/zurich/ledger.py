"""What a device holds already, and how the rest gets there: sent once, read back, never sent twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from drivers.readback import require_value
from drivers.zurich.server import Nodes, Scalar, Value

__all__ = ["Ledger"]

TOLERANCE = 1e-6
"""Relative; devices round frequencies and ranges to their own steps, all of them finer."""
LEAST_TOLERANCE = 1e-15
"""Below every step; a value that was set to 0."""


class Ledger:
    """Sends what a device does not hold yet; for one connection, on the worker's thread."""

    def __init__(self, nodes: Nodes, name: str, address: str) -> None:
        """`name` and `address` stand in errors."""
        self._nodes = nodes
        self._name = name
        self._address = address
        self._held: dict[str, str] = {}
        self._numbers: dict[str, int | float] = {}
        self.bytes_sent = 0

    def news(self, settings: Mapping[str, Value]) -> dict[str, Value]:
        """Those of the settings that the device does not hold yet, in order."""
        return {path: value for path, value in settings.items() if self._held.get(path) != _digest(value)}

    def send(self, settings: Mapping[str, Value]) -> dict[str, Value]:
        """Send what is new and read scalars back; returns what was sent.

        Raises:
            UploadError: A node holds something else than it was sent.
        """
        news = self.news(settings)
        if not news:
            return news
        for path in news:
            self._held.pop(path, None)
        self._nodes.set(news)
        self._compare({path: value for path, value in news.items() if isinstance(value, int | float | str)})
        for path, value in news.items():
            self._held[path] = _digest(value)
            self.bytes_sent += _size(value)
            if isinstance(value, int | float):
                self._numbers[path] = value
        return news

    def renew(self) -> None:
        """Send numbers again that somebody else has set meanwhile, e.g. another program at the same data server.

        Raises:
            UploadError: As `send`.
        """
        numbers = {path: value for path, value in self._numbers.items() if path in self._held}
        if not numbers:
            return
        found = self._nodes.scalars(list(numbers))
        changed = {
            path: value
            for path, value in numbers.items()
            if not abs(float(found[path]) - value) <= _tolerance(value)
        }
        self.forget(*changed)
        self.send(changed)

    def forget(self, *beginnings: str) -> None:
        """What lies below these paths is not known any more."""
        for path in [path for path in self._held if path.startswith(beginnings)]:
            del self._held[path]

    def _compare(self, sent: Mapping[str, Scalar]) -> None:
        wanted = {path: value for path, value in sent.items() if not isinstance(value, str)}
        if not wanted:
            return
        for path, got in self._nodes.scalars(list(wanted)).items():
            value = float(wanted[path])
            within = _tolerance(value)
            require_value(f"node {path}", float(got), value, within, name=self._name, address=self._address)


def _tolerance(value: float) -> float:
    return max(TOLERANCE * abs(value), LEAST_TOLERANCE)


def _digest(value: Value) -> str:
    if isinstance(value, np.ndarray):
        content = np.ascontiguousarray(value)
        return hashlib.sha256(f"{content.dtype}{content.shape}".encode() + content.tobytes()).hexdigest()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, str):
        return hashlib.sha256(value.encode()).hexdigest()
    return repr(value + 0)


def _size(value: Value) -> int:
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    return len(value) if isinstance(value, bytes | str) else 8
