"""The data server: a thread with an event loop of its own, serving a kernel on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from simulators.labone.control import ControlPort
from simulators.labone.dataserver import DataServer
from simulators.labone.device import Device
from simulators.labone.rpc import Session, event_loop, serve
from simulators.labone.upgrade import Refusal, Request, accept, hello, read_request, refuse
from simulators.labone.version import LABONE, LabOneVersion

__all__ = ["LabOneServer"]

logger = logging.getLogger(__name__)

BACKLOG = 128
ACCEPT_AGAIN_S = 0.1
HANDSHAKE_S = 30.0
"""How long a client may take to say what it wants."""


class LabOneServer:
    """Serves devices to LabOne clients; a context manager, or `start` and `stop`.

    The vendor's compiled client holds Python's lock while it waits for an answer, so client and server cannot
    live in one process.

    Attributes:
        state: Its devices, nodes and faults.
    """

    def __init__(
        self,
        devices: Sequence[Device] = (),
        *,
        port: int = 0,
        control_port: int = 0,
        version: LabOneVersion = LABONE,
    ) -> None:
        """Ports of 0 mean free ones; faults are asked for at the control port. It can be started once."""
        self.state = DataServer(devices, version)
        self.port = port
        self._control = ControlPort(self, control_port)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._connections: dict[asyncio.Task[None], socket.socket] = {}

    @property
    def host(self) -> str:
        """Where it listens; loopback only."""
        return "127.0.0.1"

    @property
    def control_port(self) -> int:
        """Where faults are asked for."""
        return self._control.port

    @property
    def address(self) -> dict[str, str | int]:
        """Where it listens, as it is printed."""
        return {"host": self.host, "port": self.port, "control_port": self.control_port}

    def start(self) -> None:
        """Listen; returns when clients can connect. Raises OSError when a port is taken."""
        listener = socket.create_server((self.host, self.port), backlog=BACKLOG)
        listener.setblocking(False)
        try:
            self._control.listen(self.host)
        except OSError:
            listener.close()
            raise
        self.port = listener.getsockname()[1]
        for device in self.state.devices.values():
            device.start()
        ready = threading.Event()

        def run() -> None:
            try:
                asyncio.run(self._main(listener, ready.set))
            finally:
                ready.set()  # also when it could not begin: whoever started it must not wait for ever

        self._thread = threading.Thread(target=run, name="labone-server", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Close every connection, end the devices and free the ports; may be called twice."""
        if self._thread is None or self._loop is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended first
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None
        for device in self.state.devices.values():
            device.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def drop_connections(self) -> None:
        """Cut every client off, as when a network goes down; on the server's thread."""
        for connection in self._connections.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    async def _main(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        with listener:
            async with event_loop():
                tasks = [
                    asyncio.create_task(self._accept(listener)),
                    asyncio.create_task(self._control.serve()),
                ]
                ready()
                await self._stopping.wait()
                for task in (*tasks, *self._connections):
                    task.cancel()
                await asyncio.gather(*tasks, *self._connections, return_exceptions=True)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError as error:
                # Too many open files, say: those who are connected are still served, and newcomers wait.
                logger.warning("a connection cannot be accepted: %s", error)
                await asyncio.sleep(ACCEPT_AGAIN_S)
                continue
            connection.setblocking(False)
            task = asyncio.create_task(self._converse(connection))
            self._connections[task] = connection
            task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._connections.pop(task).close()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.debug("a connection has ended: %r", error)

    async def _converse(self, connection: socket.socket) -> None:
        if self.state.faults.refuse:
            return
        loop = asyncio.get_running_loop()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await loop.sock_sendall(connection, hello(self.state.version))
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                request = await read_request(connection)
            if request is None:
                return
            self._admit(request)
        except Refusal as refusal:
            await loop.sock_sendall(connection, refuse(refusal))
            return
        kernel, uid = self.state.kernel(request.serial)
        await loop.sock_sendall(connection, accept(uid))
        session = Session(kernel, self.state.faults, request.preferences)
        kernel.tree.listen(session.subscriptions.offer)
        try:
            await serve(connection, session)
        finally:
            kernel.tree.unlisten(session.subscriptions.offer)
        if request.serial is not None and session.closing.is_set():
            self.state.disconnect(request.serial)

    def _admit(self, request: Request) -> None:
        """Connect the device that a client asks for, or say why not."""
        serial = request.serial
        if serial is None:
            return
        if not (serial.startswith("dev") and serial[3:].isdigit()):
            raise Refusal("illegalDeviceIdentifier", f"{serial} is no device's name; they are like dev12345")
        if serial not in self.state.devices:
            raise Refusal("deviceNotFound", f"{serial} is not visible to this data server")
        if serial in self.state.faults.devices_in_use:
            raise Refusal("deviceInUse", f"{serial} is in use by another data server")
        if serial in self.state.faults.firmware_needed:
            raise Refusal("firmwareUpdateRequired", f"{serial} needs another firmware")
        if request.interface.lower() not in ("", "1gbe"):
            raise Refusal("interfaceMismatch", f"{serial} is reached by 1GbE, not by {request.interface}")
        self.state.connect(serial)
