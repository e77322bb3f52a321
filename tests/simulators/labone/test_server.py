"""The server on its sockets: the hello, refusals, broken clients, many clients, stopping."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator

import capnp
import numpy as np
import psutil
import pytest

from simulators.labone import DeviceSetup, LabOneServer, NodeDevice, ResultVector, ScopeVector
from simulators.labone.schema import SCHEMA
from simulators.labone.version import LABONE

SERIAL = "dev12200"
UPGRADE = "Connection: Upgrade\r\nUpgrade: capnp,binmsg\r\n"


@pytest.fixture
def server() -> Iterator[LabOneServer]:
    with LabOneServer([NodeDevice(DeviceSetup(SERIAL, "SHFQA2"))]) as running:
        yield running


@contextlib.contextmanager
def _client(server: LabOneServer) -> Iterator[socket.socket]:
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        yield connection


def _receive(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (part := connection.recv(count - len(data))):
        data += part
    return data


def _ask(server: LabOneServer, request: str) -> bytes:
    """The server's answer to a request, until it closes or has upgraded."""
    with _client(server) as connection:
        _receive(connection, 256)
        connection.sendall(request.encode())
        answer = b""
        while b"101" not in answer and (part := connection.recv(4096)):
            answer += part
        return answer


def test_the_hello_has_the_form_that_the_vendors_client_needs(server: LabOneServer) -> None:
    with _client(server) as connection:
        hello = _receive(connection, 256)
    assert len(hello) == 256
    assert hello[-1] == 0
    text, _, padding = hello.partition(b"\n")
    assert set(padding) == {0}
    assert json.loads(text) == {
        "kind": "orchestrator",
        "protocol": "http",
        "schema": "1.15.0",
        "l1Ver": LABONE.short,
    }


def test_a_request_for_a_kernel_is_upgraded(server: LabOneServer) -> None:
    answers = [
        _ask(server, f"GET /api/v1/kernel/{kernel} HTTP/1.1\r\n{UPGRADE}\r\n")
        for kernel in ("zi?apiLevel=6", f"devid/{SERIAL.upper()}?interface=1GbE&autolaunch=1&api=6")
    ]
    assert all(answer.startswith(b"HTTP/1.1 101 ") for answer in answers)
    uids = {
        line for answer in answers for line in answer.split(b"\r\n") if line.startswith(b"Zhinst-Kernel-Uid: ")
    }
    assert len(uids) == 2


@pytest.mark.parametrize(
    ("request_line", "headers", "status", "code"),
    [
        ("GET /api/v1/kernel/devid/dev1 HTTP/1.1", UPGRADE, b"404", "deviceNotFound"),
        ("GET /api/v1/kernel/devid/mydevice HTTP/1.1", UPGRADE, b"404", "illegalDeviceIdentifier"),
        (f"GET /api/v1/kernel/devid/{SERIAL}?interface=PCIe HTTP/1.1", UPGRADE, b"404", "interfaceMismatch"),
        ("GET /somewhere HTTP/1.1", UPGRADE, b"404", "kernelNotFound"),
        ("GET /api/v1/kernel/zi HTTP/1.1", "", b"400", "badRequest"),
        ("POST /api/v1/kernel/zi HTTP/1.1", UPGRADE, b"400", "badRequest"),
        ("nonsense", UPGRADE, b"400", "badRequest"),
        ("GET /api/v1/kernel/zi HTTP/1.1", f"{UPGRADE}\r\ntoo early", b"400", "badRequest"),
    ],
)
def test_other_requests_are_refused_by_name(
    server: LabOneServer, request_line: str, headers: str, status: bytes, code: str
) -> None:
    head, _, body = _ask(server, f"{request_line}\r\n{headers}\r\n").partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == status
    with SCHEMA.ConnectionOutcome.from_bytes(body) as outcome:
        assert outcome.which() == "refused"
        assert str(outcome.refused.code) == code


def test_clients_that_leave_or_send_nonsense_harm_nobody(server: LabOneServer) -> None:
    for broken in (b"", b"GET ", bytes(range(256)), b"GET / HTTP/1.1\r\n\r\n", 70_000 * b"x"):
        with _client(server) as connection:
            connection.sendall(broken)
    with _client(server) as connection:
        _receive(connection, 256)
        connection.sendall(f"GET /api/v1/kernel/zi HTTP/1.1\r\n{UPGRADE}\r\n".encode())
        assert b"101" in connection.recv(4096)
        connection.sendall(bytes(range(256)) * 10)
    assert b"101" in _ask(server, f"GET /api/v1/kernel/zi HTTP/1.1\r\n{UPGRADE}\r\n")


