"""What a receiver makes of the readouts of many shots: integrated values or traces, with the amplifier's noise."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulators.chip.content import Acquisition
from simulators.chip.feedline import Feedline, LevelPath
from simulators.chip.kernelled import KernelTable
from simulators.chip.readings import Reading
from simulators.chip.shelf import Shelf
from simulators.chip.transmons import Complex, Int, Real

__all__ = ["History", "Receiver"]

CACHED_TRACES = 256
"""Noiseless traces of joint levels that are kept."""


@dataclass(frozen=True, slots=True)
class History:
    """Level of a resonator's transmon during a reading, for many shots."""

    levels: NDArray[np.int8]
    """At the beginning: int8 of shape (shots,)."""
    shots: Int
    """Shot of each jump, ascending; the jumps of one shot in order of time."""
    times_s: Real
    """Of each jump, seconds since the content's beginning."""
    moved: Int
    """New level after each jump."""


class Receiver:
    """One acquisition of one content."""

    def __init__(
        self,
        acquisition: Acquisition,
        feedline: Feedline,
        image: complex,
        readings: Sequence[Reading],
        shelf: Shelf,
    ) -> None:
        """`readings`: all of the content; `shelf`: of the kernel tables.

        With `image`, of the down-converting mixer, v becomes v + image v^*.
        """
        self._acquisition = acquisition
        self._feedline = feedline
        self._image = image
        self._shelf = shelf
        self.numbers = [k for k, reading in enumerate(readings) if reading.line == acquisition.feedline]
        """Which of the readings it sees."""
        self._readings = [readings[k] for k in self.numbers]
        self._traces: dict[tuple[int, ...], Complex] = {}

    @property
    def noise_v(self) -> float:
        """Standard deviation of the noise of I and of Q in a sample, volts."""
        return self._feedline.noise_v(self._acquisition.sample_s)

    @property
    def peak_v(self) -> float:
        """Largest noiseless I or Q for constant levels 0 or 1, volts."""
        peaks = [0.0]
        for level in (0, 1):
            trace = self._trace(tuple([level] * sum(len(r.measured) for r in self._readings)))
            peaks += [float(np.abs(trace.real).max()), float(np.abs(trace.imag).max())] if trace.size else []
        return max(peaks)

    def values(
        self, histories: Sequence[Sequence[History]], shots: int, generator: np.random.Generator
    ) -> Complex:
        """Integrated values with noise: complex128 of shape (shots, kernels).

        Args:
            histories: for each reading of `numbers` and each resonator.
            shots: how many.
            generator: of the noise.
        """
        kernels = len(self._weights)
        values = self._noise(shots, generator)
        for reading, tables, row in zip(self._readings, self._tables, histories, strict=True):
            for table, history in zip(tables, row, strict=True):
                for k in range(kernels):
                    values[:, k] += table.constant[:, k].take(history.levels, mode="clip")
                if history.shots.size:
                    since = history.times_s - reading.start_s
                    table.add_jumps(values, history.levels.astype(np.int64), history.shots, since, history.moved)
        if not self._image:
            return values
        half = kernels // 2
        return np.asarray(values[:, :half] + self._image * values[:, half:].conj(), np.complex128)

    def traces(
        self, histories: Sequence[Sequence[History]], shots: int, generator: np.random.Generator
    ) -> NDArray[np.complex64]:
        """Samples with noise: complex64 of shape (shots, samples), volts."""
        samples = self._acquisition.samples
        out = np.empty((shots, samples), np.complex64)
        flat = out.view(np.float32)
        generator.standard_normal(out=flat, dtype=np.float32)
        flat *= np.float32(self.noise_v)
        columns = [history.levels for row in histories for history in row]
        if columns:
            joint = np.stack(columns, axis=1)
            distinct, which = np.unique(joint, axis=0, return_inverse=True)
            for k, levels in enumerate(distinct.tolist()):
                out[which.reshape(-1) == k] += self._trace(tuple(levels)).astype(np.complex64)
        for reading, row in zip(self._readings, histories, strict=True):
            self._add_jumps(out, reading, row)
        return out if not self._image else out + np.complex64(self._image) * out.conj()

    def mean_trace(
        self, histories: Sequence[Sequence[History]], shots: int, generator: np.random.Generator
    ) -> Complex:
        """Mean of the traces of many shots, with the noise that is left: complex128 of shape (samples,)."""
        samples = self._acquisition.samples
        noise = generator.standard_normal((2, samples)) * self.noise_v / np.sqrt(shots)
        total = np.zeros((1, samples), np.complex128)
        columns = [history.levels for row in histories for history in row]
        if columns:
            distinct, counts = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
            for levels, count in zip(distinct.tolist(), counts.tolist(), strict=True):
                total += count * self._trace(tuple(levels))
        for reading, row in zip(self._readings, histories, strict=True):
            self._add_jumps(total, reading, row)
        mean = total[0] / shots + noise[0] + 1j * noise[1]
        return np.asarray(mean + self._image * mean.conj(), np.complex128)

    @cached_property
    def _weights(self) -> Complex:
        """Kernels, and with an image of the mixer also their conjugates."""
        given = self._acquisition.weights
        weights = (
            np.zeros((0, self._acquisition.samples), np.complex128) if given is None else np.atleast_2d(given)
        )
        return np.concatenate((weights, weights.conj())) if self._image else np.asarray(weights, np.complex128)

    @property
    def _tables(self) -> list[list[KernelTable]]:
        """For each reading and resonator; equal ones of all contents are one."""
        resonators = range(len(self._feedline.resonators))
        return [[self._table(reading, q) for q in resonators] for reading in self._readings]

    def _table(self, reading: Reading, resonator: int) -> KernelTable:
        taken = self._acquisition
        conversion = (reading.signal.lo_hz - taken.lo_hz) * taken.start_s % 1.0
        # The signal itself is part of the key: so it lives as long as the table, and its identity is its own.
        since_s = round(taken.start_s - reading.start_s, 15)
        key = (reading.signal, resonator, since_s, round(conversion, 9), taken.sample_s, taken.lo_hz, self._digest)

        def make() -> KernelTable:
            weights = self._weights * self._conversion(reading)
            return KernelTable(reading, resonator, self._at_chip(reading), weights)

        return self._shelf.get(key, make)

    @cached_property
    def _digest(self) -> bytes:
        return hashlib.blake2b(self._weights.tobytes(), digest_size=16).digest()

    @cached_property
    def _mixing(self) -> Complex:
        """Square root of the kernels' covariance under white noise: (kernels, kernels)."""
        energies, vectors = np.linalg.eigh(self._weights @ self._weights.conj().T)
        return np.asarray(vectors * np.sqrt(np.clip(energies, 0.0, None)), np.complex128)

    def _noise(self, shots: int, generator: np.random.Generator) -> Complex:
        kernels = len(self._weights)
        white = generator.standard_normal((shots, 2 * kernels))
        if kernels == 1:
            # Circular noise has no phase: the whole is done in place.
            white *= abs(self._mixing[0, 0]) * self.noise_v
            return white.view(np.complex128)
        return np.asarray(white.view(np.complex128) @ (self._mixing.T * self.noise_v), np.complex128)

    def _at_chip(self, reading: Reading) -> Real:
        times = reading.at_receiver(
            self._acquisition.start_s, self._acquisition.sample_s, self._acquisition.samples
        )
        return np.asarray(times - self._feedline.delay_s, np.float64)

    def _conversion(self, reading: Reading) -> Complex:
        """Phase of the up-converting oscillator against the down-converting one at each sample."""
        times = self._acquisition.start_s + np.arange(self._acquisition.samples) * self._acquisition.sample_s
        apart = reading.signal.lo_hz - self._acquisition.lo_hz
        return np.asarray(np.exp(2j * np.pi * np.remainder(apart * times, 1.0)), np.complex128)

    def _trace(self, levels: tuple[int, ...]) -> Complex:
        """Noiseless trace for constant levels of all resonators, reading by reading."""
        if levels not in self._traces:
            if len(self._traces) >= CACHED_TRACES:
                self._traces.clear()
            total = np.zeros(self._acquisition.samples, np.complex128)
            given = iter(levels)
            for reading in self._readings:
                times, conversion = self._at_chip(reading), self._conversion(reading)
                for q, solutions in enumerate(reading.signal.solutions):
                    total += reading.signal.volts_per_field(q) * solutions[next(given)].at(times) * conversion
            self._traces[levels] = total
        return self._traces[levels]

    def _add_jumps(self, out: NDArray[np.complex64] | Complex, reading: Reading, row: Sequence[History]) -> None:
        """Jumps of a reading, shot by shot; on a single row all of them are added up."""
        times, conversion = self._at_chip(reading) + self._feedline.delay_s, self._conversion(reading)
        for history, resonator in zip(row, self._feedline.resonators, strict=True):
            edges = np.flatnonzero(np.diff(history.shots, prepend=-1, append=-1))
            for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                shot = int(history.shots[first])
                jumps = tuple(
                    (float(history.times_s[k] - reading.start_s), resonator.transmon, int(history.moved[k]))
                    for k in range(first, last)
                )
                levels = np.zeros(resonator.transmon + 1, np.int64)
                levels[resonator.transmon] = history.levels[shot]
                change = np.zeros(times.size, np.complex128)
                path = LevelPath(tuple(levels.tolist()), jumps)
                reading.signal.add_jumps(change, path, times)
                out[0 if len(out) == 1 else shot] += change * conversion
