"""Play lists as a generator would emit them, written without any of the code under test."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulators.tektronix.playback import Playback, PlaybackStep

RATE_HZ = 2.5e9
DT = 2e-9 / 9
FULL_SCALE_V = 0.25
TONES: dict[str, tuple[float, float] | None] = {
    "lo_q0": (5.236573217536762e9 - 50e6, 13.0),
    "lo_q1": (5.0143686444772575e9 - 50e6, 13.0),
    "lo_readout": (7.3e9, 13.0),
}
X = {0: (0.19446387943092866, -1.121524299910051), 1: (0.23439815272221795, -0.9459175778571624)}
"""Amplitude and beta of the recorded device's x pulses."""
MEASURE = {
    0: (0.09454380818937541 - 0.17111901803438037j, 7.278492341e9),
    1: (0.15697479443646611 + 0.11652966966240488j, 7.337882003e9),
}
READOUT_SAMPLES = 12445  # 22400 dt at 2.5 GS/s


def drag(amp: complex, beta: float, if_hz: float = 50e6, length: int = 89) -> NDArray[np.complex128]:
    """The device's 160 dt DRAG pulse, sampled at the generator's rate and moved to an intermediate frequency."""
    t = (np.arange(length) + 0.5) / RATE_HZ / DT
    lift = np.exp(-((81.0 / 40.0) ** 2) / 2)
    shape = (np.exp(-(((t - 80.0) / 40.0) ** 2) / 2) - lift) / (1 - lift) * (t < 160.0)
    envelope = amp * shape * (1 - 1j * beta * (t - 80.0) / 40.0**2)
    return envelope * np.exp(2j * np.pi * if_hz * np.arange(length) / RATE_HZ)


def measure(qubits: Sequence[int] = (0, 1), scale: float = 1.0) -> NDArray[np.complex128]:
    """Readout tones with their edges of 64 dt sigma."""
    k = np.arange(READOUT_SAMPLES)
    t = (k + 0.5) / RATE_HZ / DT
    edge = np.minimum(t, 22400.0 - t)
    shape = np.where(edge < 128.0, np.exp(-(((edge - 128.0) / 64.0) ** 2) / 2), 1.0)
    tones = [MEASURE[q][0] * np.exp(2j * np.pi * (MEASURE[q][1] - 7.3e9) * k / RATE_HZ) for q in qubits]
    return scale * shape * np.sum(tones, axis=0)


def step(
    drives: dict[int, NDArray[np.complex128]],
    readout: NDArray[np.complex128] | None,
    *,
    start: int = 89,
    trigger: bool = True,
    length: int | None = None,
    repeat: int | None = 1,
    goto: int | None = None,
) -> PlaybackStep:
    """Pulses on line pairs (0: ports 1/2, 1: 3/4, 2: 5/6), then the readout and its marker at sample `start`."""
    length = length or start + (readout.size if readout is not None else 2400)
    volts = [np.zeros(length) for _ in range(8)]
    for pair, samples in drives.items():
        volts[2 * pair][: samples.size] = FULL_SCALE_V * samples.real
        volts[2 * pair + 1][: samples.size] = FULL_SCALE_V * samples.imag
    if readout is not None:
        volts[6][start : start + readout.size] = FULL_SCALE_V * readout.real
        volts[7][start : start + readout.size] = FULL_SCALE_V * readout.imag
    markers = [np.zeros((4, length), np.bool_) for _ in range(8)]
    if trigger:
        markers[6][0, start : start + 500] = True
    return PlaybackStep(repeat, length, goto, None, tuple(volts), tuple(markers))


def idle(goto: int, seconds: float = 1e-3) -> PlaybackStep:
    """Silence of 2400 samples, repeated."""
    repeat = max(1, round(seconds * RATE_HZ / 2400))
    silent = np.zeros(2400)
    low = np.zeros((4, 2400), np.bool_)
    return PlaybackStep(repeat, 2400, goto, None, (silent,) * 8, (low,) * 8)


def playback(*programs: PlaybackStep, idle_s: float = 1e-3) -> Playback:
    """Programs with silence between them, for ever."""
    steps: list[PlaybackStep] = []
    for program in programs:
        index = len(steps)
        steps.append(PlaybackStep(program.repeat, program.length, index + 1, None, program.volts, program.markers))
        steps.append(idle(index + 2, idle_s))
    last = steps[-1]
    steps[-1] = PlaybackStep(last.repeat, last.length, 0, None, last.volts, last.markers)
    return Playback(RATE_HZ, tuple(steps), time.monotonic(), ())


def boxcar(volts: NDArray[np.float32], qubit: int) -> NDArray[np.complex128]:
    """Mean of the demodulated record from 0.2 to 2.7 us: complex128 of shape (records,)."""
    n = np.arange(100, 1350)
    kernel = np.exp(-2j * np.pi * (MEASURE[qubit][1] - 7.3e9) * n / 500e6) / n.size
    return np.asarray((volts[:, 0, 100:1350] + 1j * volts[:, 1, 100:1350]) @ kernel)
