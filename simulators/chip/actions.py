"""From the signals of a shot to what acts on each transmon, and which of them have to be evolved together.

Two coupled transmons are evolved together if both are acted upon during the shot. A drive acts on a transmon if,
to first order, it turns it by more than `LEAST_TURN` on one of its lowest transitions, directly or through the
exchange coupling of a driven neighbour (as a cross-resonance drive does), or if it shifts its phase by more than
`LEAST_PHASE`. All other transmons stay in a level, and shift their neighbours by the static ZZ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulators.chip.content import Signal
from simulators.chip.flux import FluxLine, Squid
from simulators.chip.lines import DriveLine
from simulators.chip.transmons import Complex, Real, TransmonArray

__all__ = ["Action", "Actions", "components", "find_actions"]

LEAST_TURN = 1e-3
"""rad; an excitation of 2.5e-7."""
LEAST_PHASE = 1e-2
"""rad of AC Stark shift in one play."""
NEAR = 20.0
"""A flux pulse that brings a transition within this many J of a neighbour's brings the two together."""


@dataclass(frozen=True, eq=False)
class Action:
    """A signal, and how strongly it acts on which transmons."""

    signal: Signal
    rates: tuple[tuple[int, complex], ...]
    """(transmon, rad/s for one volt); the samples of a flux signal are shifts in rad/s, its rates 1."""
    flux: bool = False

    @property
    def frame_hz(self) -> float:
        """Frequency of the frame in which the signal's samples are constant while they are held."""
        return self.signal.lo_hz + self.signal.carrier_hz


@dataclass(frozen=True, eq=False)
class Actions:
    """All that acts in a shot."""

    actions: tuple[Action, ...]
    bonds: frozenset[tuple[int, int]]
    """Coupled pairs between which a drive or a flux pulse is resonant: to be computed sample by sample."""

    @property
    def acted(self) -> frozenset[int]:
        """All transmons that something acts upon."""
        direct = {q for action in self.actions for q, _ in action.rates}
        return frozenset(direct.union(*self.bonds) if self.bonds else direct)


def find_actions(
    array: TransmonArray,
    squids: Mapping[int, Squid],
    drives: Iterable[tuple[DriveLine, Signal]],
    fluxes: Sequence[tuple[FluxLine, Signal]],
) -> Actions:
    """What the signals of a shot do to which transmons."""
    actions: list[Action] = []
    bonds: set[tuple[int, int]] = set()
    for line, signal in drives:
        converted = line.mixer.convert(signal)
        rates = tuple((q, rate) for q, rate in line.rates if _acts(array, converted, q, rate))
        for q, rate in rates:
            bonds |= {
                (min(q, b), max(q, b)) for b in array.neighbours(q) if _crosses(array, converted, q, b, rate)
            }
        if rates:
            actions.append(Action(converted, rates))
    for action in _flux_actions(squids, fluxes):
        actions.append(action)
        q = action.rates[0][0]
        bonds |= {(min(q, b), max(q, b)) for b in array.neighbours(q) if _meets(array, action.signal, q, b)}
    return Actions(tuple(actions), frozenset(bonds))


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


def _acts(array: TransmonArray, signal: Signal, q: int, rate: complex) -> bool:
    """Whether a drive on a transmon turns it or shifts it."""
    return any(
        _turn(array, signal, waveform, q, abs(rate)) > LEAST_TURN
        or _stark(array, signal, waveform, q, abs(rate)) > LEAST_PHASE
        for waveform in signal.waveforms
    )


def _crosses(array: TransmonArray, signal: Signal, q: int, other: int, rate: complex) -> bool:
    """Whether a drive on a transmon turns its neighbour through their coupling."""
    strength = array.couplings_hz.get((q, other), array.couplings_hz.get((other, q), 0.0))
    apart = abs(array.transmons[q].frequency_hz - array.transmons[other].frequency_hz)
    mixing = min(1.0, abs(strength) / max(apart, 1.0))
    return any(
        _turn(array, signal, waveform, other, abs(rate) * mixing) > LEAST_TURN for waveform in signal.waveforms
    )


def _turn(array: TransmonArray, signal: Signal, waveform: Complex, q: int, rate: float) -> float:
    """First-order angle on a transmon's two lowest transitions: the pulse's spectrum there, rad."""
    transmon = array.transmons[q]
    worst = 0.0
    for n in range(min(2, transmon.levels - 1)):
        detuning_hz = transmon.frequency_hz + n * transmon.anharmonicity_hz - signal.lo_hz - signal.carrier_hz
        turning = np.exp(-2j * np.pi * detuning_hz * signal.sample_s * np.arange(waveform.size))
        worst = max(worst, np.sqrt(n + 1.0) * abs(complex(waveform @ turning)))
    return float(worst * rate * signal.sample_s)


def _stark(array: TransmonArray, signal: Signal, waveform: Complex, q: int, rate: float) -> float:
    """Phase by the AC Stark shift Omega**2 / (2 Delta), rad."""
    hops = complex(np.vdot(waveform[:-1], waveform[1:]))
    centre_hz = signal.lo_hz + signal.carrier_hz + np.angle(hops) / (2.0 * np.pi * signal.sample_s)
    apart = 2.0 * np.pi * abs(centre_hz - array.transmons[q].frequency_hz)
    energy = float(np.vdot(waveform, waveform).real) * rate**2 * signal.sample_s
    return energy / (2.0 * max(apart, 1.0))


def _flux_actions(squids: Mapping[int, Squid], fluxes: Sequence[tuple[FluxLine, Signal]]) -> list[Action]:
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
    return [_flux_action(q, squids[q], flux, sample_s) for q, flux in sums.items() if np.any(flux)]


def _flux_action(q: int, squid: Squid, flux: Real, sample_s: float) -> Action:
    used = np.flatnonzero(flux)
    start, stop = int(used[0]), int(used[-1]) + 1
    shift = 2.0 * np.pi * (squid.frequency_hz(flux[start:stop]) - squid.frequency_hz(0.0))
    one = np.zeros(1, np.int64)
    signal = Signal("flux", 0.0, sample_s, (shift.astype(np.complex128),), one + start, one, np.zeros(1))
    return Action(signal, ((q, 1.0),), flux=True)


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
