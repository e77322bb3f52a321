"""Driven evolution: exact exponentials sample by sample, in the frame of the drive's own oscillator.

A generator holds each sample, and its mixer shifts it by the oscillator's frequency. In the frame of that
oscillator the Hamiltonian is therefore constant during a sample, and one exponential is exact. A second oscillator
at the same time rotates against that frame: the sample is cut into sub-steps in which it turns by at most
`MAX_TURN` rad and is taken at the middle. That overrates the second drive by MAX_TURN**2 / 24 = 4e-4 of its
amplitude at most, which for a pi pulse is 4e-7 in population.

Dissipation is split off symmetrically (Strang) in chunks of `CHUNK` samples: half a chunk's decay, the chunk's
unitary, the other half. Against a generator that is exact in every sample this is wrong by about 1e-5 for a
36 ns pulse at T1 of tens of microseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulators.chip.dissipation import Dissipation
from simulators.chip.transmons import Complex, Real, TransmonArray

__all__ = ["CHUNK", "MAX_TURN", "Drive", "DriveWindow", "DrivenEvolution"]

CHUNK = 8
"""Samples between two applications of the dissipator."""
MAX_TURN = 0.1
"""Most that a second oscillator may turn against the frame during a sub-step, rad."""
SLICE = 1024
"""Samples whose Hamiltonians are held in memory at once."""
PLATEAU = 4 * CHUNK
"""Equal samples in a row from which a run is raised to a power instead of stepped."""


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """What one oscillator's mixer sends to one transmon during a window."""

    transmon: int
    lo_hz: float
    rate: Complex
    """Drive d times Rabi strength for each sample: complex128 of shape (samples,), rad/s."""


@dataclass(frozen=True, eq=False)
class DriveWindow:
    """Drives that are active together; all arrays have one length."""

    drives: tuple[Drive, ...]
    sample_s: float
    """Duration of a sample, seconds."""

    @property
    def samples(self) -> int:
        """Length of the window."""
        return int(self.drives[0].rate.size)

    @property
    def duration_s(self) -> float:
        """Length of the window, seconds."""
        return self.samples * self.sample_s

    @cached_property
    def key(self) -> str:
        """Digest of everything that decides what the window does."""
        digest = hashlib.blake2b(repr(self.sample_s).encode(), digest_size=16)
        for drive in self.drives:
            digest.update(repr((drive.transmon, drive.lo_hz)).encode())
            digest.update(np.ascontiguousarray(drive.rate).tobytes())
        return digest.hexdigest()


