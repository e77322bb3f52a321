"""VXI-11, spoken by a client written from the specification for these tests."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator

import pytest

from simulators.scpi import encode_block, serving
from tests.simulators.scpi.box import Box, port_of

CORE, ASYNC = 0x0607AF, 0x0607B0
WAIT, END, TERMINATOR = 1, 8, 128
REASON_COUNT, REASON_TERMINATOR, REASON_END = 1, 2, 4


def pack(*values: int | bytes) -> bytes:
    """Words and opaque bytes in XDR."""
    out = b""
    for value in values:
        out += (
            value.to_bytes(4, "big")
            if isinstance(value, int)
            else (len(value).to_bytes(4, "big") + value + bytes(-len(value) % 4))
        )
    return out


class Client:
    """One connection."""

    def __init__(self, address: str) -> None:
        self.port = port_of(address)
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10.0)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.xid = 0

    def close(self) -> None:
        """Leave."""
        self.socket.close()

    def exactly(self, count: int) -> bytes:
        """Read `count` bytes."""
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def raw(self, record: bytes, fragment: int = 1 << 20) -> bytes:
        """Send a record in fragments and return the reply's."""
        for start in range(0, len(record), fragment):
            piece = record[start : start + fragment]
            last = 0x80000000 if start + fragment >= len(record) else 0
            self.socket.sendall((last | len(piece)).to_bytes(4, "big") + piece)
        mark = int.from_bytes(self.exactly(4), "big")
        assert mark & 0x80000000
        return self.exactly(mark & 0x7FFFFFFF)

    def call(
        self, procedure: int, *values: int | bytes, program: int = CORE, version: int = 1
    ) -> tuple[int, bytes]:
        """Accept status and results of a call."""
        self.xid += 1
        header = pack(self.xid, 0, 2, program, version, procedure, 0, b"", 0, b"")
        reply = self.raw(header + pack(*values), fragment=57)
        xid, kind, denied, _, _, status = struct.unpack(">6I", reply[:24])
        assert (xid, kind, denied) == (self.xid, 1, 0)
        return status, reply[24:]

    def words(self, procedure: int, *values: int | bytes, program: int = CORE) -> tuple[int, ...]:
        """The results of a call that succeeds, as words."""
        status, results = self.call(procedure, *values, program=program)
        assert status == 0
        return struct.unpack(f">{len(results) // 4}I", results)

    def link(self) -> int:
        """A new link."""
        error, link, abort_port, size = self.words(10, 1, 0, 0, b"inst0")
        assert (error, abort_port) == (0, self.port)
        assert size >= 1024
        return link

    def write(self, link: int, data: bytes, flags: int = END, timeout_ms: int = 5000) -> tuple[int, ...]:
        """`device_write`: error and size."""
        return self.words(11, link, timeout_ms, 0, flags, data)

    def read(
        self, link: int, size: int = 1 << 16, timeout_ms: int = 5000, stop_at: bytes = b""
    ) -> tuple[int, int, bytes]:
        """`device_read`: error, reason and data."""
        flags, character = (TERMINATOR, stop_at[0]) if stop_at else (0, 0)
        status, results = self.call(12, link, size, timeout_ms, 0, flags, character)
        assert status == 0
        error, reason, count = struct.unpack(">3I", results[:12])
        return error, reason, results[12 : 12 + count]


@pytest.fixture
def box() -> Box:
    return Box(load_s=0.2)


@pytest.fixture
def client(box: Box) -> Iterator[Client]:
    with serving(box) as (server,):
        client = Client(server.addresses.vxi11)
        yield client
        client.close()


def test_write_and_read(client: Client) -> None:
    link = client.link()
    assert client.write(link, b"*IDN?") == (0, 5)
    assert client.read(link) == (0, REASON_END, b"Maker,BOX,7,1.0\n")
    assert client.words(23, link) == (0,)


def test_message_in_several_writes_ends_with_the_flag(client: Client, box: Box) -> None:
    link = client.link()
    data = bytes(range(256))
    for piece in (b"BLOC ", encode_block(data)[:100], encode_block(data)[100:]):
        client.write(link, piece, flags=0)
    assert box.block == b""
    client.write(link, b" ", flags=END)
    client.write(link, b"BLOC?")
    assert client.read(link) == (0, REASON_END, encode_block(data) + b"\n")


def test_reply_in_pieces_with_reasons(client: Client) -> None:
    link = client.link()
    client.write(link, b"*IDN?")
    assert client.read(link, 6) == (0, REASON_COUNT, b"Maker,")
    assert client.read(link, stop_at=b",") == (0, REASON_TERMINATOR, b"BOX,")
    assert client.read(link, 6) == (0, REASON_COUNT | REASON_END, b"7,1.0\n")


