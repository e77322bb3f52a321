"""What happens on the chip's lines during one shot of a generator that plays samples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.chip.content import Piece, Signal

__all__ = ["FEEDLINE", "Part", "signals_of"]

FEEDLINE = "feedline"
"""What the chip calls the line that its resonators are on."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Samples that an oscillator's mixer sends into a line, with silence on both sides."""

    line: str
    lo_hz: float
    first: int
    """Since the beginning of the entry."""
    samples: NDArray[np.complex128]
    """I + iQ in volts."""


def signals_of(parts: Iterable[tuple[int, Part]], sample_s: float) -> tuple[Signal, ...]:
    """The signals of a shot from (first sample of the entry, part).

    Parts of one line and oscillator are one signal, as long as they do not overlap: generators may share a line.
    """
    rows: dict[tuple[str, float], list[list[tuple[int, Part]]]] = {}
    for begin, part in sorted(parts, key=lambda each: each[0] + each[1].first):
        tracks = rows.setdefault((part.line, part.lo_hz), [])
        start = begin + part.first
        free = next((t for t in tracks if t[-1][0] + t[-1][1].samples.size <= start), None)
        if free is None:
            tracks.append([(start, part)])
        else:
            free.append((start, part))
    return tuple(
        Signal.of_pieces(line, lo_hz, sample_s, [Piece(start, part.samples) for start, part in track])
        for (line, lo_hz), tracks in rows.items()
        for track in tracks
    )
