"""Matched filters, from the mean traces of two states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionWindow, ConfigurationError
from runtime.results.kernels.demodulation import envelope_weights, start_turn
from runtime.results.kernels.shapes import Boxcar, Weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["demodulated", "matched_filter"]


def matched_filter(
    ground: ArrayLike, excited: ArrayLike, window: AcquisitionWindow, sample_rate_hz: float
) -> Weights:
    """The kernel w = conj(<s1> - <s0>): it separates the two states best where noise is white.

    Source: Gambetta et al., PRA 76, 012325 (2007), for linear filters without decay.

    Args:
        ground: Traces after nothing, volts at the digitizer, complex (I + iQ) of shape (samples,) for their mean,
            or (shots, samples); not demodulated. A level 0 result's memory slot fits, single or averaged.
        excited: The same after a pi pulse.
        window: The window that they were recorded in.
        sample_rate_hz: Of the digitizer.

    Returns:
        Weights of shape (samples,), complex128, that refuse another sample rate.

    Raises:
        ConfigurationError: Traces of another length than the window, or that do not differ.
    """
    means = [_mean(traces, name, window) for traces, name in ((ground, "ground"), (excited, "excited"))]
    difference = means[1] - means[0]
    if not np.abs(difference).any():
        raise ConfigurationError("the traces of both states are equal", where=f"qubit {window.qubit}, kernel")
    return Weights(np.conj(demodulated(difference, window, sample_rate_hz)), sample_rate_hz)


def demodulated(
    traces: NDArray[np.complex128], window: AcquisitionWindow, sample_rate_hz: float
) -> NDArray[np.complex128]:
    """Traces times exp(-2 pi i f_IF t), t from the program's start: complex128 of their shape (..., samples)."""
    samples = window.stop - window.start
    # The boxcar's weights are 1/samples each: what is left is the turn.
    turn = envelope_weights(window, sample_rate_hz, Boxcar()) * samples * start_turn(window, sample_rate_hz)
    result: NDArray[np.complex128] = traces[..., :samples] * turn
    return result


def _mean(traces: ArrayLike, name: str, window: AcquisitionWindow) -> NDArray[np.complex128]:
    rows = np.atleast_2d(np.asarray(traces, np.complex128))
    samples = window.stop - window.start
    if rows.ndim != 2 or rows.shape[1] < samples or not rows.shape[0] or not np.isfinite(rows[:, :samples]).all():
        raise ConfigurationError(
            f"the traces do not fit the window of qubit {window.qubit}",
            where=name,
            got=f"shape {np.shape(traces)}",
            allowed=f"({samples},) or (shots, {samples}), finite",
        )
    mean: NDArray[np.complex128] = rows[:, :samples].mean(axis=0)
    return mean
