"""Three transmons and more that are evolved together: state vectors, and quantum trajectories for what decays.

Groups of transmons between which something is resonant (a cross-resonance drive, a flux pulse) are propagated
exactly, sample by sample. Between groups the coupling is dispersive: it dresses the frequencies and shifts the
energy of |n_a n_b> by the static ZZ, which is applied from the middle of each window to the middle of the next
one. What is neglected are changes of a drive's strength by the neighbour's level, of the order (J / Delta)^2.

Relaxation and heating are quantum jumps; their instants follow from the norm of the state that has not jumped.
Pure dephasing is a random phase of each transmon per window, normally distributed: on average exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from simulators.chip.dissipation import Dissipation
from simulators.chip.drive import DrivenEvolution
from simulators.chip.strang import SplitChain
from simulators.chip.trajectories import trajectory
from simulators.chip.transmons import Complex, Int, Real, TransmonArray
from simulators.chip.windows import DriveWindow, Events

__all__ = ["Register"]

MOST_TRAJECTORIES = 64
"""From the likeliest state; from rarer ones fewer, in proportion, but at least `LEAST_TRAJECTORIES`."""
LEAST_TRAJECTORIES = 8
LARGEST_DENSE = 81
"""States of a group up to which its propagator is computed as a matrix."""


class Register:
    """Evolves the populations of many coupled transmons through events of groups.

    Args:
        chip: all transmons.
        members: indices of those that are evolved.
        outside: level of each neighbour that is not among them, by its index.
        groups: positions in `members` of what is propagated together, each ascending; every member is in one.
    """

    def __init__(
        self,
        chip: TransmonArray,
        members: tuple[int, ...],
        outside: dict[int, int],
        groups: Sequence[tuple[int, ...]],
    ) -> None:
        self.array = chip.part(members, outside)
        self._groups = groups
        inside = [tuple(members[k] for k in group) for group in groups]
        self._parts = [chip.part(group, outside) for group in inside]
        self._driven = [DrivenEvolution(part, Dissipation(part)) for part in self._parts]
        self._shape = self.array.shape
        self._levels = self.array.levels_of
        self._tables = [self._table(group) for group in groups]
        self._energies = self._local_energies()
        self._zz = self._between_groups()

    def populations(
        self,
        events: Sequence[Events],
        initial: int,
        begin_s: float,
        end_s: float,
        *,
        seed: np.random.SeedSequence,
        wander: Real,
    ) -> Real:
        """Mean populations at the end, from one product state: float64 of shape (dimension,).

        Args:
            events: the windows of each group.
            initial: state at the beginning.
            begin_s: seconds since all oscillators had phase zero.
            end_s: the same.
            seed: of the trajectories.
            wander: standard deviation of each transmon's quasi-static detuning, rad/s.
        """
        sequence = self._sequence(events, begin_s)
        rates = np.array([(t.down_rate, t.up_rate, t.dephasing_rate) for t in self.array.transmons])
        count = self._trajectories(initial) if np.any(rates > 0.0) or np.any(wander) else 1
        generator = np.random.default_rng(seed)
        total = np.zeros(self.array.dimension)
        for _ in range(count):
            state = np.zeros(self.array.dimension, np.complex128)
            state[initial] = 1.0
            static = self._zz + self._levels @ (wander * generator.standard_normal(wander.size))
            trajectory(state, *sequence, end_s, self._levels, self._energies, static, rates, generator)
            total += np.abs(state) ** 2
        return np.asarray(total / total.sum(), np.float64)

    def _trajectories(self, initial: int) -> int:
        rest = self.array.equilibrium()
        return int(np.clip(MOST_TRAJECTORIES * rest[initial] / rest.max(), LEAST_TRAJECTORIES, MOST_TRAJECTORIES))

    def _sequence(self, events: Sequence[Events], begin_s: float) -> tuple[Real, Int, Int, Complex, Int, Int, Int]:
        """Middles, groups and matrices of all events in order of time, for the compiled loop."""
        middles, owners, matrices = [], [], []
        for g, (own, driven, part) in enumerate(zip(events, self._driven, self._parts, strict=True)):
            unitaries = [_unitary(part, driven, window) for window in own.windows]
            for index, start, phase in zip(own.which, own.starts_s, own.phases_rad, strict=True):
                window = own.windows[index]
                stop = float(start) + window.duration_s
                opening = driven.turn(window, float(start)) + phase
                closing = driven.turn(window, stop) + phase
                # Interaction picture: back from the energies at the end, forward to them at the beginning.
                left = np.exp(1j * (part.energies * stop - closing * part.excitations))
                right = np.exp(-1j * (part.energies * float(start) - opening * part.excitations))
                matrices.append((left[:, None] * unitaries[index] * right).ravel())
                middles.append(max(begin_s, 0.5 * (float(start) + stop)))
                owners.append(g)
        order = np.argsort(middles, kind="stable")
        flat = [matrices[k] for k in order]
        offsets = np.cumsum([0, *(m.size for m in flat)])[:-1]
        ranges, table = self._packed
        return (
            np.append(begin_s, np.array(middles, np.float64)[order]),
            np.array(owners, np.int64)[order],
            np.asarray(offsets, np.int64),
            np.concatenate([*flat, np.zeros(1, np.complex128)]),
            ranges,
            *table,
        )

    @cached_property
    def _packed(self) -> tuple[Int, tuple[Int, Int]]:
        """Index tables of all groups one behind the other: ranges (groups, 4) of both lists, and the lists."""
        bases = [table[0] for table in self._tables]
        offsets = [table[1] for table in self._tables]
        first_base = np.cumsum([0, *(b.size for b in bases)])
        first_offset = np.cumsum([0, *(o.size for o in offsets)])
        ranges = np.stack((first_base[:-1], first_base[1:], first_offset[:-1], first_offset[1:]), axis=1)
        return ranges.astype(np.int64), (np.concatenate(bases), np.concatenate(offsets))

    def _table(self, group: tuple[int, ...]) -> tuple[Int, Int]:
        """Where a group's states lie: states with the group in level 0, and what to add for each of its states."""
        strides = np.array([int(np.prod(self._shape[k + 1 :])) for k in range(len(self._shape))])
        bases = np.flatnonzero(np.all(self._levels[:, list(group)] == 0, axis=1))
        own = np.stack(
            np.unravel_index(
                np.arange(int(np.prod([self._shape[k] for k in group]))), [self._shape[k] for k in group]
            ),
            axis=1,
        )
        return bases.astype(np.int64), np.asarray(own @ strides[list(group)], np.int64)

    def _local_energies(self) -> Real:
        """Energy of each state without the ZZ between groups, each group in its own frame, rad/s."""
        total = np.zeros(self.array.dimension)
        for group, part in zip(self._groups, self._parts, strict=True):
            shape = [self._shape[k] for k in group]
            total += part.energies[np.ravel_multi_index(tuple(self._levels[:, list(group)].T), shape)]
        return total

    def _between_groups(self) -> Real:
        """ZZ of coupled transmons in different groups, beyond what level 0 of the neighbour does, rad/s."""
        owner = {q: g for g, group in enumerate(self._groups) for q in group}
        total = np.zeros(self.array.dimension)
        for a, b in self.array.couplings_hz:
            if owner[a] != owner[b]:
                added = self.array.pair_energies_hz(a, b)
                total += 2.0 * np.pi * (added - added[:, :1])[self._levels[:, a], self._levels[:, b]]
        return total


def _unitary(part: TransmonArray, driven: DrivenEvolution, window: DriveWindow) -> Complex:
    """Propagator of a group; of a large one by splitting the couplings off, where that is possible."""
    kinds = [drive.transmon for drive in window.drives]
    plain = window.durations_s is None and not any(drive.flux for drive in window.drives)
    if part.dimension <= LARGEST_DENSE or not plain or len(set(kinds)) < len(kinds):
        return driven.unitary(window)
    chain = SplitChain(part)
    columns = [chain.propagate(column, window) for column in part.basis.T]
    apart = chain.frames_hz(window) - (window.frame_hz or 0.0)
    turns = np.exp(-2j * np.pi * window.duration_s * (part.levels_of @ apart))
    return np.asarray(part.basis.conj().T @ (turns[:, None] * np.array(columns).T), np.complex128)
