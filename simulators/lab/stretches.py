"""Where samples are active."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["GAP", "stretches"]

GAP = 64
"""Silences shorter than this many samples do not end a stretch; stepping them is cheaper."""


def stretches(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[first, stop) of each stretch of activity; gaps shorter than `GAP` belong to it."""
    steps = np.diff(np.concatenate(([False], active, [False])).astype(np.int8))
    firsts, stops = np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)
    if firsts.size == 0:
        return []
    apart = firsts[1:] - stops[:-1] >= GAP
    return list(
        zip(
            firsts[np.concatenate(([True], apart))].tolist(),
            stops[np.concatenate((apart, [True]))].tolist(),
            strict=True,
        )
    )
