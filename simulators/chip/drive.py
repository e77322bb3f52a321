"""Driven evolution: exact exponentials sample by sample, in the frame of the drive's own oscillator.

A generator holds each sample, and its mixer shifts it by the oscillator's frequency. In the frame of that
oscillator the Hamiltonian is therefore constant during a sample, and one exponential is exact. A second oscillator
at the same time rotates against that frame: the sample is cut into sub-steps in which it turns by at most
`MAX_TURN` rad and is taken at the middle. That overrates the second drive by MAX_TURN**2 / 24 = 4e-4 of its
amplitude at most, which for a pi pulse is 4e-7 in population.

Dissipation is split off symmetrically (Strang) in chunks of `CHUNK` samples: half a chunk's decay, the chunk's
unitary, the other half. Against a generator that is exact in every sample this is wrong by about 1e-5 for a
36 ns pulse at T1 of tens of microseconds.

Turning all drives by phi turns the propagator by exp(-i phi N) U exp(i phi N): one propagator serves all phases.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulators.chip.dissipation import Dissipation
from simulators.chip.kernels import chunk_propagators, split_evolution
from simulators.chip.ladder import ladder_propagators
from simulators.chip.pattern import Pattern
from simulators.chip.transmons import Complex, Real, TransmonArray
from simulators.chip.windows import DriveWindow

__all__ = ["CHUNK", "MAX_TURN", "DrivenEvolution"]

CHUNK = 8
"""Samples between two applications of the dissipator."""
MAX_TURN = 0.1
"""Most that a second oscillator may turn against the frame during a sub-step, rad."""
SLICE = 1 << 16
"""(Sub-)steps that are held in memory at once."""
PLATEAU = 2048
"""Equal samples in a row from which a run is raised to a power instead of stepped."""
CACHED_BYTES = 1 << 26
"""Propagators that are kept."""


class DrivenEvolution:
    """Propagators of drive windows, and density matrices through them."""

    def __init__(self, array: TransmonArray, dissipation: Dissipation, chunk: int = CHUNK) -> None:
        self._array = array
        self._dissipation = dissipation
        self._chunk = chunk
        self._pattern = Pattern(array)
        self._order = array.excitations[:, None] - array.excitations[None, :]
        self._ladders: dict[float | None, Real] = {}
        self._unitaries: OrderedDict[bytes, Complex] = OrderedDict()

    def turn(self, window: DriveWindow, time_s: float) -> float:
        """Angle of a window's frame against the chip's own at an instant, rad."""
        if window.frame_hz is None:
            return 0.0
        return 2.0 * np.pi * (window.frame_hz - self._array.frame_hz) * time_s

    def through(self, states: Complex, window: DriveWindow) -> Complex:
        """Density matrices through a placed window, from its frame to its frame: shape (batch, dim, dim)."""
        states = np.array(states, np.complex128, order="C")
        for rates, durations, per_sample in self._slices(window):
            for first, stop, constant in _parts(rates, durations):
                part = rates[:, first:stop], durations[first:stop]
                if constant:
                    states = self._plateau(states, window, *part, self._chunk * per_sample)
                else:
                    self._stepped(states, window, *part, self._chunk * per_sample)
        return states

    def unitary(self, window: DriveWindow) -> Complex:
        """Propagator of a placed window without dissipation, in its frame: complex128 (dimension, dimension)."""
        found = self._unitaries.get(window.key)
        if found is None:
            for rates, durations, _ in self._slices(window):
                part = self._propagators(window, rates, durations, np.array([0, durations.size]))[0]
                found = part if found is None else part @ found
            if found is None:
                raise ValueError("a window has samples")
            self._remember(window.key, found)
        return found

    def superoperator(self, window: DriveWindow) -> Complex:
        """Of a placed window with dissipation, on flattened matrices in its frame: complex128 (dim**2, dim**2)."""
        size = self._array.dimension
        basis = np.eye(size * size, dtype=np.complex128).reshape(-1, size, size)
        return np.ascontiguousarray(self.through(basis, window).reshape(size * size, -1).T)

    def _slices(self, window: DriveWindow) -> Iterator[tuple[Complex, Real, int]]:
        """Rates (drives, steps) and durations of consecutive (sub-)steps, and steps in a sample."""
        frame_hz = window.frame_hz or 0.0
        rotating = [not drive.flux and drive.lo_hz != frame_hz for drive in window.drives]
        if window.samples <= SLICE and not any(rotating):
            yield np.array([drive.rate for drive in window.drives]), window.steps_s, 1
            return
        fastest = max(
            (abs(d.lo_hz - frame_hz) for d, r in zip(window.drives, rotating, strict=True) if r), default=0
        )
        longest = float(window.steps_s.max())
        per_sample = max(1, int(np.ceil(2.0 * np.pi * fastest * longest / MAX_TURN)))
        begins = np.concatenate(([0.0], np.cumsum(window.steps_s)[:-1]))
        size = max(1, SLICE // per_sample)
        for first in range(0, window.samples, size):
            part = slice(first, min(first + size, window.samples))
            steps = window.steps_s[part] / per_sample
            middles = (begins[part, None] + (np.arange(per_sample) + 0.5) * steps[:, None]).ravel()
            rates = np.empty((len(window.drives), middles.size), np.complex128)
            for m, drive in enumerate(window.drives):
                rates[m] = np.repeat(drive.rate[part], per_sample)
                if rotating[m]:
                    rates[m] *= np.exp(2j * np.pi * (drive.lo_hz - frame_hz) * middles)
            yield rates, np.repeat(steps, per_sample), per_sample

    def _propagators(
        self, window: DriveWindow, rates: Complex, durations: Real, bounds: NDArray[np.int64]
    ) -> Complex:
        """Unitary of each chunk: complex128 (chunks, dimension, dimension)."""
        size = self._array.dimension
        out = np.empty((bounds.size - 1, size, size), np.complex128)
        if len(self._array.transmons) == 1:
            total, shift = _ladder_drive(window, rates)
            ladder_propagators(self._energies(window.frame_hz), shift, total, durations, bounds, out)
            return out
        pattern = self._pattern
        low, high, weights = pattern.operators(tuple((drive.transmon, drive.flux) for drive in window.drives))
        energies, spread = pattern.energies(window.frame_hz)
        chunk_propagators(
            pattern.rows,
            pattern.columns,
            energies,
            low,
            high,
            np.append(weights, spread),
            rates,
            durations,
            bounds,
            out,
        )
        return out

    def _energies(self, frame_hz: float | None) -> Real:
        """Energies of a single transmon in a frame, rad/s, their spectrum centred."""
        if frame_hz not in self._ladders:
            energies = self._array.energies_in(self._array.frame_hz if frame_hz is None else frame_hz)
            self._ladders[frame_hz] = energies - 0.5 * (energies.max() + energies.min())
        return self._ladders[frame_hz]

    def _stepped(self, states: Complex, window: DriveWindow, rates: Complex, durations: Real, chunk: int) -> None:
        """Chunk by chunk, in place."""
        if not self._dissipation.active:
            unitary = self._propagators(window, rates, durations, np.array([0, durations.size]))[0]
            states[:] = unitary @ states @ unitary.conj().T
            return
        bounds = np.append(np.arange(0, durations.size, chunk), durations.size)
        unitaries = self._propagators(window, rates, durations, bounds)
        halves = 0.5 * np.add.reduceat(durations, bounds[:-1])
        between = np.concatenate((halves, [0.0])) + np.concatenate(([0.0], halves))
        # Sums of equal durations differ in their last digits; 1e-15 s decays nothing.
        distinct, kinds = np.unique(np.round(between, 15), return_inverse=True)
        split_evolution(states, unitaries, kinds, *self._dissipation.sparse_decays(distinct))

    def _plateau(
        self, states: Complex, window: DriveWindow, rates: Complex, durations: Real, chunk: int
    ) -> Complex:
        """A long constant drive: the power of one chunk's superoperator."""
        if not self._dissipation.active:
            self._stepped(states, window, rates, durations, chunk)
            return states
        chunks, rest = divmod(durations.size, chunk)
        size = self._array.dimension
        unitary = self._propagators(window, rates[:, :chunk], durations[:chunk], np.array([0, chunk]))[0]
        half = self._dissipation.decay(round(0.5 * float(durations[:chunk].sum()), 15))
        whole = half @ np.kron(unitary, unitary.conj()) @ half
        flat = states.reshape(-1, size * size) @ np.linalg.matrix_power(whole, chunks).T
        states = np.ascontiguousarray(flat.reshape(states.shape))
        if rest:
            self._stepped(states, window, rates[:, :rest], durations[:rest], chunk)
        return states

    def _remember(self, key: bytes, unitary: Complex) -> None:
        self._unitaries[key] = unitary
        if len(self._unitaries) * unitary.nbytes > CACHED_BYTES:
            self._unitaries.popitem(last=False)


def _ladder_drive(window: DriveWindow, rates: Complex) -> tuple[Complex, Real]:
    """All drives of a single transmon as one, and all shifts of its frequency."""
    shift = np.zeros(rates.shape[1])
    if len(window.drives) == 1 and not window.drives[0].flux:
        return rates[0], shift
    total = np.zeros(rates.shape[1], np.complex128)
    for drive, rate in zip(window.drives, rates, strict=True):
        if drive.flux:
            shift += rate.real
        else:
            total += rate
    return total, shift


def _parts(rates: Complex, durations: Real) -> Iterator[tuple[int, int, bool]]:
    """Cut a slice where long constant runs begin and end: (first, stop, constant) of each part."""
    if durations.size < PLATEAU:
        yield 0, durations.size, False
        return
    differs = np.any(rates[:, 1:] != rates[:, :-1], axis=0) | (durations[1:] != durations[:-1])
    edges: NDArray[np.int64] = np.concatenate(([0], np.flatnonzero(differs) + 1, [durations.size]))
    begin = 0
    for first, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if stop - first >= PLATEAU:
            if begin < first:
                yield begin, first, False
            yield first, stop, True
            begin = stop
    if begin < durations.size:
        yield begin, durations.size, False