class DrivenEvolution:
    """Propagates batches of density matrices through drive windows."""

    def __init__(self, array: TransmonArray, dissipation: Dissipation, chunk: int = CHUNK) -> None:
        self._array = array
        self._dissipation = dissipation
        self._chunk = chunk
        self._lowering = [array.dressed_lowering(q) for q in range(len(array.transmons))]
        self._order = array.excitations[:, None] - array.excitations[None, :]

    def evolve(self, states: Complex, window: DriveWindow, start_s: float) -> Complex:
        """Density matrices at the end of a window.

        Args:
            states: complex128 of shape (batch, dimension, dimension), dressed basis, chip's frame, at `start_s`.
            window: the drives.
            start_s: beginning of the window, seconds since the instant at which all oscillators have phase zero.
        """
        lo_hz = window.drives[0].lo_hz
        states = self._to_frame(states, lo_hz, start_s)
        for hamiltonians, step_s, per_sample in self._slices(window, start_s):
            for first, stop, constant in _parts(hamiltonians):
                if constant:
                    states = self._plateau(states, hamiltonians[first], stop - first, step_s)
                else:
                    states = self._stepped(states, hamiltonians[first:stop], step_s, self._chunk * per_sample)
        return self._to_frame(states, lo_hz, start_s + window.duration_s, back=True)

    def _to_frame(self, states: Complex, lo_hz: float, time_s: float, *, back: bool = False) -> Complex:
        """Between the chip's frame and an oscillator's: a phase for each difference of excitations."""
        turn = 2.0 * np.pi * (lo_hz - self._array.frame_hz) * time_s * (-1 if back else 1)
        return np.asarray(states * np.exp(1j * turn * self._order), np.complex128)

    def _slices(self, window: DriveWindow, start_s: float) -> Iterator[tuple[Complex, float, int]]:
        """Hamiltonians of consecutive (sub-)steps, duration of a step, and steps in a sample."""
        lo_hz = window.drives[0].lo_hz
        fastest = max(abs(drive.lo_hz - lo_hz) for drive in window.drives)
        per_sample = max(1, int(np.ceil(2.0 * np.pi * fastest * window.sample_s / MAX_TURN)))
        step_s = window.sample_s / per_sample
        static = np.diag(self._array.energies_in(lo_hz)).astype(np.complex128)
        for first in range(0, window.samples, SLICE):
            stop = min(first + SLICE, window.samples)
            middles = start_s + first * window.sample_s + (np.arange((stop - first) * per_sample) + 0.5) * step_s
            half = np.zeros((middles.size, *static.shape), np.complex128)
            for drive in window.drives:
                rate = np.repeat(drive.rate[first:stop], per_sample)
                if drive.lo_hz != lo_hz:
                    rate = rate * np.exp(2j * np.pi * (drive.lo_hz - lo_hz) * middles)
                half += 0.5 * rate[:, None, None] * self._lowering[drive.transmon]
            yield static + half + half.conj().swapaxes(1, 2), step_s, per_sample

    def _stepped(self, states: Complex, hamiltonians: Complex, step_s: float, chunk: int) -> Complex:
        """Step by step, the dissipator once a chunk."""
        unitaries = _exponentials(hamiltonians, step_s)
        for first in range(0, len(unitaries), chunk):
            part = unitaries[first : first + chunk]
            states = self._split(states, _ordered_product(part), len(part) * step_s)
        return states

    def _plateau(self, states: Complex, hamiltonian: Complex, steps: int, step_s: float) -> Complex:
        """A long constant drive: the power of one chunk's superoperator."""
        if not self._dissipation.active:
            return self._split(states, _exponentials(hamiltonian[None], steps * step_s)[0], 0.0)
        chunks, rest = divmod(steps, self._chunk)
        size = self._array.dimension
        unitary = _exponentials(hamiltonian[None], self._chunk * step_s)[0]
        half = self._dissipation.decay(0.5 * self._chunk * step_s)
        chunk = half @ np.kron(unitary, unitary.conj()) @ half
        flat = states.reshape(-1, size * size) @ np.linalg.matrix_power(chunk, chunks).T
        states = flat.reshape(states.shape)
        return self._split(states, _exponentials(hamiltonian[None], rest * step_s)[0], rest * step_s)

    def _split(self, states: Complex, unitary: Complex, duration_s: float) -> Complex:
        """Half the decay, the unitary, the other half."""
        if not self._dissipation.active or duration_s == 0.0:
            return unitary @ states @ unitary.conj().T
        half = self._dissipation.decay(0.5 * duration_s).T
        flat = (states.reshape(len(states), -1) @ half).reshape(states.shape)
        flat = (unitary @ flat @ unitary.conj().T).reshape(len(states), -1) @ half
        return flat.reshape(states.shape)


def _parts(hamiltonians: Complex) -> Iterator[tuple[int, int, bool]]:
    """Cut a slice where long constant runs begin and end: (first, stop, constant) of each part."""
    flat = hamiltonians.reshape(len(hamiltonians), -1)
    changes = np.flatnonzero(np.any(flat[1:] != flat[:-1], axis=1)) + 1
    edges: NDArray[np.int64] = np.concatenate(([0], changes, [len(flat)]))
    begin = 0
    for first, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if stop - first >= PLATEAU:
            if begin < first:
                yield begin, first, False
            yield first, stop, True
            begin = stop
    if begin < len(flat):
        yield begin, len(flat), False


def _exponentials(hamiltonians: Complex, duration_s: float) -> Complex:
    """exp(-i H t) of each Hermitian matrix, by eigenvectors: exact for any norm of H t."""
    energies, vectors = np.linalg.eigh(hamiltonians)
    phases: Real = energies * duration_s
    return np.asarray((vectors * np.exp(-1j * phases)[:, None, :]) @ vectors.conj().swapaxes(1, 2), np.complex128)


def _ordered_product(unitaries: Complex) -> Complex:
    """Product with the last factor leftmost, pairwise, so that numpy multiplies whole batches."""
    while len(unitaries) > 1:
        odd = unitaries[-1:] if len(unitaries) % 2 else unitaries[:0]
        pairs = unitaries[: len(unitaries) - len(odd)]
        unitaries = np.concatenate((pairs[1::2] @ pairs[0::2], odd))
    return np.asarray(unitaries[0], np.complex128)
