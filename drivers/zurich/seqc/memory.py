"""How the compiler lays waves out, found by asking it: what fits, and what fetching them ahead costs."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.zurich.profiles import CoreProfile

__all__ = ["PAGE_SAMPLES", "fetch_instructions", "memory_samples"]

PAGE_SAMPLES = 1024
"""SHF: a wave that fits into a page of 4 KiB does not cross into the next; a longer one has its pages alone."""

FRAME_INSTRUCTIONS = 5
"""Before the first and behind the last instruction of a program without waves."""


def memory_samples(lengths: Iterable[int], core: CoreProfile) -> int:
    """Complex samples of wave memory that waves of these lengths take, in this order."""
    if core.kind != "sg":
        return sum(lengths)
    return _paged(lengths)[0]


def fetch_instructions(lengths: Iterable[int], core: CoreProfile) -> int:
    """Instructions around the body of a program: its frame, and those that fetch its waves."""
    sizes = list(lengths)
    if core.kind == "sg":
        return FRAME_INSTRUCTIONS + 2 * _paged(sizes)[1]
    return FRAME_INSTRUCTIONS + 2 * len(sizes)


def _paged(lengths: Iterable[int]) -> tuple[int, int]:
    """(samples taken, stretches that are fetched at once)."""
    end = stretches = 0
    room = 0
    for length in lengths:
        if length > room:
            end = -(-end // PAGE_SAMPLES) * PAGE_SAMPLES
            stretches += 1
            room = PAGE_SAMPLES
        end += length
        room = room - length if length <= room else 0
    return end, stretches
