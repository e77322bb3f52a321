"""What was wrong with a shot: the converter at an end of its range, the reference clock lost."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Block

__all__ = ["FlagStore"]


class FlagStore:
    """Flags of each shot; of averages only how many shots had them."""

    def __init__(self, programs: int, shots: int | None) -> None:
        self._overrange = None if shots is None else np.zeros((programs, shots), np.bool_)
        self._clock_lost = None if shots is None else np.zeros((programs, shots), np.bool_)
        self._numbers = np.zeros((2, programs), np.int64)

    def add(self, block: Block, shots: NDArray[np.int64], programs: NDArray[np.int64]) -> None:
        """Note the flags of a block's records."""
        pairs = ((self._overrange, block.overrange), (self._clock_lost, block.clock_lost))
        for number, (kept, flags) in enumerate(pairs):
            if flags is None or not flags.any():
                continue
            self._numbers[number] += np.bincount(programs[flags], minlength=self._numbers.shape[1])
            if kept is not None:
                kept[programs, shots] = flags

    def kept(self, program: int) -> dict[str, Any]:
        """Keyword arguments of a program's Result."""
        overranges, clock_losses = (int(number) for number in self._numbers[:, program])
        if self._overrange is None or self._clock_lost is None:
            flags = {"overrange": np.array(overranges > 0), "clock_lost": np.array(clock_losses > 0)}
        else:
            flags = {"overrange": self._overrange[program], "clock_lost": self._clock_lost[program]}
        return {**flags, "overranges": overranges, "clock_losses": clock_losses}