def test_nothing_to_read_is_a_timeout_at_once(client: Client) -> None:
    link = client.link()
    client.write(link, b"FOO?")
    start = time.monotonic()
    assert client.read(link, timeout_ms=5000) == (15, 0, b"")
    assert time.monotonic() - start < 1.0
    client.write(link, b"SYST:ERR:CODE?")
    assert client.read(link)[2] == b"-113\n"


def test_read_waits_for_a_slow_reply_but_not_longer_than_told(client: Client) -> None:
    link = client.link()
    client.write(link, b"LOAD;*OPC?")
    assert client.read(link, timeout_ms=20)[0] == 15
    assert client.write(link, b"*IDN?", timeout_ms=20) == (15, 0)
    assert client.read(link)[2] == b"1\n"


def test_unread_reply_is_interrupted(client: Client) -> None:
    link = client.link()
    client.write(link, b"*IDN?")
    client.write(link, b"SYST:ERR:CODE?")
    assert client.read(link)[2] == b"-410\n"


def test_clear_abandons_what_hangs(client: Client, box: Box) -> None:
    link = client.link()
    box.faults.silent = True
    client.write(link, b"*IDN?")
    assert client.words(15, link, 0, 0, 1000) == (0,)
    box.faults.silent = False
    client.write(link, b"*TST?")
    assert client.read(link)[2] == b"0\n"


def test_abort_ends_a_waiting_read(client: Client, box: Box) -> None:
    link = client.link()
    box.faults.silent = True
    client.write(link, b"*IDN?")
    other = Client(f"TCPIP::127.0.0.1,{client.port}::inst0::INSTR")
    header = pack(7, 0, 2, CORE, 1, 12, 0, b"", 0, b"")
    record = header + pack(link, 100, 10_000, 0, 0, 0)
    client.socket.sendall((0x80000000 | len(record)).to_bytes(4, "big") + record)
    time.sleep(0.05)
    assert other.words(1, link, program=ASYNC) == (0,)
    other.close()
    size = int.from_bytes(client.exactly(4), "big") & 0x7FFFFFFF
    assert client.exactly(size)[24:28] == pack(23)


def test_status_byte(client: Client) -> None:
    link = client.link()
    assert client.words(13, link, 0, 0, 1000) == (0, 0)
    client.write(link, b"*IDN?")
    client.read(link, 3)
    assert client.words(13, link, 0, 0, 1000) == (0, 16)


def test_locks(client: Client) -> None:
    first, second = client.link(), client.link()
    assert client.words(18, first, 0, 0) == (0,)
    assert client.words(18, second, WAIT, 10) == (11,)
    assert client.write(second, b"*IDN?") == (11, 0)
    assert client.read(second)[0] == 11
    assert client.write(first, b"*IDN?") == (0, 5)
    assert client.words(19, first) == (0,)
    assert client.words(19, first) == (12,)
    error, third, _, _ = client.words(10, 1, 1, 10, b"inst0")
    assert error == 0
    assert client.words(10, 1, 1, 10, b"inst0")[0] == 11
    assert client.words(23, third) == (0,)
    assert client.write(second, b"*IDN?") == (0, 5)


def test_links_are_counted(client: Client) -> None:
    links = [client.link() for _ in range(64)]
    assert client.words(10, 1, 0, 0, b"inst0")[0] == 9
    client.words(23, links[0])
    client.link()


@pytest.mark.parametrize("procedure", [11, 12, 13, 14, 15, 16, 17, 18, 19, 23])
def test_links_that_are_not_open_are_refused(client: Client, procedure: int) -> None:
    arguments: list[int | bytes] = [99, 0, 0, 0]
    if procedure == 11:
        arguments.append(b"")
    if procedure == 12:
        arguments += [0, 0]
    assert client.words(procedure, *arguments)[0] == 4


def test_unsupported_procedures_say_so(client: Client) -> None:
    for procedure in (20, 22, 25, 26):
        assert client.words(procedure, 1)[0] == 8
    assert client.call(0)[0] == 0
    assert client.call(77)[0] == 3
    assert client.call(0, program=12345)[0] == 1
    assert client.call(0, version=9)[0] == 2
    assert client.call(11, 1)[0] == 4
    assert client.call(11, 1, 0, 0, 0, 1 << 30)[0] == 4


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x80\x00\x00\x04\0\0\0\0", b"\0\0\0\0" * 3, b"\xff" * 60]
)
def test_garbage_ends_only_its_own_connection(client: Client, garbage: bytes) -> None:
    with socket.create_connection(("127.0.0.1", client.port), timeout=10.0) as stranger:
        stranger.sendall(garbage)
        with contextlib.suppress(ConnectionResetError):
            assert stranger.recv(1) == b""
    assert client.call(0)[0] == 0
