"""Call a subroutine by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

from runtime.pulse.exceptions import PulseError, UnassignedReferenceError
from runtime.pulse.instructions.instruction import Instruction

__all__ = ["Reference"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, init=False)
class Reference(Instruction):
    """A place for a subroutine, which the program assigns to the key: the name and any extra keys.

    Neither its length nor its channels are known; both raise UnassignedReferenceError.

    Raises:
        PulseError: a key is no string, or contains "," or "::".
    """

    kind: ClassVar[str] = "Reference"
    scope_delimiter: ClassVar[str] = "::"
    key_delimiter: ClassVar[str] = ","

    ref_keys: tuple[str, ...]
    """Name and extra keys."""
    name: str | None

    def __init__(self, name: str, *extra_keys: str) -> None:
        keys: tuple[object, ...] = (name, *extra_keys)
        for key in keys:
            if not isinstance(key, str):
                raise PulseError("the keys of a Reference are strings", got=repr(key))
            for reserved in (self.scope_delimiter, self.key_delimiter):
                if reserved in key:
                    raise PulseError(f"the keys of a Reference do not contain {reserved!r}", got=repr(key))
        object.__setattr__(self, "ref_keys", (name, *extra_keys))
        object.__setattr__(self, "name", name)

    @property
    def operands(self) -> tuple[Any, ...]:
        """The key."""
        return self.ref_keys

    @property
    def duration(self) -> NoReturn:
        """Unknown.

        Raises:
            UnassignedReferenceError: always.
        """
        raise self._unknown("length")

    @property
    def channels(self) -> NoReturn:
        """Unknown.

        Raises:
            UnassignedReferenceError: always.
        """
        raise self._unknown("channels")

    def _unknown(self, what: str) -> UnassignedReferenceError:
        return UnassignedReferenceError(
            f"a subroutine tells its {what} once it is assigned",
            where=repr(self),
            fix=f"Call assign_references({{{self.ref_keys!r}: block}}) on the program",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Reference, self.ref_keys

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key_delimiter.join(self.ref_keys)})"
