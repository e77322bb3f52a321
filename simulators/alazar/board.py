"""The ATS9360 board behind the vendor's API: one method table from function name to what the board does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulators.alazar.capture import Capture, RecordSource
from simulators.alazar.codes import (
    ADMA_EXTERNAL_STARTCAPTURE,
    BOARD_KIND_ATS9360,
    REGISTER_PASSWORD,
    TRIGGER_HOLDOFF_REGISTER,
    ApiError,
    Capability,
    Code,
)
from simulators.alazar.faults import Faults
from simulators.alazar.settings import MEMORY_SAMPLES, BoardSettings

__all__ = ["ATS9360", "Reply"]

HANDLE = 0x9360
"""The one board of the one system."""
DATA_WIDTH = 0x10000009
FIRMWARE = (21, 7)
"""The first FPGA version with trigger holdoff, which QCoDeS reads from the ASOPC type."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer to a call."""

    code: int | str
    """Return code of the API, or the value of functions that return one."""
    out: tuple[int, ...] = ()
    """What the C function writes through its pointers, in order."""
    payload: bytes = b""
    passed_s: float | None = None
    """Seconds of the board's time that the call took, where that is not the time on the wall."""


class ATS9360:
    """The board model. `call` may run on any thread; calls must not overlap, except with AlazarAbortAsyncRead."""

    model = "ATS9360"

    def __init__(self, source: RecordSource, serial: int = 970001) -> None:
        self.source = source
        self.serial = serial
        self.settings = BoardSettings()
        self.faults = Faults()
        self.capture: Capture | None = None
        self._registers = {TRIGGER_HOLDOFF_REGISTER: 0}
        self._functions = self._table()

    def call(self, name: str, arguments: list[int]) -> Reply:
        """Run one API function; unknown ones answer ApiUnsupportedFunction, wrong arguments ApiInvalidData."""
        function = self._functions.get(name)
        if function is None:
            return Reply(Code.UNSUPPORTED_FUNCTION)
        if any(type(argument) is not int for argument in arguments):
            return Reply(Code.INVALID_DATA)
        try:
            return function(arguments)
        except ApiError as error:
            return Reply(error.code)
        except (TypeError, ValueError, IndexError):
            return Reply(Code.INVALID_DATA)

    def close(self) -> None:
        """End a running acquisition."""
        if self.capture is not None:
            self.capture.abort()
            self.capture = None

    def _table(self) -> dict[str, Callable[[list[int]], Reply]]:
        settings: dict[str, Callable[..., Any]] = {
            "AlazarSetCaptureClock": self.settings.set_capture_clock,
            "AlazarInputControl": self.settings.input_control,
            "AlazarSetBWLimit": self.settings.set_bandwidth_limit,
            "AlazarSetTriggerOperation": self.settings.set_trigger_operation,
            "AlazarSetExternalTrigger": self.settings.set_external_trigger,
            "AlazarSetTriggerDelay": self.settings.set_trigger_delay,
            "AlazarSetTriggerTimeOut": self.settings.set_trigger_time_out,
            "AlazarConfigureAuxIO": self.settings.configure_aux_io,
            "AlazarSetRecordSize": self.settings.set_record_size,
            "AlazarSetLED": lambda _on: None,
            "AlazarBeforeAsyncRead": self._before_async_read,
            "AlazarPostAsyncBuffer": self._post_async_buffer,
            "AlazarStartCapture": self._start_capture,
            "AlazarAbortAsyncRead": self.close,
            "AlazarWriteRegister": self._write_register,
        }
        answers: dict[str, Callable[..., Reply]] = {
            "AlazarGetBoardKind": lambda: Reply(BOARD_KIND_ATS9360),
            "AlazarGetChannelInfo": lambda: Reply(Code.SUCCESS, (MEMORY_SAMPLES, 12)),
            "AlazarGetCPLDVersion": lambda: Reply(Code.SUCCESS, (25, 16)),
            "AlazarGetParameter": self._get_parameter,
            "AlazarQueryCapability": self._query_capability,
            "AlazarReadRegister": self._read_register,
            "AlazarWaitAsyncBufferComplete": self._wait_async_buffer_complete,
            "AlazarBusy": lambda: Reply(int(self.capture is not None and self.capture.busy)),
            "AlazarTriggered": lambda: Reply(int(self.capture is not None and self.capture.records > 0)),
        }
        without_handle: dict[str, Callable[..., Reply]] = {
            "AlazarNumOfSystems": lambda: Reply(1),
            "AlazarBoardsInSystemBySystemID": lambda system: Reply(int(system == 1)),
            "AlazarGetBoardBySystemID": lambda system, board: Reply(HANDLE if (system, board) == (1, 1) else 0),
            "AlazarGetDriverVersion": lambda: Reply(Code.SUCCESS, (7, 5, 0)),
            "AlazarGetSDKVersion": lambda: Reply(Code.SUCCESS, (7, 5, 0)),
            "AlazarErrorToText": _error_to_text,
        }
        table: dict[str, Callable[[list[int]], Reply]] = {}
        for name, answer in without_handle.items():
            table[name] = _plain(answer)
        for name, answer in answers.items():
            table[name] = _on_board(answer)
        for name, action in settings.items():
            table[name] = _on_board(_succeeding(action))
        return table

    def _query_capability(self, capability: int, _reserved: int) -> Reply:
        major, minor = FIRMWARE
        values = {
            Capability.SERIAL_NUMBER: self.serial,
            Capability.LATEST_CAL_DATE: 150126,
            Capability.LATEST_CAL_DATE_DAY: 15,
            Capability.LATEST_CAL_DATE_MONTH: 1,
            Capability.LATEST_CAL_DATE_YEAR: 26,
            Capability.MEMORY_SIZE: MEMORY_SAMPLES,
            Capability.BOARD_TYPE: BOARD_KIND_ATS9360,
            Capability.ASOPC_TYPE: minor << 24 | major << 16 | 0x0360,
            # In units of 2.5 Gbit/s: a PCIe generation 2 link, eight lanes wide.
            Capability.PCIE_LINK_SPEED: 2,
            Capability.PCIE_LINK_WIDTH: 8,
            Capability.MAX_PRETRIGGER_SAMPLES: 8192,
        }
        if capability not in values:
            raise ApiError(Code.INVALID_DATA)
        return Reply(Code.SUCCESS, (values[Capability(capability)],))

    def _get_parameter(self, _channel: int, parameter: int) -> Reply:
        if parameter != DATA_WIDTH:
            raise ApiError(Code.UNSUPPORTED_FUNCTION)
        return Reply(Code.SUCCESS, (12,))

    def _read_register(self, offset: int, password: int) -> Reply:
        if password != REGISTER_PASSWORD or offset not in self._registers:
            raise ApiError(Code.INVALID_REGISTER)
        return Reply(Code.SUCCESS, (self._registers[offset],))

    def _write_register(self, offset: int, value: int, password: int) -> None:
        if password != REGISTER_PASSWORD or offset not in self._registers:
            raise ApiError(Code.INVALID_REGISTER)
        self._registers[offset] = value & 0xFFFFFFFF

    def _before_async_read(self, *request: int) -> None:
        if self.capture is not None:
            raise ApiError(Code.DMA_IN_PROGRESS)
        settings = self.settings.before_async_read(*request)
        triggered = self.settings.triggered_by_marker
        sample_s = 1 / self.settings.sample_rate_hz
        self.capture = Capture(settings, self.source, self.faults, sample_s, triggered=triggered)
        if not request[-1] & ADMA_EXTERNAL_STARTCAPTURE:
            self._start_capture()

    def _post_async_buffer(self, buffer: int, length: int) -> None:
        capture = self._prepared()
        if length < capture.settings.buffer_bytes:
            raise ApiError(Code.BUFFER_TOO_SMALL)
        capture.post(buffer)

    def _start_capture(self) -> None:
        capture = self._prepared()
        rate_hz, delay = self.settings.sample_rate_hz, self.settings.trigger_delay
        self.source.arm(capture.settings.record_length, rate_hz, delay, time.monotonic())
        capture.start()

    def _wait_async_buffer_complete(self, buffer: int, timeout_ms: int) -> Reply:
        capture = self._prepared()
        began = capture.clock.now()
        code, payload = Code.SUCCESS, b""
        try:
            payload = capture.wait(buffer, timeout_ms / 1e3)
        except ApiError as error:
            code = error.code
        return Reply(code, payload=payload, passed_s=capture.clock.now() - began)

    def _prepared(self) -> Capture:
        if self.capture is None:
            raise ApiError(Code.FAILED)
        return self.capture


def _plain(answer: Callable[..., Reply]) -> Callable[[list[int]], Reply]:
    return lambda arguments: answer(*arguments)


def _on_board(answer: Callable[..., Reply]) -> Callable[[list[int]], Reply]:
    """Check the handle, which is the first argument."""

    def run(arguments: list[int]) -> Reply:
        if not arguments or arguments[0] != HANDLE:
            raise ApiError(Code.INVALID_HANDLE)
        return answer(*arguments[1:])

    return run


def _succeeding(action: Callable[..., Any]) -> Callable[..., Reply]:
    """ApiSuccess when the action does not raise."""

    def run(*arguments: int) -> Reply:
        action(*arguments)
        return Reply(Code.SUCCESS)

    return run


def _error_to_text(code: int) -> Reply:
    known = {int(item): item.name for item in Code}
    return Reply("Api" + known[code].title().replace("_", "") if code in known else f"unknown code {code}")
