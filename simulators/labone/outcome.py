"""What a request for a node comes to: a value, or a failure with the sentence for the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from simulators.labone.values import Sample

__all__ = ["Code", "Failure", "NodeRefused", "Outcome"]


class Code(IntEnum):
    """The vendor's numbers of errors; its clients choose the class of the exception by them."""

    NOT_FOUND = 0x4003
    GENERAL = 0x8000
    CONNECTION = 0x800C
    TIMEOUT = 0x800D
    READ_ONLY = 0x8013
    INVALID_ARGUMENT = 0x801F
    WRITE_ONLY = 0x8020
    SAMPLE_LOSS = 0x8021


KINDS: Mapping[Code, str] = {
    Code.NOT_FOUND: "notFound",
    Code.GENERAL: "unknown",
    Code.CONNECTION: "unavailable",
    Code.TIMEOUT: "timeout",
    Code.SAMPLE_LOSS: "internal",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A request refused.

    Attributes:
        message: What the client is told.
        code: Which of the vendor's errors it is.
    """

    message: str
    code: Code = Code.GENERAL

    @property
    def kind(self) -> str:
        """How the client is to take it, as the protocol calls that."""
        return KINDS.get(self.code, "badRequest")


class NodeRefused(Exception):
    """A request that a node does not grant; its text is what the client is told.

    Attributes:
        code: Which of the vendor's errors the client sees.
    """

    def __init__(self, message: str, code: Code = Code.INVALID_ARGUMENT) -> None:
        super().__init__(message)
        self.code = code


Outcome = Sample | Failure
