"""Integrated values at a cost that does not depend on the length of a record.

The field is linear, so that a kernel's value for any history of levels is a sum of tabulated parts: between two
jumps the difference of two prefix sums, and behind each jump the excess of the field over the new level's own
solution, which decays with that level's pole: excess * T, where T_n = w_n + exp(-lambda dt) T_{n+1} is the
kernel's answer to a decay.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numba import njit
from scipy.signal import lfilter

from simulators.chip.readings import Reading
from simulators.chip.transmons import Complex, Int, Real

__all__ = ["KernelTable"]


class KernelTable:
    """What one resonator of a reading adds to each kernel."""

    def __init__(self, reading: Reading, resonator: int, times_s: Real, weights: Complex) -> None:
        """`times_s`: evenly spaced, at the chip, since the reading's beginning; `weights`: (kernels, samples)."""
        solutions = reading.signal.solutions[resonator]
        self._first_s = float(times_s[0])
        self._step_s = float(times_s[1] - times_s[0]) if times_s.size > 1 else 1.0
        self._sample_s = reading.signal.sample_s
        self._poles = np.array([solution.pole for solution in solutions])
        self._edges = np.array([solution.edges for solution in solutions])
        self._drive = solutions[0].drive
        # What lies before the signal's first sample sees no field.
        scaled = weights * reading.signal.volts_per_field(resonator)
        silent = np.zeros((len(weights), 1), np.complex128)
        sums, tails = [], []
        for solution in solutions:
            sums.append(np.concatenate((silent, np.cumsum(scaled * solution.at(times_s), axis=1)), axis=1))
            decay = np.exp(-solution.pole * self._step_s)
            backwards = lfilter([1.0 + 0j], [1.0, -decay], scaled[:, ::-1], axis=1)[:, ::-1]
            tails.append(np.concatenate((backwards, silent), axis=1))
        self._sums, self._tails = np.array(sums), np.ascontiguousarray(np.array(tails))

    @cached_property
    def constant(self) -> Complex:
        """Values for a level that stays: complex128 of shape (levels, kernels)."""
        return np.ascontiguousarray(self._sums[:, :, -1])

    def add_jumps(self, values: Complex, base: Int, shots: Int, times_s: Real, levels: Int) -> None:
        """Turn values for constant levels into those of histories with jumps, in place.

        Args:
            values: complex128 of shape (shots, kernels).
            base: level of each shot at the beginning: int of shape (shots,).
            shots: int64 (jumps,), shot of each jump; the jumps of a shot one behind the other, in order of time.
            times_s: float64 (jumps,), seconds since the reading's beginning, at the chip.
            levels: int64 (jumps,), the new levels.
        """
        _add_jumps(
            values,
            np.asarray(base, np.int64),
            shots,
            times_s,
            levels,
            (self._first_s, self._step_s, self._sample_s),
            self._poles,
            self._edges,
            self._drive,
            self._sums,
            self._tails,
        )


@njit(cache=True, nogil=True)
def _field(at_s: float, sample_s: float, pole: complex, edges: Complex, drive: Complex) -> complex:
    if at_s <= 0.0:
        return 0.0j
    n = min(int(at_s / sample_s), edges.size - 1)
    decay = np.exp(-pole * (at_s - n * sample_s))
    value: complex = decay * edges[n] + 1j * drive[n] * (1.0 - decay) / pole
    return value


@njit(cache=True, nogil=True)
def _add_jumps(  # noqa: PLR0917 - compiled code takes no keywords
    values: Complex,
    base: Int,
    shots: Int,
    times_s: Real,
    levels: Int,
    grid: tuple[float, float, float],
    poles: Complex,
    edges: Complex,
    drive: Complex,
    sums: Complex,
    tails: Complex,
) -> None:
    first_s, step_s, sample_s = grid
    samples, kernels = sums.shape[2] - 1, sums.shape[1]
    row = 0
    while row < shots.size:
        shot = shots[row]
        old = base[shot]
        excess = 0.0j
        since = 0.0
        for k in range(kernels):
            values[shot, k] -= sums[old, k, samples]
        begin = 0
        while True:
            last = row == shots.size or shots[row] != shot
            stop = samples
            if not last:
                stop = min(max(int(np.ceil((times_s[row] - first_s) / step_s)), begin), samples)
            # The part of the grid between the last jump and this one.
            ahead = np.exp(-poles[old] * (first_s + begin * step_s - since)) * excess
            past = np.exp(-poles[old] * (first_s + stop * step_s - since)) * excess
            for k in range(kernels):
                values[shot, k] += sums[old, k, stop] - sums[old, k, begin]
                values[shot, k] += ahead * tails[old, k, begin] - past * tails[old, k, stop]
            if last:
                break
            now = _field(times_s[row], sample_s, poles[old], edges[old], drive)
            now += excess * np.exp(-poles[old] * (times_s[row] - since))
            old, since, begin = levels[row], times_s[row], stop
            excess = now - _field(since, sample_s, poles[old], edges[old], drive)
            row += 1
