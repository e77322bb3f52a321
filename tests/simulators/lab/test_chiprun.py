"""Sequences of shots as patterns that repeat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.lab.chiprun import patterns


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([0] * 1000, [(0, 1, 1000)]),
        ([0, 1, 2] * 50, [(0, 3, 50)]),
        ([0, 0, 0, 1, 1, 1], [(0, 1, 3), (3, 1, 3)]),
        ([0, 1, 0, 1, 0], [(0, 2, 2), (4, 1, 1)]),
        ([0, 1, 2, 3], [(0, 4, 1)]),
        ([], []),
    ],
)
def test_patterns(order: list[int], expected: list[tuple[int, int, int]]) -> None:
    assert list(patterns(np.array(order, np.int64))) == expected


@given(st.lists(st.integers(0, 3), max_size=60))
def test_patterns_are_the_sequence(order: list[int]) -> None:
    played: list[int] = []
    for first, length, times in patterns(np.array(order, np.int64)):
        assert first == len(played)
        assert length * times > 0
        played += order[first : first + length] * times
    assert played == order


def test_a_long_sweep_is_few_patterns() -> None:
    order = np.tile(np.arange(101), 1000)
    assert list(patterns(order)) == [(0, 101, 1000)]
