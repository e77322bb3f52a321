"""Pieces: the distinct pulses of one output as samples, each rendered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.checks import pulse_name
from runtime.lowering.envelopes import EnvelopeCache, IncommensurateClock
from runtime.lowering.plays import Plays
from runtime.lowering.render import incommensurate_problem
from runtime.lowering.tracks.heard import Heard, Source
from runtime.lowering.tracks.shapes import ShapeTable

__all__ = ["Pieces", "distinct", "rendered"]

_NOTHING = np.zeros(0, np.complex128)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Distinct (shape, offset between two samples, rotation against the oscillator)."""

    samples: Sequence[NDArray[np.complex128]]
    """Each of largest magnitude 1; empty for what is silent throughout, or cannot be rendered."""
    names: Sequence[str]
    """Of the pulses, for people."""
    row: NDArray[np.int64]
    """For each row of `Heard` its piece."""
    factor: NDArray[np.complex128]
    """For each row of `Heard` what its piece is to be multiplied with."""

    def part(self, rows: NDArray[np.bool_]) -> Pieces:
        """Some of the rows of `Heard`."""
        return Pieces(self.samples, self.names, self.row[rows], self.factor[rows])


def rendered(  # noqa: PLR0917 - called once, for each output
    found: Heard,
    plays: Plays,
    sources: Sequence[Source],
    shapes: ShapeTable,
    cache: EnvelopeCache,
    problems: list[Problem],
) -> Pieces:
    """Render what is distinct among the pulses of an output; what cannot be rendered goes to `problems`."""
    pulse = plays.pulse[found.play]
    clocks = {id(source.clock): number for number, source in enumerate(sources)}
    clock = np.array([clocks[id(source.clock)] for source in sources], np.int64)[found.source]
    first, row = distinct(shapes.shape[pulse], clock, found.offset, found.step)
    samples, names = [], []
    peaks = np.ones(first.size)
    for number, at in enumerate(first.tolist()):
        source, play = sources[int(found.source[at])], int(found.play[at])
        shape = int(shapes.shape[pulse[at]])
        try:
            envelope = cache.rotated(
                shape,
                shapes.units[shape],
                source.clock,
                int(found.offset[at]),
                int(found.count[at]),
                step=int(found.step[at]),
            )
        except IncommensurateClock:
            problems.append(incommensurate_problem(source.place(plays, play), source.clock))
            envelope = _NOTHING
        peaks[number] = peak = float(np.abs(envelope).max(initial=0.0))
        samples.append(envelope / peak if peak else _NOTHING)
        names.append(f"{source.channel.name} {pulse_name(plays.pulses[plays.pulse[play]])}")
    return Pieces(samples, names, row, found.factor * shapes.factor[pulse] * peaks[row])


def distinct(*columns: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of each distinct tuple of several columns, and for each row which of them it is."""
    code = np.zeros(columns[0].size, np.int64)
    varied = [column for column in columns if column.size and not (column == column[0]).all()]
    if not varied:
        return code[:1], code
    for column in varied:
        _, number = np.unique(column, return_inverse=True)
        _, code = np.unique(code * (int(number.max()) + 1) + number, return_inverse=True)
    _, first, row = np.unique(code, return_index=True, return_inverse=True)
    return first.astype(np.int64), row.astype(np.int64)
