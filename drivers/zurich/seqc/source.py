"""SeqC text from blocks of tokens, with the place in the program that each line comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.contract import PlayOrder
from drivers.zurich.profiles import CoreProfile
from drivers.zurich.seqc.folding import LOOP_INSTRUCTIONS, Block, folded
from drivers.zurich.seqc.tokens import KINDS, Tokens, constant_cost

__all__ = ["Body", "SourceText", "write_body"]


@dataclass(slots=True)
class SourceText:
    """Lines, each with the token or the wave that it is there for."""

    lines: list[str] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    """For each line the token it plays; -1: none; -2 - n: the declaration of wave n."""

    def add(self, line: str, token: int = -1) -> None:
        """Append one line."""
        self.lines.append(line)
        self.tokens.append(token)

    def text(self) -> str:
        """The whole source."""
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True, slots=True)
class Body:
    """How often what is played."""

    passes: int
    order: PlayOrder
    played: NDArray[np.int64]
    """Samples of each entry."""
    write: Callable[[int, int], str]
    """The text of (kind, value)."""
    cost: Callable[[int, int], int]
    """The instructions of (kind, value)."""


def write_body(source: SourceText, tokens: Tokens, body: Body, core: CoreProfile) -> int:
    """Write the loops of a program and return how many instructions they are."""
    clocks, costs = tokens.clocks(body.played, core), tokens.costs(body.cost)
    total = 0
    for first, stop in _sections(tokens, body.order):
        part = slice(first, stop)
        whole = np.diff(tokens.begin).tolist() if body.order == "cyclic" else []
        periods = sorted(set(whole)) if len(set(whole)) <= 8 else []
        blocks = folded(tokens.codes[part], clocks[part], costs[part], periods)
        total += _section(
            source, tokens.codes, [Block(b.first + first, b.stop + first, b.count) for b in blocks], body, costs
        )
    return total


def _sections(tokens: Tokens, order: PlayOrder) -> list[tuple[int, int]]:
    """The ranges of tokens that are repeated as a whole."""
    edges = tokens.begin.tolist()
    if order == "cyclic":
        return [(edges[0], edges[-1])]
    return [(first, stop) for first, stop in pairwise(edges) if first < stop]


def _section(
    source: SourceText, codes: NDArray[np.int64], blocks: list[Block], body: Body, costs: NDArray[np.int64]
) -> int:
    if not blocks:
        return 0
    total = 0
    if len(blocks) == 1 and blocks[0].count > 1:
        # One pattern only: its loop and that of the passes are the same loop.
        blocks = [Block(blocks[0].first, blocks[0].stop, blocks[0].count * body.passes)]
        passes = 1
    else:
        passes = body.passes
    if passes > 1:
        source.add(f"repeat ({passes}) {{")
        total += _loop_cost(passes)
    texts: dict[int, str] = {}
    for block in blocks:
        if block.count > 1:
            source.add(f"repeat ({block.count}) {{")
            total += _loop_cost(block.count)
        for token, code in enumerate(codes[block.first : block.stop].tolist(), block.first):
            text = texts.get(code)
            if text is None:
                text = texts[code] = body.write(code % KINDS, code // KINDS)
            source.add(text, token)
        total += int(costs[block.first : block.stop].sum())
        if block.count > 1:
            source.add("}")
    if passes > 1:
        source.add("}")
    return total


def _loop_cost(count: int) -> int:
    return LOOP_INSTRUCTIONS - 1 + constant_cost(count)
