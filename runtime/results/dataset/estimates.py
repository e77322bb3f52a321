"""Probabilities with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from drivers.contract import ConfigurationError

__all__ = ["Estimate", "normal_quantile", "wilson"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability and the interval it lies in; all within [0, 1]."""

    value: float
    low: float
    high: float
    confidence: float = 0.95


def normal_quantile(confidence: float) -> float:
    """How many standard deviations a two-sided interval reaches; raises ConfigurationError unless 0 < c < 1."""
    if not 0 < confidence < 1:
        raise ConfigurationError("there is no such confidence", got=f"{confidence!r}", allowed="between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(successes: int, trials: int, confidence: float = 0.95) -> Estimate:
    """The share of successes with Wilson's score interval: right near 0 and 1 too, where normal ones are not.

    Source: E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927). Without trials: 0 to 1.
    """
    z = normal_quantile(confidence)
    if trials < 1:
        return Estimate(0.5, 0.0, 1.0, confidence)
    share = successes / trials
    shrink = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / shrink
    reach = z / shrink * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    # At 0 and 1 the formula ends there exactly; rounding does not.
    low = 0.0 if successes == 0 else max(centre - reach, 0.0)
    high = 1.0 if successes == trials else min(centre + reach, 1.0)
    return Estimate(share, low, high, confidence)
