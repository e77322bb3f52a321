"""QCoDeS drivers that a station.yaml names: those of zhinst-qcodes, made from a name and an address.

Each has a session of its own, because a session of the vendor's client belongs to one thread, and reaches its data
server through a relay, because the client holds up the whole process while a server hangs.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from typing import Any

import zhinst.qcodes
from zhinst.qcodes.session import Session as ZISession

from drivers.zurich.addresses import labone_address
from drivers.zurich.relaying import HOST, RelayProcess

__all__ = ["HDAWG", "SHFQA", "SHFQC", "SHFSG", "UHFQA"]

_making = threading.Lock()
"""zhinst-qcodes names a session by how many there are: two threads at once would make two of one name."""


class _FromAddress:
    """Made from a name and `labone://HOST:PORT/dev12345`."""

    def __init__(self, name: str, address: str, **options: object) -> None:
        """`options` go to the driver of zhinst-qcodes: `interface`, `raw`, `allow_version_mismatch`."""
        where = labone_address(address)
        self._relay = relay = RelayProcess(where.host, where.port)
        with _making:
            before = set(ZISession.instances())
            # The next class in line is that of zhinst-qcodes, of which mypy sees nothing.
            driver: Any = super()
            try:
                driver.__init__(where.serial, HOST, relay.port, name=name, new_session=True, **options)
            except BaseException:
                # Nobody else knows the session that was made for the device.
                for session in set(ZISession.instances()) - before:
                    _end(session)
                relay.close()
                raise
        # Who forgets to close it leaves no process.
        weakref.finalize(self, relay.close)

    def server_hangs(self) -> bool:
        """The line was cut because the data server does not answer any more."""
        return self._relay.found_hanging()

    def close(self) -> None:
        """Close the instrument and its session."""
        # Closing takes all attributes away.
        session, relay = vars(self).get("_session"), vars(self).get("_relay")
        driver: Any = super()
        driver.close()
        if session is not None:
            _end(session)
        if relay is not None:
            relay.close()


def _end(session: Any) -> None:  # noqa: ANN401 - an object of zhinst-qcodes
    """Let QCoDeS forget a session, and close its connection; the link may be gone already."""
    with contextlib.suppress(Exception):
        session.toolkit_session.daq_server.disconnect()
    with contextlib.suppress(Exception):
        session.close()


class HDAWG(_FromAddress, zhinst.qcodes.HDAWG):
    """An HDAWG4 or HDAWG8."""


class SHFSG(_FromAddress, zhinst.qcodes.SHFSG):
    """An SHFSG4 or SHFSG8."""


class SHFQA(_FromAddress, zhinst.qcodes.SHFQA):
    """An SHFQA2 or SHFQA4."""


class SHFQC(_FromAddress, zhinst.qcodes.SHFQC):
    """An SHFQC."""


class UHFQA(_FromAddress, zhinst.qcodes.UHFQA):
    """A UHFQA."""
