"""From the signals of a shot to what acts on each transmon, and which of them have to be evolved together.

Coupled transmons are followed together through a shot if a drive or a flux pulse reaches both at once, or if their
static ZZ turns one by more than `NEGLECTED` while both are acted upon. All others go by themselves; one that
nothing acts upon stays in a level, and shifts its neighbours by the static ZZ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulators.chip.content import Signal
from simulators.chip.flux import FluxLine, Squid
from simulators.chip.lines import DriveLine
from simulators.chip.reach import NEGLECTED, acting, reached
from simulators.chip.transmons import Real, TransmonArray

__all__ = ["Action", "Actions", "components", "find_actions"]

NEAR = 20.0
"""A flux pulse that brings a transition within this many J of a neighbour's brings the two together."""


@dataclass(frozen=True, eq=False)
class Action:
    """A signal, and how strongly it acts on which transmons."""

    signal: Signal
    rates: tuple[tuple[int, complex], ...]
    """(transmon, rad/s for one volt); the samples of a flux signal are shifts in rad/s, its rates 1."""
    reach: tuple[frozenset[int], ...]
    """For each waveform the transmons that are evolved together while it plays."""
    flux: bool = False

    @property
    def frame_hz(self) -> float:
        """Frequency of the frame in which the signal's samples are constant while they are held."""
        return self.signal.lo_hz + self.signal.carrier_hz


@dataclass(frozen=True, eq=False)
class Actions:
    """All that acts in a shot."""

    actions: tuple[Action, ...]

    @cached_property
    def spans_s(self) -> Mapping[int, tuple[float, float]]:
        """From when until when each transmon is acted upon; those that nothing acts upon are left out."""
        found: dict[int, tuple[float, float]] = {}
        for action in self.actions:
            signal = action.signal
            for k in np.unique(signal.indices).tolist():
                mine = np.flatnonzero(signal.indices == k)
                begin, end = (
                    float(edge) * signal.sample_s for edge in (signal.starts[mine[0]], signal.stops[mine[-1]])
                )
                for q in action.reach[k]:
                    known = found.get(q, (begin, end))
                    found[q] = (min(begin, known[0]), max(end, known[1]))
        return found

    def bonds(self, array: TransmonArray) -> list[tuple[int, int]]:
        """Coupled pairs whose members cannot be followed apart.

        Something reaches both at once, or one is acted upon so long after the other one that the static ZZ turns
        it by more than `NEGLECTED`.
        """
        together = {q: {b for a in self.actions for r in a.reach if q in r for b in r} for q in self.spans_s}
        found = []
        for a, b in array.couplings_hz:
            if a not in together or b not in together:
                continue
            spans = self.spans_s[a], self.spans_s[b]
            longest_s = max(spans[0][1] - spans[1][0], spans[1][1] - spans[0][0])
            shifts = array.pair_energies_hz(a, b)
            zz = 2.0 * np.pi * abs(float(shifts[1, 1] - shifts[1, 0]))
            if b in together[a] or zz * longest_s > NEGLECTED:
                found.append((a, b))
        return found


def find_actions(
    array: TransmonArray,
    squids: Mapping[int, Squid],
    drives: Iterable[tuple[DriveLine, Signal]],
    fluxes: Sequence[tuple[FluxLine, Signal]],
) -> Actions:
    """What the signals of a shot do to which transmons; drives as they come out of their mixers."""
    actions: list[Action] = []
    for line, signal in drives:
        rates = tuple((q, rate) for q, rate in line.rates if acting(array, signal, q, abs(rate)))
        if rates:
            own = frozenset(q for q, _ in rates)
            rows = [reached(array, signal, q, abs(rate)) for q, rate in rates]
            actions.append(Action(signal, rates, tuple(own.union(*row) for row in zip(*rows, strict=True))))
    return Actions((*actions, *_flux_actions(array, squids, fluxes)))


def components(members: Iterable[int], pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Connected parts of a graph, each ascending; in order of their first member."""
    parent = {q: q for q in members}

    def root(q: int) -> int:
        while parent[q] != q:
            q = parent[q]
        return q

    for a, b in pairs:
        if a in parent and b in parent:
            parent[root(a)] = root(b)
    found: dict[int, list[int]] = {}
    for q in sorted(parent):
        found.setdefault(root(q), []).append(q)
    return tuple(sorted(tuple(part) for part in found.values()))


def _flux_actions(
    array: TransmonArray, squids: Mapping[int, Squid], fluxes: Sequence[tuple[FluxLine, Signal]]
) -> list[Action]:
    """One action for each transmon that any flux line reaches: the sum of its fluxes, then its frequency."""
    if not fluxes:
        return []
    sample_s = min(signal.sample_s for _, signal in fluxes)
    sums: dict[int, Real] = {}
    first = 0
    for line, signal in fluxes:
        volts = signal.dense(first, int(signal.stops[-1]) if signal.stops.size else first).real
        stretched = (
            volts[
                (np.arange(round(volts.size * signal.sample_s / sample_s)) * sample_s / signal.sample_s).astype(
                    np.int64
                )
            ]
            if signal.sample_s != sample_s
            else volts
        )
        settled = line.settled(np.asarray(stretched, np.float64), sample_s)
        for q, quanta in line.quanta_per_v:
            total = sums.get(q, np.zeros(0))
            longer = np.zeros(max(total.size, settled.size))
            longer[: total.size] += total
            longer[: settled.size] += quanta * settled
            sums[q] = longer
    return [_flux_action(array, q, squids[q], flux, sample_s) for q, flux in sums.items() if np.any(flux)]


def _flux_action(array: TransmonArray, q: int, squid: Squid, flux: Real, sample_s: float) -> Action:
    used = np.flatnonzero(flux)
    start, stop = int(used[0]), int(used[-1]) + 1
    shift = 2.0 * np.pi * (squid.frequency_hz(flux[start:stop]) - squid.frequency_hz(0.0))
    one = np.zeros(1, np.int64)
    signal = Signal("flux", 0.0, sample_s, (shift.astype(np.complex128),), one + start, one, np.zeros(1))
    met = {b for b in array.neighbours(q) if _meets(array, signal, q, b)}
    return Action(signal, ((q, 1.0),), (frozenset({q} | met),), flux=True)


def _meets(array: TransmonArray, signal: Signal, q: int, other: int) -> bool:
    """Whether a flux pulse brings 10-01, 11-20 or 11-02 of a pair near resonance."""
    own, neighbour = array.transmons[q], array.transmons[other]
    strength = abs(array.couplings_hz.get((q, other), array.couplings_hz.get((other, q), 0.0)))
    apart = own.frequency_hz + signal.waveforms[0].real / (2.0 * np.pi) - neighbour.frequency_hz
    for resonance in (0.0, -own.anharmonicity_hz, neighbour.anharmonicity_hz):
        low, high = float((apart - resonance).min()), float((apart - resonance).max())
        if low < NEAR * strength and high > -NEAR * strength:
            return True
    return False
