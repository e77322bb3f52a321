"""Instruments that integrate and classify by themselves give what traces would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import AcquisitionError, ClassifiedBlock, KernelledBlock, ProblemReport
from runtime.results import (
    Boxcar,
    Collector,
    Linear,
    Quadratic,
    QubitReadout,
    Threshold,
    Weights,
    integration_weights,
    tells_by_threshold,
)
from tests.runtime.results.collecting.acquisitions import SAMPLES, collect, kernelled, plan_of, two_slots

LINES = {
    0: QubitReadout(Boxcar(8e-9), Threshold(2.0, 0.01)),
    1: QubitReadout(Weights(np.exp(1j * np.linspace(0, 3, 20))), Linear(((0.0, 0.0), (3.0, -5.0)), (0.0, 0.02))),
}


def noisy_plan() -> tuple:
    """Windows on intermediate frequencies, records that start at different instants, and noise."""
    plan = two_slots(3, 40)
    windows = tuple(
        replace(window, if_frequency_hz=21e6 - 50e6 * window.qubit, record_start_s=13e-9 * window.record)
        for window in plan.windows
    )
    volts = np.random.default_rng(1).normal(scale=0.1, size=(120, 2, 2 * SAMPLES)).astype(np.float32)
    return replace(plan, windows=windows), volts


def by_instrument(plan: object, volts: np.ndarray, weights: tuple) -> np.ndarray:
    """What the contract says that the instrument does: sum over k of weights[k] v[k], window by window."""
    complex_volts = volts[:, 0].astype(float) + 1j * volts[:, 1]
    values = np.full((volts.shape[0], 2), np.nan, complex)
    for program in range(3):
        own = [number for number, window in enumerate(plan.windows) if window.record == program]
        for column, number in enumerate(own):
            window = plan.windows[number]
            values[program::3, column] = (
                complex_volts[program::3, window.start : window.stop] @ weights[number].weights
            )
    return values


def test_the_instruments_sums_are_the_kernelled_numbers_of_traces() -> None:
    """Level 1 and level 2 from sums, against the same from records."""
    plan, volts = noisy_plan()
    sums = by_instrument(plan, volts, integration_weights(plan, LINES, thresholds=False))
    for level in (1, 2):
        from_records = collect(Collector(plan, LINES, level), volts, 50).results(list("abc"), {})
        collector = Collector(plan, LINES, level)
        collector.take(kernelled(0, sums[:70]))
        collector.take(kernelled(70, sums[70:]))
        for own, other in zip(collector.results(list("abc"), {}), from_records, strict=True):
            assert own.slots == other.slots == (0, 2)
            assert own.data == pytest.approx(other.data, abs=1e-6)


def test_turned_weights_put_the_boundary_on_the_real_part() -> None:
    """Re(sum) > threshold is the bit that the discriminator would give."""
    plan, volts = noisy_plan()
    weights = integration_weights(plan, LINES, thresholds=True)
    sums = by_instrument(plan, volts, weights)
    thresholds = np.array([[weights[number].threshold for number in (0, 3)]])
    bits = (sums.real > thresholds).astype(np.uint8)
    expected = collect(Collector(plan, LINES, 2), volts, 50).results(list("abc"), {})
    collector = Collector(plan, LINES, 2)
    collector.take(ClassifiedBlock(0, bits, np.zeros(120, bool)))
    for own, other in zip(collector.results(list("abc"), {}), expected, strict=True):
        assert (own.data == other.data).all()
        assert 0.05 < own.data.mean() < 0.95


@settings(deadline=None)
@given(
    angle=st.floats(-3.1, 3.1),
    offset=st.floats(-0.5, 0.5),
    points=st.lists(st.complex_numbers(max_magnitude=2, allow_nan=False), min_size=1, max_size=20),
)
def test_a_linear_discriminator_of_two_states_is_a_line(
    angle: float, offset: float, points: list[complex]
) -> None:
    """The same side for every point that is not on the line itself."""
    linear = Linear(((0.3, -0.2), (0.3 + 2 * np.cos(angle), -0.2 + 2 * np.sin(angle))), (0.1, 0.1 + offset))
    line = linear.as_threshold()
    assert line is not None
    clear = np.array([z for z in points if abs(line.projected(np.array([z]))[0] - line.threshold_v) > 1e-9])
    assert linear.classify(clear).tolist() == line.classify(clear).tolist()


def test_what_is_no_line_is_named_before_anything_is_played() -> None:
    """Every qubit at once; without thresholds such an instrument still integrates."""
    plan = two_slots(2, 5)
    clouds = Quadratic(((0, 0), (1, 0)), ((1, 0, 1), (2, 0, 1)), (0, 0))
    readout = {0: QubitReadout(Boxcar(), clouds)}
    assert not tells_by_threshold(plan, readout)
    assert tells_by_threshold(plan, LINES)
    with pytest.raises(ProblemReport) as caught:
        integration_weights(plan, readout, thresholds=True)
    assert [(problem.where, problem.got) for problem in caught.value.problems] == [
        ("qubit 0", "Quadratic, 2 states"),
        ("qubit 1", "none"),
    ]
    assert len(integration_weights(plan, readout, thresholds=False)) == len(plan.windows)


@pytest.mark.parametrize(
    ("level", "block"),
    [
        (0, KernelledBlock(0, np.zeros((4, 1), complex), np.zeros(4, bool))),
        (1, ClassifiedBlock(0, np.zeros((4, 1), np.uint8), np.zeros(4, bool))),
        (1, KernelledBlock(0, np.full((4, 1), np.nan, complex), np.zeros(4, bool))),
        (1, KernelledBlock(0, np.zeros((4, 2), complex), np.zeros(4, bool))),
        (1, KernelledBlock(0, np.zeros((4, 0), complex), np.zeros(4, bool))),
        (2, ClassifiedBlock(0, np.full((4, 1), 255, np.uint8), np.zeros(4, bool))),
        (2, ClassifiedBlock(0, np.zeros((4, 2), np.uint8), np.zeros(4, bool))),
    ],
)
def test_what_was_not_measured_is_no_number(level: int, block: KernelledBlock | ClassifiedBlock) -> None:
    """Less than the level asks for, values that are missing, and values where nothing is measured."""
    with pytest.raises(AcquisitionError):
        Collector(plan_of(1, 4), LINES, level).take(block)


def test_records_with_fewer_windows_are_padded() -> None:
    """One program reads two slots, the other one: NaN and 255 stand behind."""
    plan = two_slots(2, 3)
    plan = replace(
        plan, windows=tuple(window for window in plan.windows if (window.record, window.slot) != (1, 2))
    )
    sums = np.array([[2, 1], [3, np.nan]] * 3, complex)
    collector = Collector(plan, LINES, 1)
    collector.take(kernelled(0, sums))
    both, one = collector.results(["both", "one"], {})
    # The plan names the window of slot 2 first.
    assert (both.memory[2].tolist(), both.memory[0].tolist(), one.memory[0].tolist()) == (
        [2] * 3,
        [1] * 3,
        [3] * 3,
    )
    bits = Collector(plan, LINES, 2)
    bits.take(ClassifiedBlock(0, np.array([[1, 0], [1, 255]] * 3, np.uint8), np.zeros(6, bool)))
    both, one = bits.results(["both", "one"], {})
    assert (both.counts, one.counts) == ({"10": 3}, {"1": 3})
