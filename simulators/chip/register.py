"""Three transmons and more that are evolved together: state vectors, and quantum trajectories for what decays.

Transmons that something reaches at once are a group for the length of a window, propagated sample by sample (a
large one as a product, see `expansion`). Otherwise the coupling is dispersive: it dresses the frequencies and
shifts the energy of |n_a n_b> by the static ZZ, which is applied from the middle of each window to the middle of
the next one.

Relaxation and heating are quantum jumps; their instants follow from the norm of the state that has not jumped.
Pure dephasing is a random phase of each transmon per window, normally distributed: on average exact. What photons
do to a transmon's coherences, rho_jk F_jk, is one of the jumps sqrt(p_m) diag(v_m), with F = sum_m p_m v_m v_m^+.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulators.chip.dissipation import Dissipation
from simulators.chip.drive import DrivenEvolution
from simulators.chip.expansion import Factor, factors
from simulators.chip.grouping import Grouped
from simulators.chip.strang import SplitChain
from simulators.chip.trajectories import trajectory
from simulators.chip.transmons import Complex, Int, Real, TransmonArray
from simulators.chip.windows import DriveWindow

__all__ = ["Kick", "Register", "Steps"]

LARGEST_DENSE = 27
"""States of a group up to which its propagator is exact; from there on couplings are split off, if possible."""

Kick = tuple[float, int, Complex]
"""(instant in s, transmon, factors of its coherences): what photons do to it."""


@dataclass(frozen=True, eq=False)
class _Group:
    """Transmons that are propagated together."""

    part: TransmonArray
    driven: DrivenEvolution
    bases: Int
    """States of the register in which the group is in its lowest level."""
    offsets: Int
    """What to add for each of the group's states."""
    energies: Real
    """Of the group's states without the coupling between its members, in its frame, rad/s."""
    zz: Real
    """What the ZZ between its members adds, rad/s."""


@dataclass(frozen=True, eq=False)
class _Event:
    """A unitary of a group, or the jumps that photons make, in the interaction picture."""

    time_s: float
    group: _Group
    jumps: int
    """How many; 0: a unitary."""
    elements: Complex
    """The unitary, or the diagonals of the jumps, flattened."""


@dataclass(frozen=True, eq=False)
class Steps:
    """Events in order of time, for the compiled loop."""

    times_s: Real
    columns: tuple[Int, Int, Int, Complex, Int, Int, Int]
    end_s: float


