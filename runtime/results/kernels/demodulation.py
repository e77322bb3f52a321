"""Demodulation: the kernel's weights, turned against the readout tone.

A window's number is ``z = sum over n of w[n] v[n] exp(-2 pi i f_IF t_n)`` with t counted from where the tone's
phase begins. The turn splits into one that counts from the window's first sample, which is the same for every
program that reads out alike, and one factor for when the window begins.
"""

from __future__ import annotations

import cmath

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionWindow
from runtime.results.kernels.shapes import Kernel

__all__ = ["demodulation", "envelope_weights", "start_turn"]


def demodulation(window: AcquisitionWindow, sample_rate_hz: float, kernel: Kernel) -> NDArray[np.complex128]:
    """Kernel times exp(-2 pi i f_IF t), t from the start of the program: complex128 of shape (samples,).

    The generators' IF carriers start with the program, so the phase found is the same wherever it reads out.
    """
    weights: NDArray[np.complex128] = envelope_weights(window, sample_rate_hz, kernel) * start_turn(
        window, sample_rate_hz
    )
    return weights


def envelope_weights(window: AcquisitionWindow, sample_rate_hz: float, kernel: Kernel) -> NDArray[np.complex128]:
    """Kernel times exp(-2 pi i f_IF t), t from the window's first sample: complex128 of shape (samples,)."""
    samples = window.stop - window.start
    cycles = (window.if_frequency_hz / sample_rate_hz * np.arange(samples)) % 1.0
    weights: NDArray[np.complex128] = np.exp(-2j * np.pi * cycles) * kernel.weights(samples, sample_rate_hz)
    return weights


def start_turn(window: AcquisitionWindow, sample_rate_hz: float) -> complex:
    """exp(-2 pi i f_IF t) at the window's first sample, t from the start of the program."""
    begin_s = window.record_start_s + window.start / sample_rate_hz
    return cmath.exp(-2j * cmath.pi * ((window.if_frequency_hz * begin_s) % 1.0))
