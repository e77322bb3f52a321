"""The exact sample period and the grids."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.target import InvalidTarget, TimingConstraints, TranspilerError, exact_period

NS = Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("dt", "nanoseconds"),
    [
        (0.2222222222222222e-9, Fraction(2, 9)),
        (0.2222222222222222 * 1e-9, Fraction(2, 9)),
        (2 / 9 * 1e-9, Fraction(2, 9)),
        (0.5e-9, Fraction(1, 2)),
        (0.5 * 1e-9, Fraction(1, 2)),
        (4e-9, Fraction(4)),
        (3.5555555555555554e-09, Fraction(32, 9)),
        (0.222e-9, Fraction(111, 500)),
        (0.222 * 1e-9, Fraction(111, 500)),
        (0.2222e-9, Fraction(1111, 5000)),
        (0.2222 * 1e-9, Fraction(1111, 5000)),
        (0.22222e-9, Fraction(11111, 50000)),
        (0.22222222e-9, Fraction(22222222, 10**8)),
        (1 / 1.8e9, Fraction(5, 9)),
        (1 / 2.4e9, Fraction(5, 12)),
        (1 / 2.25e9, Fraction(4, 9)),
        (1 / 2.5e9, Fraction(2, 5)),
        (1 / 1.2e9, Fraction(5, 6)),
        (1, Fraction(10**9)),
    ],
)
def test_a_float_stands_for_the_number_that_was_meant(dt: float, nanoseconds: Fraction) -> None:
    assert exact_period(dt) == nanoseconds * NS


@given(numerator=st.integers(1, 5000), denominator=st.integers(1, 5000))
def test_every_ordinary_fraction_of_a_nanosecond_is_recovered(numerator: int, denominator: int) -> None:
    assert exact_period(numerator / denominator * 1e-9) == Fraction(numerator, denominator) * NS


@given(digits=st.integers(1, 10**9 - 1), exponent=st.integers(-15, -9))
def test_a_short_decimal_is_taken_as_written(digits: int, exponent: int) -> None:
    assert exact_period(float(f"{digits}e{exponent}")) == Fraction(digits) / Fraction(10) ** -exponent


@given(dt=st.floats(1e-12, 1e-6))
def test_no_period_moves_by_more_than_rounding(dt: float) -> None:
    assert abs(exact_period(dt) / Fraction(dt) - 1) <= Fraction(5, 2**52)


def test_constraints_default_to_no_grid() -> None:
    constraints = TimingConstraints()
    grids = (constraints.granularity, constraints.min_length, constraints.pulse_alignment)
    assert (*grids, constraints.acquire_alignment) == (1, 1, 1, 1)


@pytest.mark.parametrize("name", ["granularity", "min_length", "pulse_alignment", "acquire_alignment"])
@pytest.mark.parametrize("value", [0, -16, 16.0, True, "16", float("nan"), None])
def test_a_grid_that_is_no_whole_number_from_1_is_refused(name: str, value: object) -> None:
    with pytest.raises(TranspilerError) as caught:
        TimingConstraints(**{name: value})  # type: ignore[arg-type]  # on purpose
    assert isinstance(caught.value, InvalidTarget)
    assert [problem.where for problem in caught.value.problems] == [name]
    assert caught.value.problems[0].got == repr(value)
