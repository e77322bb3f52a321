"""One thread for one instrument: nobody else touches its handle, and no wait is without end."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast

from drivers.contract import InstrumentTimeout, LinkLost
from drivers.failures import REOPEN, link_failure, timeout_of

__all__ = ["InstrumentWorker"]

CANCEL_GRACE_S = 0.4
"""How long a cancelled call may take to end by itself before the link is cut; within the second of a safe stop."""

Answer = TypeVar("Answer")


def _nothing() -> None:
    """The default of the hooks."""


def _none() -> float:
    """By default all time counts."""
    return 0.0


@dataclass(slots=True, eq=False)
class _Job:
    function: Callable[[], Any]
    last: bool = False
    """The worker's last job: it runs on a broken link too."""
    outcome: Future[Any] = field(default_factory=Future)


class InstrumentWorker:
    """Runs functions one after another on a daemon thread of its own.

    After a timeout, a broken link, or a cancelled call that does not end, the link is cut with `sever` and every
    further call is refused: nobody knows what the instrument still does.
    """

    def __init__(self, instrument: str, address: str, sever: Callable[[], None] = _nothing) -> None:
        """`sever` cuts the link from another thread, so that a thread that hangs in it ends; it must not block."""
        self._instrument = instrument
        self._address = address
        self._sever = sever
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._broken_by = ""
        self._thread = threading.Thread(target=self._run, name=f"pulserig-{instrument}", daemon=True)
        self._thread.start()

    @property
    def broken(self) -> bool:
        """The link was cut; calls are refused."""
        return self._broken_by != ""

    @property
    def alive(self) -> bool:
        """The thread runs."""
        return self._thread.is_alive()

    async def call(
        self,
        wait: str,
        function: Callable[..., Answer],
        *args: object,
        timeout_s: float,
        stop: Callable[[], None] = _nothing,
        excused: Callable[[], float] = _none,
    ) -> Answer:
        """What `function(*args)` returns, run on the worker thread.

        Args:
            wait: The name of the wait in errors.
            function: What to run.
            args: Its arguments.
            timeout_s: Limit in seconds, time in the queue included.
            stop: Called when the call is cancelled while it runs; tells `function` to end soon.
            excused: Seconds of the call so far that do not count, because the instrument's time stood still.

        Raises:
            InstrumentTimeout: Time is over; the link has been cut.
            LinkLost: The link broke, now or before.
            asyncio.CancelledError: The function has not begun, or has ended, or the link has been cut.
        """
        self._refuse_if_broken(wait)
        job = _Job(partial(function, *args))
        self._jobs.put(job)
        outcome = asyncio.wrap_future(job.outcome)
        began = time.monotonic()
        try:
            ended = await _ends_within(outcome, timeout_s, excused)
        except asyncio.CancelledError:
            if not job.outcome.cancel():
                await self._end_cancelled(wait, outcome, stop)
            raise
        if not ended:
            self.cut(wait)
            outcome.cancel()
            raise timeout_of(self._instrument, self._address, wait, timeout_s)
        try:
            return cast("Answer", outcome.result())
        except (InstrumentTimeout, LinkLost):
            self.cut(wait)
            raise
        except Exception as error:
            waited = min(round(time.monotonic() - began, 2), timeout_s)
            failure = link_failure(error, self._instrument, self._address, wait, waited)
            if failure is None:
                raise
            self.cut(wait)
            raise failure from error

    def cut(self, wait: str) -> None:
        """Cut the link, and refuse calls from now on; `wait` is what could not be waited for any longer."""
        if not self.broken:
            self._broken_by = wait
            # Cutting is a rescue: whatever it meets, the error to report is the one that led here.
            with contextlib.suppress(Exception):
                self._sever()

    async def close(self, last: Callable[[], object] = _nothing, timeout_s: float = 2.0) -> bool:
        """Run `last` on the thread, broken link or not, and end the thread; False when it did not end in time.

        Errors of `last` are dropped: there is nobody left to use the link.
        """
        job = _Job(last, last=True)
        self._jobs.put(job)
        deadline = time.monotonic() + timeout_s
        if not await self._ends_until(job, deadline):
            self.cut("close")
            await self._ends_until(job, deadline + CANCEL_GRACE_S)
        self._thread.join(max(deadline + CANCEL_GRACE_S - time.monotonic(), 0.0) if job.outcome.done() else 0.0)
        return not self._thread.is_alive()

    async def _ends_until(self, job: _Job, deadline: float) -> bool:
        outcome = asyncio.wrap_future(job.outcome)
        await asyncio.wait({outcome}, timeout=max(deadline - time.monotonic(), 0.0))
        if not outcome.done():
            return False
        outcome.exception()
        return True

    async def _end_cancelled(self, wait: str, outcome: asyncio.Future[Any], stop: Callable[[], None]) -> None:
        """Leave a cancelled call that has begun: it ends on request, or its link is cut."""
        stop()
        try:
            # Cancelling the wrapper would lose sight of a function that already runs.
            ended, _ = await asyncio.wait({outcome}, timeout=CANCEL_GRACE_S)
        except asyncio.CancelledError:
            ended = set()
        if ended:
            outcome.exception()  # retrieved, so that nobody warns about it
            return
        self.cut(wait)
        outcome.cancel()

    def _refuse_if_broken(self, wait: str) -> None:
        if self.broken:
            raise LinkLost(
                f"'{wait}' is refused: the link was cut after '{self._broken_by}'",
                fix=REOPEN,
                instrument=self._instrument,
                address=self._address,
            )

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            self._do(job)
            if job.last:
                return

    def _do(self, job: _Job) -> None:
        if not job.outcome.set_running_or_notify_cancel():
            return
        try:
            if not job.last:
                self._refuse_if_broken("call")
            answer = job.function()
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to whoever waits for it
            job.outcome.set_exception(error)
        else:
            job.outcome.set_result(answer)


async def _ends_within(outcome: asyncio.Future[Any], limit_s: float, excused: Callable[[], float]) -> bool:
    began = time.monotonic()
    while not outcome.done() and (left_s := limit_s + excused() - (time.monotonic() - began)) > 0:
        await asyncio.wait({outcome}, timeout=left_s)
    return outcome.done()
