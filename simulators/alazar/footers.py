"""Record footers: 16 bytes in place of the last samples of each record, as the board's firmware writes them.

Little-endian: auxiliary state (1 byte), reserved (1), time stamp of the trigger in sample clocks since the start
of the acquisition (6), number of the record from 1 (4), number of the frame (3), type 0 (1). The channels share
one footer: with two of them its first half takes the last 4 samples of the first channel's record.
Source: github.com/alazartech/ats-footers, which reads them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["write_footers"]

WORDS = 8
"""Samples of all channels together that a footer takes."""


def write_footers(samples: NDArray[np.uint16], first: int, triggered: NDArray[np.int64]) -> None:
    """Write footers over the ends of records.

    Args:
        samples: uint16 of shape (channels, records, samples), changed in place.
        first: number of the first record, from 1.
        triggered: time stamps, int64 of shape (records,).
    """
    channels, records, _ = samples.shape
    numbers = np.arange(first, first + records, dtype=np.int64)
    words = np.zeros((records, WORDS), np.uint16)
    for column, value in enumerate((triggered, triggered >> 16, triggered >> 32, numbers, numbers >> 16), 1):
        words[:, column] = value & 0xFFFF
    # Frames are counted by an encoder that is not wired; type 0 leaves the last byte at zero.
    each = WORDS // channels
    samples[:, :, -each:] = words.reshape(records, channels, each).transpose(1, 0, 2)
