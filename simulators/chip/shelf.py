"""A cache that forgets what was not asked for the longest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["Shelf"]

T = TypeVar("T")


class Shelf:
    """Keeps at most `size` things."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._things: OrderedDict[object, Any] = OrderedDict()

    def get(self, key: object, make: Callable[[], T]) -> T:
        """The thing of that key, made now if it is not there."""
        if key in self._things:
            self._things.move_to_end(key)
        else:
            self._things[key] = make()
            if len(self._things) > self._size:
                self._things.popitem(last=False)
        found: T = self._things[key]
        return found

    def clear(self) -> None:
        """Forget everything."""
        self._things.clear()
