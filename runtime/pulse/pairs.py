"""Mappings as arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

__all__ = ["Pairs"]

_Key_co = TypeVar("_Key_co", covariant=True)
_Item_co = TypeVar("_Item_co", covariant=True)


class Pairs(Protocol[_Key_co, _Item_co]):
    """A mapping that is only read.

    For type checkers a `Mapping` has keys of one type exactly, so that a dict[Parameter, float] would be no
    mapping of parameters and names. It is one of these.
    """

    def __iter__(self) -> Iterator[_Key_co]:
        """The keys."""
        ...

    def __len__(self) -> int:
        """How many there are."""
        ...

    def items(self) -> Iterable[tuple[_Key_co, _Item_co]]:
        """The keys with what stands under them."""
        ...
