"""Flux: the frequency of a transmon with a SQUID loop, and what a flux line makes of its samples.

f(Phi) = (f_max + E_C) (cos^2(pi Phi) + d^2 sin^2(pi Phi))^(1/4) - E_C, with Phi in flux quanta, the junctions'
asymmetry d, and E_C = -anharmonicity (Koch et al., Phys. Rev. A 76, 042319, eqs. 2.18 and 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from simulators.chip.transmons import Real

__all__ = ["FluxLine", "Squid"]

GONE = 1e-7
"""A tail of the line's answer below this share of the step is not followed any further."""


@dataclass(frozen=True, slots=True)
class Squid:
    """The loop of a tunable transmon or coupler."""

    maximum_hz: float
    """Frequency at integer flux."""
    charging_hz: float
    """E_C, minus the anharmonicity."""
    asymmetry: float = 0.0
    """(E_J1 - E_J2) / (E_J1 + E_J2); with 0 the frequency goes down to nothing at half a flux quantum."""
    bias: float = 0.0
    """Static flux, flux quanta."""

    def frequency_hz(self, flux: Real | float) -> Real:
        """At `flux` flux quanta more than the bias: float64 of the shape of `flux`, Hz."""
        angle = np.pi * (np.asarray(flux, np.float64) + self.bias)
        factor = (np.cos(angle) ** 2 + (self.asymmetry * np.sin(angle)) ** 2) ** 0.25
        return np.asarray((self.maximum_hz + self.charging_hz) * factor - self.charging_hz, np.float64)


@dataclass(frozen=True, slots=True)
class FluxLine:
    """A line that carries flux to one loop, and by crosstalk to others."""

    quanta_per_v: tuple[tuple[int, float], ...]
    """(transmon, flux quanta for one volt at the generator)."""
    distortion: tuple[tuple[float, float], ...] = ()
    """(amplitude, time constant in s): the line answers a unit step with 1 + sum_j amplitude_j exp(-t / tau_j)."""

    def settled(self, volts: Real, sample_s: float) -> Real:
        """Samples as they reach the chip: float64, longer by the answer's tail.

        Exact at the end of each held sample: each exponential is a recursive filter of first order.
        """
        longest = max((tau for _, tau in self.distortion), default=0.0)
        tail = int(np.ceil(-np.log(GONE) * longest / sample_s))
        padded = np.concatenate((volts, np.zeros(tail)))
        result = padded.copy()
        for amplitude, tau in self.distortion:
            decay = np.exp(-sample_s / tau)
            # A step at sample n adds amplitude exp(-(t - t_n) / tau), taken at the middle of the sample.
            middle = amplitude * np.exp(-0.5 * sample_s / tau)
            result += lfilter([middle, -middle], [1.0, -decay], padded)
        return np.asarray(result, np.float64)
