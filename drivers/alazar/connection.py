"""The vendor's API over a TCP connection: one request, one reply, each a JSON header with bytes behind it.

A message is 4 bytes with the length of its header (big-endian), the header (UTF-8 JSON), and as many bytes as the
header's key `payload` says. Request `{"call": name, "args": [...]}`; reply `{"code": n, "out": [...]}`, where
`code` is what the function returns, and `out` what it writes through its pointers. A reply may have a key
`passed_s`: the seconds of the board's time that the call took, where that is not the time on the wall.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass

from drivers.addresses import endpoint
from drivers.contract import ConfigurationError

__all__ = ["AtsConnection", "AtsReply", "Standstill"]

LONGEST_HEADER = 1 << 20
LONGEST_PAYLOAD = 1 << 27
"""Twice the largest buffer that the API takes."""

STRANGER = "it is not an ATS server"


@dataclass(frozen=True, slots=True)
class AtsReply:
    """The answer to a call."""

    code: int | str
    """What the function returns."""
    out: tuple[int, ...]
    """What it writes through its pointers, in their order."""
    payload: bytes
    """The content of a buffer."""
    passed_s: float | None = None
    """Seconds of the board's time that the call took; None: as long as whoever called it has waited."""


@dataclass(slots=True)
class Standstill:
    """For how long the board's time has stood still in an acquisition."""

    seconds: float = 0.0
    """Always 0 with a real board."""


class AtsConnection:
    """One connection; every wait has a limit, and after a failed exchange it is closed for good."""

    def __init__(self, address: str, timeout_s: float) -> None:
        """Connect to `ats://host:port`; raises OSError when nobody listens there."""
        where = endpoint(address)
        if where is None or not address.startswith("ats://"):
            raise ConfigurationError("not an address of a digitizer", got=address, allowed="ats://host:port")
        self.timeout_s = timeout_s
        """Limit of a reply in seconds, beyond the time that the call itself may take."""
        self._lock = threading.Lock()
        self._socket = socket.create_connection(where, timeout=timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, name: str, arguments: list[int], takes_s: float = 0.0) -> AtsReply:
        """Call a function that may take `takes_s` seconds.

        Raises:
            TimeoutError: No reply in time.
            OSError: The connection broke, or was closed.
        """
        request = json.dumps({"call": name, "args": arguments}).encode()
        with self._lock:
            try:
                self._socket.settimeout(self.timeout_s + takes_s)
                self._socket.sendall(struct.pack(">I", len(request)) + request)
                return self._reply()
            except OSError:
                # A late reply would be taken for that of the next call.
                self._socket.close()
                raise

    def sever(self) -> None:
        """Cut the connection from another thread; a call that waits ends with OSError."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def close(self) -> None:
        """Disconnect; more than once is no error."""
        self._socket.close()

    def _reply(self) -> AtsReply:
        (length,) = struct.unpack(">I", self._receive(4))
        if length > LONGEST_HEADER:
            raise ConnectionError(f"a reply header of {length} bytes; {STRANGER}")
        try:
            header = json.loads(self._receive(length))
            code, out, payload = header["code"], tuple(header.get("out", ())), int(header.get("payload", 0))
            passed_s = None if header.get("passed_s") is None else max(float(header["passed_s"]), 0.0)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConnectionError(f"a reply that cannot be read ({type(error).__name__}); {STRANGER}") from error
        if not 0 <= payload <= LONGEST_PAYLOAD:
            raise ConnectionError(f"a reply payload of {payload} bytes; {STRANGER}")
        return AtsReply(code, out, bytes(self._receive(payload)), passed_s)

    def _receive(self, size: int) -> bytearray:
        received = bytearray(size)
        rest = memoryview(received)
        while rest:
            count = self._socket.recv_into(rest)
            if count == 0:
                raise ConnectionResetError("the digitizer's server closed the connection")
            rest = rest[count:]
        return received
