"""The instructions of an SHF analyzer channel's sequencer: their text, and how many the compiler makes of each."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.zurich.seqc.tokens import PROBE, START, TONE, WAIT, ZERO, constant_cost

__all__ = ["INTEGRATE_SHIFT", "MONITOR", "Texts"]

MONITOR = 1 << 40
"""Beside the two masks in a start's number: the scope is triggered too."""
INTEGRATE_SHIFT = 20

WORD_BITS = 48
"""Of an oscillator's frequency: a word of all ones, and one more, is the sample rate."""

TONE_INSTRUCTIONS, RESET_INSTRUCTIONS, PROBE_INSTRUCTIONS = 8, 2, 4
"""Of `setOscFreq` without its two constants, of `resetOscPhase`, and of a trigger that rises and falls."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Writes and counts tokens."""

    frequencies_hz: tuple[float, ...]
    """What a TONE's value counts through."""
    sample_rate_hz: int

    def write(self, kind: int, value: int) -> str:
        """The text of a token."""
        if kind == ZERO:
            return f"playZero({value});"
        if kind == WAIT:
            return "waitDigTrigger(1);"
        if kind == TONE:
            return f"setOscFreq(0,{self.frequencies_hz[value]!r});resetOscPhase();"
        if kind == PROBE:
            return "setTrigger(1);setTrigger(0);"
        generators, integrators, monitor = _masks(value)
        return f"startQA({generators},{integrators},{str(monitor).lower()},0,0);"

    def cost(self, kind: int, value: int) -> int:
        """The instructions of a token."""
        if kind == TONE:
            word = round(self.frequencies_hz[value] / self.sample_rate_hz * (1 << WORD_BITS)) % (1 << WORD_BITS)
            # Written as signed words of 16 and 32 bits.
            high, low = word >> 32, word & 0xFFFF_FFFF
            high -= (1 << 16) * (high >= 1 << 15)
            low -= (1 << 32) * (low >= 1 << 31)
            return TONE_INSTRUCTIONS + RESET_INSTRUCTIONS + constant_cost(abs(high)) + constant_cost(abs(low))
        if kind == PROBE:
            return PROBE_INSTRUCTIONS
        if kind != START:
            return 1
        _, integrators, monitor = _masks(value)
        # The second word has the integrators in its low bits and, with any of them or the monitor, flags on top.
        word = 2 if integrators % 4096 and (integrators or monitor) else 1
        return 3 + word


def _masks(value: int) -> tuple[int, int, bool]:
    generators = value & ((1 << INTEGRATE_SHIFT) - 1)
    integrators = value >> INTEGRATE_SHIFT & ((1 << INTEGRATE_SHIFT) - 1)
    return generators, integrators, bool(value & MONITOR)
