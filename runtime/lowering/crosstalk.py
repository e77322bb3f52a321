"""Crosstalk between lines: what each output has to emit so that no other line's signal arrives on it.

In terms of what stands in the lines, above all mixers, a line carries its own signal and parts of others'. Undoing
that is a matrix, the same at every instant, since every signal has its own frequency wherever it is emitted: what
cancels a pulse on another line has that pulse's frequency, and stands at that frequency less the oscillator of the
output that emits it. Two oscillators turn against each other. How they stand at the start of a program is part of
what was measured, so programs begin only where they stand that way again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.distortion import uncoupled
from runtime.lowering.playlist import common_multiple
from runtime.lowering.ports import PortPair, port_pairs
from runtime.lowering.wiring import OutputLine, Wiring

__all__ = ["LONGEST_PERIOD_S", "Coupling", "Feed", "all_pairs", "feeds_of", "heard_lines", "start_period_s"]

LONGEST_PERIOD_S = Fraction(100, 10**6)
"""For how long a program may be made to wait until its oscillators stand as they did."""


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """A pair of ports whose signal an output emits."""

    pair: PortPair
    share: complex
    """1, or how much of its signal the output emits to cancel crosstalk."""


@dataclass(frozen=True, slots=True)
class Coupling:
    """What instruments have to know of one another's outputs."""

    restarting: frozenset[str]
    """Lines whose carrier begins with each pulse."""
    period_s: Fraction | None
    """See `start_period_s`."""


def all_pairs(wiring: Wiring) -> tuple[PortPair, ...]:
    """The pairs of ports of all instruments."""
    names = dict.fromkeys(line.instrument for line in wiring.outputs)
    return tuple(pair for name in names for pair in port_pairs(wiring, name))


def feeds_of(wiring: Wiring, instrument: str) -> dict[tuple[int, ...], tuple[Feed, ...]]:
    """Whose signals each pair of ports of an instrument emits, by the ports."""
    pairs = all_pairs(wiring)
    shares = _emission_shares(pairs, wiring)
    return {
        pair.ports: tuple(Feed(source, complex(share)) for source, share in zip(pairs, row, strict=True) if share)
        for pair, row in zip(pairs, shares, strict=True)
        if pair.instrument == instrument
    }


def heard_lines(wiring: Wiring, instrument: str) -> list[OutputLine]:
    """The lines whose signals an instrument emits: its own, and those that leak into them."""
    found = (line for feeds in feeds_of(wiring, instrument).values() for feed in feeds for line in feed.pair.lines)
    return list({line.name: line for line in found}.values())


def _emission_shares(pairs: Sequence[PortPair], wiring: Wiring) -> NDArray[np.complex128]:
    """How much of each signal each pair emits: complex128, row the pair, column the pair whose signal is meant."""
    if not wiring.crosstalk:
        return np.eye(len(pairs), dtype=np.complex128)
    place = {line.name: str(index) for index, pair in enumerate(pairs) for line in pair.lines}
    crosstalk = {(place[source], place[victim]): part for (source, victim), part in wiring.crosstalk.items()}
    return uncoupled([str(index) for index in range(len(pairs))], crosstalk)


def start_period_s(
    wiring: Wiring, spacing_s: Fraction, problems: list[Problem], *, paced: bool
) -> Fraction | None:
    """Of what programs' lengths have to be multiples for the oscillators of coupled lines to begin them alike.

    Args:
        wiring: with crosstalk.
        spacing_s: of what they are multiples anyway.
        problems: gets oscillators that stand alike too rarely.
        paced: whether a play list says when each program begins. A sequencer begins one on its grid when it is
            through with the one before, and nobody knows when.

    Returns:
        A multiple of `spacing_s`, None where any length will do.
    """
    period_s, longest_s = spacing_s, LONGEST_PERIOD_S if paced else spacing_s
    for one, other, apart_hz in _apart(wiring):
        period_s = common_multiple(period_s, 1 / apart_hz)
        if period_s > longest_s:
            got = f"{float(apart_hz):.9g} Hz apart, alike at the start of a program every {float(period_s):.6g} s"
            problems.append(
                Problem(
                    "oscillators of coupled lines that hardly ever stand alike",
                    f"crosstalk between {one} and {other}",
                    got,
                    f"every {float(longest_s):.6g} s or more often",
                    "Tune them a rounder number of MHz apart, or remove the crosstalk",
                )
            )
            return None
    return None if period_s == spacing_s else period_s


def _apart(wiring: Wiring) -> Iterator[tuple[str, str, Fraction]]:
    """Lines between which a signal passes, directly or by way of others, on different oscillators."""
    pairs = all_pairs(wiring)
    for victim, source in np.argwhere(_emission_shares(pairs, wiring)).tolist():
        one, other = pairs[source].lines[0], pairs[victim].lines[0]
        apart = abs(Fraction(one.lo_frequency_hz) - Fraction(other.lo_frequency_hz))
        if apart:
            yield one.name, other.name, apart
