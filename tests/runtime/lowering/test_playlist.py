"""Step lengths that several generators share, and waveforms that are stored once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import SILENCE
from runtime.lowering.playlist import step_grid
from runtime.lowering.waveforms import WaveformStore
from tests.runtime.lowering.lab import PLAYBACK

NS = Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("one", "other", "spacing_s"),
    [
        ((3, 1_000_000_000), (4, 2_000_000_000), 6 * NS),
        ((4, 1_000_000_000), (8, 2_400_000_000), 20 * NS),
        ((1, 2_500_000_000), (1, 2_500_000_000), 2 * NS / 5),
    ],
)
def test_the_grid_is_the_least_common_multiple(
    one: tuple[int, int], other: tuple[int, int], spacing_s: Fraction
) -> None:
    limits = {"a": replace(PLAYBACK, granularity=one[0]), "b": replace(PLAYBACK, granularity=other[0])}
    grid = step_grid(limits, {"a": one[1], "b": other[1]})
    assert grid.spacing_s == spacing_s


@given(st.integers(1, 64), st.integers(1, 3000), st.integers(1, 64), st.integers(1, 3000), st.integers(0, 10**5))
def test_lengths_are_legal_on_both_generators(
    grain: int, least: int, other_grain: int, other_least: int, wanted_ns: int
) -> None:
    limits = {
        "a": replace(PLAYBACK, granularity=grain, min_length=least),
        "b": replace(PLAYBACK, granularity=other_grain, min_length=other_least),
    }
    rates = {"a": 1_000_000_000, "b": 2_400_000_000}
    grid = step_grid(limits, rates)
    length_s = grid.length_s(wanted_ns * NS)
    assert length_s >= wanted_ns * NS
    for name, limit in limits.items():
        samples = length_s * rates[name]
        assert samples.denominator == 1
        assert samples % limit.granularity == 0
        assert samples >= limit.min_length
    shorter_s = length_s - grid.spacing_s
    too_short = any(shorter_s * rates[name] < limit.min_length for name, limit in limits.items())
    assert shorter_s < wanted_ns * NS or too_short


def test_equal_waveforms_are_stored_once() -> None:
    store = WaveformStore()
    samples = np.linspace(-0.5, 0.5, 100)
    assert [store.add(samples.copy()), store.add(samples[::-1].copy()), store.add(samples.copy())] == [0, 1, 0]
    assert len(store.waveforms) == 2


def test_waveforms_of_the_same_values_in_another_order_are_told_apart() -> None:
    store = WaveformStore()
    orders = ([0.1, 0.2, 0.9], [0.2, 0.1, 0.9], [0.9, 0.2, 0.1])
    assert [store.add(np.array(order)) for order in orders] == [0, 1, 2]


def test_silence_is_not_stored() -> None:
    store = WaveformStore()
    assert store.add(np.zeros(100)) == SILENCE
    assert store.constant(0.0, 100) == SILENCE
    assert store.waveforms == []
