"""A plain, slow evaluation of schedules: the formulas as they stand, one sample at a time, phases as fractions."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from runtime.lowering import OutputLine
from runtime.pulse import Play, Schedule, SetFrequency, SetPhase, ShiftFrequency, ShiftPhase, Waveform
from runtime.pulse.channels import Channel
from runtime.pulse.library import Pulse

FramedPlay = tuple[int, Pulse, float, Fraction, Fraction]
"""start, pulse, phi in rad, nu in Hz, a in turns."""


def lifted(t: float, middle: float, zero: float, sigma: float) -> float:
    """The Gaussian that is 1 at `middle` and 0 at `zero`."""
    floor = math.exp(-((zero - middle) ** 2) / (2 * sigma**2))
    return (math.exp(-((t - middle) ** 2) / (2 * sigma**2)) - floor) / (1 - floor)


def gaussian(t: float, d: float, p: dict[str, float]) -> complex:
    return lifted(t, d / 2, d + 1, p["sigma"])


def drag(t: float, d: float, p: dict[str, float]) -> complex:
    return gaussian(t, d, p) * (1 - 1j * p["beta"] * (t - d / 2) / p["sigma"] ** 2)


def gaussian_square(t: float, d: float, p: dict[str, float]) -> complex:
    rise, fall = d / 2 - p["width"] / 2, d / 2 + p["width"] / 2
    if t <= rise:
        return lifted(t, rise, -1, p["sigma"])
    return lifted(t, fall, d + 1, p["sigma"]) if t >= fall else 1.0


def constant(t: float, d: float, p: dict[str, float]) -> complex:
    del t, d, p
    return 1.0


SHAPES: dict[str, Callable[[float, float, dict[str, float]], complex]] = {
    "Gaussian": gaussian,
    "Drag": drag,
    "GaussianSquare": gaussian_square,
    "Constant": constant,
}


def envelope(pulse: Pulse, u: Fraction) -> complex:
    """A pulse at an instant u, units of dt from its start; a sampled one as steps."""
    if isinstance(pulse, Waveform):
        return complex(pulse.samples[math.floor(u)])
    p = {name: float(value) for name, value in pulse.parameters.items()}
    shape = SHAPES[pulse.pulse_type]
    return p["amp"] * cmath.exp(1j * p["angle"]) * shape(float(u), float(pulse.duration), p)


def framed_plays(schedule: Schedule, channel: Channel, dt: Fraction, f0: float) -> list[FramedPlay]:
    """The plays of a channel with the frame each one meets."""
    phi, nu, a = 0.0, Fraction(0), Fraction(0)
    carrier = Fraction(f0)
    found: list[FramedPlay] = []
    for k, instruction in schedule.instructions:
        if channel not in instruction.channels:
            continue
        if isinstance(instruction, Play):
            found.append((k, instruction.pulse, phi, nu, a))
        elif isinstance(instruction, ShiftPhase):
            phi += float(instruction.phase)
        elif isinstance(instruction, SetPhase):
            phi = float(instruction.phase)
        elif isinstance(instruction, ShiftFrequency):
            m = Fraction(float(instruction.frequency))
            nu += m
            a -= m * k * dt
        elif isinstance(instruction, SetFrequency):
            m = Fraction(float(instruction.frequency))
            a -= (m - (nu + carrier)) * k * dt
            nu = m - carrier
    return found


def turn(turns: Fraction) -> complex:
    """exp(2 pi i turns), the whole turns taken off exactly."""
    return cmath.exp(2j * math.pi * float(turns % 1))


def stream(schedule: Schedule, channel: Channel, dt: Fraction, f0: float = 0.0) -> NDArray[np.complex128]:
    """The samples of a channel at dt: complex128 of shape (schedule.duration,)."""
    samples = np.zeros(schedule.duration, np.complex128)
    for k0, pulse, phi, nu, a in framed_plays(schedule, channel, dt, f0):
        for k in range(k0, k0 + pulse.duration):
            at = Fraction(2 * (k - k0) + 1, 2)
            samples[k] = envelope(pulse, at) * cmath.exp(1j * phi) * turn(nu * k * dt + a)
    return samples


def port_signal(
    schedule: Schedule, line: OutputLine, frequencies: dict[Channel, float], clock: tuple[Fraction, int, int]
) -> NDArray[np.complex128]:
    """What a line emits before its mixer's correction.

    Args:
        schedule: the program.
        line: whose channels are summed.
        frequencies: carrier of each channel, Hz.
        clock: dt in seconds, the instrument's sample rate in Hz, and how many samples to evaluate.

    Returns:
        Complex128 of shape (samples,), units of full scale.
    """
    dt, fs, length = clock
    delay = Fraction(f"{line.delay_s:.15g}")
    samples = np.zeros(length, np.complex128)
    for channel in line.channels:
        f0 = frequencies[channel]
        f_if = Fraction(f0) - Fraction(line.lo_frequency_hz)
        for k0, pulse, phi, nu, a in framed_plays(schedule, channel, dt, f0):
            for n in range(length):
                middle = Fraction(2 * n + 1, 2 * fs) - delay
                u = (middle - k0 * dt) / dt
                if not 0 <= u < pulse.duration:
                    continue
                turns = nu * (middle - dt / 2) + a + f_if * (Fraction(n, fs) - delay)
                samples[n] += line.scale * envelope(pulse, u) * cmath.exp(1j * phi) * turn(turns)
    return samples
