"""State vectors of many coupled transmons, sample by sample: sites exactly, couplings split off (Strang).

Each site is propagated exactly in the frame of its own drive, where its Hamiltonian is constant during a sample;
an exchange coupling then turns with the difference of two frames, exp(2 pi i (f_a - f_b) t), and is taken at the
edges between samples, half of it at both ends. The couplings are applied one after the other and in turn from
either end: over two samples the order is symmetrical, and the error of second order in J dt.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from simulators.chip.kernels import chunk_propagators
from simulators.chip.pattern import Pattern
from simulators.chip.transmons import Complex, Int, Real, TransmonArray
from simulators.chip.windows import DriveWindow

__all__ = ["SplitChain"]


class SplitChain:
    """Couplings and index tables of an array, ready to propagate product-basis states.

    A window may drive each transmon with one oscillator; flux and several oscillators on one transmon are for
    `DrivenEvolution`.
    """

    def __init__(self, array: TransmonArray) -> None:
        self._array = array
        shape = array.shape
        self._strides = [int(np.prod(shape[q + 1 :])) for q in range(len(shape))]
        self._bonds = list(array.couplings_hz.items())
        tables = [self._bond(a, b) for (a, b), _ in self._bonds]
        self._sizes = np.array([0, *(len(t[0]) for t in tables)], np.int64).cumsum()
        self._offset_sizes = np.array([0, *(len(t[1]) for t in tables)], np.int64).cumsum()
        nothing = np.zeros(0, np.int64)
        self._bases = np.concatenate([t[0] for t in tables] or [nothing])
        self._offsets = np.concatenate([t[1] for t in tables] or [nothing])
        self._first_levels = np.concatenate([t[2] for t in tables] or [nothing])

    def propagate(self, states: Complex, window: DriveWindow) -> Complex:
        """States at the end of a placed window.

        Args:
            states: complex128 (dimension,) or (batch, dimension), product basis, each site in its own frame at the
                window's beginning: that of its drive, or of its own frequency if nothing drives it.
            window: the drives; samples of one duration.

        Returns:
            The same shape, each site in its own frame at the window's end.
        """
        sites, frames = self._sites(window)
        step_s = window.sample_s
        whole, begins = self._couplings(step_s)
        elements = np.stack((self._couplings(0.5 * step_s)[0], whole))
        differences = np.array([frames[a] - frames[b] for (a, b), _ in self._bonds], np.float64)
        out = np.array(states, np.complex128, order="C")
        for state in out.reshape(-1, self._array.dimension):
            _propagate(
                state,
                np.array(self._array.shape, np.int64),
                np.array(self._strides, np.int64),
                sites,
                self._sizes,
                self._offset_sizes,
                self._bases,
                self._offsets,
                self._first_levels,
                elements,
                begins,
                2.0 * np.pi * differences * step_s,
            )
        return out

    def frames_hz(self, window: DriveWindow) -> Real:
        """Frame of each site: float64 (transmons,), Hz."""
        own = {drive.transmon: drive.lo_hz for drive in window.drives}
        return np.array([own.get(q, t.frequency_hz) for q, t in enumerate(self._array.transmons)])

    def _sites(self, window: DriveWindow) -> tuple[Complex, Real]:
        """Propagator of each site for each sample, (transmons, samples, levels, levels); their frames."""
        most = max(self._array.shape)
        frames = self.frames_hz(window)
        result = np.zeros((len(frames), window.samples, most, most), np.complex128)
        bounds = np.arange(window.samples + 1)
        for q, transmon in enumerate(self._array.transmons):
            alone = TransmonArray((transmon,), {}, self._array.shifts_hz[q : q + 1])
            pattern = Pattern(alone)
            own = [drive.rate for drive in window.drives if drive.transmon == q]
            rates = np.array(own[:1], np.complex128) if own else np.zeros((1, window.samples), np.complex128)
            low, high, weights = pattern.operators(((0, False),))
            energies, spread = pattern.energies(float(frames[q]))
            out = np.empty((window.samples, transmon.levels, transmon.levels), np.complex128)
            bound = np.append(weights, spread)
            chunk_propagators(
                pattern.rows, pattern.columns, energies, low, high, bound, rates, window.steps_s, bounds, out
            )
            result[q, :, : transmon.levels, : transmon.levels] = out
        return result, frames

    def _bond(self, a: int, b: int) -> tuple[Int, Int, Int]:
        """States with both levels 0; what to add for each pair of levels; the first one's level in each pair."""
        levels = self._array.levels_of
        bases = np.flatnonzero((levels[:, a] == 0) & (levels[:, b] == 0)).astype(np.int64)
        first, second = np.divmod(np.arange(self._array.shape[a] * self._array.shape[b]), self._array.shape[b])
        offsets = first * self._strides[a] + second * self._strides[b]
        return bases, offsets.astype(np.int64), first.astype(np.int64)

    def _couplings(self, step_s: float) -> tuple[Complex, Int]:
        """exp(-i 2 pi J dt (a^+ b + h.c.)) of each bond, flattened one behind the other; where each begins."""
        flat: list[Complex] = []
        for (a, b), strength_hz in self._bonds:
            pair = TransmonArray((self._array.transmons[a], self._array.transmons[b]), {})
            hop = pair.lowering(0).conj().T @ pair.lowering(1)
            energies, vectors = np.linalg.eigh(2.0 * np.pi * strength_hz * (hop + hop.conj().T))
            matrix = (vectors * np.exp(-1j * energies * step_s)) @ vectors.conj().T
            # What differs in its number of excitations is zero but for rounding.
            order = pair.excitations[:, None] == pair.excitations[None, :]
            flat.append(np.where(order, matrix, 0.0).ravel())
        begins = np.array([0, *(f.size for f in flat)], np.int64).cumsum()
        return np.concatenate([*flat, np.zeros(0, np.complex128)]), begins


