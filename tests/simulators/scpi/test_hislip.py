"""HiSLIP, spoken by a client written from the specification (IVI-6.1) for these tests."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from simulators.scpi import encode_block, serving
from tests.simulators.scpi.box import Box, port_of

DATA, DATA_END, FATAL, ERROR = 6, 7, 2, 3


class Client:
    """Two sockets and a message id."""

    def __init__(self, address: str) -> None:
        self.port = port_of(address)
        self.sync, self.async_ = self.connect(), self.connect()
        self.id = 0xFFFFFF00
        self.delivered = 0
        self.send(self.sync, 0, 0, 0x0100 << 16, b"hislip0")
        kind, control, parameter, _ = self.receive(self.sync)
        assert (kind, control, parameter >> 16) == (1, 0, 0x0100)
        self.send(self.async_, 17, 0, parameter & 0xFFFF)
        assert self.receive(self.async_)[0] == 18

    def connect(self) -> socket.socket:
        """A new connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10.0)

    def close(self) -> None:
        """Leave."""
        self.sync.close()
        self.async_.close()

    @staticmethod
    def send(
        channel: socket.socket, kind: int, control: int = 0, parameter: int = 0, payload: bytes = b""
    ) -> None:
        """Send one message."""
        channel.sendall(struct.pack("!2sBBIQ", b"HS", kind, control, parameter, len(payload)) + payload)

    @staticmethod
    def receive(channel: socket.socket) -> tuple[int, int, int, bytes]:
        """Type, control code, parameter and payload of the next message."""

        def exactly(count: int) -> bytes:
            data = b""
            while len(data) < count:
                piece = channel.recv(count - len(data))
                if not piece:
                    raise EOFError
                data += piece
            return data

        prologue, kind, control, parameter, size = struct.unpack("!2sBBIQ", exactly(16))
        assert prologue == b"HS"
        return kind, control, parameter, exactly(size)

    def write(self, message: bytes, piece: int = 1 << 16) -> None:
        """Send a message in pieces."""
        for start in range(0, len(message), piece):
            kind = DATA if start + piece < len(message) else DATA_END
            self.id = (self.id + 2) & 0xFFFFFFFF
            self.send(self.sync, kind, self.delivered, self.id, message[start : start + piece])
            self.delivered = 0

    def read(self) -> tuple[bytes, int]:
        """A reply, and in how many pieces it came."""
        reply, pieces = b"", 0
        while True:
            kind, _, parameter, payload = self.receive(self.sync)
            assert parameter == self.id
            reply += payload
            pieces += 1
            if kind == DATA_END:
                self.delivered = 1
                return reply, pieces

    def ask(self, message: bytes) -> bytes:
        """Send a message and read its reply."""
        self.write(message)
        return self.read()[0]

    def command(
        self, kind: int, control: int = 0, parameter: int = 0, payload: bytes = b""
    ) -> tuple[int, int, int, bytes]:
        """A transaction on the asynchronous channel."""
        self.send(self.async_, kind, control, parameter, payload)
        return self.receive(self.async_)


@pytest.fixture
def box() -> Box:
    return Box(load_s=0.2)


@pytest.fixture
def address(box: Box) -> Iterator[str]:
    with serving(box) as (server,):
        yield server.addresses.hislip


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    client = Client(address)
    yield client
    client.close()


def test_query_with_end_and_without_line_feed(client: Client) -> None:
    assert client.ask(b"*IDN?") == b"Maker,BOX,7,1.0\n"
    assert client.ask(b"*IDN?\n") == b"Maker,BOX,7,1.0\n"


def test_block_survives_being_split(client: Client, box: Box) -> None:
    data = bytes(range(256)) * 40
    client.write(b"BLOC " + encode_block(data), piece=100)
    assert client.ask(b"BLOC?") == encode_block(data) + b"\n"
    assert box.block == data


