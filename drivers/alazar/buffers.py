"""Buffers of an acquisition: how many records each holds, and the memory under them."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BufferScheme", "OwnedBuffer", "buffer_scheme"]

BUFFER_BYTES = 4 * 1024 * 1024
"""Most bytes of a buffer: half of what the vendor recommends at most, so that records come on steadily."""

BYTES_PER_SAMPLE = 2
INPUTS = 2
MOST_ALLOCATED = 4


@dataclass(frozen=True, slots=True)
class BufferScheme:
    """How an acquisition is cut into buffers."""

    records_per_buffer: int
    buffers: int
    allocated: int
    """How many of them exist at once."""


def buffer_scheme(records: int, record_length: int) -> BufferScheme:
    """Equal buffers that hold exactly `records` records of `record_length` samples and input.

    The board counts whole buffers only. Records beyond those requested would need triggers that may never come, so
    a buffer holds a divisor of the total: the largest that fits into 4 MiB. A total that is a large prime makes
    buffers of one record: slow, and right.
    """
    fitting = max(BUFFER_BYTES // (record_length * INPUTS * BYTES_PER_SAMPLE), 1)
    per_buffer = max(size for size in range(1, min(fitting, records) + 1) if records % size == 0)
    buffers = records // per_buffer
    # One buffer fewer than all of them makes the driver hand on each buffer as it comes, not all at the end.
    allocated = min(MOST_ALLOCATED, max(2, buffers - 1), buffers)
    return BufferScheme(per_buffer, buffers, allocated)


class OwnedBuffer:
    """Memory for the board to write into, page-aligned, alive as long as this object is.

    The Buffer class of QCoDeS makes a ctypes array, keeps its address, and loses the array itself as soon as it
    rebinds the name to a view of that address: on Linux and macOS the memory is freed before the first record
    arrives, and the process dies in `acquire`, or reads what others have written. This class has the same face and
    holds on to its memory.
    """

    def __init__(self, size_bytes: int) -> None:
        """`size_bytes` is a multiple of 2."""
        self.size_bytes = size_bytes
        # An array keeps the mapping that it looks at alive.
        self.buffer: NDArray[np.uint16] = np.frombuffer(mmap.mmap(-1, size_bytes), "<u2")
        self.addr = int(self.buffer.ctypes.data)

    def free_mem(self) -> None:
        """Nothing: the memory goes with the last reference to it."""
