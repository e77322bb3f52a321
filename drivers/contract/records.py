"""Records: what a digitizer sent, before anything is concluded from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RecordBlock"]


@dataclass(frozen=True, slots=True, eq=False)
class RecordBlock:
    """A run of consecutive records.

    Record r of an acquisition is program r % records_per_pass of shot r // records_per_pass.
    """

    first: int
    """Index of the first record in the acquisition."""
    volts: NDArray[np.float32]
    """Float32 of shape (records, inputs, samples), volts at the digitizer's input."""
    overrange: NDArray[np.bool_]
    """Bool of shape (records,): the converter met an end of its range."""

    @property
    def count(self) -> int:
        """How many records the block has."""
        return int(self.volts.shape[0])
