"""Time on a device: the sample period as an exact number, and the grids that instants and lengths keep to."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction

from runtime.target.checks import Findings

__all__ = ["TimingConstraints", "exact_period"]

_LARGEST_DENOMINATOR = 10**5
"""By chance, one number in 10^5 lies within rounding of a fraction this simple; one that was meant always does."""
_ROUNDING = Fraction(4, 2**52)
"""Relative. Four units in the last place: the rounding of a quotient, of its printing, and of ns to s."""
_NANOSECONDS = 10**9


@dataclass(frozen=True, slots=True)
class TimingConstraints:
    """The grids of a device, in samples. Each is a whole number of at least 1; raises InvalidTarget otherwise."""

    granularity: int = 1
    """The length of a pulse is a multiple of this."""
    min_length: int = 1
    """No pulse is shorter than this."""
    pulse_alignment: int = 1
    """A pulse starts at a multiple of this."""
    acquire_alignment: int = 1
    """An acquisition starts at a multiple of this."""

    def __post_init__(self) -> None:
        findings = Findings("TimingConstraints")
        for field in fields(self):
            findings.whole(field.name, getattr(self, field.name), lowest=1)
        findings.raise_if_any()


def exact_period(dt: float) -> Fraction:
    """The sample period that the float `dt` stands for, both in seconds.

    A float cannot hold 2/9 ns, and a schedule of 10^6 samples must not drift, so the rule is:

    1. The simplest fraction of a nanosecond within 4 units in the last place (9e-16 relative) is taken if its
       denominator is at most 10^5: 0.2222222222222222e-9 is 2/9 ns, 0.5e-9 is 1/2 ns, 1/2.4e9 is 5/12 ns. A short
       decimal is such a fraction itself, and means what it says: 0.222e-9 is 111/500 ns, not 2/9 ns.
    2. Otherwise the float means its shortest decimal: 0.22222222e-9 is 22222222/10^8 ns.
    """
    written = Fraction(Decimal(repr(float(dt))))
    nanoseconds = written * _NANOSECONDS
    simplest = _simplest_between(nanoseconds * (1 - _ROUNDING), nanoseconds * (1 + _ROUNDING))
    return simplest / _NANOSECONDS if simplest.denominator <= _LARGEST_DENOMINATOR else written


def _simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of smallest denominator in [low, high], 0 < low < high, by their common continued fraction."""
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    below = whole - 1
    return below + 1 / _simplest_between(1 / (high - below), 1 / (low - below))
