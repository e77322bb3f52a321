"""Each distinct envelope is computed once: samples are kept, up to a total size, the least used ones go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from runtime.pulse.library.pulse import ComplexArray, FloatArray

Samples = ComplexArray | FloatArray

__all__ = ["SampleCache"]


class SampleCache:
    """Read-only sample arrays by key; safe to share between threads.

    Args:
        most_bytes: the total size that may be kept; a larger array is computed each time.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._arrays: OrderedDict[Hashable, Samples] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._bytes

    def get(self, key: Hashable, compute: Callable[[], Samples]) -> Samples:
        """The array of this key, computed if it is not kept."""
        with self._lock:
            known = self._arrays.get(key)
            if known is not None:
                self._arrays.move_to_end(key)
                return known
        array = compute()
        array.flags.writeable = False
        with self._lock:
            if key not in self._arrays and array.nbytes <= self._most_bytes:
                self._arrays[key] = array
                self._bytes += array.nbytes
            while self._bytes > self._most_bytes:
                self._bytes -= self._arrays.popitem(last=False)[1].nbytes
        return array
