"""The beginning of a connection: the server's hello, the client's HTTP request, the upgrade or its refusal."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from simulators.labone.encode import Preferences, refusal_message
from simulators.labone.version import SESSION, LabOneVersion

__all__ = ["Refusal", "Request", "accept", "hello", "read_request", "refuse"]

HELLO_LENGTH = 256
LONGEST_REQUEST = 64 * 1024
KERNEL = re.compile(r"/api/v1/kernel/(zi|uid/[\w-]+|devid/(?P<serial>[\w-]+)|devtype/[\w-]+)")


@dataclass(frozen=True, slots=True)
class Request:
    """What a client wants to be connected to.

    Attributes:
        serial: The device, lower case, or None for the server's own kernel.
        interface: The interface by which the device shall be connected; empty for any.
        preferences: How the client wants values that can be sent in two ways.
    """

    serial: str | None
    interface: str = ""
    preferences: Preferences = field(default_factory=Preferences)


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """Why a client gets no connection; `code` is one of the vendor's names.

    kernelNotFound, illegalDeviceIdentifier, deviceNotFound, kernelLaunchFailure, firmwareUpdateRequired,
    interfaceMismatch, differentInterfaceInUse, deviceInUse, unsupportedApiLevel, badRequest.
    """

    code: str
    message: str
    status: int = 404


def hello(version: LabOneVersion) -> bytes:
    """The 256 bytes with which a server speaks first.

    The vendor's compiled client waits for ever unless a line feed stands in them, and does not know the server
    unless the last byte is zero.
    """
    fields = {
        "kind": "orchestrator",
        "protocol": "http",
        "schema": SESSION,
        "l1Ver": version.short,
    }
    return (json.dumps(fields).encode() + b"\n").ljust(HELLO_LENGTH, b"\0")


async def read_request(connection: socket.socket) -> Request | None:
    """The client's request, or None when it leaves without one, as those do that only look for the hello.

    Raises:
        Refusal: For what is no request for an upgrade to a kernel.
    """
    loop = asyncio.get_running_loop()
    text = b""
    while b"\r\n\r\n" not in text:
        part = await loop.sock_recv(connection, 4096)
        if not part:
            return None
        text += part
        if len(text) > LONGEST_REQUEST:
            raise Refusal("badRequest", "the request's head is too long", status=400)
    head, _, rest = text.partition(b"\r\n\r\n")
    if rest:
        raise Refusal("badRequest", "nothing may follow the request before it is answered", status=400)
    return _parse(head.decode("latin-1"))


def _parse(head: str) -> Request:
    first, *lines = head.split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    words = first.split(" ")
    if len(words) != 3 or words[0] != "GET" or "capnp" not in headers.get("upgrade", ""):
        raise Refusal("badRequest", "GET with an upgrade to capnp is wanted", status=400)
    target = urlsplit(words[1])
    match = KERNEL.fullmatch(target.path)
    if match is None:
        raise Refusal("kernelNotFound", f"there is no kernel at {target.path}")
    interface = parse_qs(target.query).get("interface", [""])[0]
    serial = match["serial"]
    preferences = Preferences(
        shf_vectors=headers.get("zhinst.client.wantsshfvectors") == "true",
        sample_lists=headers.get("zhinst.client.wantscntandtriggersasvectors") == "true",
    )
    return Request(serial=None if serial is None else serial.lower(), interface=interface, preferences=preferences)


def accept(uid: str) -> bytes:
    """The answer that upgrades the connection; what follows is Cap'n Proto."""
    return _answer(
        "101 Switching Protocols",
        {
            "Connection": "Upgrade",
            "Upgrade": "capnp",
            "Content-Length": "0",
            "Zhinst-Kernel-Uid": uid,
            "Zhinst-Kernel-Version": SESSION,
        },
    )


def refuse(refusal: Refusal) -> bytes:
    """The answer that says why not, in a message; older clients that look for JSON read the status alone."""
    body = refusal_message(refusal.code, refusal.message)
    reason = {400: "Bad Request", 404: "Not Found"}.get(refusal.status, "Error")
    headers = {"Connection": "close", "Content-Type": "application/capnp", "Content-Length": str(len(body))}
    return _answer(f"{refusal.status} {reason}", headers) + body


def _answer(status: str, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
