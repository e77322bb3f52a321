"""The ways a SCPI message travels: HiSLIP, VXI-11, raw socket, as asyncio servers on loopback."""

from __future__ import annotations

from simulators.scpi.transports.server import Addresses, Ports, ScpiServer
from simulators.scpi.transports.threaded import serving

__all__ = ["Addresses", "Ports", "ScpiServer", "serving"]
