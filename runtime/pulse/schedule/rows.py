"""What stands in a schedule as columns of numbers, so that lowering need not come back to every object.

A long program is a few distinct things over and over, and numbers that differ each time: when it begins, the phase
of a virtual Z, the length of a Delay. Where an object is looked at as it is taken, it is in the processor's cache;
to walk over all of them later takes as long as everything else that lowering does.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from runtime.pulse.instructions import Delay, Instruction, Play, ShiftPhase

if TYPE_CHECKING:
    from runtime.pulse.schedule.schedule import Schedule

__all__ = ["LENGTH", "NOTHING", "PHASE", "Rows"]

NOTHING, PHASE, LENGTH = range(3)
"""What differs among the rows of a code."""


class Rows:
    """Children of schedules, a row each, in the order in which they are added; not for users."""

    __slots__ = ("_known", "codes", "distinct", "lengths", "phases", "starts", "varies")

    def __init__(self) -> None:
        self.starts = array("q")
        """Start of each row, samples."""
        self.codes = array("q")
        """What each row is: an index of `distinct` and `varies`."""
        self.phases = array("d")
        """Of the rows whose phase varies, rad."""
        self.lengths = array("q")
        """Of the rows whose length varies, samples."""
        self.distinct: list[Schedule | Instruction] = []
        """The first child of each code."""
        self.varies = bytearray()
        """For each code `PHASE`, `LENGTH` or `NOTHING`."""
        # Codes by what tells children apart: ids of objects, which `distinct` keeps alive.
        self._known: dict[object, int] = {}

    def take(self, children: Iterable[tuple[int, Any]]) -> None:
        """Add schedules and instructions, given with their starts in samples.

        Raises:
            OverflowError: one starts after, or lasts, 2^63 samples; what is here is of no use any more.
        """
        known = self._known
        add_start, add_code, add_phase = self.starts.append, self.codes.append, self.phases.append
        key: object
        for start, child in children:
            kind, varies = type(child), NOTHING
            if kind is ShiftPhase and type(child.phase) is float:
                add_phase(child.phase)
                key, varies = id(child.channel), PHASE
            elif kind is Delay and type(child.duration) is int:
                self.lengths.append(child.duration)
                key, varies = ~id(child.channel), LENGTH
            elif kind is Play:
                key = (id(child.pulse), id(child.channel))
            elif isinstance(child, Instruction):
                key = id(child)
            else:
                key = id(child.body)  # which copies of a schedule share
            code = known.get(key)
            if code is None:
                code = self._new(key, child, varies)
            add_start(start)
            add_code(code)

    def extend(self, other: Rows) -> None:
        """Add the rows of others."""
        known = self._known
        code = [
            self._new(key, child, varies) if (code := known.get(key)) is None else code
            for key, child, varies in zip(other._known, other.distinct, other.varies, strict=True)
        ]
        self.starts.extend(other.starts)
        self.codes.frombytes(np.array(code, np.int64).take(other.codes).tobytes())
        self.phases.extend(other.phases)
        self.lengths.extend(other.lengths)

    def _new(self, key: object, child: Schedule | Instruction, varies: int) -> int:
        """The code of the first child of its kind."""
        code = self._known[key] = len(self.distinct)
        self.distinct.append(child)
        self.varies.append(varies)
        return code
