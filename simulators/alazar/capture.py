"""One acquisition: a thread that fills posted buffers with records, as the board's DMA engine does."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulators.alazar.clock import BoardClock
from simulators.alazar.codes import ApiError, Code
from simulators.alazar.faults import Faults, Records
from simulators.alazar.footers import write_footers
from simulators.alazar.settings import AcquisitionSettings

__all__ = ["Capture", "RecordSource", "convert"]

logger = logging.getLogger(__name__)

ADC_BITS = 12
FULL_SCALE_V = 0.4
BLOCK = 512
"""Records asked for at a time: what the chip is asked for together costs it less."""
TICK_ROUNDING = 1e-3
"""Samples: seconds as floating-point numbers must not fall below the sample at which a trigger came."""
POLL_S = 2e-3
"""How often a board without triggers looks again."""


class RecordSource(Protocol):
    """What is connected to the board's inputs and trigger."""

    def arm(self, record_length: int, sample_rate_hz: float, delay: int, now: float) -> None:
        """Wait for triggers from `now` on (`time.monotonic()` seconds)."""
        ...

    def pull(self, limit: int) -> Records:
        """The next records, at most `limit`; none when nothing triggers at present."""
        ...

    def rest(self) -> None:
        """The board has all the records that it wanted: what still plays, plays on by the clock."""
        ...


def convert(volts: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Convert volts to 12-bit codes, left-justified in 16 bits, 0x8000 at 0 V. The input is overwritten."""
    half = 1 << (ADC_BITS - 1)
    volts *= np.float32(half / FULL_SCALE_V)
    np.rint(volts, out=volts)
    volts += np.float32(half)
    np.clip(volts, 0.0, 2.0 * half - 1.0, out=volts)
    codes = volts.astype(np.uint16)
    codes <<= 16 - ADC_BITS
    return codes


class Capture:
    """Fills buffers in the order in which they were posted, until the acquisition is complete or aborted."""

    def __init__(
        self,
        settings: AcquisitionSettings,
        source: RecordSource,
        faults: Faults,
        sample_s: float,
        *,
        triggered: bool,
    ) -> None:
        self.settings = settings
        self.clock = BoardClock()
        self._source = source
        self._faults = faults
        self._sample_s = sample_s
        self._triggered = triggered
        self._posted: deque[int] = deque()
        self._filled: dict[int, bytes] = {}
        self._change = threading.Condition()
        self._aborted = False
        self._error: Code | None = None
        self._triggers = 0
        self._records = 0
        self._seen = self._nothing()
        """Records that have come, but not been asked for yet."""
        self._thread: threading.Thread | None = None

    @property
    def records(self) -> int:
        """Records captured so far."""
        return self._records

    @property
    def busy(self) -> bool:
        """Whether the board captures or waits for triggers."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to capture."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ats-capture", daemon=True)
            self._thread.start()

    def post(self, buffer: int) -> None:
        """Give the board a buffer to fill."""
        with self._change:
            self._posted.append(buffer)
            self._change.notify_all()

    def wait(self, buffer: int, timeout_s: float) -> bytes:
        """The content of a posted buffer, once it is full.

        Raises:
            ApiError: WAIT_TIMEOUT when it is not full in time, WAIT_CANCELED after an abort, BUFFER_OVERFLOW, or
                INVALID_BUFFER for one that was never posted.
        """
        deadline = time.monotonic() + timeout_s
        with self._change:
            while buffer not in self._filled:
                if self._aborted:
                    raise ApiError(Code.WAIT_CANCELED)
                if self._error is not None:
                    raise ApiError(self._error)
                if buffer not in self._posted:
                    raise ApiError(Code.INVALID_BUFFER)
                left = deadline - time.monotonic()
                if left <= 0.0:
                    raise ApiError(Code.WAIT_TIMEOUT)
                self._change.wait(left)
            return self._filled.pop(buffer)

    def abort(self) -> None:
        """Stop capturing; returns when the thread has ended."""
        with self._change:
            self._aborted = True
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._capture()
        except Exception:
            # Whoever waits for a buffer hears of it at once, instead of at the end of a time limit.
            logger.exception("the digitizer's source has failed")
            with self._change:
                self._error = Code.FAILED
                self._change.notify_all()

    def _capture(self) -> None:
        wanted = self.settings.records
        while wanted is None or self._records < wanted:
            with self._change:
                while not self._posted and not self._aborted:
                    self._change.wait()
                if self._aborted:
                    return
                buffer = self._posted[0]
            content = self._fill()
            if content is not None and self._records == wanted:
                # Before anybody hears of the last record: then the generator may be asked whether it has ended.
                self._source.rest()
            with self._change:
                if content is not None:
                    self._posted.popleft()
                    self._filled[buffer] = content
                self._change.notify_all()
            if content is None:
                return

    def _fill(self) -> bytes | None:
        """Capture one buffer's records; None when that was cut short."""
        settings = self.settings
        shape = (len(settings.channels), settings.records_per_buffer, settings.record_length)
        samples = np.empty(shape, "<u2")
        done = 0
        while done < settings.records_per_buffer:
            if self._aborted or self._overflows():
                return None
            self.clock.stop()
            records = self._next(min(BLOCK, settings.records_per_buffer - done))
            codes = convert(records.volts)
            self.clock.go_on(in_vain=not records.count)
            if not records.count:
                with self._change:
                    self._change.wait(POLL_S)
                continue
            some = samples[:, done : done + records.count]
            for k, channel in enumerate(settings.channels):
                some[k] = codes[:, channel]
            if settings.footers:
                ticks = np.floor(records.triggered_s / self._sample_s + TICK_ROUNDING).astype(np.int64)
                write_footers(some, self._records + 1, ticks)
            done += records.count
            self._records += records.count
        return (np.moveaxis(samples, 0, -1) if settings.interleaved else samples).tobytes()

    def _next(self, limit: int) -> Records:
        """The next records that the board sees, faults applied."""
        if not self._triggered:
            return self._nothing()
        for stop in (self._faults.stall_after, self._faults.overflow_after):
            limit = limit if stop is None else min(limit, stop - self._records)
        if limit <= 0:
            return self._nothing()
        if self._seen.count:
            records = self._seen
        else:
            records = self._source.pull(limit)
            first = self._triggers
            self._triggers += records.count
            if records.count and self._faults.of_triggers:
                records = self._faults.applied(records, first, self._sample_s)
        self._seen = Records(records.volts[limit:], records.triggered_s[limit:])
        return Records(records.volts[:limit], records.triggered_s[:limit])

    def _nothing(self) -> Records:
        return Records(np.zeros((0, 2, self.settings.record_length), np.float32), np.zeros(0))

    def _overflows(self) -> bool:
        limit = self._faults.overflow_after
        if limit is not None and self._records >= limit:
            self._error = Code.BUFFER_OVERFLOW
        return self._error is not None
