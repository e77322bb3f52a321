"""Averages against the means of single shots, and their memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from drivers.contract import ConfigurationError, PlayOrder, RecordBlock
from runtime.results import Boxcar, Collector, QubitReadout, Result, Threshold
from runtime.results.collecting import tallies
from tests.runtime.results.collecting.acquisitions import READOUT, SAMPLES, collect, plan_of, two_slots


def both(order: PlayOrder, level: int, size: int) -> tuple[tuple[Result, ...], tuple[Result, ...]]:
    """Single shots and averages of the same noise: three programs, seven shots, two slots."""
    plan = two_slots(3, 7, order)
    volts = np.random.default_rng(5).normal(size=(21, 2, 2 * SAMPLES)).astype(np.float32)
    found = [collect(Collector(plan, READOUT, level, returns=kind), volts, size) for kind in ("single", "avg")]
    single, averaged = (collector.results(list("abc"), {}) for collector in found)
    return single, averaged


@pytest.mark.parametrize("order", ["cyclic", "sequential"])
@pytest.mark.parametrize("size", [1, 4, 21])
def test_averages_are_the_means_of_the_shots(order: PlayOrder, size: int) -> None:
    """Of traces and of kernelled numbers, whatever the order of play and the size of blocks."""
    for single, averaged in zip(*both(order, 1, size), strict=True):
        assert averaged.data.shape == (2,)
        assert averaged.data == pytest.approx(single.data.mean(axis=0))
        spread = single.data.real.std(axis=0, ddof=1) + 1j * single.data.imag.std(axis=0, ddof=1)
        assert averaged.deviation == pytest.approx(spread)
    for single, averaged in zip(*both(order, 0, size), strict=True):
        assert averaged.data.shape == (2, SAMPLES)
        assert averaged.data == pytest.approx(single.data.mean(axis=0), rel=1e-6, nan_ok=True)
        assert np.isnan(averaged.memory[2][-4:]).all()


@pytest.mark.parametrize("order", ["cyclic", "sequential"])
@pytest.mark.parametrize("largest", [0, 1 << 20])
def test_counts_are_those_of_the_shots(order: PlayOrder, largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a table of all outcomes, and by the outcomes that occur."""
    monkeypatch.setattr(tallies, "LARGEST_TABLE", largest)
    for single, averaged in zip(*both(order, 2, 4), strict=True):
        by_hand = Counter(f"{late}{early}" for early, late in single.data.tolist())
        assert averaged.counts == single.counts == dict(by_hand)
        assert averaged.shots == 7
        assert averaged.memory[2] == averaged.probability(2) == single.memory[2].mean()
        with pytest.raises(ConfigurationError, match='returns="single"'):
            averaged.strings()


def test_shapes_are_those_of_qiskit() -> None:
    """Single: (shots, slots, samples), (shots, slots); averages: (slots, samples), (slots,)."""
    shapes = {
        (level, number): both("cyclic", level, 9)[number][0].data.shape for level in (0, 1) for number in (0, 1)
    }
    assert shapes == {(0, 0): (7, 2, SAMPLES), (0, 1): (2, SAMPLES), (1, 0): (7, 2), (1, 1): (2,)}


@pytest.mark.parametrize(("level", "order"), [(0, "cyclic"), (1, "cyclic"), (1, "sequential"), (2, "cyclic")])
def test_ten_million_shots_are_averaged_in_bounded_memory(level: int, order: PlayOrder) -> None:
    """Blocks are views of a few records: what is measured is what the collector keeps and needs meanwhile."""
    shots, size, samples = 10_000_000, 200_000, 4
    plan = plan_of(1, shots, order, samples)
    collector = Collector(plan, READOUT, level, returns="avg")
    few = np.array([-0.25, 0.75], np.float32)[:, None, None]
    blocks = np.lib.stride_tricks.as_strided(few, (size // 2, 2, 1, samples), (0, 4, 0, 0), writeable=False)
    volts = blocks.reshape(size, 1, samples) if level else np.broadcast_to(few[1:], (size, 1, samples))
    flags = np.zeros(size, bool)
    flags[3] = True
    tracemalloc.start()
    try:
        for first in range(0, shots, size):
            collector.take(RecordBlock(first, volts, flags))
        (result,) = collector.results(["long"], {})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A byte a shot would be 10 MB; a block's own numbers, 64 bytes a record, come and go.
    assert peak < 100 * size
    assert result.shots == shots
    assert result.overranges == shots // size
    assert result.overrange.shape == ()
    if level == 2:
        assert result.counts == {"0": shots // 2, "1": shots // 2}
    elif level == 1:
        assert result.memory[0] == pytest.approx(0.25)
        assert result.deviation is not None
        assert result.deviation[0] == pytest.approx(0.5)
    else:
        assert result.memory[0] == pytest.approx([0.75] * samples)


def test_a_sweep_of_delays_is_one_product_with_each_programs_phase() -> None:
    """Programs whose records start at different instants differ by a phase only: they are read as one group."""
    plan = plan_of(5, 2)
    frequency = 37.9e6
    windows = tuple(
        replace(window, if_frequency_hz=frequency, record_start_s=window.record * 35.6e-9)
        for window in plan.windows
    )
    plan = replace(plan, windows=windows)
    times = (
        np.array([window.record_start_s for window in windows])[:, None] + np.arange(SAMPLES) / plan.sample_rate_hz
    )
    tone = np.exp(1j * (2 * np.pi * frequency * times + 0.7))
    volts = np.tile(np.stack([tone.real, tone.imag], axis=1), (2, 1, 1)).astype(np.float32)
    collector = collect(Collector(plan, {0: QubitReadout(Boxcar(), Threshold(0, 0))}, 1), volts, 10)
    assert len(collector._layout.groups) == 1
    found = [result.memory[0] for result in collector.results(list("abcde"), {})]
    assert np.allclose(found, np.exp(0.7j), atol=1e-5)
