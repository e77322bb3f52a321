"""Runs of equal patterns become loops, where a loop is shorter and the sequencer keeps up with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Block", "folded"]

LONGEST_PERIOD = 64
"""Longest pattern that is looked for among the instructions; whole programs are looked for besides."""

LOOP_INSTRUCTIONS = 3
"""What a loop costs: its counter is loaded once, then counted down and tested."""

SPARE_CLOCKS = 6
"""Clocks that a pass of a loop may take beyond its instructions: a taken branch refills the pipeline."""


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens [first, stop) of the list, played `count` times in a row."""

    first: int
    stop: int
    count: int = 1


def folded(
    tokens: NDArray[np.int64],
    clocks: NDArray[np.float64],
    costs: NDArray[np.int64],
    periods: Sequence[int] = (),
) -> tuple[Block, ...]:
    """The tokens as blocks, in order.

    Args:
        tokens: What is to be done, int64 of shape (n,); equal numbers are equal instructions.
        clocks: For each token, how many clocks of the sequencer it takes to play.
        costs: For each token, how many instructions it is.
        periods: Lengths of patterns to look for besides the short ones, e.g. of whole programs.
    """
    size = tokens.size
    wanted = sorted({*range(1, min(LONGEST_PERIOD, size // 2) + 1), *(p for p in periods if 0 < p <= size // 2)})
    runs = {period: run for period in wanted if (run := _run_lengths(tokens, period)) is not None}
    if not runs:
        return (Block(0, size),) if size else ()
    played, spent = np.concatenate([[0.0], np.cumsum(clocks)]), np.concatenate([[0], np.cumsum(costs)])
    saved = np.zeros(size, np.int64)
    chosen = np.zeros(size, np.int64)
    for period, run in runs.items():
        gain = _gains(run, period, played, spent)
        better = gain > saved[: gain.size]
        saved[: gain.size][better] = gain[better]
        chosen[: gain.size][better] = period
    return _walk(chosen, runs, size)


def _run_lengths(tokens: NDArray[np.int64], period: int) -> NDArray[np.int64] | None:
    """For each position, over how many tokens the list equals itself shifted by `period`.

    None where nowhere over a whole period, which is what most periods come to.
    """
    size = tokens.size - period
    breaks = np.flatnonzero(tokens[:-period] != tokens[period:])
    ends = np.append(breaks, size)
    if int(np.diff(ends, prepend=-1).max()) <= period:
        return None
    # Position i is followed by the first break that is not before it.
    return (np.repeat(ends, np.diff(ends, prepend=-1))[:size] - np.arange(size)).astype(np.int64)


def _gains(
    run: NDArray[np.int64], period: int, played: NDArray[np.float64], spent: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Instructions saved by a loop of that period at each position; 0 where it does not pay or cannot keep up."""
    positions = np.arange(run.size)
    count = run // period + 1
    body = spent[positions + period] - spent[positions]
    time = played[positions + period] - played[positions]
    gain = (count - 1) * body - LOOP_INSTRUCTIONS
    return np.where((count > 1) & (time >= body + LOOP_INSTRUCTIONS + SPARE_CLOCKS), gain, 0)


def _walk(chosen: NDArray[np.int64], runs: dict[int, NDArray[np.int64]], size: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    position = 0
    loops = np.flatnonzero(chosen)
    while position < size:
        at = int(np.searchsorted(loops, position))
        next_loop = int(loops[at]) if at < loops.size else size
        if next_loop > position:
            blocks.append(Block(position, next_loop))
            position = next_loop
            continue
        period = int(chosen[position])
        count = int(runs[period][position]) // period + 1
        blocks.append(Block(position, position + period, count))
        position += period * count
    return tuple(blocks)
