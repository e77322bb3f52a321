"""The layout of a block at many values of its lengths at once: starts and lengths as arrays, point by point."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.pulse.channels import Channel
from runtime.pulse.instructions import Instruction, Reference
from runtime.pulse.parameters import ParameterExpression
from runtime.pulse.parameters.swept import Columns, swept_values
from runtime.pulse.schedule.alignments import AlignmentKind, AlignRight, AlignSequential
from runtime.pulse.schedule.block import ScheduleBlock
from runtime.pulse.schedule.block_body import BlockBody
from runtime.pulse.schedule.block_layout import NEVER_OVERLAP
from runtime.pulse.schedule.block_references import inlined

__all__ = ["SweptLayout", "swept_layout"]

Samples = int | NDArray[np.int64]
"""A number of samples, or one for each point."""
SweptPart = tuple[Samples, Collection[Channel]]

DEEPEST = 100
"""Levels of nesting; a deeper block is laid out point by point, without recursion."""
LONGEST = 1 << 40
"""Samples, some minutes; sums of millions of them stay within 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class SweptLayout:
    """Instructions in the order in which `block_to_schedule` has them, those of nested blocks in place."""

    instructions: list[Instruction]
    starts: NDArray[np.int64]
    """Shape (instructions, points)."""
    lengths: NDArray[np.int64]
    """Shape (instructions, points)."""
    duration: NDArray[np.int64]
    """Of the whole, shape (points,)."""


class _TooParticular(Exception):
    """A block whose points have to be laid out one by one."""


def swept_layout(program: ScheduleBlock, columns: Columns, count: int) -> SweptLayout | None:
    """Where everything stands at each of `count` points.

    Args:
        program: the block.
        columns: of each parameter of its lengths the values.
        count: how many there are.

    Returns:
        None where points have to be laid out one by one: because of alignments other than left, right and
        sequential, open channels, subroutines that are not assigned, or lengths that a point does not take.
    """
    worker = _Worker(columns, count)
    try:
        length = worker.lay_out(inlined(program.node), 0)[0]
    except _TooParticular:
        return None
    return SweptLayout(
        worker.instructions,
        _table(worker.starts, count),
        _table(worker.lengths, count),
        np.zeros(count, np.int64) + length,
    )


def _table(rows: Sequence[Samples], count: int) -> NDArray[np.int64]:
    table = np.zeros((len(rows), count), np.int64)
    for number, row in enumerate(rows):
        table[number] = row
    return table


class _Worker:
    """Lays out a block after what is nested in it; starts are shifted as blocks are placed."""

    def __init__(self, columns: Columns, count: int) -> None:
        self.instructions: list[Instruction] = []
        self.starts: list[Samples] = []
        self.lengths: list[Samples] = []
        self._columns, self._count = columns, count
        self._known: dict[int, NDArray[np.int64]] = {}

    def lay_out(self, body: BlockBody, depth: int) -> SweptPart:
        """Length and channels of a body; what stands in it is added, counted from its start."""
        if type(body.alignment) not in NEVER_OVERLAP or depth > DEEPEST:
            raise _TooParticular
        parts: list[SweptPart] = []
        bounds = [len(self.instructions)]
        for element in body.elements:
            if isinstance(element, Instruction):
                parts.append(self._add(element))
            else:
                parts.append(self.lay_out(element.body, depth + 1))
            bounds.append(len(self.instructions))
        starts = _starts(body.alignment, parts)
        for start, first, behind in zip(starts, bounds[:-1], bounds[1:], strict=True):
            for row in range(first, behind):
                self.starts[row] = self.starts[row] + start
        ends = [start + length for start, (length, _) in zip(starts, parts, strict=True)]
        return _largest(ends), {channel: None for _, channels in parts for channel in channels}

    def _add(self, instruction: Instruction) -> SweptPart:
        if isinstance(instruction, Reference) or any(one.is_parameterized() for one in instruction.channels):
            raise _TooParticular
        length = self._length(instruction)
        self.instructions.append(instruction)
        self.starts.append(0)
        self.lengths.append(length)
        return length, instruction.channels

    def _length(self, instruction: Instruction) -> Samples:
        duration: object = instruction.duration
        if not isinstance(duration, ParameterExpression):
            if type(duration) is not int or not 0 <= duration < LONGEST:
                raise _TooParticular
            return duration
        known = self._known.get(id(duration))
        if known is None:
            values: list[object] = [*swept_values(duration, self._columns, self._count)]
            whole = [one for one in values if type(one) is int and 0 <= one < LONGEST]
            if len(whole) < self._count:
                raise _TooParticular
            known = self._known[id(duration)] = np.array(whole, np.int64)
        return known


def _starts(alignment: AlignmentKind, parts: Sequence[SweptPart]) -> list[Samples]:
    """What `alignment.starts` says at each point."""
    if isinstance(alignment, AlignSequential):
        starts: list[Samples] = []
        now: Samples = 0
        for length, _ in parts:
            starts.append(now)
            now = now + length
        return starts
    if not isinstance(alignment, AlignRight):
        return _left(parts)
    distances = _left(parts[::-1])[::-1]
    ends = [distance + length for distance, (length, _) in zip(distances, parts, strict=True)]
    total = _largest(ends)
    return [total - end for end in ends]


def _left(parts: Sequence[SweptPart]) -> list[Samples]:
    ends: dict[Channel, Samples] = {}
    starts = []
    for length, channels in parts:
        start = _largest([ends.get(channel, 0) for channel in channels])
        ends.update(dict.fromkeys(channels, start + length))
        starts.append(start)
    return starts


def _largest(values: Sequence[Samples]) -> Samples:
    """The largest at each point; 0 of none."""
    largest: Samples = 0
    for value in values:
        if isinstance(largest, int) and isinstance(value, int):
            largest = max(largest, value)
        elif value is not largest:
            largest = np.maximum(largest, value)
    return largest
