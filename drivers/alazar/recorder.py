"""One acquisition on the unmodified driver: buffers in, blocks of records out, every record counted."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qcodes.instrument_drivers.AlazarTech import AlazarTechATS9360
from qcodes.instrument_drivers.AlazarTech.ATS import AcquisitionInterface

from drivers.alazar.buffers import BufferScheme, OwnedBuffer
from drivers.alazar.footers import FOOTER_FLAG, Footers, read_footers
from drivers.alazar.records import record_block
from drivers.contract import AcquisitionError, AcquisitionLimits, AcquisitionPlan, Progress, RecordBlock
from drivers.triggers import TriggerWatch

__all__ = ["Handlers", "Recorder", "Stopped", "record"]


class Stopped(Exception):  # an event, not an error of the instrument
    """The acquisition was given up on request."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """Who is told of an acquisition, on the worker's thread."""

    sink: Callable[[RecordBlock], None]
    armed: Callable[[], None]
    progress: Progress | None


class Recorder(AcquisitionInterface[int]):
    """What the driver calls during an acquisition."""

    def __init__(
        self,
        plan: AcquisitionPlan,
        limits: AcquisitionLimits,
        handlers: Handlers,
        stop: threading.Event,
        drift: float,
    ) -> None:
        """`stop`, once set, ends the acquisition; its clock and the generator's differ by `drift` at most."""
        self._plan = plan
        self._limits = limits
        self._handlers = handlers
        self._stop = stop
        self.records = 0
        """Records handed on so far."""
        self.failure: BaseException | None = None
        """What `sink`, `armed` or `progress` raised, or what is wrong with the records."""
        self._watch = None if plan.triggers is None else TriggerWatch(plan, plan.triggers, drift)

    def pre_acquire(self) -> None:
        """The board waits for its first trigger from now on."""
        self._guarded(self._handlers.armed)

    def buffer_done_callback(self, buffers_completed: int) -> None:  # noqa: ARG002 - the driver passes it
        """A buffer is full."""
        if self._stop.is_set():
            raise Stopped

    def handle_buffer(
        self,
        buffer: NDArray[np.uint16],
        buffer_number: int | None = None,  # noqa: ARG002 - the driver passes it; buffers come in order
    ) -> None:
        """Hand on a buffer's records; buffers come in order."""
        codes = buffer.reshape(self._limits.inputs, -1, self._plan.record_length)
        footers = read_footers(codes)
        self._guarded(lambda: self._account_for(footers))
        block = record_block(codes, self.records, footers.triggered, self._limits)
        self._guarded(lambda: self._handlers.sink(block))
        self.records += block.count
        report = self._handlers.progress
        if report is not None:
            self._guarded(lambda: report(self.records, self._plan.records))

    def post_acquire(self) -> int:
        """How many records came."""
        return self.records

    def _account_for(self, footers: Footers) -> None:
        """Raise AcquisitionError unless these are the next records, each triggered when it should be."""
        expected = np.arange(self.records, self.records + footers.numbers.size, dtype=np.int64) + 1
        wrong = np.flatnonzero(~footers.sound | (footers.numbers != expected))
        if wrong.size:
            at = int(wrong[0])
            raise AcquisitionError(
                "records are damaged, lost, or out of order",
                got=f"number {footers.numbers[at]}" if footers.sound[at] else "no footer",
                allowed=f"number {expected[at]}",
                fix="Check the board's driver and firmware: both have to support record footers",
                instrument=self._plan.instrument,
            )
        if self._watch is not None:
            self._watch.admit(self.records, footers.triggered)

    def _guarded(self, function: Callable[[], None]) -> None:
        try:
            function()
        except BaseException as error:
            self.failure = error
            raise


def record(
    driver: AlazarTechATS9360, recorder: Recorder, scheme: BufferScheme, length: int, timeout_s: float
) -> int:
    """Run one acquisition and return how many records came; blocks until it is over."""
    try:
        with _owned_buffers(driver), _record_footers(driver):
            return driver.acquire(
                mode="NPT",
                samples_per_record=length,
                records_per_buffer=scheme.records_per_buffer,
                buffers_per_acquisition=scheme.buffers,
                channel_selection="AB",
                transfer_offset=0,
                external_startcapture="ENABLED",
                enable_record_headers="DISABLED",
                alloc_buffers="DISABLED",
                fifo_only_streaming="DISABLED",
                interleave_samples="DISABLED",
                get_processed_data="DISABLED",
                allocated_buffers=scheme.allocated,
                buffer_timeout=round(timeout_s * 1000),
                # The driver annotates a subclass that is an instrument besides; it calls nothing but this one's.
                acquisition_controller=recorder,  # type: ignore[arg-type]
            )
    finally:
        driver.clear_buffers()


@contextmanager
def _owned_buffers(driver: AlazarTechATS9360) -> Iterator[None]:
    """Let the driver post buffers that own their memory; see `OwnedBuffer` for why.

    On Windows its own are good: there they are allocated by the system, not by ctypes.
    """

    def allocate_and_post(_sample_type: object, size_bytes: int) -> OwnedBuffer:
        buffer = OwnedBuffer(size_bytes)
        handle = driver._handle  # noqa: SLF001 - no method posts a buffer of somebody else's
        driver.api.post_async_buffer(handle, ctypes.c_void_p(buffer.addr), size_bytes)
        return buffer

    if sys.platform == "win32":
        yield
        return
    # On the instance, in front of the method of its class, which stays as it is.
    vars(driver)["allocate_and_post_buffer"] = allocate_and_post
    try:
        yield
    finally:
        del vars(driver)["allocate_and_post_buffer"]


@contextmanager
def _record_footers(driver: AlazarTechATS9360) -> Iterator[None]:
    """Let the board write a footer behind each record; the driver has no parameter for this flag."""
    api = driver.api
    before_async_read = api.before_async_read

    def with_footers(handle: int, inputs: int, offset: int, *records: int) -> object:
        length, per_buffer, in_all, flags = records
        return before_async_read(handle, inputs, offset, length, per_buffer, in_all, flags | FOOTER_FLAG)

    # On the instance, in front of the method of its class, which stays as it is.
    vars(api)["before_async_read"] = with_footers
    try:
        yield
    finally:
        del vars(api)["before_async_read"]