def test_replies_are_split_to_what_the_client_takes(client: Client) -> None:
    data = bytes(10_000)
    assert client.command(15, payload=(1024).to_bytes(8, "big"))[0] == 16
    client.write(b"BLOC " + encode_block(data))
    client.write(b"BLOC?")
    reply, pieces = client.read()
    assert reply == encode_block(data) + b"\n"
    assert pieces == -(-len(reply) // (1024 - 16))


def test_maximum_size_is_told_and_larger_payloads_refused(client: Client, box: Box) -> None:
    kind, _, _, payload = client.command(15, payload=(1 << 30).to_bytes(8, "big"))
    limit = int.from_bytes(payload, "big")
    assert kind == 16
    client.send(client.sync, DATA, 0, 2, b"x" * (limit + 1))
    assert client.receive(client.sync)[:2] == (ERROR, 4)
    assert client.ask(b"*IDN?") == b"Maker,BOX,7,1.0\n"
    assert len(box.errors) == 0


def test_opc_query_comes_after_the_operation(client: Client) -> None:
    start = time.monotonic()
    client.write(b"LOAD")
    assert client.ask(b"*OPC?;:LOAD:COUN?") == b"1;1\n"
    assert time.monotonic() - start >= 0.2


def test_device_clear_abandons_what_hangs(client: Client, box: Box) -> None:
    box.faults.silent = True
    client.write(b"*IDN?")
    assert client.command(19)[0] == 23
    box.faults.silent = False
    client.write(b"FOO")  # still on its way when the clear began: ignored
    client.send(client.sync, 8)
    assert client.receive(client.sync)[0] == 9
    assert client.ask(b"SYST:ERR:CODE?") == b"0\n"


def test_unread_reply_is_interrupted(client: Client) -> None:
    client.write(b"*IDN?")
    time.sleep(0.05)
    client.write(b"SYST:ERR:CODE?")
    kinds: list[tuple[int, int, int, bytes]] = []
    while not kinds or kinds[-1][0] != DATA_END or kinds[-1][3] != b"-410\n":
        kinds.append(client.receive(client.sync))
    assert [kind[0] for kind in kinds] == [DATA_END, 13, DATA_END]
    assert client.receive(client.async_)[0] == 14


def test_status_byte_says_that_a_reply_waits(client: Client) -> None:
    assert client.command(21)[1] == 0
    client.write(b"*IDN?")
    client.receive(client.sync)
    assert client.command(21, 0)[1] & 16
    assert client.command(21, 1)[1] == 0
    client.write(b"FOO")
    client.ask(b"*OPC?")
    assert client.command(21, 1)[1] == 4


def test_lock_keeps_the_other_client_waiting(client: Client, address: str) -> None:
    other = Client(address)
    try:
        assert client.command(4, 1, 100)[:2] == (5, 1)
        assert client.command(24)[:3] == (25, 1, 1)
        assert other.command(4, 1, 10)[:2] == (5, 0)
        other.write(b"*IDN?")
        other.sync.settimeout(0.1)
        with pytest.raises(TimeoutError):
            other.receive(other.sync)
        other.sync.settimeout(10.0)
        assert client.ask(b"*OPC?") == b"1\n"
        assert client.command(4, 0)[:2] == (5, 1)
        assert other.read()[0].startswith(b"Maker")
        assert other.command(4, 0)[:2] == (5, 3)
    finally:
        other.close()


def test_shared_lock_admits_who_knows_the_key(client: Client, address: str) -> None:
    other = Client(address)
    try:
        assert client.command(4, 1, 10, b"key")[1] == 1
        assert other.command(4, 1, 10, b"other")[1] == 0
        assert other.command(4, 1, 10, b"key")[1] == 1
        assert client.command(24)[:3] == (25, 0, 2)
    finally:
        other.close()


def test_lock_ends_with_its_holder(client: Client, address: str) -> None:
    other = Client(address)
    assert other.command(4, 1, 10)[1] == 1
    other.close()
    assert client.command(4, 1, 5000)[1] == 1


def test_trigger_and_remote_control_are_answered(client: Client) -> None:
    client.send(client.sync, 12, 0, 2)
    assert client.ask(b"SYST:ERR:CODE?") == b"-211\n"
    assert client.command(10, 1)[0] == 11


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 1),
        (struct.pack("!2sBBIQ", b"HS", DATA, 0, 0, 0), 3),
        (struct.pack("!2sBBIQ", b"HS", 17, 0, 999, 0), 3),
        (struct.pack("!2sBBIQ", b"HS", 0, 0, 0, 1 << 60), 3),
    ],
)
def test_bad_beginnings_are_fatal_and_harm_nobody_else(client: Client, first: bytes, code: int) -> None:
    with client.connect() as stranger:
        stranger.sendall(first)
        assert client.receive(stranger)[:2] == (FATAL, code)
        # What was sent beyond the header makes the kernel reset the connection instead of closing it.
        with contextlib.suppress(ConnectionResetError):
            assert stranger.recv(1) == b""
    assert client.ask(b"*IDN?").startswith(b"Maker")


def test_data_before_the_second_channel_is_fatal(client: Client) -> None:
    with client.connect() as stranger:
        client.send(stranger, 0, 0, 0, b"hislip0")
        client.receive(stranger)
        client.send(stranger, DATA_END, 0, 2, b"*IDN?")
        assert client.receive(stranger)[:2] == (FATAL, 2)


def test_unknown_types_are_refused_on_both_channels(client: Client) -> None:
    client.send(client.sync, 99, 0, 0, b"abc")
    assert client.receive(client.sync)[:2] == (ERROR, 1)
    assert client.command(99)[:2] == (ERROR, 1)
    assert client.ask(b"*IDN?").startswith(b"Maker")


def test_client_that_leaves_in_mid_message_leaves_nothing(address: str) -> None:
    before = threading.active_count()
    for _ in range(5):
        client = Client(address)
        client.send(client.sync, DATA, 0, 2, b"BLOC #9999999")
        client.close()
    other = Client(address)
    assert other.ask(b"*IDN?").startswith(b"Maker")
    other.close()
    assert threading.active_count() == before
