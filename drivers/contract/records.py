"""Records: what a digitizer sent, before anything is concluded from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Block", "ClassifiedBlock", "KernelledBlock", "RecordBlock"]


@dataclass(frozen=True, slots=True, eq=False)
class RecordBlock:
    """A run of consecutive records.

    Which program and shot a record belongs to, `AcquisitionPlan.places` tells.
    """

    first: int
    """Index of the first record in the acquisition."""
    volts: NDArray[np.float32]
    """Float32 of shape (records, inputs, samples), volts at the digitizer's input."""
    overrange: NDArray[np.bool_]
    """Bool of shape (records,): the converter met an end of its range."""
    clock_lost: NDArray[np.bool_] | None = None
    """Bool of shape (records,): the reference clock was not locked meanwhile; None: it was locked."""
    triggered: NDArray[np.int64] | None = None
    """Int64 of shape (records,): when each record's trigger came, in samples of the digitizer's clock from an
    arbitrary origin; None where the instrument does not tell."""

    @property
    def count(self) -> int:
        """How many records the block has."""
        return int(self.volts.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class KernelledBlock:
    """A run of consecutive records that the instrument has integrated by itself."""

    first: int
    values: NDArray[np.complex128]
    """Complex128 of shape (records, windows): sums for the record's windows, in the plan's order; NaN behind the
    last one where a record has fewer than others."""
    overrange: NDArray[np.bool_]
    """Bool of shape (records,)."""
    clock_lost: NDArray[np.bool_] | None = None

    @property
    def count(self) -> int:
        """How many records the block has."""
        return int(self.values.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class ClassifiedBlock:
    """A run of consecutive records that the instrument has classified by itself."""

    first: int
    bits: NDArray[np.uint8]
    """Uint8 of shape (records, windows): 0 or 1 for the record's windows, in the plan's order; 255 behind the last
    one where a record has fewer than others."""
    overrange: NDArray[np.bool_]
    """Bool of shape (records,)."""
    clock_lost: NDArray[np.bool_] | None = None

    @property
    def count(self) -> int:
        """How many records the block has."""
        return int(self.bits.shape[0])


Block = RecordBlock | KernelledBlock | ClassifiedBlock
"""What a digitizer hands on, by what it was asked for."""
