"""One HiSLIP client: its messages, replies, device clear and lock."""

from __future__ import annotations

import asyncio

from simulators.scpi.errors import ScpiError
from simulators.scpi.framer import Framer, Message
from simulators.scpi.instrument import ScpiInstrument
from simulators.scpi.transports.hislip_frames import Frame, FrameType, encode_frame
from simulators.scpi.transports.locks import InstrumentLock
from simulators.scpi.transports.streams import execute

__all__ = ["Session"]

SMALLEST_REPLY_PAYLOAD = 256
HEADER_BYTES = 16
RMT_DELIVERED = 1
"""Control code bit: the client has read the last reply to its end."""
LOCK_FAILURE, LOCK_SUCCESS, LOCK_SHARED_RELEASED, LOCK_ERROR = 0, 1, 2, 3


class Session:
    """The state that the two channels of a client share."""

    def __init__(
        self, instrument: ScpiInstrument, lock: InstrumentLock, framer: Framer, synchronous: asyncio.StreamWriter
    ) -> None:
        self.synchronous = synchronous
        self.asynchronous: asyncio.StreamWriter | None = None
        self._instrument = instrument
        self._lock = lock
        self._framer = framer
        self._reply_payload = SMALLEST_REPLY_PAYLOAD
        self._running: asyncio.Task[bytes] | None = None
        self._reply_unread = False
        self._clearing = False

    async def data(self, frame: Frame, payload: bytes) -> None:
        """Take a Data or DataEnd message, execute what it completes and send the replies."""
        if self._clearing:
            return
        self._note_delivery(frame)
        if self._reply_unread and payload.strip():
            self._interrupt(frame)
        for message in self._framer.feed(payload, end=frame.kind == FrameType.DATA_END):
            reply = await self._execute(message)
            if reply:
                await self._send(reply, frame.parameter)

    def trigger(self, frame: Frame) -> None:
        """Take a Trigger message."""
        self._note_delivery(frame)
        if not self._clearing:
            self._instrument.trigger()

    async def begin_clear(self) -> None:
        """Device clear, first half: stop what runs, ignore what is still on its way."""
        self._clearing = True
        await self._abandon()

    def finish_clear(self) -> None:
        """Device clear, second half: the synchronous channel is empty now."""
        self._framer.reset()
        self._reply_unread = self._clearing = False
        self._instrument.device_clear()
        self.synchronous.write(encode_frame(FrameType.DEVICE_CLEAR_ACKNOWLEDGE))

    def limit_replies(self, size: int) -> None:
        """Note the largest message that the client takes, header included."""
        self._reply_payload = max(SMALLEST_REPLY_PAYLOAD, min(size, 1 << 20) - HEADER_BYTES)

    def status(self, frame: Frame) -> int:
        """The status byte of a serial poll."""
        self._note_delivery(frame)
        return self._instrument.status_byte(message_available=self._reply_unread)

    async def lock_request(self, frame: Frame, key: str) -> int:
        """Take (control code 1; the parameter is the time limit in ms) or release the lock; tells the outcome."""
        if frame.control == 1:
            taken = await self._lock.acquire(self, key, frame.parameter / 1000.0)
            return LOCK_SUCCESS if taken else LOCK_FAILURE
        shared = not self._lock.exclusive
        if not await self._lock.release(self):
            return LOCK_ERROR
        return LOCK_SHARED_RELEASED if shared else LOCK_SUCCESS

    def lock_info(self) -> tuple[int, int]:
        """Whether an exclusive lock is held, and by how many clients any lock is held."""
        return int(self._lock.exclusive), self._lock.holders

    async def close(self) -> None:
        """Give up the lock and the other channel; what is being executed is abandoned."""
        await self._abandon()
        await self._lock.release(self)
        if self.asynchronous is not None:
            self.asynchronous.close()

    async def _execute(self, message: Message) -> bytes:
        """Execute a message so that a device clear can abandon it; empty when it did."""
        await self._lock.wait_permitted(self)
        if self._clearing:
            return b""
        running = self._running = asyncio.create_task(execute(self._instrument, message))
        try:
            await asyncio.wait({running})
            return b"" if running.cancelled() else running.result()
        finally:
            await self._abandon()
            self._running = None

    async def _abandon(self) -> None:
        running = self._running
        if running is not None:
            running.cancel()
            await asyncio.wait({running})

    async def _send(self, reply: bytes, message_id: int) -> None:
        """Send a reply in pieces that the client takes; they carry the id of the message that asked."""
        view = memoryview(reply)
        step = self._reply_payload
        for start in range(0, len(reply), step):
            kind = FrameType.DATA if start + step < len(reply) else FrameType.DATA_END
            self.synchronous.write(encode_frame(kind, 0, message_id, view[start : start + step]))
            await self.synchronous.drain()
        self._reply_unread = True

    def _note_delivery(self, frame: Frame) -> None:
        if frame.control & RMT_DELIVERED:
            self._reply_unread = False

    def _interrupt(self, frame: Frame) -> None:
        """A new message came before the last reply was read: the reply is void, and both channels say so."""
        self._reply_unread = False
        self._instrument.report(ScpiError(-410))
        self.synchronous.write(encode_frame(FrameType.INTERRUPTED, 0, frame.parameter))
        if self.asynchronous is not None:
            self.asynchronous.write(encode_frame(FrameType.ASYNC_INTERRUPTED, 0, frame.parameter))