class Register:
    """Evolves state vectors of many coupled transmons through windows of groups.

    Args:
        chip: all transmons.
        members: indices of those that are evolved.
        outside: level of each neighbour that is not among them, by its index.
    """

    def __init__(self, chip: TransmonArray, members: tuple[int, ...], outside: Mapping[int, int]) -> None:
        self._chip = chip
        self._members = members
        self._outside = dict(outside)
        self.array = chip.part(members, outside)
        self._levels = self.array.levels_of
        self._groups: dict[tuple[int, ...], _Group] = {}
        self._singles = [chip.part((q,), outside) for q in members]
        self._energies = self._own_energies(tuple(range(len(members))))
        self._zz = self._pairs(tuple(range(len(members))))
        self._rates = np.array([(t.down_rate, t.up_rate, t.dephasing_rate) for t in self.array.transmons])

    @property
    def decays(self) -> bool:
        """Whether anything relaxes or dephases."""
        return bool(np.any(self._rates > 0.0))

    def steps(self, groups: Grouped, begin_s: float, end_s: float, kicks: Sequence[Kick] = ()) -> Steps:
        """What happens between two instants, for `run`."""
        events = [self._kick(*kick) for kick in kicks]
        for group, windows in groups:
            parts = [factors(self._chip, group, window) for window in windows.windows]
            columns = (windows.which.tolist(), windows.starts_s.tolist(), windows.phases_rad.tolist())
            for index, start_s, phase in zip(*columns, strict=True):
                window = windows.windows[index]
                for factor in parts[index]:
                    matrix = self._matrix(factor, window.frame_hz, start_s, phase)
                    middle_s = start_s + 0.5 * window.duration_s
                    events.append(_Event(middle_s, self._group(factor.members), 0, matrix.ravel()))
        # Factors of one window keep their order.
        events.sort(key=lambda event: event.time_s)
        return _packed(events, begin_s, end_s)

    def run(
        self, state: Complex, steps: Steps, detunings: Real, held: frozenset[int], generator: np.random.Generator
    ) -> None:
        """One random history, in place.

        Args:
            state: complex128 (dimension,), dressed states, interaction picture; normalised.
            steps: what happens.
            detunings: of each transmon, rad/s.
            held: indices of transmons that decay elsewhere.
            generator: of the random numbers.
        """
        kept = np.array([q not in held for q in self._members])
        trajectory(
            state,
            steps.times_s,
            *steps.columns,
            steps.end_s,
            self._levels,
            self._energies,
            self._zz + self._levels @ detunings,
            np.where(kept[:, None], self._rates, 0.0),
            generator,
        )

    def _matrix(self, factor: Factor, frame_hz: float | None, start_s: float, phase: float) -> Complex:
        """A factor in the interaction picture.

        The phases of its drives are against `frame_hz`, the frame of the whole window, at the window's beginning.
        """
        group, window = self._group(factor.members), factor.window
        opening = closing = 0.0
        if window.frame_hz is not None and frame_hz is not None:
            apart = 2.0 * np.pi * (np.array([frame_hz, window.frame_hz]) - group.part.frame_hz)
            opening = float(apart[0]) * start_s + phase
            closing = opening + float(apart[1]) * window.duration_s
        stop_s, half_s = start_s + window.duration_s, 0.5 * window.duration_s
        # Interaction picture: back from the energies at the end, forward to them at the beginning. The ZZ of the
        # group is in the window, and is taken out of the silences that reach to its middle from both sides.
        number = group.part.excitations
        left = np.exp(1j * (group.energies * stop_s + group.zz * half_s - closing * number))
        right = np.exp(-1j * (group.energies * start_s - group.zz * half_s - opening * number))
        matrix = left[:, None] * _unitary(group, window) * right
        for part in factor.parts:
            matrix = matrix @ self._within(part, factor, frame_hz, start_s, phase).conj().T
        return np.asarray(matrix, np.complex128)

    def _within(
        self, part: Factor, whole: Factor, frame_hz: float | None, start_s: float, phase: float
    ) -> Complex:
        """A factor's matrix as one of the states of a larger factor."""
        matrix, levels = self._matrix(part, frame_hz, start_s, phase), self._group(whole.members).part.levels_of
        inside = np.array([q in part.members for q in whole.members])
        index = np.ravel_multi_index(tuple(levels[:, inside].T), self._group(part.members).part.shape)
        same = np.all(levels[:, None, ~inside] == levels[None, :, ~inside], axis=2)
        return np.where(same, matrix[index[:, None], index[None, :]], 0.0)

    def _kick(self, time_s: float, transmon: int, factors: Complex) -> _Event:
        chances, vectors = np.linalg.eigh(0.5 * (factors + factors.conj().T))
        jumps = (np.sqrt(np.clip(chances, 0.0, None)) * vectors).T
        # What is left of the photons' own coherence makes F not quite positive: each level keeps its population.
        jumps = jumps / np.sqrt((np.abs(jumps) ** 2).sum(axis=0))
        return _Event(time_s, self._group((transmon,)), len(jumps), np.asarray(jumps.ravel(), np.complex128))

    def _group(self, transmons: tuple[int, ...]) -> _Group:
        if transmons not in self._groups:
            part = self._chip.part(transmons, self._outside)
            places = tuple(self._members.index(q) for q in transmons)
            strides = np.array([int(np.prod(self.array.shape[k + 1 :])) for k in places])
            bases = np.flatnonzero(np.all(self._levels[:, list(places)] == 0, axis=1))
            turning = 2.0 * np.pi * np.array([self._singles[k].frame_hz - part.frame_hz for k in places])
            self._groups[transmons] = _Group(
                part,
                DrivenEvolution(part, Dissipation(part)),
                bases.astype(np.int64),
                np.asarray(part.levels_of @ strides, np.int64),
                self._own_energies(places) + part.levels_of @ turning,
                self._pairs(places),
            )
        return self._groups[transmons]

    def _own_energies(self, places: tuple[int, ...]) -> Real:
        """Energies of some members' states, each with its neighbours in level 0 and in its own frame, rad/s."""
        total = np.zeros(1)
        for k in places:
            total = np.add.outer(total, self._singles[k].energies).ravel()
        return total

    def _pairs(self, places: tuple[int, ...]) -> Real:
        """ZZ between some members, beyond what level 0 of the neighbour does: for each of their states, rad/s."""
        levels = TransmonArray(tuple(self.array.transmons[k] for k in places), {}).levels_of
        axis = {k: position for position, k in enumerate(places)}
        total = np.zeros(len(levels))
        for a, b in self.array.couplings_hz:
            if a in axis and b in axis:
                added = self.array.pair_energies_hz(a, b)
                total += 2.0 * np.pi * (added - added[:, :1])[levels[:, axis[a]], levels[:, axis[b]]]
        return total


