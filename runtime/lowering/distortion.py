"""Undoing what lines do to signals: crosstalk between them, and the filter that each of them is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.wiring import Predistortion

__all__ = ["filter_memory", "predistorted", "uncoupled"]

Filter = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Numerator and denominator in powers of z**-1."""


def predistorted(signal: NDArray[np.complex128], line: Predistortion, rate_hz: int) -> NDArray[np.complex128]:
    """The signal that the line turns into the given one.

    Args:
        signal: complex128 of shape (n,); I and Q pass the same real filters.
        line: what it does.
        rate_hz: of the instrument.
    """
    filters = list(_inverses(line, rate_hz))
    if not filters:
        return signal
    from scipy.signal import lfilter

    shaped = signal
    for numerator, denominator in filters:
        shaped = lfilter(numerator, denominator, shaped).astype(np.complex128, copy=False)
    return shaped


LSB = 2.0**-16
"""Below this part of full scale no converter emits anything."""
MOST_MEMORY = 10**6
"""Samples; a filter that remembers longer is taken for one that never forgets."""


def filter_memory(line: Predistortion, rate_hz: int) -> int | None:
    """How long after a signal of full scale the filters of `predistorted` still emit more than half an LSB.

    Returns:
        Samples, 0 without filters; None for what never decays: undoing a high-pass integrates.
    """
    filters = list(_inverses(line, rate_hz))
    if not filters:
        return 0
    # Undoing an exponential leaves one of time constant (1 + A) tau, undoing an echo a row of ever smaller ones.
    decays = -math.log(LSB)
    length = len(line.fir) + sum(
        decays * (1 + amplitude) * tau_s * rate_hz for amplitude, tau_s in line.exponentials
    )
    if line.bounce is not None and line.bounce[0]:
        length += (decays / -math.log(abs(line.bounce[0])) + 1) * line.bounce[1] * rate_hz
    if line.high_pass_s is not None or length > MOST_MEMORY:
        return None
    from scipy.signal import lfilter

    response = np.zeros(2 * math.ceil(length) + 1)
    response[0] = 1.0
    for numerator, denominator in filters:
        response = lfilter(numerator, denominator, response)
    # What is left of a signal of full scale that ended k samples ago is at most the sum from k on.
    left = np.cumsum(np.abs(response[::-1]))[::-1]
    return int(np.argmax(left < LSB / 2))


def _inverses(line: Predistortion, rate_hz: int) -> Iterator[Filter]:
    """The inverse of each part of a line, from its Laplace transform by the bilinear transform."""
    for amplitude, tau_s in line.exponentials:
        # Step response 1 + A exp(-t/tau): H(s) = ((1 + A) tau s + 1) / (tau s + 1).
        yield _bilinear((tau_s, 1.0), ((1 + amplitude) * tau_s, 1.0), rate_hz)
    if line.high_pass_s is not None:
        # Step response exp(-t/tau): H(s) = tau s / (tau s + 1).
        yield _bilinear((line.high_pass_s, 1.0), (line.high_pass_s, 0.0), rate_hz)
    if line.bounce is not None:
        amplitude, delay_s = line.bounce
        echo = np.zeros(round(delay_s * rate_hz) + 1)
        echo[0] = 1.0
        echo[-1] += amplitude  # an echo within half a sample adds to the signal itself
        yield np.ones(1), echo
    if line.fir:
        yield np.array(line.fir), np.ones(1)


def _bilinear(numerator: tuple[float, float], denominator: tuple[float, float], rate_hz: int) -> Filter:
    """First-order polynomials in s with s = 2 rate (1 - 1/z) / (1 + 1/z)."""
    parts = []
    for slope, constant in (numerator, denominator):
        step = 2 * rate_hz * slope
        parts.append(np.array([step + constant, constant - step]))
    scale = parts[1][0]
    return parts[0] / scale, parts[1] / scale


def uncoupled(names: Sequence[str], crosstalk: Mapping[tuple[str, str], complex]) -> NDArray[np.complex128]:
    """What each line has to emit so that no other line's signal arrives on it.

    Returns:
        Complex128 of shape (lines, lines): row of the line that emits, column of the line whose signal is meant.
        The inverse of the matrix that has 1 on its diagonal and the crosstalk from column to row beside it.

    Raises:
        numpy.linalg.LinAlgError: the matrix cannot be inverted.
    """
    matrix = np.eye(len(names), dtype=np.complex128)
    for (source, victim), part in crosstalk.items():
        if source in names and victim in names:
            matrix[names.index(victim), names.index(source)] = part
    return np.asarray(np.linalg.inv(matrix), np.complex128)
