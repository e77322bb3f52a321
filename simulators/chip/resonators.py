"""Readout resonators: the field's exact answer to held samples, for each level of the transmon.

Generators and mixers count phase as exp(+i w t), so the field here is beta = conj(<a>). In the frame of the
readout oscillator it obeys ::

    d beta/dt = -lambda_j beta + i eps(t),     lambda_j = kappa/2 - 2 pi i (f_r,j - f_LO)

where j is the transmon's level and eps is held during a sample, which makes it a one-pole recursive filter. The
equation is linear: a jump of the transmon at instant t_J adds the difference of the two solutions at t_J, decaying
with the new level's lambda.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from simulators.chip.transmons import Complex, Real, Transmon

__all__ = ["FieldSolution", "Resonator", "dispersive_shifts_hz"]


@dataclass(frozen=True, slots=True)
class Resonator:
    """One dispersively coupled readout resonator on the feedline."""

    transmon: int
    frequency_hz: float
    """Of the bare resonator."""
    shifts_hz: tuple[float, ...]
    """f_r,j - frequency_hz for each level j of the transmon."""
    kappa_hz: float
    """Line width kappa / (2 pi); the output port takes all of it."""
    drive_rate: float
    """eps for one volt at the generator, rad/s per V."""

    @property
    def kappa(self) -> float:
        """Energy decay rate, 1/s."""
        return 2.0 * np.pi * self.kappa_hz

    def pole(self, level: int, lo_hz: float) -> complex:
        """Lambda of a level in the frame of an oscillator, 1/s."""
        return 0.5 * self.kappa - 2j * np.pi * (self.frequency_hz + self.shifts_hz[level] - lo_hz)


def dispersive_shifts_hz(transmon: Transmon, resonator_hz: float, coupling_hz: float) -> tuple[float, ...]:
    """Shift of a resonator for each level, for a transmon coupled with strength g, rotating-wave approximation.

    f_r,j - f_r = chi_{j-1,j} - chi_{j,j+1} with chi_{j,j+1} = (j+1) g^2 / (f_{j,j+1} - f_r)
    (Koch et al., Phys. Rev. A 76, 042319, section V), all in Hz.
    """
    steps = np.arange(transmon.levels)
    transitions = transmon.frequency_hz + steps * transmon.anharmonicity_hz
    chi = (steps + 1) * coupling_hz**2 / (transitions - resonator_hz)
    below = np.concatenate(([0.0], chi[:-1]))
    return tuple(float(shift) for shift in below - chi)


class FieldSolution:
    """The field of one resonator for a fixed level, driven from vacuum by held samples."""

    def __init__(self, resonator: Resonator, level: int, volts: Complex, sample_s: float, lo_hz: float) -> None:
        self._sample_s = sample_s
        self._pole = resonator.pole(level, lo_hz)
        # One sample of silence at the end: whatever comes after the drive sees eps = 0.
        self._eps = np.append(resonator.drive_rate * volts, 0.0)
        decay = np.exp(-self._pole * sample_s)
        gain = 1j * (1.0 - decay) / self._pole
        self._edges = np.concatenate(([0.0], lfilter([gain], [1.0, -decay], self._eps[:-1])))

    @property
    def pole(self) -> complex:
        """lambda, 1/s."""
        return self._pole

    @property
    def edges(self) -> Complex:
        """The field at the beginning of each sample and at the end: complex128 of shape (samples + 1,)."""
        return self._edges

    @property
    def drive(self) -> Complex:
        """Drive eps of each sample and of the silence behind: complex128 of shape (samples + 1,), rad/s."""
        return self._eps

    def photons(self) -> Real:
        """Photon number at the beginning of each sample and at the end: float64 of shape (samples + 1,)."""
        return np.asarray(np.abs(self._edges) ** 2, np.float64)

    def at(self, times_s: Real) -> Complex:
        """The field at any instants since the first sample: complex128 of the shape of `times_s`."""
        index = np.clip(np.floor(times_s / self._sample_s).astype(np.int64), 0, len(self._edges) - 1)
        decay = np.exp(-self._pole * np.maximum(times_s - index * self._sample_s, 0.0))
        field = decay * self._edges[index] + 1j * self._eps[index] * (1.0 - decay) / self._pole
        return np.asarray(np.where(times_s < 0.0, 0.0, field), np.complex128)
