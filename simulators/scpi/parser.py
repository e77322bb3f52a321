"""From one program message to its commands: headers, arguments, compounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulators.scpi.arguments import Argument, ArgumentKind
from simulators.scpi.blocks import BlockHeader, HeaderState, read_block_header
from simulators.scpi.errors import ScpiError

__all__ = ["Unit", "parse"]

_WHITE = b" \t\r\x00\x0b\x0c"
_HEADER = re.compile(rb"(:?)((?:\*[A-Za-z]+)|(?:[A-Za-z][A-Za-z0-9_]*(?::[A-Za-z][A-Za-z0-9_]*)*))(\??)")
_WORD_END = re.compile(rb"[;,\"']")


@dataclass(frozen=True, slots=True)
class Unit:
    """One command or query of a message."""

    mnemonics: tuple[str, ...]
    """The nodes of its header in capitals; a common command is one mnemonic that starts with an asterisk."""
    query: bool
    rooted: bool
    """It starts with a colon, so that the path of the command before does not apply."""
    arguments: tuple[Argument, ...]

    @property
    def common(self) -> bool:
        """Whether it is a common command of IEEE 488.2."""
        return self.mnemonics[0].startswith("*")


class _Reader:
    """A position in a message."""

    def __init__(self, message: bytes) -> None:
        self.message = message
        self.index = 0

    def skip(self, characters: bytes) -> None:
        """Move to the next byte that is none of `characters`."""
        while self.index < len(self.message) and self.message[self.index] in characters:
            self.index += 1

    def peek(self) -> int:
        """The next byte, or -1 at the end."""
        return self.message[self.index] if self.index < len(self.message) else -1

    def unit(self) -> Unit:
        """Read one header with its arguments, up to the semicolon or the end."""
        header = _HEADER.match(self.message, self.index)
        if header is None:
            raise ScpiError(-101, repr(self.message[self.index : self.index + 20]))
        self.index = header.end()
        if self.peek() not in (-1, ord(";")) and self.peek() not in _WHITE:
            raise ScpiError(-103, repr(self.message[header.start() : header.end() + 10]))
        mnemonics = tuple(header[2].decode().upper().split(":"))
        self.skip(_WHITE)
        return Unit(mnemonics, bool(header[3]), bool(header[1]), self._arguments())

    def _arguments(self) -> tuple[Argument, ...]:
        """Read the arguments, and the semicolon after them."""
        found: list[Argument] = []
        while self.peek() not in (-1, ord(";")):
            found.append(self._argument())
            self.skip(_WHITE)
            if self.peek() == ord(","):
                self.index += 1
                self.skip(_WHITE)
                if self.peek() in (-1, ord(";")):
                    raise ScpiError(-109)
            elif self.peek() not in (-1, ord(";")):
                raise ScpiError(-103)
        self.index += 1
        return tuple(found)

    def _argument(self) -> Argument:
        """Read one argument of any kind."""
        first = self.peek()
        if first in b"\"'":
            return self._string(first)
        if first == ord("#"):
            header = read_block_header(self.message, self.index)
            if isinstance(header, BlockHeader):
                return self._block(header)
            if header is HeaderState.INCOMPLETE:
                raise ScpiError(-161)
        match = _WORD_END.search(self.message, self.index)
        stop = match.start() if match else len(self.message)
        word = self.message[self.index : stop].rstrip(_WHITE)
        if not word:
            raise ScpiError(-102)
        self.index = stop
        return Argument(ArgumentKind.WORD, word)

    def _string(self, quote: int) -> Argument:
        """Read a string; a doubled quote inside stands for one."""
        parts: list[bytes] = []
        start = self.index + 1
        while True:
            stop = self.message.find(quote, start)
            if stop < 0:
                raise ScpiError(-151)
            parts.append(self.message[start:stop])
            if self.message[stop + 1 : stop + 2] != bytes([quote]):
                self.index = stop + 1
                return Argument(ArgumentKind.STRING, bytes([quote]).join(parts))
            start = stop + 2

    def _block(self, header: BlockHeader) -> Argument:
        """Read a block; an indefinite one runs to the end of the message."""
        stop = len(self.message) if header.length is None else header.start + header.length
        if stop > len(self.message):
            raise ScpiError(-161, f"{len(self.message) - header.start} of {header.length} bytes")
        self.index = stop
        return Argument(ArgumentKind.BLOCK, self.message[header.start : stop])


def parse(message: bytes) -> tuple[list[Unit], ScpiError | None]:
    """Split a message into its commands.

    Returns:
        The commands up to the first one that cannot be read, and the error of that one.
    """
    reader = _Reader(message)
    units: list[Unit] = []
    try:
        while True:
            reader.skip(_WHITE + b";")
            if reader.peek() < 0:
                return units, None
            units.append(reader.unit())
    except ScpiError as error:
        return units, error
