"""Starting, stopping, the raw socket, and what is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import random
import socket
import time

import psutil
import pytest

from simulators.scpi import Ports, ScpiServer, encode_block, serving
from tests.simulators.scpi.box import Box, port_of


def ask(connection: socket.socket, message: bytes) -> bytes:
    """Send bytes and read one line."""
    connection.sendall(message)
    reply = b""
    while not reply.endswith(b"\n"):
        reply += connection.recv(4096)
    return reply


def test_raw_socket_with_blocks_glued_to_commands() -> None:
    box = Box()
    with (
        serving(box) as (server,),
        socket.create_connection(("127.0.0.1", port_of(server.addresses.socket)), timeout=10.0) as connection,
    ):
        data = b'\n;"#9' * 1000
        assert ask(connection, b"BLOC " + encode_block(data) + b"*IDN?\n") == b"Maker,BOX,7,1.0\n"
        assert box.block == data
        assert ask(connection, b"FOO?\nSYST:ERR:CODE?\n") == b"-113\n"


def test_strict_raw_socket_loses_the_glued_command() -> None:
    box = Box()
    with (
        serving(box, lenient=False) as (server,),
        socket.create_connection(("127.0.0.1", port_of(server.addresses.socket)), timeout=10.0) as connection,
    ):
        assert ask(connection, b"BLOC #13abc*TST?\nSYST:ERR:CODE?\n") == b"-103\n"
        assert box.block == b""


def test_hung_instrument_stops_reading() -> None:
    box = Box()
    box.faults.silent = True
    with (
        serving(box) as (server,),
        socket.create_connection(("127.0.0.1", port_of(server.addresses.socket)), timeout=0.3) as connection,
    ):
        connection.sendall(b"*IDN?\n")
        with pytest.raises(TimeoutError):
            connection.sendall(b"BLOC " + encode_block(bytes(1 << 26)))


async def test_stop_leaves_no_socket_and_no_task() -> None:
    process = psutil.Process()
    before = {(c.laddr, c.raddr) for c in process.net_connections("tcp")}
    tasks = asyncio.all_tasks()
    box = Box()
    box.faults.silent = True
    server = ScpiServer(box)
    addresses = await server.start()
    for address in addresses.as_dict().values():
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(address))
        writer.write(b"*IDN?\n")
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.close()
    start = time.monotonic()
    await server.stop()
    await server.stop()
    assert time.monotonic() - start < 1.0
    await asyncio.sleep(0.02)
    assert asyncio.all_tasks() == tasks
    listening = {c.laddr for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
    assert listening <= {laddr for laddr, _ in before}


async def test_connections_that_arrive_while_it_stops_are_closed() -> None:
    """However far asyncio has come with accepting them; one that stays open would warn, which is an error here."""
    for turns in range(25):
        server = ScpiServer(Box())
        addresses = await server.start()
        arriving = []
        for address in addresses.as_dict().values():
            connection = socket.create_connection(("127.0.0.1", port_of(address)), timeout=1.0)
            arriving.append(connection)
        for _ in range(turns):
            await asyncio.sleep(0)
        await server.stop()
        await asyncio.sleep(0.002)
        for connection in arriving:
            with connection, contextlib.suppress(ConnectionError):
                assert connection.recv(1) == b""
    gc.collect()


async def test_taken_port_is_an_error_and_leaves_nothing_listening() -> None:
    first = ScpiServer(Box())
    taken = port_of((await first.start()).socket)
    second = ScpiServer(Box(), Ports(socket=taken))
    with pytest.raises(OSError, match="in use"):
        await second.start()
    with pytest.raises(RuntimeError):
        _ = second.addresses
    await first.stop()


def test_port_taken_by_another_program_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]

        async def start() -> None:
            await ScpiServer(Box(), Ports(hislip=port)).start()

        with pytest.raises(OSError, match="in use") as caught:
            asyncio.run(start())
        assert caught.value.errno == errno.EADDRINUSE


async def test_fixed_ports_can_be_used_again_at_once() -> None:
    server = ScpiServer(Box())
    first = await server.start()
    await server.stop()
    ports = Ports(*(port_of(address) for address in first.as_dict().values()))
    again = ScpiServer(Box(), ports)
    assert await again.start() == first
    await again.stop()


def test_random_bytes_on_every_port_harm_nobody() -> None:
    box = Box()
    generator = random.Random(3)
    with serving(box) as (server,):
        ports = [port_of(address) for address in server.addresses.as_dict().values()]
        for round_number in range(30):
            with socket.create_connection(("127.0.0.1", ports[round_number % 3]), timeout=10.0) as connection:
                prefix = generator.choice([b"", b"HS\x00\x00", b"\x80\x00\x00\x28" + bytes(8), b"*IDN?\n"])
                with contextlib.suppress(ConnectionError):
                    connection.sendall(prefix + generator.randbytes(generator.randrange(300)))
        with socket.create_connection(("127.0.0.1", ports[2]), timeout=10.0) as connection:
            assert ask(connection, b"*IDN?\n") == b"Maker,BOX,7,1.0\n"
