"""Envelopes built from Gaussian edges, for array arguments.

All are relative to full scale and to a complex amplitude of 1; `times` is a float64 array in samples from the
pulse's start. g(t) = exp(-(t - m)^2 / (2 s^2)) and the lifted Gaussian L(t; m, z, s) = (g(t) - g(z)) / (1 - g(z)),
which is 1 at m and exactly 0 at z.
"""

from __future__ import annotations

import numpy as np

from runtime.pulse.library.pulse import ComplexArray, FloatArray

__all__ = [
    "drag",
    "echoed_gaussian_square",
    "gaussian",
    "gaussian_deriv",
    "gaussian_square",
    "gaussian_square_drag",
    "lifted",
]

# Below this the squared distance to the zero, in sigmas, is a subnormal number with few digits left.
_FLAT = 1e-300


def lifted(times: FloatArray, middle: float, zero: float, sigma: float) -> FloatArray:
    """L(t; middle, zero, sigma), without the cancellation of a wide Gaussian that is nearly 1 all along."""
    with np.errstate(over="ignore", under="ignore"):
        to_zero = 0.5 * np.square(np.float64(zero - middle) / sigma)
        if to_zero < _FLAT:
            # The limit of an infinitely wide Gaussian: a parabola.
            return 1.0 - np.square((times - middle) / (zero - middle))
        here = 0.5 * np.square((times - middle) / sigma)
        ratio: FloatArray = np.expm1(-here) / np.expm1(-to_zero)
    return 1.0 - ratio


def gaussian(times: FloatArray, duration: float, sigma: float) -> FloatArray:
    """L about the middle, zero one sample outside of both ends."""
    return lifted(times, duration / 2, duration + 1, sigma)


def drag(times: FloatArray, duration: float, sigma: float, beta: float) -> ComplexArray:
    """G (1 - i beta (t - c) / s^2) with G = L: Qiskit's convention, not quite the derivative of the lifted G."""
    return _with_quadrature(gaussian(times, duration, sigma), times, duration / 2, sigma, beta)


def gaussian_square(times: FloatArray, duration: float, sigma: float, width: float) -> FloatArray:
    """A flat top of `width` between two halves of a lifted Gaussian."""
    return _flat_top(times, (0.0, duration), width, sigma)


def echoed_gaussian_square(times: FloatArray, duration: float, sigma: float, width: float) -> FloatArray:
    """A flat top in the first half and its negative in the second, each as wide as `width` - duration / 2."""
    half, top = duration / 2, width - duration / 2
    first = _flat_top(times, (0.0, half), top, sigma)
    second = _flat_top(times, (half, duration), top, sigma)
    return np.where(times <= half, first, -second)


def gaussian_deriv(times: FloatArray, duration: float, sigma: float) -> FloatArray:
    """-(t - c) / s^2 g(t; c, s): the derivative of a Gaussian about the middle that is not lifted."""
    u = (times - duration / 2) / sigma
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        bell = np.exp(-0.5 * np.square(u))
        # Where the bell has underflowed to 0, an overflown slope must not turn it into NaN.
        return np.where(bell == 0.0, 0.0, -(u / sigma) * bell)


def gaussian_square_drag(
    times: FloatArray, duration: float, sigma: float, width: float, beta: float
) -> ComplexArray:
    """`gaussian_square` with the quadrature of `drag` on its edges."""
    rise, fall = (duration - width) / 2, (duration + width) / 2
    nearest_top = np.clip(times, rise, fall)
    return _with_quadrature(gaussian_square(times, duration, sigma, width), times, nearest_top, sigma, beta)


def _flat_top(times: FloatArray, ends: tuple[float, float], width: float, sigma: float) -> FloatArray:
    """1 over `width` about the middle of `ends`, lifted Gaussian edges to zeros one sample outside of them.

    A negative width, which the echo may have, lets the rising edge run past the middle.
    """
    start, stop = ends
    rise, fall = (start + stop - width) / 2, (start + stop + width) / 2
    envelope = np.ones_like(times)
    left = times <= rise
    right = (times >= fall) & ~left
    envelope[left] = lifted(times[left], rise, start - 1.0, sigma)
    envelope[right] = lifted(times[right], fall, stop + 1.0, sigma)
    return envelope


def _with_quadrature(
    envelope: FloatArray, times: FloatArray, middle: float | FloatArray, sigma: float, beta: float
) -> ComplexArray:
    # Two divisions: sigma**2 of a tiny sigma would underflow to zero.
    slope = beta * ((times - middle) / sigma) / sigma
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        # Where the envelope has underflowed to 0, an overflown slope must not turn it into NaN.
        quadrature = np.where(envelope == 0.0, 0.0, -envelope * slope)
    return envelope + 1j * quadrature
