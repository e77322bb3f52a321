"""Errors of the pulse model, in pulserig's tree.

::

    PulserigError
    └── PulseError                    a program that means nothing
        ├── UnboundParameterError     a number is asked of an expression with open parameters; also a TypeError
        ├── UnassignedDurationError   a length is still a parameter where a number is needed
        ├── UnassignedReferenceError  a subroutine is named and not given yet
        ├── NoActiveBuilder           a builder function outside of a builder context
        └── BackendNotSet             a builder function that needs a device, in a context without one
"""

from __future__ import annotations

from functools import partial
from typing import Any

from drivers.contract.errors import PulserigError

__all__ = [
    "BackendNotSet",
    "NoActiveBuilder",
    "PulseError",
    "UnassignedDurationError",
    "UnassignedReferenceError",
    "UnboundParameterError",
]


class PulseError(PulserigError):
    """A pulse, instruction or schedule that means nothing.

    Takes its text in any number of positional arguments, as programs written for Qiskit Pulse raise it, and the
    fields of `PulserigError` by keyword. `message` is the plain sentence; `str()` gives it quoted, as Qiskit does.
    """

    def __init__(self, *message: object, where: str = "", got: str = "", allowed: str = "", fix: str = "") -> None:
        super().__init__(" ".join(str(part) for part in message), where, got, allowed, fix)

    @property
    def message(self) -> str:
        """The sentence for people: the arguments joined by a space, then where, got, allowed and what to do."""
        return super().__str__()

    def __str__(self) -> str:
        return repr(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Only the text is positional, so the inherited way back would join all fields into it.
        fields = {"where": self.where, "got": self.got, "allowed": self.allowed, "fix": self.fix}
        return partial(type(self), self.what, **fields), ()


class UnboundParameterError(PulseError, TypeError):
    """A number is asked of an expression whose parameters are open; also the TypeError that `float()` promises."""


class UnassignedDurationError(PulseError):
    """A length is still a parameter where a number of samples is needed."""


class UnassignedReferenceError(PulseError):
    """A subroutine is named and not given yet."""


class NoActiveBuilder(PulseError):
    """A builder function was called outside of a builder context."""


class BackendNotSet(PulseError):
    """A builder function needs a device and its context has none."""
