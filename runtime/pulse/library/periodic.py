"""Envelopes that repeat, for array arguments and amplitude 1.

`times` is a float64 array in samples, `freq` in cycles per sample, `phase` in radians with period 2 pi.
x = freq * t + phase / 2 pi counts the cycles.
"""

from __future__ import annotations

import numpy as np

from runtime.pulse.library.pulse import FloatArray

__all__ = ["cosine", "sawtooth", "sine", "square", "triangle"]


def sine(times: FloatArray, freq: float, phase: float) -> FloatArray:
    """sin(2 pi f t + phase)."""
    return np.sin(2 * np.pi * freq * times + phase)


def cosine(times: FloatArray, freq: float, phase: float) -> FloatArray:
    """cos(2 pi f t + phase)."""
    return np.cos(2 * np.pi * freq * times + phase)


def sawtooth(times: FloatArray, freq: float, phase: float) -> FloatArray:
    """2 (x - floor(x + 1/2)): rises from -1 to 1, through 0 where x is whole."""
    return _ramp(_cycles(times, freq, phase))


def triangle(times: FloatArray, freq: float, phase: float) -> FloatArray:
    """1 - 2 |sawtooth at x - 1/4|: follows the sine, 0 where x is whole and 1 a quarter later."""
    return 1.0 - 2.0 * np.abs(_ramp(_cycles(times, freq, phase) - 0.25))


def square(times: FloatArray, freq: float, phase: float) -> FloatArray:
    """1 in the first half of each cycle, -1 in the second: 2 (2 floor(x) - floor(2 x)) + 1."""
    cycles = _cycles(times, freq, phase)
    return 2.0 * (2.0 * np.floor(cycles) - np.floor(2.0 * cycles)) + 1.0


def _cycles(times: FloatArray, freq: float, phase: float) -> FloatArray:
    return freq * times + phase / (2 * np.pi)


def _ramp(cycles: FloatArray) -> FloatArray:
    ramp: FloatArray = 2.0 * (cycles - np.floor(cycles + 0.5))
    return ramp
