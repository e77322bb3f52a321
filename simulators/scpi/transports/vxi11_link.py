"""One VXI-11 link: what it has sent, and what it has yet to read."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import IntEnum

from simulators.scpi.errors import ScpiError
from simulators.scpi.framer import Framer, Message
from simulators.scpi.instrument import ScpiInstrument
from simulators.scpi.transports.locks import InstrumentLock
from simulators.scpi.transports.streams import execute

__all__ = ["Link", "Outcome", "Read"]

REASON_COUNT, REASON_TERMINATOR, REASON_END = 1, 2, 4


class Outcome(IntEnum):
    """Error codes of VXI-11."""

    OK = 0
    INVALID_LINK = 4
    NOT_SUPPORTED = 8
    OUT_OF_RESOURCES = 9
    LOCKED_BY_ANOTHER = 11
    NO_LOCK_HELD = 12
    IO_TIMEOUT = 15
    ABORT = 23


@dataclass(frozen=True, slots=True)
class Read:
    """What a device_read returns: reasons are flags, 1 count reached, 2 terminator met, 4 END."""

    outcome: Outcome
    reason: int = 0
    data: bytes = b""


class Link:
    """The messages of a link are executed one after the other, while its client does other things."""

    def __init__(self, instrument: ScpiInstrument, lock: InstrumentLock) -> None:
        self._instrument = instrument
        self._lock = lock
        self._framer = Framer(has_end=True)
        self._waiting: deque[Message] = deque()
        self._running: asyncio.Task[None] | None = None
        self._output = memoryview(b"")
        self._aborted = asyncio.Event()

    async def permitted(self, lock_timeout_ms: int) -> Outcome:
        """Wait until no other link holds the lock."""
        allowed = await self._lock.wait_permitted(self, lock_timeout_ms / 1000.0)
        return Outcome.OK if allowed else Outcome.LOCKED_BY_ANOTHER

    async def write(self, data: bytes, *, end: bool, timeout_s: float) -> Outcome:
        """Take bytes and start to execute the messages they complete; waits while earlier ones are executed."""
        outcome = await self._idle(timeout_s)
        if outcome is not Outcome.OK:
            return outcome
        if self._output and data.strip():
            self._output = memoryview(b"")
            self._instrument.report(ScpiError(-410))
        self._waiting.extend(self._framer.feed(data, end=end))
        if self._waiting:
            self._running = asyncio.create_task(self._work())
        return Outcome.OK

    async def read(self, size: int, *, stop_at: int | None, timeout_s: float) -> Read:
        """Read at most `size` bytes of a reply, up to and with the byte `stop_at`.

        When nothing is executed there is nothing to wait for, since a link has one client: the time is up at once.
        """
        if not self._output:
            outcome = await self._idle(timeout_s)
            if outcome is not Outcome.OK or not self._output:
                return Read(Outcome.IO_TIMEOUT if outcome is Outcome.OK else outcome)
        piece = bytes(self._output[:size])
        reason = 0
        if stop_at is not None and (index := piece.find(stop_at)) >= 0:
            piece = piece[: index + 1]
            reason |= REASON_TERMINATOR
        self._output = self._output[len(piece) :]
        reason |= REASON_COUNT * (len(piece) == size) | REASON_END * (not self._output)
        return Read(Outcome.OK, reason, piece)

    def status_byte(self) -> int:
        """The status byte of a serial poll."""
        return self._instrument.status_byte(message_available=bool(self._output))

    async def clear(self) -> None:
        """Device clear: abandon what is executed, forget what came in and what has not been read."""
        await self._abandon()
        self._framer.reset()
        self._output = memoryview(b"")
        self._instrument.device_clear()

    async def abort(self) -> None:
        """Let the call that waits for this link return at once; what is executed goes on."""
        self._aborted.set()

    async def close(self) -> None:
        """Give up the lock and what is being executed."""
        await self._abandon()
        await self._lock.release(self)

    async def _work(self) -> None:
        """Execute the waiting messages."""
        output = b""
        while self._waiting:
            output += await execute(self._instrument, self._waiting.popleft())
        self._output = memoryview(output)

    async def _idle(self, timeout_s: float) -> Outcome:
        """Wait until nothing is executed."""
        if self._running is None:
            return Outcome.OK
        self._aborted.clear()
        abort = asyncio.create_task(self._aborted.wait())
        try:
            await asyncio.wait({self._running, abort}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if self._running.done():
                self._running.result()
                self._running = None
                return Outcome.OK
            return Outcome.ABORT if abort.done() else Outcome.IO_TIMEOUT
        finally:
            abort.cancel()

    async def _abandon(self) -> None:
        running, self._running = self._running, None
        self._waiting.clear()
        if running is not None:
            running.cancel()
            await asyncio.wait({running})
