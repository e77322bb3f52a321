"""What the oscillators of drive lines leak: a weak drive that is always there, also while the line is silent.

Far from all transitions it only shifts the levels, by the eigenvalues of the transmon with the drive in the frame
of the oscillator; the states are tilted by Omega / Delta, always, and a readout sees the tilted ones. Where the
tilt is not small, the leak is played in the silences like any other drive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulators.chip.content import Content, Signal
from simulators.chip.device import Device
from simulators.chip.lines import DriveLine
from simulators.chip.transmons import Complex, Int, Real, Transmon

__all__ = ["far", "filled", "leaking"]

FAR = 1e-3
"""(Omega / Delta)^2 up to which a leak is taken to shift levels only."""
LONGEST = 1 << 14
"""Samples of one play of a leak: decay in clusters of three and more happens in the middle of it."""


def leaking(device: Device, content: Content) -> Device:
    """The chip with its levels shifted by all oscillators that are on in a shot and far from its transitions."""
    lines = {(signal.line, signal.lo_hz) for signal in content.signals if signal.line in device.drive_lines}
    shifts = [np.zeros(transmon.levels) for transmon in device.array.transmons]
    used = []
    for name, lo_hz in sorted(lines):
        line = device.drive_lines[name]
        if line.mixer.leak_v and far(device, line, lo_hz):
            used.append((name, lo_hz))
            for q, rate in line.rates:
                shifts[q] += shifts_hz(device.array.transmons[q], abs(rate * line.mixer.leak_v), lo_hz)
    if not used:
        return device
    moved = tuple(tuple(shift.tolist()) for shift in shifts)
    return device.shelved(("leaks", *used), lambda: replace(device.array, shifts_hz=moved))


def far(device: Device, line: DriveLine, lo_hz: float) -> bool:
    """Whether a line's leak only shifts the levels of all transmons that it reaches."""
    for q, rate in line.rates:
        transmon = device.array.transmons[q]
        transitions_hz = transmon.frequency_hz + transmon.anharmonicity_hz * np.arange(transmon.levels - 1)
        apart = 2.0 * np.pi * (transitions_hz - lo_hz)
        strength = np.sqrt(np.arange(1.0, transmon.levels)) * abs(rate * line.mixer.leak_v)
        if np.any(strength**2 > FAR * apart**2):
            return False
    return True


def shifts_hz(transmon: Transmon, omega: float, lo_hz: float) -> Real:
    """Shift of each level by a continuous drive of `omega` rad/s, less that of level 0: float64 (levels,), Hz.

    To second order omega^2 / 4 (n / (Delta + (n - 1) alpha) - (n + 1) / (Delta + n alpha)), here exactly.
    """
    n = np.arange(transmon.levels)
    bare = n * (transmon.frequency_hz - lo_hz) + 0.5 * n * (n - 1) * transmon.anharmonicity_hz
    ladder = np.diag(0.5 * omega / (2.0 * np.pi) * np.sqrt(n[1:]), 1)
    energies, vectors = np.linalg.eigh(np.diag(bare) + ladder + ladder.T)
    own = np.argmax(np.abs(vectors) ** 2, axis=1)
    shifts = energies[own] - bare
    return np.asarray(shifts - shifts[0], np.float64)


def filled(signal: Signal, leak_v: complex, duration_s: float) -> Signal:
    """A converted signal whose silences, up to the end of the shot, are filled with the leak."""
    samples = int(duration_s / signal.sample_s + 1e-6)
    begins = np.concatenate(([0], signal.stops))
    ends = np.concatenate((signal.starts, [samples]))
    gaps = [(int(begin), int(end)) for begin, end in zip(begins, ends, strict=True) if end > begin]
    pieces = [(start, min(LONGEST, end - start)) for begin, end in gaps for start in range(begin, end, LONGEST)]
    lengths = sorted({length for _, length in pieces})
    waveforms: list[Complex] = [np.full(length, leak_v, np.complex128) for length in lengths]
    index = {length: len(signal.waveforms) + k for k, length in enumerate(lengths)}
    starts = _joined(signal.starts, [start for start, _ in pieces])
    order = np.argsort(starts, kind="stable")
    return replace(
        signal,
        waveforms=(*signal.waveforms, *waveforms),
        starts=starts[order],
        indices=_joined(signal.indices, [index[length] for _, length in pieces])[order],
        phases_rad=np.concatenate((signal.phases_rad, np.zeros(len(pieces))))[order],
    )


def _joined(column: Int, more: Sequence[int]) -> Int:
    return np.concatenate((column, np.array(more, np.int64)))
