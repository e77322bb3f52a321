"""The parts of a program cannot be changed: they are shared, hashed and cached by value.

A class takes these functions as its special methods; its constructor sets attributes by `object.__setattr__`.
"""

from __future__ import annotations

from typing import NoReturn, TypeVar

__all__ = ["itself", "itself_deep", "refuse_deletion", "refuse_setting"]

_T = TypeVar("_T")


def refuse_setting(self: object, name: str, value: object) -> NoReturn:
    """`__setattr__` of an immutable object; raises AttributeError."""
    message = f"{type(self).__name__}.{name} cannot be set to {value!r}: the object is immutable, make a new one"
    raise AttributeError(message)


def refuse_deletion(self: object, name: str) -> NoReturn:
    """`__delattr__` of an immutable object; raises AttributeError."""
    message = f"{type(self).__name__}.{name} cannot be deleted: the object is immutable"
    raise AttributeError(message)


def itself(self: _T) -> _T:
    """`__copy__` of an immutable object."""
    return self


def itself_deep(self: _T, memo: dict[int, object]) -> _T:  # noqa: ARG001 - the signature of __deepcopy__
    """`__deepcopy__` of an immutable object."""
    return self
