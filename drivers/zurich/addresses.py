"""Addresses of devices behind a data server: `labone://HOST:PORT/dev12345`."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

from drivers.contract import ConfigurationError, ConnectionFailed

__all__ = ["DEFAULT_PORT", "LaboneAddress", "labone_address", "require_server"]

DEFAULT_PORT = 8004
"""Where a LabOne data server listens unless told otherwise."""

PROBE_LIMIT_S = 2.0
"""How long a TCP connection may take; the vendor's client waits longer and holds up the process meanwhile."""

HELLO_BYTES = 256
"""Greeting of a data server, which it sends as soon as somebody connects."""


@dataclass(frozen=True, slots=True)
class LaboneAddress:
    """One device on one data server."""

    host: str
    port: int
    serial: str
    """Lower case: `dev12345`."""


def labone_address(text: str) -> LaboneAddress:
    """Take an address apart; raises ConfigurationError for one that is none."""
    match = re.fullmatch(
        r"labone://(?P<host>[^/:]+)(?::(?P<port>\d{1,5}))?/(?P<serial>dev\d+)", text, re.IGNORECASE
    )
    if match is None:
        raise ConfigurationError(
            "not the address of a device behind a data server",
            got=text,
            allowed="labone://HOST:PORT/dev12345",
            fix="Correct the address in station.yaml",
        )
    return LaboneAddress(match["host"], int(match["port"] or DEFAULT_PORT), match["serial"].lower())


def require_server(instrument: str, address: str) -> None:
    """Raise ConnectionFailed unless a data server greets there; blocks 4 s at most."""
    where = labone_address(address)
    try:
        with socket.create_connection((where.host, where.port), timeout=PROBE_LIMIT_S) as probe:
            greeting = probe.recv(HELLO_BYTES)
    except OSError as error:
        raise _nobody(instrument, address, where, str(error) or type(error).__name__) from error
    if b"protocol" not in greeting:
        raise _nobody(instrument, address, where, "a connection, but no data server's greeting")


def _nobody(instrument: str, address: str, where: LaboneAddress, got: str) -> ConnectionFailed:
    return ConnectionFailed(
        "no data server answers there",
        got=got,
        fix=f"Start the data server, and check that the network reaches {where.host} port {where.port}",
        instrument=instrument,
        address=address,
    )
