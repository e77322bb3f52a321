"""Edges of one instrument as triggers of another."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulators.lab.zurich.edges import EdgeList

instants = st.lists(st.integers(0, 60), max_size=30, unique=True).map(sorted)


@given(instants, st.integers(0, 70))
def test_a_burst_is_the_edges_that_come_next(times: list[int], after: int) -> None:
    burst = EdgeList(np.array(times, np.int64)).next("digital1", after)
    left = [time for time in times if time >= after]
    if burst is None:
        assert not left
        return
    found = [burst.start + k * burst.period for k in range(burst.count)]
    assert found == left[: burst.count]
    assert burst.count == len(left) or burst.count > 1 or len(left) > 0


def test_equal_distances_are_one_burst() -> None:
    edges = EdgeList(np.arange(100, 100 + 7 * 1000, 7))
    burst = edges.next("digital1", 0)
    assert burst is not None
    assert (burst.start, burst.period, burst.count) == (100, 7, 1000)


def test_a_slower_clock_takes_the_sample_in_which_the_edge_comes() -> None:
    sent = EdgeList.sent(np.array([0, 16, 33]), Fraction(3, 4))
    assert sent.edges.tolist() == [0, 12, 24]


def test_edges_before_somebody_waits_are_missed() -> None:
    assert EdgeList.sent(np.array([0, 16, 32]), Fraction(1), missed=10).edges.tolist() == [16, 32]
