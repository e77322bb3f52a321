"""The feedline: all resonators on one line, seen after the cryogenic amplifier.

The signal leaving the line is r(t) = sum_q sqrt(kappa_q) beta_q(t) in sqrt(photons/s), in the frame of the
readout oscillator. Amplifier noise is white: E|xi|^2 = n_noise / dt for samples of duration dt, half of it in each
quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulators.chip.resonators import FieldSolution, Resonator
from simulators.chip.transmons import Complex, Real

__all__ = ["MEASURING_PHOTONS", "Feedline", "FeedlineSignal", "LevelPath"]

MEASURING_PHOTONS = 0.1
"""Above this photon number in any resonator the chip counts as being measured: with 2 chi of the order of kappa,
the measurement rate is then about a tenth of kappa."""


@dataclass(frozen=True, slots=True)
class LevelPath:
    """The joint levels of all transmons from the beginning of a signal on."""

    levels: tuple[int, ...]
    jumps: tuple[tuple[float, int, int], ...] = ()
    """(seconds since the signal's first sample, transmon, its new level), in order."""


@dataclass(frozen=True, slots=True)
class Feedline:
    """Resonators, amplifier and cable."""

    resonators: tuple[Resonator, ...]
    noise_photons: float
    """n_noise = 1/2 + added noise at the amplifier's input."""
    gain_v: float
    """Volts at the digitizer's input for one sqrt(photon/s)."""
    delay_s: float = 0.0
    """Time of flight from the chip to the digitizer."""
    phase_rad: float = 0.0
    """Phase that the cables add."""

    def noise_v(self, sample_s: float) -> float:
        """Standard deviation of each quadrature's noise in samples of this duration, volts."""
        return float(self.gain_v * np.sqrt(0.5 * self.noise_photons / sample_s))


@dataclass(frozen=True, eq=False)
class FeedlineSignal:
    """What a generator sends into the feedline during a step, and what the resonators make of it."""

    feedline: Feedline
    volts: Complex
    """I + iQ of each sample: complex128 of shape (samples,)."""
    sample_s: float
    lo_hz: float
    """Oscillator of the up-conversion."""

    @cached_property
    def _solutions(self) -> tuple[tuple[FieldSolution, ...], ...]:
        """Field of each resonator (first index) for each level (second)."""
        return tuple(
            tuple(
                FieldSolution(resonator, level, self.volts, self.sample_s, self.lo_hz)
                for level in range(len(resonator.shifts_hz))
            )
            for resonator in self.feedline.resonators
        )

    @property
    def solutions(self) -> tuple[tuple[FieldSolution, ...], ...]:
        """Field of each resonator (first index) for each level of its transmon (second)."""
        return self._solutions

    @cached_property
    def overlaps(self) -> tuple[Complex, ...]:
        """What photons do to coherences up to each sample: integrals of -i (w_j - w_k) alpha_j alpha_k^*.

        Complex128 of shape (levels, levels, samples + 1) for each resonator.
        """
        found = []
        for resonator, levels in zip(self.feedline.resonators, self._solutions, strict=True):
            fields = np.array([solution.edges for solution in levels])
            shifts = 2j * np.pi * np.array(resonator.shifts_hz)
            # The fields here are conjugates of alpha.
            slope = -(shifts[:, None] - shifts[None, :])[:, :, None] * (fields.conj()[:, None] * fields[None, :])
            steps = 0.5 * (slope[:, :, 1:] + slope[:, :, :-1]) * self.sample_s
            found.append(np.concatenate((np.zeros((*steps.shape[:2], 1)), np.cumsum(steps, axis=-1)), axis=-1))
        return tuple(found)

    def filled(self, resonator: int) -> tuple[tuple[int, int], ...]:
        """Intervals [first, stop) of samples in which one resonator is filled enough to measure its transmon.

        Interruptions shorter than 1 / kappa while the line plays, as by the beat of a neighbour's tone, are none.
        In silence they are: between two readouts there is time for a gate.
        """
        photons = np.max([solution.photons()[:-1] for solution in self._solutions[resonator][:2]], axis=0)
        found: list[tuple[int, int]] = []
        shortest = 1.0 / (self.feedline.resonators[resonator].kappa * self.sample_s)
        for first, stop in _intervals(photons > MEASURING_PHOTONS):
            between = self.volts[found[-1][1] : first] if found else self.volts[:0]
            if 0 < between.size < shortest and 2 * np.count_nonzero(between) > between.size:
                found[-1] = (found[-1][0], stop)
            else:
                found.append((first, stop))
        return tuple(found)

    def volts_per_field(self, resonator: int) -> complex:
        """Volts at the digitizer for a field of one in a resonator."""
        return self._volts_per_field(self.feedline.resonators[resonator])

    @cached_property
    def measured(self) -> tuple[tuple[int, int], ...]:
        """Intervals [first, stop) of samples in which some resonator is filled enough to measure the chip."""
        filled = np.zeros(self.volts.size + 1, np.bool_)
        for levels in self._solutions:
            for solution in levels[:2]:
                filled |= solution.photons() > MEASURING_PHOTONS
        return _intervals(filled[:-1])

    def add_jumps(self, trace: Complex, path: LevelPath, times_s: Real) -> None:
        """Turn the trace of the path's first levels into that of the whole path, in place."""
        at_chip = times_s - self.feedline.delay_s
        for resonator, levels in zip(self.feedline.resonators, self._solutions, strict=True):
            jumps = [(t, level) for t, transmon, level in path.jumps if transmon == resonator.transmon]
            if not jumps:
                continue
            old = levels[path.levels[resonator.transmon]]
            first_s = jumps[0][0]
            late = at_chip >= first_s
            field = _field_after(levels, old, jumps, at_chip[late])
            trace[late] += self._volts_per_field(resonator) * (field - old.at(at_chip[late]))

    def _volts_per_field(self, resonator: Resonator) -> complex:
        return complex(self.feedline.gain_v * np.sqrt(resonator.kappa) * np.exp(1j * self.feedline.phase_rad))


def _field_after(
    levels: tuple[FieldSolution, ...], solution: FieldSolution, jumps: list[tuple[float, int]], times_s: Real
) -> Complex:
    """Field of a resonator from the first jump on; `times_s` are all later than that."""
    field = np.zeros(times_s.shape, np.complex128)
    excess = 0j
    since_s = jumps[0][0]
    for k, (jump_s, level) in enumerate(jumps):
        here = np.array([jump_s])
        now = complex(solution.at(here)[0]) + excess * np.exp(-solution.pole * (jump_s - since_s))
        solution, since_s = levels[level], jump_s
        excess = now - complex(solution.at(here)[0])
        stop_s = jumps[k + 1][0] if k + 1 < len(jumps) else np.inf
        part = (times_s >= jump_s) & (times_s < stop_s)
        times = times_s[part]
        field[part] = solution.at(times) + excess * np.exp(-solution.pole * (times - jump_s))
    return field


def _intervals(mask: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """[first, stop) of each run of true values."""
    steps = np.diff(np.concatenate(([False], mask, [False])).astype(np.int8))
    return tuple(zip(np.flatnonzero(steps > 0).tolist(), np.flatnonzero(steps < 0).tolist(), strict=True))
