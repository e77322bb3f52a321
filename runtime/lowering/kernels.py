"""The hot loop of lowering, compiled by numba and kept on disk.

Importing this module imports numba, which takes longer than lowering most programs: it is imported by the first
`SampleStream.to_array`, and nothing else here needs it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from drivers.contract import ComplexSamples

__all__ = ["fill_dense"]


@njit(cache=True, nogil=True)
def fill_dense(  # noqa: PLR0917 - compiled code takes no keywords
    out: ComplexSamples,
    first: int,
    last: int,
    starts: NDArray[np.int64],
    pulses: NDArray[np.int32],
    angles: NDArray[np.float64],
    steps: NDArray[np.uint64],
    table: ComplexSamples,
    offsets: NDArray[np.int64],
) -> None:
    """Write the samples of one channel.

    Args:
        out: complex array of shape (duration,), zeros.
        first: row of the channel's first play.
        last: row behind its last play.
        starts: int64 of shape (plays,), samples, ascending; plays do not overlap.
        pulses: int32 of shape (plays,), number of the waveform.
        angles: float64 of shape (plays,), phase of the first sample, rad.
        steps: uint64 of shape (plays,), units of 2**-64 turns a sample; of shape (0,) if no frequency was changed.
        table: waveforms one behind the other, of the type of `out`.
        offsets: int64 of shape (waveforms + 1,), where each begins in `table`.
    """
    for row in range(first, last):
        place, pulse = starts[row], pulses[row]
        begin, count = offsets[pulse], offsets[pulse + 1] - offsets[pulse]
        angle = angles[row]
        if steps.size and steps[row]:
            step, units = steps[row], np.uint64(0)
            for index in range(count):
                turned = angle + units * (2 * np.pi / 2.0**64)
                out[place + index] = table[begin + index] * complex(np.cos(turned), np.sin(turned))
                units += step
        elif angle == 0:
            for index in range(count):
                out[place + index] = table[begin + index]
        else:
            factor = out.dtype.type(complex(np.cos(angle), np.sin(angle)))
            for index in range(count):
                out[place + index] = table[begin + index] * factor
