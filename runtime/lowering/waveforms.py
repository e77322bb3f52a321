"""The distinct waveforms of one instrument program."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.contract import SILENCE

__all__ = ["WaveformStore"]


class WaveformStore:
    """Waveforms in order of first use, equal ones once; one that is zero throughout is SILENCE."""

    def __init__(self) -> None:
        self.waveforms: list[NDArray[np.float64]] = []
        # These tell nearly all waveforms apart at a tenth of a digest's cost; the rest is compared. They are taken
        # of the bits as integers, whose sum is the same in any order, unlike that of floats.
        self._alike: dict[tuple[int, int, int], list[int]] = {}

    def add(self, samples: NDArray[np.float64]) -> int:
        """The index of a waveform: float64 of shape (n,), units of full scale, not written to any more."""
        if not samples.any():
            return SILENCE
        bits = samples.view(np.uint64)
        alike = self._alike.setdefault((samples.size, int(bits.sum()), int(bits.argmax())), [])
        for index in alike:
            if np.array_equal(self.waveforms[index], samples):
                return index
        samples.flags.writeable = False
        self.waveforms.append(samples)
        alike.append(len(self.waveforms) - 1)
        return alike[-1]

    def constant(self, value: float, length: int) -> int:
        """The index of a waveform that stays at one value."""
        return SILENCE if value == 0 else self.add(np.full(length, value))
