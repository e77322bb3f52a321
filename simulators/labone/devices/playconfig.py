"""The word that says how a waveform is played: `cwvf` before `wvfe`, and `play_config` of a table's waveform.

Bits, found by compiling playWave with every routing and rate:

    0, 1    waveform 1, 2 is there (two set: samples are interleaved)
    2..5    rate divider n (2^n), used where bit 22 is clear; otherwise the node `time` holds it
    6, 7    waveform 1 is kept from output 1, 2
    13, 14  waveform 2 is kept from output 1, 2
    23      zeros are played, not memory
    24..27  markers that the waveform carries: two bits a waveform (HDAWG and SHF; the UHFQA plays all)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

Routing = tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
"""For each of two outputs the pairs (interleaved column, waveform 0 or 1) that reach it."""

__all__ = ["PlayConfig", "Routing", "decode_play_config", "route_of"]


@dataclass(frozen=True, slots=True)
class PlayConfig:
    """A decoded play configuration.

    Attributes:
        channels: Interleaved waveforms in memory.
        routing: For outputs 1 and 2 what reaches it.
        divider: log2 of the rate divider, None for the node's.
        zeros: Nothing is read from memory.
    """

    channels: int
    routing: Routing
    divider: int | None
    zeros: bool


@lru_cache(maxsize=256)
def decode_play_config(word: int) -> PlayConfig:
    """What a `cwvf` word says."""
    present = [stream for stream in (0, 1) if word >> stream & 1]
    first, second = (
        tuple(
            (column, stream) for column, stream in enumerate(present) if not word >> (6 + 7 * stream + output) & 1
        )
        for output in (0, 1)
    )
    return PlayConfig(
        channels=max(1, len(present)),
        routing=(first, second),
        divider=None if word >> 22 & 1 else word >> 2 & 0xF,
        zeros=bool(word >> 23 & 1),
    )


def route_of(columns: dict[int, tuple[int, ...]]) -> Routing:
    """Routing from the outputs that each column of a waveform is given to, as a command table says it."""
    return (
        tuple((column, column) for column in sorted(columns) if 0 in columns[column]),
        tuple((column, column) for column in sorted(columns) if 1 in columns[column]),
    )
