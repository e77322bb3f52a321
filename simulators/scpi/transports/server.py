"""All servers of one instrument."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from simulators.scpi.instrument import ScpiInstrument
from simulators.scpi.transports.hislip import HislipServer
from simulators.scpi.transports.locks import InstrumentLock
from simulators.scpi.transports.raw import RawServer
from simulators.scpi.transports.vxi11 import Vxi11Server

__all__ = ["Addresses", "Ports", "ScpiServer"]


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports to listen on; 0 is any free one."""

    hislip: int = 0
    vxi11: int = 0
    socket: int = 0


@dataclass(frozen=True, slots=True)
class Addresses:
    """VISA resource names."""

    hislip: str
    vxi11: str
    socket: str

    def as_dict(self) -> dict[str, str]:
        """The names by transport."""
        return asdict(self)


class ScpiServer:
    """Serves an instrument over HiSLIP, VXI-11 and raw socket at once, on loopback.

    Args:
        instrument: the model; it is used from the event loop's thread only.
        ports: where to listen.
        lenient: on the raw socket a block ends its message, see `Framer`.
    """

    def __init__(self, instrument: ScpiInstrument, ports: Ports | None = None, *, lenient: bool = True) -> None:
        self.instrument = instrument
        self._ports = ports or Ports()
        lock = InstrumentLock()
        self._hislip = HislipServer(instrument, lock)
        self._vxi11 = Vxi11Server(instrument, lock)
        self._socket = RawServer(instrument, lenient=lenient)
        self._addresses: Addresses | None = None

    @property
    def addresses(self) -> Addresses:
        """Where the instrument is reached; only after `start`."""
        if self._addresses is None:
            raise RuntimeError("the server has not been started")
        return self._addresses

    async def start(self) -> Addresses:
        """Listen on all transports; raises OSError, with nothing left listening, when a port is taken."""
        try:
            self._addresses = Addresses(
                hislip=await self._hislip.start(self._ports.hislip),
                vxi11=await self._vxi11.start(self._ports.vxi11),
                socket=await self._socket.start(self._ports.socket),
            )
        except OSError:
            await self.stop()
            raise
        return self._addresses

    async def stop(self) -> None:
        """Close every socket and end every task; may be called twice."""
        self._addresses = None
        await self._hislip.stop()
        await self._vxi11.stop()
        await self._socket.stop()
