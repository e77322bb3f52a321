"""What a device holds already, and how the rest gets there: sent once, read back, never sent twice."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

import numpy as np

from drivers.contract import UploadError
from drivers.zurich.server import Nodes, Scalar, Value

__all__ = ["Ledger"]

TOLERANCE = 1e-6
"""Relative; devices round frequencies and ranges to their own steps, all of them finer."""


class Ledger:
    """Sends what a device does not hold yet; for one connection, on the worker's thread."""

    def __init__(self, nodes: Nodes, name: str, address: str) -> None:
        """`name` and `address` stand in errors."""
        self._nodes = nodes
        self._name = name
        self._address = address
        self._held: dict[str, str] = {}
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
        return news

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
            if not math.isclose(float(got), value, rel_tol=TOLERANCE, abs_tol=1e-15):
                raise UploadError(
                    f"the node {path} is not what was set",
                    got=f"{got}",
                    allowed=f"{value:g}",
                    fix="Check the device's options and its log",
                    instrument=self._name,
                    address=self._address,
                )


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
