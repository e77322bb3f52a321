"""The SCPI error queue and the standard error codes (SCPI-1999 volume 2, chapter 21)."""

from __future__ import annotations

from collections import deque
from types import MappingProxyType

__all__ = ["ERROR_TEXTS", "ErrorQueue", "ScpiError"]

ERROR_TEXTS = MappingProxyType(
    {
        0: "No error",
        -100: "Command error",
        -101: "Invalid character",
        -102: "Syntax error",
        -103: "Invalid separator",
        -104: "Data type error",
        -108: "Parameter not allowed",
        -109: "Missing parameter",
        -113: "Undefined header",
        -114: "Header suffix out of range",
        -120: "Numeric data error",
        -131: "Invalid suffix",
        -151: "Invalid string data",
        -161: "Invalid block data",
        -200: "Execution error",
        -211: "Trigger ignored",
        -221: "Settings conflict",
        -222: "Data out of range",
        -223: "Too much data",
        -224: "Illegal parameter value",
        -225: "Out of memory",
        -250: "Mass storage error",
        -253: "Corrupt media",
        -254: "Media full",
        -256: "File name not found",
        -257: "File name error",
        -310: "System error",
        -350: "Queue overflow",
        -400: "Query error",
        -410: "Query INTERRUPTED",
        -420: "Query UNTERMINATED",
    }
)
"""The standard text of each code that the simulators use."""

DETAIL_LIMIT = 255
"""Longest error text with its detail, SCPI-1999 volume 2, chapter 21."""


class ScpiError(Exception):
    """A message that the instrument refuses.

    Attributes:
        code: a standard code, negative.
        detail: what exactly, appended to the standard text in the error queue.
    """

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class ErrorQueue:
    """First in, first out; an error that finds the queue full replaces its newest entry by -350."""

    def __init__(self, depth: int = 32) -> None:
        self._entries: deque[tuple[int, str]] = deque()
        self._depth = depth

    def __len__(self) -> int:
        return len(self._entries)

    def push(self, code: int, detail: str = "") -> None:
        """Append the error `code`, with `detail` after its standard text."""
        if len(self._entries) >= self._depth:
            self._entries[-1] = (-350, ERROR_TEXTS[-350])
            return
        text = ERROR_TEXTS.get(code, "Device-specific error")
        if detail:
            text = f"{text};{detail}"
        # Replies are lines of ASCII and the text stands in double quotes.
        printable = text.encode("ascii", "replace").decode().replace('"', "'")
        self._entries.append((code, "".join(c if c.isprintable() else "?" for c in printable)[:DETAIL_LIMIT]))

    def pop(self) -> tuple[int, str]:
        """Remove and return the oldest entry, (0, "No error") when there is none."""
        return self._entries.popleft() if self._entries else (0, ERROR_TEXTS[0])

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()