def test_many_connections_leave_nothing(server: LabOneServer) -> None:
    def connect(times: int) -> None:
        for _ in range(times):
            assert b"101" in _ask(server, f"GET /api/v1/kernel/devid/{SERIAL} HTTP/1.1\r\n{UPGRADE}\r\n")

    process = psutil.Process()
    connect(20)
    _settle(server)
    files, threads = process.num_fds() if hasattr(process, "num_fds") else 0, threading.active_count()
    connect(300)
    _settle(server)
    assert (process.num_fds() if hasattr(process, "num_fds") else 0) <= files
    assert threading.active_count() == threads
    assert server.state.devices[SERIAL].tree._listeners == ()


def _settle(server: LabOneServer) -> None:
    """Wait until the server has seen every client leave."""
    limit = threading.Event()
    for _ in range(500):
        if not server._connections:
            return
        limit.wait(0.01)


def test_stopping_closes_what_is_open_and_frees_the_port(server: LabOneServer) -> None:
    with _client(server) as upgraded, _client(server) as silent:
        _receive(upgraded, 256)
        upgraded.sendall(f"GET /api/v1/kernel/zi HTTP/1.1\r\n{UPGRADE}\r\n".encode())
        upgraded.recv(4096)
        _receive(silent, 256)
        server.stop()
        assert upgraded.recv(1) == b""
        assert silent.recv(1) == b""
    server.stop()
    with LabOneServer(port=server.port, control_port=server.control_port):
        pass


def test_a_port_that_is_taken_is_an_error(server: LabOneServer) -> None:
    with pytest.raises(OSError, match=r"in use|normally permitted"):
        LabOneServer(port=server.port).start()
    second = LabOneServer(control_port=server.control_port)
    with pytest.raises(OSError, match=r"in use|normally permitted"):
        second.start()
    second.stop()


async def test_clients_that_want_structures_get_them(server: LabOneServer) -> None:
    """As LabOne Q asks for results; the vendor's compiled client takes vectors with a header instead."""
    results, record = np.arange(5) * (1 + 2j), np.linspace(0, 1, 7)
    tree = server.state.devices[SERIAL].tree
    tree.put("qachannels/0/readout/result/data/0/wave", ResultVector(results, job_id=3, holdoff_errors=(1, 2, 3)))
    tree.put("scopes/0/channels/0/wave", ScopeVector(record, segments=7))
    async with capnp.kj_loop():
        stream = await _upgraded(server, "Zhinst.Client.WantsShfVectors: true\r\n")
        client = capnp.TwoPartyClient(stream)
        kernel = client.bootstrap().cast_as(SCHEMA.Kernel)
        assert (await kernel.version()).version == (await kernel.revision()).version == "1.15.0"
        value = await _value(kernel, f"/{SERIAL}/qachannels/0/readout/result/data/0/wave")
        assert value.which() == "results"
        assert [complex(each.real, each.imag) for each in value.results.vector.complex] == list(results)
        assert (value.results.jobId, value.results.samples, value.results.holdoffErrorsSpectroscopy) == (3, 5, 3)
        value = await _value(kernel, f"/{SERIAL}/scopes/0/channels/0/wave")
        assert list(value.scope.vector.real) == list(record)
        assert value.scope.segments == 7
        client.close()
        stream.close()


async def _upgraded(server: LabOneServer, headers: str) -> capnp.AsyncIoStream:
    """A connection to the device's kernel, upgraded."""
    loop = asyncio.get_running_loop()
    connection = socket.socket()
    connection.setblocking(False)
    await loop.sock_connect(connection, (server.host, server.port))
    received = b""
    while len(received) < 256:
        received += await loop.sock_recv(connection, 256 - len(received))
    request = f"GET /api/v1/kernel/devid/{SERIAL} HTTP/1.1\r\n{UPGRADE}{headers}\r\n"
    await loop.sock_sendall(connection, request.encode())
    assert b"101" in await loop.sock_recv(connection, 4096)
    return await capnp.AsyncIoStream.create_connection(sock=connection)


async def _value(kernel: capnp.lib.capnp._CapabilityClient, path: str) -> capnp.lib.capnp._DynamicStructReader:
    answer = await kernel.get(expression=path, lookup="direct")
    (outcome,) = answer.outcomes
    assert outcome.ok.about.path == path
    return outcome.ok.value
