"""Sample streams: what one channel emits, sparse in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ComplexSamples", "SampleStream"]

ComplexSamples = NDArray[np.complex128] | NDArray[np.complex64]


@dataclass(frozen=True, slots=True, eq=False)
class SampleStream:
    """The samples of one channel: pieces with silence between them, so that a delay costs nothing."""

    pieces: tuple[tuple[int, ComplexSamples], ...]
    """(start, samples) in order of start, not overlapping. Complex arrays of shape (n,), units of full scale."""
    duration: int
    """Length of the whole stream in samples, silence included."""

    def to_array(self) -> ComplexSamples:
        """All samples, silence as zeros: complex array of shape (duration,), units of full scale."""
        dtype = self.pieces[0][1].dtype if self.pieces else np.dtype(np.complex128)
        dense = np.zeros(self.duration, dtype)
        for start, samples in self.pieces:
            dense[start : start + samples.size] = samples
        return dense
