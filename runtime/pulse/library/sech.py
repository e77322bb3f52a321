"""Hyperbolic secants about the middle, for array arguments and amplitude 1.

`times` is a float64 array in samples from the pulse's start; u = (t - duration / 2) / sigma.
"""

from __future__ import annotations

import numpy as np

from runtime.pulse.library.pulse import FloatArray

__all__ = ["lifted_sech", "sech", "sech_deriv"]

# Below this the drop of the secant to its ends is a subnormal number with few digits left.
_FLAT = 1e-300


def sech(times: FloatArray, duration: float, sigma: float) -> FloatArray:
    """The secant of u as it is."""
    return _sech((times - duration / 2) / sigma)


def lifted_sech(times: FloatArray, duration: float, sigma: float) -> FloatArray:
    """(sech u - r) / (1 - r) with r = sech u at t = -1: zero one sample outside of both ends.

    Written by 1 - sech, which keeps its digits where sech is nearly 1 all along.
    """
    reach = duration / 2 + 1
    drop = float(_one_minus_sech(np.float64(reach / sigma)))
    if drop < _FLAT:
        # The limit of an infinitely wide secant: a parabola.
        return 1.0 - np.square((times - duration / 2) / reach)
    return 1.0 - _one_minus_sech((times - duration / 2) / sigma) / drop


def sech_deriv(times: FloatArray, duration: float, sigma: float) -> FloatArray:
    """-(1 / sigma) tanh(u) sech(u): the derivative of `sech` by time."""
    u = (times - duration / 2) / sigma
    return -np.tanh(u) * _sech(u) / sigma


def _sech(u: FloatArray) -> FloatArray:
    # By decaying exponentials, since cosh overflows in the wings.
    decay = np.exp(-np.abs(u))
    return 2.0 * decay / (1.0 + np.square(decay))


def _one_minus_sech(u: FloatArray | np.float64) -> FloatArray:
    decay = np.exp(-np.abs(u))
    return np.square(np.expm1(-np.abs(u))) / (1.0 + np.square(decay))
