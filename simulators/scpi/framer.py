"""From a stream of bytes to program messages, without any input or output.

What ends a message (IEEE 488.2): a line feed outside blocks, or END, the mark that VXI-11 and HiSLIP carry
beside the bytes. A raw socket has no END. Client libraries send blocks without a line feed there, and the command
that follows would be glued to the block, so a `lenient` framer ends a message with its block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulators.scpi.blocks import HeaderState, read_block_header

__all__ = ["Framer", "Message"]

LIMIT_BYTES = 1 << 29
"""Default size of the largest message kept, 512 MiB."""

_MARKS = re.compile(rb"[\n\"'#]")
_BLOCK_MAY_FOLLOW = (b"", b" ", b"\t", b",")
_TEXT, _INDEFINITE, _OVERSIZE = range(3)


@dataclass(frozen=True, slots=True)
class Message:
    """One program message without its terminator."""

    data: bytes
    oversize: bool = False
    """It was longer than the limit and has been thrown away; `data` is empty."""


class Framer:
    """Splits what a client sends into messages; any way of cutting the stream gives the same ones.

    A line feed ends a message inside quotes too: otherwise one missing quote would swallow all that follows.

    Args:
        has_end: the transport marks ends itself; an indefinite block then runs to END and may hold line feeds.
            Without it the first line feed ends the block.
        lenient: a definite block ends its message.
        limit: bytes of the largest message; longer ones are discarded, so memory stays bounded.
    """

    def __init__(self, *, has_end: bool, lenient: bool = False, limit: int = LIMIT_BYTES) -> None:
        self._has_end = has_end
        self._lenient = lenient
        self._limit = limit
        self.reset()

    def reset(self) -> None:
        """Forget everything that has not become a message (device clear)."""
        self._buffer = bytearray()
        self._scan = 0
        self._quote = 0
        self._skip = 0
        self._skip_ends = False
        self._mode = _TEXT

    def feed(self, data: bytes, *, end: bool = False) -> list[Message]:
        """Take the next bytes and return the messages they complete; `end`: END came with the last byte."""
        messages: list[Message] = []
        self._buffer += data
        while self._step(messages):
            pass
        if end:
            self._finish(messages)
        return messages

    def _step(self, messages: list[Message]) -> bool:
        """Move on by one mark; False when more bytes are needed."""
        if self._mode == _OVERSIZE:
            return self._discard(messages)
        if self._scan > len(self._buffer):
            return False  # inside a definite block
        to_end = self._mode == _INDEFINITE and self._has_end
        mark = None if to_end else _MARKS.search(self._buffer, self._scan)
        if mark is not None:
            return self._at_mark(mark.start(), messages)
        self._scan = len(self._buffer)
        if self._scan > self._limit:
            self._oversize(skip=self._scan)
        return self._mode == _OVERSIZE

    def _at_mark(self, index: int, messages: list[Message]) -> bool:
        """Handle the line feed, quote or number sign at `index`."""
        byte = self._buffer[index]
        if byte == ord("\n"):
            self._emit(index, index + 1, messages)
            return True
        self._scan = index + 1
        if byte != ord("#"):
            self._quote = 0 if self._quote == byte else self._quote or byte
        elif self._mode == _TEXT and not self._quote and self._buffer[index - 1 : index] in _BLOCK_MAY_FOLLOW:
            return self._at_block(index, messages)
        return True

    def _at_block(self, index: int, messages: list[Message]) -> bool:
        """Handle a number sign where a block may begin."""
        header = read_block_header(self._buffer, index)
        if header is HeaderState.INCOMPLETE:
            self._scan = index
            return False
        if isinstance(header, HeaderState):
            return True
        if header.length is None:
            self._mode = _INDEFINITE
            self._scan = header.start
            return True
        stop = header.start + header.length
        self._scan = stop
        if stop > self._limit:
            self._oversize(skip=stop, ends=self._lenient)
        elif self._lenient and stop > len(self._buffer):
            self._scan = index  # come back when the whole block is here
            return False
        elif self._lenient:
            self._emit(stop, stop, messages)
        return True

    def _oversize(self, skip: int, *, ends: bool = False) -> None:
        """Throw away the first `skip` bytes of the buffer, and unless the message `ends` there, the rest of it."""
        self._mode = _OVERSIZE
        self._skip = skip
        self._skip_ends = ends

    def _discard(self, messages: list[Message]) -> bool:
        """Throw away what belongs to a message that is too long; True when its end was found."""
        gone = min(self._skip, len(self._buffer))
        del self._buffer[:gone]
        self._skip -= gone
        if self._skip == 0 and self._skip_ends:
            self._emit(0, 0, messages)
            return True
        if self._skip or not self._buffer:
            return False
        # A discarded indefinite block may hold line feeds, so that only END is sure to end its message.
        stop = -1 if self._has_end else self._buffer.find(b"\n")
        if stop < 0:
            self._buffer.clear()
            return False
        self._emit(stop, stop + 1, messages)
        return True

    def _emit(self, stop: int, following: int, messages: list[Message]) -> None:
        """Cut the message that ends before `stop`; the next one begins at `following`."""
        if self._mode == _OVERSIZE:
            messages.append(Message(b"", oversize=True))
        elif stop:
            data = bytes(memoryview(self._buffer)[:stop])
            if self._mode == _INDEFINITE or data.strip():
                messages.append(Message(data))
        del self._buffer[:following]
        self._scan = self._quote = self._skip = 0
        self._mode = _TEXT

    def _finish(self, messages: list[Message]) -> None:
        """END: whatever is here is the message, complete or not; the parser judges it."""
        if self._mode == _OVERSIZE:
            self._emit(0, len(self._buffer), messages)
            return
        stop = len(self._buffer)
        if self._mode == _INDEFINITE and self._buffer.endswith(b"\n"):
            stop -= 1
        self._emit(stop, len(self._buffer), messages)
