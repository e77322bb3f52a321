"""Somebody else at the digitizer's address: whatever it answers, it is said to be no ATS server."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.alazar import ATS9360Adapter
from drivers.alazar.connection import AtsConnection
from drivers.contract import ConnectionFailed


@contextmanager
def stranger(answer: bytes) -> Iterator[str]:
    """An address where every connection gets `answer`, once it has said something."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    if connection.recv(4096):
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"ats://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def framed(header: bytes) -> bytes:
    return struct.pack(">I", len(header)) + header


ANSWERS = {
    "a web server": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "no JSON": framed(b"hello"),
    "no UTF-8": framed(b'{"code": "\xff"}'),
    "no object": framed(b"[512]"),
    "no code": framed(b'{"out": []}'),
    "no list": framed(b'{"code": 512, "out": 3}'),
    "no size": framed(b'{"code": 512, "payload": "much"}'),
    "too much": framed(b'{"code": 512, "payload": 1000000000000}'),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_stranger_is_recognised(kind: str) -> None:
    """And the connection is closed: what comes next would be taken for the next answer."""
    with stranger(ANSWERS[kind]) as address:
        connection = AtsConnection(address, timeout_s=2.0)
        with pytest.raises(ConnectionError, match="not an ATS server"):
            connection.call("AlazarNumOfSystems", [])
        with pytest.raises(OSError, match=r".+"):
            connection.call("AlazarNumOfSystems", [])
        connection.close()


@pytest.mark.parametrize("kind", ["a web server", "no JSON", "no object"])
async def test_the_adapter_says_so(kind: str) -> None:
    """As a fault of what answers there, not of the station's files."""
    with stranger(ANSWERS[kind]) as address:

        def load() -> object:
            from drivers.alazar import NetworkATS9360

            return NetworkATS9360("digitizer", address)

        adapter = ATS9360Adapter("digitizer", address, load, 2.0)
        with pytest.raises(ConnectionFailed, match="not an ATS server"):
            await adapter.open()
