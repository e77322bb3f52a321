"""Loops play what they replace."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drivers.zurich.seqc.folding import LOOP_INSTRUCTIONS, Block, folded


def _unfolded(tokens: list[int], blocks: tuple[Block, ...]) -> list[int]:
    return [token for block in blocks for token in tokens[block.first : block.stop] * block.count]


def _fold(tokens: list[int], clocks: float = 100.0, periods: tuple[int, ...] = ()) -> tuple[Block, ...]:
    size = len(tokens)
    return folded(np.array(tokens, np.int64), np.full(size, clocks), np.ones(size, np.int64), periods)


patterns = st.lists(st.tuples(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(1, 9)), max_size=6)


@given(patterns)
def test_what_is_played_stays_the_same(parts: list[tuple[list[int], int]]) -> None:
    """Whatever is folded, unfolding gives the list back, and no loop costs more than it saves."""
    tokens = [token for pattern, count in parts for token in pattern * count]
    blocks = _fold(tokens)
    assert _unfolded(tokens, blocks) == tokens
    for block in blocks:
        if block.count > 1:
            assert (block.count - 1) * (block.stop - block.first) > LOOP_INSTRUCTIONS


def test_a_run_becomes_one_loop() -> None:
    """Ten times the same three instructions are one loop of ten."""
    assert _fold([5, 6, 7] * 10) == (Block(0, 3, 10),)


def test_whole_programs_are_found() -> None:
    """A pattern longer than what is looked for everywhere is found when its length is given."""
    program = list(range(200))
    assert len(_fold(program * 3)) == 1
    assert _fold(program * 3)[0].count == 1
    assert _fold(program * 3, periods=(200,)) == (Block(0, 200, 3),)


def test_a_sequencer_that_could_not_keep_up_gets_no_loop() -> None:
    """A loop costs time too: instructions that play for four clocks each are not repeated one by one."""
    assert all(block.count == 1 for block in _fold([1] * 50, clocks=4.0) if block.stop - block.first == 1)
    assert _unfolded([1] * 50, _fold([1] * 50, clocks=4.0)) == [1] * 50
