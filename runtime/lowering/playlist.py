"""Lengths that every generator of a station can play, so that their play lists stay together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from drivers.contract import PlaybackLimits, SequencerLimits, Step

__all__ = ["StepGrid", "common_multiple", "idle_steps", "step_grid"]


@dataclass(frozen=True, slots=True)
class StepGrid:
    """Step lengths in seconds that are whole, legal numbers of samples on every generator."""

    spacing_s: Fraction
    shortest_s: Fraction

    def length_s(self, least_s: Fraction) -> Fraction:
        """The shortest legal length that is at least `least_s`."""
        return max(self.shortest_s, math.ceil(least_s / self.spacing_s) * self.spacing_s)

    def floor_s(self, instant_s: Fraction) -> Fraction:
        """The last line of the grid up to an instant."""
        return instant_s // self.spacing_s * self.spacing_s


def step_grid(limits: Mapping[str, PlaybackLimits | SequencerLimits], rates_hz: Mapping[str, int]) -> StepGrid:
    """The grid of several generators: the least common multiple of their granularities."""
    spacing = Fraction(0)
    for name, limit in limits.items():
        own = Fraction(limit.granularity, rates_hz[name])
        spacing = own if not spacing else common_multiple(spacing, own)
    least = max(Fraction(limit.min_length, rates_hz[name]) for name, limit in limits.items())
    return StepGrid(spacing, math.ceil(least / spacing) * spacing)


def common_multiple(one: Fraction, other: Fraction) -> Fraction:
    """The shortest length of time that is a whole number of times one and other."""
    return Fraction(math.lcm(one.numerator, other.numerator), math.gcd(one.denominator, other.denominator))


def idle_steps(
    idle_s: Fraction, entry_s: Fraction, rate_hz: int, max_repeat: int, waveforms: tuple[int, ...]
) -> tuple[Step, ...]:
    """The play list's entries of a pause: one short entry, repeated.

    Args:
        idle_s: the pause; the entries last as near to it as whole entries come, one at least.
        entry_s: length of an entry.
        rate_hz: the generator's sample rate.
        max_repeat: most repetitions of an entry; a longer pause takes several.
        waveforms: what each port plays meanwhile, SILENCE or its offset.
    """
    repeats = max(1, round(idle_s / entry_s))
    length = int(entry_s * rate_hz)
    full, rest = divmod(repeats, max_repeat)
    counts = [max_repeat] * full + [rest] * (rest > 0)
    return tuple(Step(waveforms, length, count) for count in counts)
