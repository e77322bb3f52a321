"""Envelopes as curves: in their frame, cropped, and with no more points than a picture has columns."""

from __future__ import annotations

import cmath

import numpy as np

from runtime.pulse.drawing.scene import PlayMark, samples_of
from runtime.pulse.library.pulse import ComplexArray, FloatArray, Pulse

__all__ = ["curve", "still_stretches"]

_SHORTEST_STILL = 16
"""Samples; shorter flat parts are not worth a break."""


def curve(play: PlayMark, start: float, stop: float, points: int) -> tuple[FloatArray, ComplexArray]:
    """Instants and values to join by lines, from edge to edge of what lies between `start` and `stop`.

    Where there are more samples than `points`, each bin gives its extremes, so that no peak is lost.

    Args:
        play: without open parameters.
        start: first instant of the picture, samples.
        stop: last instant of the picture, samples.
        points: about how many to return at most.

    Returns:
        float64 instants in samples and complex128 values in units of full scale, both of one shape (n,).
    """
    first, last = max(play.start, int(np.floor(start))), min(play.stop, int(np.ceil(stop)))
    samples = samples_of(play.pulse)[first - play.start : last - play.start]
    if not samples.size:
        return np.empty(0), np.empty(0, np.complex128)
    turned = samples * cmath.exp(1j * play.phase)
    instants = np.arange(first, last, dtype=np.float64) + 0.5
    if turned.size > points:
        instants, turned = _extremes(instants, turned, max(points // 2, 2))
    # A sample is held for the whole of its dt. Zeros draw the edges of a pulse that does not fade in or out, but
    # not where the picture cuts it.
    head = [0, turned[0]] if first == play.start else [turned[0]]
    tail = [turned[-1], 0] if last == play.stop else [turned[-1]]
    return (
        np.concatenate([np.full(len(head), first, np.float64), instants, np.full(len(tail), last, np.float64)]),
        np.concatenate([head, turned, tail]),
    )


def still_stretches(pulse: Pulse) -> list[tuple[int, int]]:
    """Where the envelope stays the same for long, as (start, stop) in samples from the pulse's start."""
    samples = samples_of(pulse)
    steps = np.flatnonzero(samples[1:] != samples[:-1]) + 1
    edges = np.concatenate([[0], steps, [samples.size]])
    long = np.flatnonzero(np.diff(edges) >= _SHORTEST_STILL)
    return [(int(edges[i]), int(edges[i + 1])) for i in long]


def _extremes(instants: FloatArray, values: ComplexArray, bins: int) -> tuple[FloatArray, ComplexArray]:
    """Two points a bin: its least and greatest real part with its least and greatest imaginary part."""
    edges = np.linspace(0, values.size, bins + 1).astype(int)[:-1]
    low = np.minimum.reduceat(values.real, edges) + 1j * np.minimum.reduceat(values.imag, edges)
    high = np.maximum.reduceat(values.real, edges) + 1j * np.maximum.reduceat(values.imag, edges)
    # Rising where the envelope rises, so that smooth slopes stay smooth.
    last = np.append(edges[1:], values.size) - 1
    falls = values.real[last] < values.real[edges]
    falls_too = values.imag[last] < values.imag[edges]
    before = np.where(falls, high.real, low.real) + 1j * np.where(falls_too, high.imag, low.imag)
    after = np.where(falls, low.real, high.real) + 1j * np.where(falls_too, low.imag, high.imag)
    return (
        np.stack([instants[edges], instants[last]], axis=1).ravel(),
        np.stack([before, after], axis=1).ravel(),
    )
