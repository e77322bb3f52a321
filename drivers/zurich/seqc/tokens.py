"""Sequencer instructions as numbers: fast to compare and to fold, written as text at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.zurich.profiles import CoreProfile

__all__ = [
    "ENTRY",
    "HOLD",
    "PROBE",
    "RESET",
    "START",
    "TONE",
    "WAIT",
    "ZERO",
    "Tokens",
    "constant_cost",
    "kind_of",
    "silences",
    "value_of",
]

KINDS = 8
ENTRY, ZERO, RESET, WAIT, START, TONE, PROBE, HOLD = range(KINDS)
"""Play an entry or a wave; play zeros; reset oscillators; wait for the trigger; start the quantum analyzer; set
its oscillator; start its spectroscopy; hold the last sample."""

WAITED = 1 << 20
"""Samples that a wait for a trigger may take: a loop around one always keeps up."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """What one sequencer does in one pass; shape (tokens,) each."""

    codes: Ints
    row: Ints
    """The row that each token plays, -1 where it plays none."""
    begin: Ints
    """Shape (programs + 1,): the tokens of each program."""

    def clocks(self, played: NDArray[np.int64], core: CoreProfile) -> NDArray[np.float64]:
        """How many clocks each token takes to play; `played` holds the samples of each entry."""
        kind, value = kind_of(self.codes), value_of(self.codes)
        samples = np.zeros(self.codes.size, np.int64)
        entries = kind == ENTRY
        samples[entries] = played[value[entries]]
        for lasting in (ZERO, HOLD):
            samples[kind == lasting] = value[kind == lasting]
        samples[kind == WAIT] = WAITED
        return samples / core.samples_per_clock

    def without_tails(self, core: CoreProfile) -> Tokens:
        """The tokens without the silences that end each program: a trigger ends them.

        A program that is nothing but silence keeps a shortest one: two waits in a row would see one edge.
        """
        codes = self.codes.copy()
        kept = np.ones(codes.size, bool)
        for first, stop in pairwise(self.begin.tolist()):
            last = stop
            while last > first and codes[last - 1] % KINDS == ZERO:
                last -= 1
            if last < stop and codes[last - 1] % KINDS == WAIT:
                codes[last] = core.min_length * KINDS + ZERO
                last += 1
            kept[last:stop] = False
        begin = np.concatenate([[0], np.cumsum(kept)])[self.begin]
        return Tokens(codes[kept], self.row[kept], begin)

    def with_resets(self) -> Tokens:
        """The tokens with oscillators that start again behind the first silence of each program: at its begin."""
        edges = np.flatnonzero(self.codes % KINDS == WAIT)
        edges = edges[edges + 1 < self.codes.size]
        places = edges[self.codes[edges + 1] % KINDS == ZERO] + 2
        codes = np.insert(self.codes, places, RESET)
        begin = self.begin + np.searchsorted(places, self.begin, side="left")
        return Tokens(codes, np.insert(self.row, places, -1), np.asarray(begin, np.int64))

    def costs(self, cost: Callable[[int, int], int]) -> Ints:
        """How many instructions each token is; `cost` tells it for (kind, value)."""
        distinct, of_token = np.unique(self.codes, return_inverse=True)
        each = [cost(int(code) % KINDS, int(code) // KINDS) for code in distinct]
        return np.array(each, np.int64)[of_token.ravel()] if each else np.zeros(0, np.int64)


def kind_of(codes: Ints) -> Ints:
    """ENTRY, ZERO, ... of each code."""
    return codes % KINDS


def value_of(codes: Ints) -> Ints:
    """Entry, samples, ... of each code."""
    return codes // KINDS


def silences(samples: int, core: CoreProfile) -> list[int]:
    """Codes that play `samples` zeros, none longer than the sequencer plays at once, none shorter."""
    most = core.max_silence
    full, rest = divmod(samples, most)
    pieces = [most] * full
    if rest and full and rest < core.min_length:
        pieces[-1] -= core.min_length
        rest += core.min_length
    if rest:
        pieces.append(rest)
    return [piece * KINDS + ZERO for piece in pieces]


def constant_cost(value: int) -> int:
    """Instructions that bring a constant into a register: 20 bits at once, signed, or a multiple of 4096."""
    return 1 if value < (1 << 19) or value % 4096 == 0 else 2
