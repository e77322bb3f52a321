"""An ATS9360 on another machine or in a simulated lab: the unmodified QCoDeS driver on a forwarded API.

In station.yaml: `type: drivers.alazar.NetworkATS9360`, `address: ats://host:port`. A board in this machine has
`type: qcodes.instrument_drivers.AlazarTech.AlazarTechATS9360` instead.
"""

from __future__ import annotations

import ctypes
import itertools
import threading
import time
import weakref
from collections.abc import Mapping
from typing import Any, SupportsInt

from qcodes.instrument_drivers.AlazarTech import AlazarTechATS9360
from qcodes.instrument_drivers.AlazarTech.ats_api import AlazarATSAPI
from qcodes.instrument_drivers.AlazarTech.constants import (
    API_DMA_IN_PROGRESS,
    API_SUCCESS,
    ERROR_CODES,
    ReturnCode,
)
from qcodes.instrument_drivers.AlazarTech.dll_wrapper import RETURN_CODE
from qcodes.instrument_drivers.AlazarTech.utils import TraceParameter
from qcodes.parameters import ParameterBase

from drivers.alazar.connection import AtsConnection, AtsReply, Standstill

__all__ = ["NetworkATS9360", "NetworkATSAPI"]

WAIT = "AlazarWaitAsyncBufferComplete"
WAIT_TIMEOUT = 579
"""ApiWaitTimeout: the buffer is not full yet, and can be waited for again."""

SLICE_MS = 100
"""A wait for a buffer is cut into pieces of this length, so that it can be given up in between."""

LONGEST_STANDSTILL_S = 600.0
"""A simulated board that has computed one buffer for so long is taken for one that hangs."""

_numbers = itertools.count(1)


class NetworkATSAPI(AlazarATSAPI):
    """The driver's API, each call forwarded over a connection."""

    def __init__(self, key: str, connection: AtsConnection) -> None:
        """Use `NetworkATSAPI.over`; `key` is what the driver's API classes are cached by."""
        # The base class would load the vendor's library here, which this machine need not have.
        self.key = key
        self._connection = connection
        self._posted: dict[int, int] = {}
        self.stop = threading.Event()
        """Set, it makes a wait for a buffer end early, as if its time were over."""
        self.standstill = Standstill()
        """Grows while the board's time stands still during a wait for a buffer."""

    @classmethod
    def over(cls, address: str, timeout_s: float) -> NetworkATSAPI:
        """A new API on a new connection.

        The base class keeps one instance for each path of a library and would hand out one whose connection is
        closed; a key that no other has makes every instance a new one.
        """
        connection = AtsConnection(address, timeout_s)
        api: NetworkATSAPI = cls(f"{address}#{next(_numbers)}", connection)
        return api

    @property
    def connection(self) -> AtsConnection:
        """The connection under this API."""
        return self._connection

    def wait_async_buffer_complete(self, handle: int, buffer: ctypes.c_void_p, timeout_in_ms: int) -> ReturnCode:
        """Wait for a buffer to be full; as the vendor's function, and `stop` ends it early with ApiWaitTimeout.

        The time limit is one of the board's time, which a simulated board lets stand still while it computes.

        Raises:
            TimeoutError: No reply in time, or the board's time stands still and stays so.
        """
        left_s, still_s = timeout_in_ms / 1000, 0.0
        while True:
            piece_ms = min(max(round(left_s * 1000), 0), SLICE_MS)
            began = time.monotonic()
            reply = self._connection.call(WAIT, [handle, _number(buffer), piece_ms], takes_s=piece_ms / 1000)
            waited_s = time.monotonic() - began
            passed_s = waited_s if reply.passed_s is None else reply.passed_s
            left_s -= passed_s
            still_s += waited_s - passed_s
            self.standstill.seconds += waited_s - passed_s
            if reply.code != WAIT_TIMEOUT or left_s <= 0 or self.stop.is_set():
                break
            if still_s > LONGEST_STANDSTILL_S:
                raise TimeoutError(f"the board's time has stood still for {LONGEST_STANDSTILL_S:g} s")
        if reply.payload:
            self._fill(_number(buffer), reply.payload)
        return ReturnCode(_checked(WAIT, reply))

    def post_async_buffer(self, handle: int, buffer: ctypes.c_void_p, buffer_length: int) -> ReturnCode:
        """Give the board a buffer; its length is remembered, so that no more than that is ever written to it."""
        self._posted[_number(buffer)] = buffer_length
        return super().post_async_buffer(handle, buffer, buffer_length)

    def _sync_dll_call(self, c_name: str, *args: object) -> object:
        """One call of the vendor's library, forwarded; same arguments and same results as the base class."""
        plain = [arg.raw_value if isinstance(arg, ParameterBase) else arg for arg in args]
        # What the driver passes by reference is written to, and left out of the request.
        targets = [getattr(arg, "_obj", None) for arg in plain]
        numbers = [_number(arg) for arg, target in zip(plain, targets, strict=True) if target is None]
        reply = self._connection.call(c_name, numbers)
        for arg in args:
            if isinstance(arg, TraceParameter):
                arg._set_updated()  # noqa: SLF001 - the driver refuses to acquire unless its API does this
        if self.signatures[c_name].return_type is not RETURN_CODE:
            return reply.code
        code = _checked(c_name, reply)
        for target, value in zip((target for target in targets if target is not None), reply.out, strict=True):
            target.value = value
        return code

    def _fill(self, address: int, content: bytes) -> None:
        room = self._posted.get(address, 0)
        if len(content) != room:
            raise ConnectionError(f"{len(content)} bytes came for a buffer of {room}")
        ctypes.memmove(address, content, len(content))


class NetworkATS9360(AlazarTechATS9360):
    """The QCoDeS driver of the ATS9360 with its board behind `ats://host:port`."""

    def __init__(
        self,
        name: str,
        address: str,
        *,
        timeout_s: float = 5.0,
        system_id: int = 1,
        board_id: int = 1,
        label: str | None = None,
        metadata: Mapping[Any, Any] | None = None,
    ) -> None:
        """`timeout_s` is the limit of a reply in seconds; the rest is the driver's."""
        api = NetworkATSAPI.over(address, timeout_s)
        # A constructor that fails leaves nobody who would close the connection.
        weakref.finalize(self, api.connection.close)
        self._connection_to_board = api.connection
        super().__init__(name, api=api, system_id=system_id, board_id=board_id, label=label, metadata=metadata)

    def close(self) -> None:
        """Disconnect and remove the instrument from QCoDeS."""
        connection = getattr(self, "_connection_to_board", None)
        if connection is not None:
            connection.close()
        super().close()


def _number(argument: object) -> int:
    """An argument as a whole number: handles, identifiers, addresses of buffers."""
    if isinstance(argument, ctypes.c_void_p):
        return argument.value or 0
    if isinstance(argument, SupportsInt):
        return int(argument)
    raise TypeError(f"an argument of the ATS API that is no number: {argument!r}")


def _checked(function: str, reply: AtsReply) -> int:
    """The reply's return code; raises RuntimeError in the driver's own words when it says that the call failed."""
    code = int(reply.code)
    if code in {int(API_SUCCESS), int(API_DMA_IN_PROGRESS)}:
        return code
    text = ERROR_CODES.get(ReturnCode(code), "unknown")
    raise RuntimeError(f"error {code}: {text} from function {function}")
