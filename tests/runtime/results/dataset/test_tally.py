"""Counting in a table, by sorting, and by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.results import Tally
from runtime.results.dataset import tally


@settings(deadline=None)
@given(
    shots=st.integers(0, 30),
    slots=st.permutations([0, 1, 2, 5]),
    states=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_outcomes_are_counted_alike_in_a_table_and_sorted(
    shots: int, slots: list[int], states: int, seed: int
) -> None:
    """Against a Counter of strings, whatever the order of the slots; the lowest slot stands rightmost."""
    found = np.random.default_rng(seed).integers(0, states, (shots, 4)).astype(np.uint8)
    by_hand = Counter("".join(str(row[slots.index(slot)]) for slot in (5, 2, 1, 0)) for row in found.tolist())
    whole = Tally.of(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "LARGEST_TABLE", 0)
        by_rows = Tally.of(found)
    assert np.array_equal(whole.outcomes, by_rows.outcomes)
    assert np.array_equal(whole.numbers, by_rows.numbers)
    strings = whole.strings(slots)
    assert strings == by_hand
    assert list(strings.values()) == sorted(strings.values(), reverse=True)
    assert whole.of_states(0, 3).tolist() == [int((found[:, 0] == state).sum()) for state in range(3)]
    if shots:
        assert whole.shares() == pytest.approx((found == 1).mean(axis=0))
