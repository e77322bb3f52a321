"""The arguments of a command, and how each type of SCPI data is read from them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from simulators.scpi.errors import ScpiError

__all__ = ["UNITS", "Argument", "ArgumentKind", "matches_keyword"]

UNITS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "": {},
        "Hz": {"HZ": 1.0, "KHZ": 1e3, "MHZ": 1e6, "MAHZ": 1e6, "GHZ": 1e9},
        "V": {"V": 1.0, "MV": 1e-3, "UV": 1e-6},
        "s": {"S": 1.0, "MS": 1e-3, "US": 1e-6, "NS": 1e-9},
        "dBm": {"DBM": 1.0},
        "dB": {"DB": 1.0},
        "deg": {"DEG": 1.0, "RAD": 180.0 / math.pi},
        "%": {"PCT": 1.0, "%": 1.0},
    }
)
"""The suffixes that a value in a unit may carry, and the factor of each. M is mega with Hz and milli elsewhere."""

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z%]*)", re.ASCII)
_RADIX = re.compile(r"#([HhQqBb])([0-9A-Fa-f]+)", re.ASCII)
_BASES = {"H": 16, "Q": 8, "B": 2}


class ArgumentKind(Enum):
    """How an argument was written."""

    WORD = "word"
    """A number or a name without quotes."""
    STRING = "string"
    """In quotes; `data` is without them."""
    BLOCK = "block"
    """A block; `data` is without its header."""


def matches_keyword(word: str, keyword: str) -> bool:
    """Whether `word` is the short or the long form of `keyword`, whose short form is written in capitals."""
    short = "".join(c for c in keyword if not c.islower())
    return word.upper() in (short, keyword.upper())


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command, as it was written; its methods raise ScpiError when it cannot be read so."""

    kind: ArgumentKind
    data: bytes

    def block(self) -> bytes:
        """The bytes of a block."""
        if self.kind is not ArgumentKind.BLOCK:
            raise ScpiError(-104, "block expected")
        return self.data

    def text(self) -> str:
        """A string in quotes; a bare word counts too, because drivers leave the quotes out."""
        if self.kind is ArgumentKind.BLOCK:
            raise ScpiError(-104, "string expected")
        return self.data.decode("latin-1")

    def word(self) -> str:
        """A name or number without quotes."""
        if self.kind is not ArgumentKind.WORD:
            raise ScpiError(-104, "character data expected")
        return self.data.decode("latin-1")

    def number(self, unit: str = "") -> float:
        """A decimal number with an optional suffix of `unit`, or a `#H`, `#Q`, `#B` integer."""
        word = self.word()
        if radix := _RADIX.fullmatch(word):
            try:
                return float(int(radix[2], _BASES[radix[1].upper()]))
            except (ValueError, OverflowError):
                raise ScpiError(-120, word) from None
        match = _NUMBER.fullmatch(word)
        if match is None:
            raise ScpiError(-104 if word[:1].isalpha() else -120, word)
        value, suffix = float(match[1]), match[2].upper()
        if not suffix:
            return value
        if suffix not in UNITS[unit]:
            raise ScpiError(-131, suffix)
        return value * UNITS[unit][suffix]

    def integer(self, low: int, high: int) -> int:
        """A number rounded to an integer within [low, high]."""
        value = self.number()
        if not low <= value <= high:
            raise ScpiError(-222, self.word())
        return round(value)

    def switch(self) -> bool:
        """ON, OFF or a number, of which everything but 0 is on."""
        word = self.word().upper()
        return word == "ON" if word in ("ON", "OFF") else round(min(abs(self.number()), 1.0)) != 0

    def keyword(self, *keywords: str) -> str:
        """The one of `keywords` that was given in its short or long form."""
        word = self.word()
        for keyword in keywords:
            if matches_keyword(word, keyword):
                return keyword
        raise ScpiError(-224, word)
