"""What interpolates between the samples of an SHF output, for a chip that takes samples as held.

SHF instruments raise the sample rate with interpolation filters before they convert up, so their outputs are flat
over the band, whereas a sample that is held loses sinc(f / fs) at the frequency f: 1.4 % at 186 MHz of 2 GS/s. A
filter with the inverse of that response, applied to the samples that are going to be held, gives what the
instrument sends, up to images that no transmon or resonator is near. HDAWG and UHFQA hold theirs, as converters
without interpolation do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BAND", "flattened"]

BAND = 0.4
"""Up to this share of the sample rate the response is flat, to 1.2e-4."""

_REACH = 8
"""Taps on each side."""


def _design() -> NDArray[np.float64]:
    """The symmetric filter that is nearest to 1 / sinc in the band, by least squares."""
    frequencies = np.linspace(0.0, BAND, 400)
    cosines = 2.0 * np.cos(2.0 * np.pi * np.outer(frequencies, np.arange(1, _REACH + 1)))
    columns = np.concatenate([np.ones((frequencies.size, 1)), cosines], axis=1)
    half = np.linalg.lstsq(columns, 1.0 / np.sinc(frequencies), rcond=None)[0]
    return np.concatenate([half[:0:-1], half])


_TAPS = _design()


def flattened(samples: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The samples to hold in place of a pulse's own, complex128 of the same shape.

    What the filter would do before a pulse and behind it is cut off, so that pulses that follow one another do not
    overlap: pulses that rise from zero lose nothing by that.
    """
    whole = np.convolve(samples, _TAPS)
    return np.ascontiguousarray(whole[_REACH : _REACH + samples.size])
