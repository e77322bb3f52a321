"""The XML header that Tektronix data files begin with."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

__all__ = ["BadFile", "integer", "read_header", "text"]

HEADER_LIMIT = 1 << 26
"""Bytes; the header of a long sequence is the whole file."""

_OFFSET = re.compile(rb'<DataFile\s[^>]{0,200}?offset\s*=\s*"(\d{1,12})"')


class BadFile(Exception):
    """A file that is not what it should be; its text says where."""


def read_header(data: bytes) -> tuple[ET.Element, int]:
    """Read the header of a data file.

    Returns:
        Its root element, and the offset at which the binary part begins: the attribute `offset` of `DataFile`.
    """
    match = _OFFSET.search(data, 0, 1024)
    if match is None:
        raise BadFile("no DataFile element with an offset")
    offset = int(match[1])
    if not match.end() < offset <= min(len(data), HEADER_LIMIT):
        raise BadFile(f"header of {offset} bytes in a file of {len(data)}")
    header = data[:offset]
    if b"<!" in header:
        raise BadFile("document type declarations are not allowed")
    try:
        # Without a document type there are no entities, so nothing can expand.
        return ET.fromstring(header.decode("utf-8")), offset  # noqa: S314 - no entities, as the line above says
    except (ET.ParseError, UnicodeDecodeError, ValueError) as error:
        raise BadFile(f"header: {error}") from None


def text(parent: ET.Element, name: str) -> str:
    """The text of the element `name` anywhere below `parent`, whatever its namespace."""
    found = parent.find(f".//{{*}}{name}")
    if found is None or found.text is None:
        raise BadFile(f"no {name}")
    return found.text.strip()


def integer(parent: ET.Element, name: str, low: int, high: int) -> int:
    """The text of an element as an integer within [low, high]."""
    word = text(parent, name)
    if not word.isascii() or not word.isdigit() or not low <= int(word[:20]) <= high:
        raise BadFile(f"{name} {word[:20]!r} is not within {low} to {high}")
    return int(word)
