"""From dt to an instrument's clock, against fractions one sample at a time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.lowering.clock import LineClock, exact
from runtime.lowering.nco import TURN, phase_step, turns_after

PERIODS = [Fraction(2, 9) / 10**9, Fraction(1, 2) / 10**9, Fraction(4, 10**9), Fraction(5, 12) / 10**9]
RATES = [1_000_000_000, 1_200_000_000, 1_800_000_000, 2_000_000_000, 2_250_000_000, 2_400_000_000]
RATES += [2_500_000_000, 5_000_000_000]
DELAYS = [0.0, 1.5e-9, 12.345678e-9, 1.2345678901234567e-8]


@given(
    st.sampled_from(PERIODS),
    st.sampled_from(RATES),
    st.sampled_from(DELAYS),
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 60)), min_size=1, max_size=5),
)
def test_samples_and_instants_are_exact(
    dt: Fraction, rate_hz: int, delay_s: float, spans: list[tuple[int, int]]
) -> None:
    delay = exact(delay_s)
    clock = LineClock(rate_hz, dt, delay)
    start, duration = np.array(spans, np.int64).T
    placed = clock.place(start, duration)
    for row, (k0, length) in enumerate(spans):
        first, count, offset = int(placed.first[row]), int(placed.count[row]), int(placed.offset[row])

        def instant(n: int, k0: int = k0) -> Fraction:
            return (Fraction(2 * n + 1, 2 * rate_hz) - delay - k0 * dt) / dt

        assert instant(first) >= 0
        assert instant(first - 1) < 0
        assert instant(first + count) >= length
        if not count:
            continue
        assert instant(first + count - 1) < length
        wanted = [instant(first + sample) for sample in range(count)]
        np.testing.assert_allclose(
            clock.instants(offset, count), [float(u) for u in wanted], rtol=1e-15, atol=1e-14
        )
        assert clock.held_samples(offset, count).tolist() == [int(u) for u in wanted]


def test_no_length_loses_a_sample() -> None:
    """At 0.222 ns, int(t/dt) loses one for 430 of these lengths."""
    dt = Fraction(222, 10**12)
    clock = LineClock(4_500_000_000, dt, Fraction(0))
    for duration in range(1, 20_000):
        end = clock.end(duration)
        assert (end - 1) / Fraction(clock.rate_hz) < duration * dt <= end / Fraction(clock.rate_hz)


def test_delays_with_many_digits_leave_64_bits_behind() -> None:
    clock = LineClock(2_500_000_000, Fraction(2, 9) / 10**9, exact(1.2345678901234567e-8))
    placed = clock.place(np.array([10**9], np.int64), np.array([160], np.int64))
    assert placed.offset.dtype == np.object_
    assert placed.first[0] == round(
        (10**9 * Fraction(2, 9) / 10**9 + exact(1.2345678901234567e-8)) * 2_500_000_000
    )


def test_absurdly_small_delays_are_none() -> None:
    clock = LineClock(2_500_000_000, Fraction(2, 9) / 10**9, exact(1e-300))
    assert clock.place(np.array([9], np.int64), np.array([160], np.int64)).first.tolist() == [5]


@pytest.mark.parametrize(
    ("value", "fraction"), [(2e-9, (2, 10**9)), (0.1, (1, 10)), (0.0, (0, 1)), (-1e-3, (-1, 1000))]
)
def test_exact_is_the_written_decimal(value: float, fraction: tuple[int, int]) -> None:
    assert exact(value) == Fraction(*fraction)


@given(st.floats(-5e8, 5e8, allow_subnormal=False), st.integers(0, 10**8))
def test_phase_is_exact_modulo_a_turn(frequency: float, ticks: int) -> None:
    tick = Fraction(2, 9) / 10**9
    turns = turns_after(phase_step(frequency, tick), np.array([ticks]))[0]
    error = (Fraction(float(turns)) - Fraction(frequency) * tick * ticks) % 1
    assert min(error, 1 - error) < Fraction(ticks, TURN) + Fraction(1, 2**52)
