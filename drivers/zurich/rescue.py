"""Switching a device off when the link to it is lost and its data server lives: by another, short connection."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from drivers.contract import InstrumentError
from drivers.zurich.addresses import labone_address, require_server
from drivers.zurich.relaying import HOST, RelayProcess
from drivers.zurich.server import Nodes, Value

__all__ = ["switch_off"]

API_LEVEL = 6


def switch_off(instrument: str, address: str, settings: Mapping[str, Value]) -> bool:
    """Send settings over a connection of its own; False where they cannot be sent, or are not what was sent.

    The vendor's client sets nodes without waiting, so that what switched outputs off may have been lost with the
    link. Never raises: whoever calls it is dealing with an error already.
    """
    where = labone_address(address)
    with contextlib.suppress(InstrumentError, OSError, RuntimeError, KeyError):
        require_server(instrument, address)
        relay = RelayProcess(where.host, where.port)
        try:
            return _sent(relay.port, where.serial, settings, (instrument, address))
        finally:
            relay.close()
    return False


def _sent(port: int, serial: str, settings: Mapping[str, Value], who: tuple[str, str]) -> bool:
    from zhinst.core import ziDAQServer

    connect: Any = ziDAQServer  # the vendor's module publishes no types
    server = connect(HOST, port, API_LEVEL)
    try:
        nodes = Nodes(server, serial, *who)
        nodes.set(settings)
        found = nodes.scalars(list(settings))
        return all(found[path] == value for path, value in settings.items())
    finally:
        server.disconnect()
