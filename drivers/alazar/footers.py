"""Record footers: what the board writes behind each record, in place of its last samples.

A footer has 16 bytes, little-endian: 1 byte of auxiliary state, 1 reserved, 6 of the trigger's time stamp, 4 of
the record's number (from 1), 3 of the frame's, and 1 of the footer's type, 0. With two inputs its first half takes
the last 4 samples of input A's record, its second half those of input B's. Source: the vendor's library
ats-footers 0.2.1 (github.com/alazartech/ats-footers), with recordings of genuine boards in its tests; the ATS9360
is among its boards of type 0 with one footer for all inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FOOTER_FLAG", "Footers", "read_footers"]

FOOTER_FLAG = 0x10000
"""ADMA_ENABLE_RECORD_FOOTERS, a flag of AlazarBeforeAsyncRead that the QCoDeS driver has no parameter for."""

SAMPLES_PER_COUNT = 1
"""Of the time stamp. No document known to us says so, but the tests of ats-footers expect, from trigger to
trigger, 2,000,000 counts on an ATS9373, with one input as with two, 500,000 on an ATS9350 and 50,000 on an
ATS9130: a millisecond at the highest sample rate of each. Record headers, for whose mode the QCoDeS driver has no
way, count in units of 8 samples with two inputs."""

WORDS = 8
"""Samples that a footer takes, of all inputs together."""


@dataclass(frozen=True, slots=True, eq=False)
class Footers:
    """The footers of a buffer; arrays have shape (records,)."""

    numbers: NDArray[np.int64]
    """Of the records, as the board counts them, from 1."""
    triggered: NDArray[np.int64]
    """When their triggers came, sample clocks since the acquisition began."""
    sound: NDArray[np.bool_]
    """Whether this is a footer at all."""


def read_footers(codes: NDArray[np.uint16]) -> Footers:
    """The footers of a buffer's records: uint16 of shape (inputs, records, samples)."""
    inputs, records, _ = codes.shape
    words = codes[:, :, -(WORDS // inputs) :].transpose(1, 0, 2).reshape(records, WORDS).astype(np.int64)
    counts = words[:, 1] | words[:, 2] << 16 | words[:, 3] << 32
    return Footers(words[:, 4] | words[:, 5] << 16, counts * SAMPLES_PER_COUNT, words[:, 7] >> 8 == 0)
