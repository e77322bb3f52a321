"""The control port: tests ask for faults there, a line of JSON each.

    {"fault": "refuse", "on": true}                        close every new connection without a word
    {"fault": "drop"}                                      cut off those who are connected
    {"fault": "delay", "seconds": 0.5}                     let every answer wait
    {"fault": "firmware", "device": "dev12345"}            the device's firmware does not go with the server
    {"fault": "firmware", "device": "dev12345", "needed": true}   ... and it cannot be connected
    {"fault": "in-use", "device": "dev12345"}              another data server has the device
    {"fault": "lost-trigger", "device": "dev12345", "times": 1}   also "overflow" and "stall"
    {"fault": "none"}                                      back to good behaviour

Each is answered by {"ok": true} or {"ok": false, "error": "..."}.
"""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulators.labone.faults import DeviceFault

if TYPE_CHECKING:
    from simulators.labone.server import LabOneServer

__all__ = ["ControlPort"]


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Refuse(_Wish):
    fault: Literal["refuse"]
    on: bool = True

    def grant(self, server: LabOneServer) -> None:
        server.state.faults.refuse = self.on


class _Drop(_Wish):
    fault: Literal["drop"]

    def grant(self, server: LabOneServer) -> None:
        server.drop_connections()


class _Delay(_Wish):
    fault: Literal["delay"]
    seconds: float = Field(ge=0, le=60)

    def grant(self, server: LabOneServer) -> None:
        server.state.faults.delay_s = self.seconds


class _Firmware(_Wish):
    fault: Literal["firmware"]
    device: str
    on: bool = True
    needed: bool = False

    def grant(self, server: LabOneServer) -> None:
        _known(server, self.device)
        _switch(server.state.faults.firmware_outdated, self.device, on=self.on)
        _switch(server.state.faults.firmware_needed, self.device, on=self.on and self.needed)


class _InUse(_Wish):
    fault: Literal["in-use"]
    device: str
    on: bool = True

    def grant(self, server: LabOneServer) -> None:
        _known(server, self.device)
        _switch(server.state.faults.devices_in_use, self.device, on=self.on)


class _OfDevice(_Wish):
    fault: Literal[DeviceFault.LOST_TRIGGER, DeviceFault.OVERFLOW, DeviceFault.STALL]
    device: str
    times: int = Field(default=1, ge=0)

    def grant(self, server: LabOneServer) -> None:
        _known(server, self.device)
        server.state.devices[self.device].faults.ask(self.fault, self.times)


class _None(_Wish):
    fault: Literal["none"]

    def grant(self, server: LabOneServer) -> None:
        server.state.faults.clear()
        for device in server.state.devices.values():
            device.faults.clear()


_WISH: TypeAdapter[_Refuse | _Drop | _Delay | _Firmware | _InUse | _OfDevice | _None] = TypeAdapter(
    Annotated[_Refuse | _Drop | _Delay | _Firmware | _InUse | _OfDevice | _None, Field(discriminator="fault")]
)


def _known(server: LabOneServer, device: str) -> None:
    if device not in server.state.devices:
        raise ValueError(f"device: {device!r} is not here; there are {', '.join(server.state.devices) or 'none'}")


def _switch(serials: set[str], serial: str, *, on: bool) -> None:
    if on:
        serials.add(serial)
    else:
        serials.discard(serial)


class ControlPort:
    """Listens for faults on loopback, on the server's own event loop."""

    def __init__(self, server: LabOneServer, port: int) -> None:
        self.port = port
        self._server = server
        self._listener: socket.socket | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    def listen(self, host: str) -> None:
        """Take the port; raises OSError when it is taken."""
        self._listener = socket.create_server((host, self.port))
        self.port = self._listener.getsockname()[1]

    async def serve(self) -> None:
        """Answer until cancelled."""
        server = await asyncio.start_server(self._converse, sock=self._listener)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            for writer in self._clients:
                writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            while line := await reader.readline():
                writer.write(self._answer(line) + b"\n")
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            self._clients.discard(writer)
            writer.close()

    def _answer(self, line: bytes) -> bytes:
        try:
            _WISH.validate_json(line).grant(self._server)
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            return json.dumps({"ok": False, "error": problems}).encode()
        except ValueError as error:
            return json.dumps({"ok": False, "error": str(error)}).encode()
        return json.dumps({"ok": True}).encode()
