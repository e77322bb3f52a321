"""Spectroscopy: one pulse shape on the analyzer channel's oscillator, which has another frequency in each program.

A batch whose programs read out one tone each, all with one shape and one boxcar, needs neither generator slots nor
weights: the channel's oscillator makes the tone and takes it off again. So there may be as many frequencies as the
sequencer has instructions for, and integrations far longer than the memory of weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionPlan, OutputTrack
from drivers.zurich.profiles import ReadoutProfile
from drivers.zurich.seqc.readouts import Readout, ReadoutLayout

__all__ = ["PROBE_LEAD", "Probe", "probe_layout"]

PROBE_LEAD = 192
"""Samples from the instruction that sets the oscillator to the pulse: LabOne Q allows it 88 ns, in steps of 16."""

RMS = math.sqrt(2)
"""Results of a spectroscopy are means in rms volts of a tone, traces and weighted sums are in peak volts: the
vendor's sweeper takes their squares over 50 Ohm for powers."""

SAME = 1e-6
"""Relative; shapes and kernels that differ by less are one. A step of 16 bits is 3e-5."""

Complexes = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """How an analyzer channel makes and takes its tone."""

    envelope: Complexes
    """Units of full scale, shape (n,)."""
    frequencies_hz: tuple[float, ...]
    """Of the oscillator, for each program."""


def probe_layout(
    track: OutputTrack, plan: AcquisitionPlan, edges: list[int], readout: ReadoutProfile, earliest: int
) -> ReadoutLayout | None:
    """The layout of a batch that is a spectroscopy; None where it is none.

    Args:
        track: The readout output.
        plan: What is recorded at the input beside it.
        edges: For each program the instant, samples from its start, at which its record is triggered.
        readout: Limits of the channel.
        earliest: Samples from a program's start before which no pulse may begin.
    """
    windows, weights = plan.windows, plan.integration or ()
    lone = bool((np.diff(track.begin) == 1).all()) and [w.record for w in windows] == list(
        range(track.begin.size - 1)
    )
    if not lone or len(weights) != len(windows) or any(each.threshold is not None for each in weights):
        return None
    shape: Complexes | None = None
    readouts: list[Readout] = []
    found: set[tuple[int, int]] = set()
    for number, (window, wanted) in enumerate(zip(windows, weights, strict=True)):
        turn = 2j * np.pi * window.if_frequency_hz / plan.sample_rate_hz
        start = int(track.starts[number])
        own = _unmodulated(track, number, turn)
        shape = own if shape is None else shape
        phase = _phase_between(shape, own)
        counting = np.flatnonzero(wanted.weights)
        if phase is None or not counting.size or start < earliest:
            return None
        first, last = int(counting[0]), int(counting[-1]) + 1
        delay = edges[number] + plan.trigger_delay + window.start + first - start
        height = _boxcar(wanted.weights[first:last], turn, delay)
        if height is None:
            return None
        found.add((delay, last - first))
        readouts.append(Readout(number, start, (0,), (0,), RMS * height * (last - first) * phase))
    if shape is None or len(found) != 1 or shape.size > readout.envelope_samples:
        return None
    ((delay, length),) = found
    if delay < 0 or delay % readout.delay_grid or length > readout.spectroscopy_samples:
        return None
    probe = Probe(shape, tuple(window.if_frequency_hz for window in windows))
    return ReadoutLayout("tones", delay, length, (), tuple(readouts), 1, probe)


def _unmodulated(track: OutputTrack, row: int, turn: complex) -> Complexes:
    """An event without its carrier, which counts from its first sample."""
    envelope = track.envelopes[track.envelope[row]]
    factor = track.amplitudes[row] * np.exp(1j * track.phases_rad[row])
    return np.asarray(factor * envelope * np.exp(-turn * np.arange(envelope.size)), np.complex128)


def _phase_between(one: Complexes, other: Complexes) -> complex | None:
    """The phase by which the other is turned against the one; None where it differs by more."""
    overlap = complex(np.vdot(one, other)) if one.size == other.size else 0j
    if not overlap:
        return None
    phase = overlap / abs(overlap)
    largest = float(np.abs(one).max())
    return phase if float(np.abs(other - phase * one).max()) <= SAME * largest else None


def _boxcar(weights: Complexes, turn: complex, delay: int) -> complex | None:
    """The height of weights that are a boxcar against the tone, whose phase counts from the pulse; else None."""
    flat = weights * np.exp(turn * (delay + np.arange(weights.size)))
    height = complex(flat[0])
    return height if float(np.abs(flat - height).max()) <= SAME * abs(height) else None
