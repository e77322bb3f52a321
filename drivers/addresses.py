"""Addresses: where an instrument listens, and whether anybody does."""

from __future__ import annotations

import re
import socket

from drivers.contract import ConnectionFailed

__all__ = ["endpoint", "require_listener"]

PROBE_LIMIT_S = 2.0
"""How long a TCP connection may take; a refusal comes at once, a host that is off never answers."""

HISLIP_PORT = 4880
"""Registered port of HiSLIP (IVI-6.1)."""

VXI11_PORT = 111
"""Port of the portmapper that VXI-11 asks where the instrument listens."""


def endpoint(address: str) -> tuple[str, int] | None:
    """Host and TCP port of a VISA resource name or an `ats://` address; None when it is not on a network.

    A port after a comma is pyvisa-py's way to name one: `TCPIP::host::hislip0,4881::INSTR`.
    """
    if match := re.fullmatch(r"ats://(?P<host>.+):(?P<port>\d+)", address):
        return match["host"], int(match["port"])
    parts = address.split("::")
    if len(parts) < 2 or not parts[0].upper().startswith("TCPIP"):
        return None
    host, _, host_port = parts[1].partition(",")
    if parts[-1].upper() == "SOCKET":
        return (host, int(parts[2])) if len(parts) == 4 and parts[2].isdigit() else None
    device, _, device_port = (parts[2] if len(parts) > 2 else "").partition(",")
    default = HISLIP_PORT if device.lower().startswith("hislip") else VXI11_PORT
    port = device_port or host_port
    return host, int(port) if port.isdigit() else default


def require_listener(instrument: str, address: str) -> None:
    """Raise ConnectionFailed unless somebody accepts a TCP connection at the address; blocks 2 s at most.

    VISA libraries wait 5 s and more for a host that is off, and report it with a bare code.
    """
    where = endpoint(address)
    if where is None:
        return
    try:
        socket.create_connection(where, timeout=PROBE_LIMIT_S).close()
    except OSError as error:
        raise ConnectionFailed(
            "nobody answers there",
            got=str(error) or type(error).__name__,
            fix=f"Check that the instrument is on and that the network reaches {where[0]} port {where[1]}",
            instrument=instrument,
            address=address,
        ) from error
