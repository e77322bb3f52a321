"""Exchange-coupled transmons: operators, static eigenbasis and the labels of its states.

The Hamiltonian, in rad/s, in a frame that rotates at `frame_hz` and after the rotating-wave approximation::

    H0 = sum_q  2 pi (f_q - frame_hz) n_q  +  pi alpha_q n_q (n_q - 1)
       + sum_qr 2 pi J_qr (a_q^+ a_r + a_q a_r^+)
    Hd = sum_q  Omega_q / 2 (d_q a_q + d_q^* a_q^+)

H0 conserves the number of excitations N, so that changing the frame is a multiplication by exp(i phi N), exact
also with coupling. Everything downstream works in the eigenbasis of H0 (the dressed states, which are what a
dispersive readout tells apart): there, silence is diagonal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["Transmon", "TransmonArray"]

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]
Int = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Transmon:
    """One transmon: an anharmonic ladder with relaxation, dephasing and a thermal population."""

    name: str
    frequency_hz: float
    """Transition 0-1 of the uncoupled transmon."""
    anharmonicity_hz: float
    """f_12 - f_01, negative."""
    levels: int = 3
    t1_s: float = np.inf
    t2_s: float = np.inf
    """Decay of the 0-1 coherence, at most 2 T1."""
    thermal_population: float = 0.0
    """Population of |1> in equilibrium, as a fraction of the two lowest levels."""

    @property
    def down_rate(self) -> float:
        """Rate of |1> to |0> in 1/s; |n> to |n-1> has n times this. Together with the way up it makes 1/T1."""
        return (1.0 - self.thermal_population) / self.t1_s

    @property
    def up_rate(self) -> float:
        """Rate of |0> to |1> in 1/s; |n> to |n+1> has n+1 times this."""
        return self.thermal_population / self.t1_s

    @property
    def dephasing_rate(self) -> float:
        """Pure dephasing 1/T2 - (rates out of |0> and |1>)/2 in 1/s; between |j> and |k> it acts (j-k)^2 times.

        The rates out count |1> to |2> too where the transmon has a third level and is not cold.
        """
        out_of_one = self.down_rate + (2.0 * self.up_rate if self.levels > 2 else 0.0)
        return max(0.0, 1.0 / self.t2_s - 0.5 * (self.up_rate + out_of_one))

    def rate_matrix(self) -> Real:
        """Generator R of the level populations, dp/dt = R p: float64 of shape (levels, levels), 1/s."""
        rates = np.zeros((self.levels, self.levels))
        for n in range(1, self.levels):
            rates[n - 1, n] = n * self.down_rate
            rates[n, n - 1] = n * self.up_rate
        return rates - np.diag(rates.sum(axis=0))


@dataclass(frozen=True)
class TransmonArray:
    """All transmons of a chip and their exchange couplings.

    Basis state k stands for the levels `levels_of[k]`, the first transmon's level most significant.
    """

    transmons: tuple[Transmon, ...]
    couplings_hz: Mapping[tuple[int, int], float]
    """J of each coupled pair of transmons (indices), Hz."""
    shifts_hz: tuple[tuple[float, ...], ...] = ()
    """What transmons outside this array add to the energy of each level of each transmon; none: ()."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Levels of each transmon."""
        return tuple(transmon.levels for transmon in self.transmons)

    @property
    def dimension(self) -> int:
        """Number of basis states."""
        return math.prod(self.shape)

    @cached_property
    def levels_of(self) -> NDArray[np.int64]:
        """Level of each transmon in each basis state: int64 of shape (dimension, transmons)."""
        return np.stack(np.unravel_index(np.arange(self.dimension), self.shape), axis=1).astype(np.int64)

    @cached_property
    def excitations(self) -> NDArray[np.int64]:
        """Number of excitations N of each basis state: int64 of shape (dimension,)."""
        return np.asarray(self.levels_of.sum(axis=1), np.int64)

    @cached_property
    def frame_hz(self) -> float:
        """The chip's own rotating frame: the mean of the transmon frequencies."""
        return float(np.mean([transmon.frequency_hz for transmon in self.transmons]))

    def lowering(self, index: int) -> Complex:
        """Annihilation operator of one transmon in the product basis: complex128 (dimension, dimension)."""
        operator: Complex = np.ones((1, 1), np.complex128)
        for k, levels in enumerate(self.shape):
            factor = np.diag(np.sqrt(np.arange(1, levels)), 1) if k == index else np.eye(levels)
            operator = np.asarray(np.kron(operator, factor), np.complex128)
        return operator

    def static_hamiltonian(self, frame_hz: float) -> Complex:
        """H0 in the product basis and in the given frame: complex128 (dimension, dimension), rad/s."""
        levels = self.levels_of
        detuning = np.array([transmon.frequency_hz for transmon in self.transmons]) - frame_hz
        anharmonicity = np.array([transmon.anharmonicity_hz for transmon in self.transmons])
        diagonal = levels @ detuning + 0.5 * (levels * (levels - 1)) @ anharmonicity
        for q, shifts in enumerate(self.shifts_hz):
            diagonal = diagonal + np.asarray(shifts)[levels[:, q]]
        hamiltonian = np.diag(diagonal).astype(np.complex128)
        for (left, right), strength_hz in self.couplings_hz.items():
            hop = self.lowering(left).conj().T @ self.lowering(right)
            hamiltonian += strength_hz * (hop + hop.conj().T)
        return 2.0 * np.pi * hamiltonian

    @cached_property
    def _dressed(self) -> tuple[Real, Complex]:
        """Energies (rad/s, in `frame_hz`) and eigenvectors of H0, each labelled by its nearest product state."""
        hamiltonian = self.static_hamiltonian(self.frame_hz)
        energies = np.zeros(self.dimension)
        vectors = np.zeros((self.dimension, self.dimension), np.complex128)
        for total in np.unique(self.excitations):
            block = np.flatnonzero(self.excitations == total)
            values, columns = np.linalg.eigh(hamiltonian[np.ix_(block, block)])
            products, states = linear_sum_assignment(-(np.abs(columns) ** 2))
            chosen = columns[:, states]
            own = chosen[products, products]
            # The label's own component real and positive, so that weak coupling leaves operators nearly unchanged.
            phase = np.where(np.abs(own) > 0, np.conj(own) / np.maximum(np.abs(own), 1e-300), 1.0)
            energies[block] = values[states]
            vectors[np.ix_(block, block)] = chosen * phase
        return energies, vectors

    @property
    def energies(self) -> Real:
        """Dressed energies in the frame `frame_hz`: float64 of shape (dimension,), rad/s."""
        return self._dressed[0]

    @property
    def basis(self) -> Complex:
        """Dressed states as columns over the product basis: complex128 (dimension, dimension)."""
        return self._dressed[1]

    def energies_in(self, frame_hz: float) -> Real:
        """Dressed energies in another frame: float64 of shape (dimension,), rad/s."""
        return self.energies + 2.0 * np.pi * (self.frame_hz - frame_hz) * self.excitations

    def dressed_lowering(self, index: int) -> Complex:
        """Annihilation operator of one transmon between dressed states: complex128 (dimension, dimension)."""
        return self.basis.conj().T @ self.lowering(index) @ self.basis

    def equilibrium(self) -> Real:
        """Joint populations in thermal equilibrium, detailed balance on each ladder: float64 (dimension,)."""
        joint = np.ones(1)
        for transmon in self.transmons:
            ratio = transmon.thermal_population / (1.0 - transmon.thermal_population)
            ladder = ratio ** np.arange(transmon.levels)
            joint = np.kron(joint, ladder / ladder.sum())
        return joint

    def part(self, members: tuple[int, ...], outside: Mapping[int, int]) -> TransmonArray:
        """Some of the transmons by themselves, shifted by neighbours that stay in a level each.

        Args:
            members: indices of those that are kept, ascending.
            outside: the level of each neighbour that is not among them; level 0 where nothing is said.
        """
        within = {q: k for k, q in enumerate(members)}
        own_shifts = self.shifts_hz or tuple((0.0,) * levels for levels in self.shape)
        shifts = [np.array(own_shifts[q]) for q in members]
        for pair in self.couplings_hz:
            for own, other in (pair, pair[::-1]):
                if own in within and other not in within:
                    shifts[within[own]] += self.pair_energies_hz(own, other)[:, outside.get(other, 0)]
        return TransmonArray(
            tuple(self.transmons[q] for q in members),
            {(within[a], within[b]): j for (a, b), j in self.couplings_hz.items() if a in within and b in within},
            tuple(tuple(shift.tolist()) for shift in shifts),
        )

    def pair_energies_hz(self, own: int, other: int) -> Real:
        """What coupling to `other` adds to the energies of `own`: float64 (levels of own, levels of other), Hz.

        Column m is counted from the energy of |0, m>, so that it shifts the transitions of `own` while `other`
        stays in m. Pairs are taken one by one: right to second order in J over the detuning.
        """
        left, right = self.transmons[own], self.transmons[other]
        strength = self.couplings_hz.get((own, other), self.couplings_hz.get((other, own), 0.0))
        pair = TransmonArray((left, right), {(0, 1): strength})
        free = TransmonArray((left, right), {})
        added = (pair.energies_in(pair.frame_hz) - free.energies_in(pair.frame_hz)).reshape(pair.shape)
        return np.asarray((added - added[0]) / (2.0 * np.pi), np.float64)

    def neighbours(self, index: int) -> tuple[int, ...]:
        """Transmons that are coupled to one, ascending."""
        found = {b if a == index else a for a, b in self.couplings_hz if index in {a, b}}
        return tuple(sorted(found))