def _packed(events: Sequence[_Event], begin_s: float, end_s: float) -> Steps:
    """Tables of the groups and their events one behind the other."""
    used = {id(event.group): event.group for event in events}
    number = {key: k for k, key in enumerate(used)}
    bases, offsets = [group.bases for group in used.values()], [group.offsets for group in used.values()]
    edges = [np.cumsum([0, *(part.size for part in parts)]) for parts in (bases, offsets)]
    ranges = np.stack((edges[0][:-1], edges[0][1:], edges[1][:-1], edges[1][1:]), axis=1).astype(np.int64)
    none = np.zeros(0, np.int64)
    columns = (
        np.array([number[id(event.group)] for event in events], np.int64),
        np.cumsum([0, *(event.elements.size for event in events)])[:-1].astype(np.int64),
        np.array([event.jumps for event in events], np.int64),
        np.concatenate([*(event.elements for event in events), np.zeros(1, np.complex128)]),
        ranges,
        np.concatenate([none, *bases]),
        np.concatenate([none, *offsets]),
    )
    times_s = np.array([begin_s, *(max(begin_s, event.time_s) for event in events)], np.float64)
    return Steps(times_s, columns, end_s)


def _splits(window: DriveWindow) -> bool:
    """Whether couplings can be split off: one oscillator a transmon, no flux, samples of one duration."""
    driven = [drive.transmon for drive in window.drives]
    return (
        window.durations_s is None and not any(d.flux for d in window.drives) and len(set(driven)) == len(driven)
    )


def _frames(chain: SplitChain, part: TransmonArray, window: DriveWindow) -> Complex:
    """From each site's own frame to that of the window, at its end: complex128 (dimension,)."""
    apart = chain.frames_hz(window) - (window.frame_hz or 0.0)
    return np.asarray(np.exp(-2j * np.pi * window.duration_s * (part.levels_of @ apart)), np.complex128)


def _unitary(group: _Group, window: DriveWindow) -> Complex:
    """Propagator of a group between dressed states, in the window's frame."""
    if group.part.dimension <= LARGEST_DENSE or not _splits(window):
        return group.driven.unitary(window)
    chain, basis = SplitChain(group.part), group.part.basis
    columns = chain.propagate(basis.T, window)
    return np.asarray(basis.conj().T @ (columns * _frames(chain, group.part, window)).T, np.complex128)
