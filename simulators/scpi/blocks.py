"""IEEE 488.2 block data: `#<n><length>`, the indefinite `#0`, and the extended `#(<length>)`.

The extended form is what PyVISA writes for more than 999,999,999 bytes, which the nine digits of a definite block
cannot count.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["BlockHeader", "HeaderState", "encode_block", "read_block_header"]

LONGEST_EXTENDED_LENGTH = 20
"""Digits; more cannot be meant as a length."""

DIGITS = frozenset(b"0123456789")


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """Where a block's bytes begin, and how many there are."""

    start: int
    """Index of the first byte after the header."""
    length: int | None
    """Bytes, or None when only the end of the message ends the block."""


class HeaderState(Enum):
    """What stands at a number sign when it is no complete block header."""

    INCOMPLETE = "incomplete"
    """It may become a header with the bytes to come."""
    NONE = "none"
    """It is something else, such as the hexadecimal number `#H1F`."""


def encode_block(data: bytes) -> bytes:
    """`data` as a definite-length block, or in the extended form from a gigabyte on."""
    count = str(len(data))
    return b"#%d%s" % (len(count), count.encode()) + data if len(count) <= 9 else b"#(%s)" % count.encode() + data


def read_block_header(buffer: bytes | bytearray, index: int) -> BlockHeader | HeaderState:
    """Read the block header whose `#` stands at `index` of `buffer`."""
    if len(buffer) <= index + 1:
        return HeaderState.INCOMPLETE
    first = buffer[index + 1]
    if first == ord("("):
        return _extended_header(buffer, index + 2)
    if first not in DIGITS:
        return HeaderState.NONE
    count = first - ord("0")
    if count == 0:
        return BlockHeader(index + 2, None)
    digits = buffer[index + 2 : index + 2 + count]
    if not DIGITS.issuperset(digits):
        return HeaderState.NONE
    return BlockHeader(index + 2 + count, int(digits)) if len(digits) == count else HeaderState.INCOMPLETE


def _extended_header(buffer: bytes | bytearray, first: int) -> BlockHeader | HeaderState:
    """Read the decimal length up to the closing parenthesis; its first digit stands at `first`."""
    window = bytes(buffer[first : first + LONGEST_EXTENDED_LENGTH + 1])
    digits, closed, _ = window.partition(b")")
    if not DIGITS.issuperset(digits) or (closed and not digits) or len(digits) > LONGEST_EXTENDED_LENGTH:
        return HeaderState.NONE
    return BlockHeader(first + len(digits) + 1, int(digits)) if closed else HeaderState.INCOMPLETE
