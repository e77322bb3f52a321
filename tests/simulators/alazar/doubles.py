"""A source of known records, and a client of the socket protocol written from its description alone."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.alazar import Records

LSB_V = 0.8 / 4096
HANDLE = 0x9360
SUCCESS = 512
NPT = 0x200 | 0x1
EXTERNAL_TRIGGER = (0, 0, 2, 1, 140, 1, 3, 1, 128)
"""Engine J at the external input's rising edge at 0.24 V, engine K off."""


class NumberedRecords:
    """Record k holds k LSB at input A and -k LSB at B; as many records as `available` says."""

    def __init__(self, available: int = 1_000_000) -> None:
        self.available = available
        self.armed: list[tuple[int, float, int]] = []
        self._next = 0
        self._length = 0

    def arm(self, record_length: int, sample_rate_hz: float, delay: int, now: float) -> None:
        """Remember what was asked for, and begin again at record 0."""
        assert now > 0.0
        self.armed.append((record_length, sample_rate_hz, delay))
        self._length, self._next = record_length, 0

    def pull(self, limit: int) -> Records:
        """The next records."""
        count = min(limit, self.available - self._next)
        numbers = np.arange(self._next, self._next + count, dtype=np.float32)
        self._next += count
        volts = np.ones((count, 2, self._length), np.float32)
        volts[:, 0] *= numbers[:, None] * np.float32(LSB_V)
        volts[:, 1] *= -numbers[:, None] * np.float32(LSB_V)
        return Records(volts, numbers.astype(np.float64) * 1e-3)

    def rest(self) -> None:
        """Nobody plays."""


def numbers_of(samples: NDArray[Any]) -> NDArray[np.int64]:
    """Records' numbers from left-justified codes around mid-scale."""
    return (np.asarray(samples, np.int64) >> 4) - 2048


class RawClient:
    """Speaks the board's protocol over a socket."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("ats://").split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=20)

    def call(self, name: str, *arguments: int) -> tuple[Any, list[int], bytes]:
        """One call: its code, what it writes, and its payload."""
        self.send(json.dumps({"call": name, "args": list(arguments)}).encode())
        return self.receive()

    def send(self, header: bytes) -> None:
        """A header behind its length."""
        self._socket.sendall(struct.pack(">I", len(header)) + header)

    def receive(self) -> tuple[Any, list[int], bytes]:
        """The next reply."""
        header = self.header()
        return header["code"], header["out"], self._exactly(header.get("payload", 0))

    def header(self) -> dict[str, Any]:
        """The header of the next reply; its payload is still to come."""
        (length,) = struct.unpack(">I", self._exactly(4))
        found: dict[str, Any] = json.loads(self._exactly(length))
        return found

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _exactly(self, count: int) -> bytes:
        content = b""
        while len(content) < count:
            part = self._socket.recv(count - len(content))
            if not part:
                raise ConnectionError("the server has closed the connection")
            content += part
        return content


@contextmanager
def client(address: str) -> Iterator[RawClient]:
    """A client that is closed at the end."""
    raw = RawClient(address)
    try:
        yield raw
    finally:
        raw.close()
