"""Slots of a channel against a plain list of intervals."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse.schedule.timeslots import Timeslots


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two half-open intervals overlap; an instant only strictly inside the other one."""
    return one[0] < other[1] and other[0] < one[1]


@pytest.mark.parametrize("base", [0, 2**63 - 60, 10**30])
@given(wanted=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=60))
def test_takes_what_is_free(base: int, wanted: list[tuple[int, int]]) -> None:
    slots = Timeslots()
    kept: list[tuple[int, int]] = []
    for offset, length in wanted:
        slot = (base + offset, base + offset + length)
        expected = [other for other in kept if overlap(slot, other)]
        assert (slots.collision(*slot) is None) == (not expected)
        other = slots.take(*slot)
        assert (other is None and not expected) or other in expected
        if other is None:
            kept.append(slot)
    assert list(slots) == sorted(kept)


def test_many_in_any_order() -> None:
    slots = Timeslots()
    starts = [10 * number for number in range(3000)]
    random.Random(5).shuffle(starts)
    for start in starts:
        assert slots.take(start, start + 10) is None
        assert slots.take(start, start) is None
    assert list(slots) == sorted([(s, s) for s in starts] + [(s, s + 10) for s in starts])
    assert slots.take(12_345, 12_345) == (12_340, 12_350)
    assert slots.take(29_995, 30_001) == (29_990, 30_000)
