"""How far a drive reaches: what it does to its own transmon, and to those that are coupled to it.

A drive on transmon a also drives its neighbour b, because the operator a_a, between dressed states, has elements
that change b's level: J / Delta of a direct drive's, other ones for each level of a (cross resonance). And it
drives a itself by another strength for each level of b. Both are judged to first order: an element times the
pulse's spectrum at its transition is the angle by which the pulse turns it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from simulators.chip.content import Signal
from simulators.chip.transmons import Complex, Real, Transmon, TransmonArray

__all__ = ["NEGLECTED", "acting", "neighbours", "reached"]

LEAST_TURN = 1e-3
"""rad; an excitation of 2.5e-7. A drive that turns a transmon by less does not act on it."""
LEAST_PHASE = 1e-2
"""rad of AC Stark shift in one play."""
NEGLECTED = 1e-2
"""rad; an excitation of 2.5e-5. What a play does to a neighbour, and what ZZ does, counts from here on."""
LONG = 1 << 16
"""Samples from which on a waveform's spectrum is computed one frequency at a time, to save memory."""


class _Crossing(NamedTuple):
    """What a drive on the first one of two coupled transmons does to both."""

    frequencies_hz: Real
    """Of the transitions that change the second one's level, float64 of shape (transitions,)."""
    elements: Real
    """Of the first one's lowering operator there: float64 of shape (transitions,)."""
    uneven: float
    """Relative change of the drive's strength on the first one by the second one's level."""


def _angles(signal: Signal, frequencies_hz: Real) -> Real:
    """First-order angle of each waveform at some transitions for 1 rad/s a volt: (waveforms, transitions), rad."""
    found = np.zeros((len(signal.waveforms), frequencies_hz.size))
    apart = 2j * np.pi * signal.sample_s * (frequencies_hz - signal.lo_hz - signal.carrier_hz)
    sizes = np.array([waveform.size for waveform in signal.waveforms], np.int64)
    for size in np.unique(sizes).tolist():
        rows = np.flatnonzero(sizes == size)
        waveforms = np.array([signal.waveforms[row] for row in rows])
        for columns in np.array_split(np.arange(apart.size), apart.size if size > LONG else 1):
            turning = np.exp(-np.outer(np.arange(size), apart[columns]))
            found[np.ix_(rows, columns)] = np.abs(waveforms @ turning)
    return np.asarray(found * signal.sample_s, np.float64)


def acting(array: TransmonArray, signal: Signal, q: int, rate: float) -> bool:
    """Whether a drive of `rate` rad/s a volt turns a transmon or shifts it."""
    if not signal.waveforms:
        return False
    if rate * float(_own(array, signal, q).max()) > LEAST_TURN:
        return True
    return any(_stark(array, signal, waveform, q, rate) > LEAST_PHASE for waveform in signal.waveforms)


def reached(array: TransmonArray, signal: Signal, q: int, rate: float) -> tuple[frozenset[int], ...]:
    """For each waveform the neighbours of `q` that have to be computed together with it while it plays."""
    found: list[set[int]] = [set() for _ in signal.waveforms]
    for other, turned in neighbours(array, signal, q, rate).items():
        for k in np.flatnonzero(turned > NEGLECTED).tolist():
            found[k].add(other)
    return tuple(frozenset(each) for each in found)


def neighbours(array: TransmonArray, signal: Signal, q: int, rate: float) -> dict[int, Real]:
    """What each waveform on `q` does to each neighbour, or differently for its level: (waveforms,), rad."""
    if not signal.waveforms:
        return {}
    own = rate * _own(array, signal, q).max(axis=1)
    found = {}
    for other in array.neighbours(q):
        strength = array.couplings_hz.get((q, other), array.couplings_hz.get((other, q), 0.0))
        crossing = _crossing(array.transmons[q], array.transmons[other], strength)
        turned = rate * (_angles(signal, crossing.frequencies_hz) * crossing.elements).max(axis=1)
        found[other] = np.maximum(turned, own * crossing.uneven)
    return found


def _own(array: TransmonArray, signal: Signal, q: int) -> Real:
    """Angles on the two lowest transitions for 1 rad/s a volt: (waveforms, transitions)."""
    transmon = array.transmons[q]
    n = np.arange(min(2, transmon.levels - 1))
    frequencies_hz = np.asarray(transmon.frequency_hz + n * transmon.anharmonicity_hz, np.float64)
    return np.asarray(_angles(signal, frequencies_hz) * np.sqrt(n + 1.0), np.float64)


def _stark(array: TransmonArray, signal: Signal, waveform: Complex, q: int, rate: float) -> float:
    """Phase by the AC Stark shift Omega**2 / (2 Delta), rad."""
    hops = complex(np.vdot(waveform[:-1], waveform[1:]))
    centre_hz = signal.lo_hz + signal.carrier_hz + np.angle(hops) / (2.0 * np.pi * signal.sample_s)
    apart = 2.0 * np.pi * abs(centre_hz - array.transmons[q].frequency_hz)
    energy = float(np.vdot(waveform, waveform).real) * rate**2 * signal.sample_s
    return energy / (2.0 * max(apart, 1.0))


@lru_cache(maxsize=256)
def _crossing(driven: Transmon, other: Transmon, strength_hz: float) -> _Crossing:
    """From the dressed states of the two alone; of states above |11> nobody starts."""
    pair = TransmonArray((driven, other), {(0, 1): strength_hz})
    ladder = np.abs(pair.dressed_lowering(0))
    energies, levels = pair.energies_in(0.0) / (2.0 * np.pi), pair.levels_of
    low, high = np.nonzero(ladder > 0.0)
    crosses = (levels[low, 1] != levels[high, 1]) & np.all(levels[low] < 2, axis=1)
    low, high = low[crosses], high[crosses]
    alone = ladder.reshape(*pair.shape, *pair.shape)
    uneven = abs(alone[0, 1, 1, 1] / alone[0, 0, 1, 0] - 1.0)
    return _Crossing(energies[high] - energies[low], ladder[low, high], float(uneven))