@njit(cache=True, nogil=True)
def _apply_site(state: Complex, levels: int, stride: int, matrix: Complex) -> None:
    if levels == 3:
        m00, m01, m02 = matrix[0, 0], matrix[0, 1], matrix[0, 2]
        m10, m11, m12 = matrix[1, 0], matrix[1, 1], matrix[1, 2]
        m20, m21, m22 = matrix[2, 0], matrix[2, 1], matrix[2, 2]
        for high in range(0, state.size, 3 * stride):
            for k in range(high, high + stride):
                x, y, z = state[k], state[k + stride], state[k + 2 * stride]
                state[k] = m00 * x + m01 * y + m02 * z
                state[k + stride] = m10 * x + m11 * y + m12 * z
                state[k + 2 * stride] = m20 * x + m21 * y + m22 * z
        return
    old = np.empty(levels, np.complex128)
    for high in range(0, state.size, levels * stride):
        for k in range(high, high + stride):
            for j in range(levels):
                old[j] = state[k + j * stride]
            for i in range(levels):
                total = 0.0j
                for j in range(levels):
                    total += matrix[i, j] * old[j]
                state[k + i * stride] = total


@njit(cache=True, nogil=True)
def _propagate(  # noqa: C901, PLR0917 - one loop; compiled code takes no keywords
    state: Complex,
    shape: Int,
    strides: Int,
    sites: Complex,
    sizes: Int,
    offset_sizes: Int,
    bases: Int,
    offsets: Int,
    first_levels: Int,
    elements: Complex,
    begins: Int,
    turning: Real,
) -> None:
    """Half of the couplings, sites, couplings, sites, ..., half of the couplings; in place."""
    samples, bonds = sites.shape[1], sizes.size - 1
    work = np.empty(25, np.complex128)
    rows = np.empty(625, np.int64)
    columns = np.empty(625, np.int64)
    values = np.empty(625, np.complex128)
    for edge in range(samples + 1):
        whole = 1 if 0 < edge < samples else 0
        for position in range(bonds):
            bond = position if edge % 2 == 0 else bonds - 1 - position
            own = offset_sizes[bond]
            count = offset_sizes[bond + 1] - own
            angle = turning[bond] * edge
            turn = complex(np.cos(angle), np.sin(angle))
            used = 0
            for i in range(count):
                for j in range(count):
                    element = elements[whole, begins[bond] + i * count + j]
                    if element != 0.0:
                        order = first_levels[own + i] - first_levels[own + j]
                        for _ in range(abs(order)):
                            element *= turn if order > 0 else turn.conjugate()
                        rows[used], columns[used], values[used] = offsets[own + i], j, element
                        used += 1
            for b in range(sizes[bond], sizes[bond + 1]):
                first = bases[b]
                for p in range(count):
                    work[p] = state[first + offsets[own + p]]
                    state[first + offsets[own + p]] = 0.0
                for p in range(used):
                    state[first + rows[p]] += values[p] * work[columns[p]]
        if edge < samples:
            for q in range(shape.size):
                _apply_site(state, shape[q], strides[q], sites[q, edge])
