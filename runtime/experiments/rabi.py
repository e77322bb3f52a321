"""Rabi: the amplitude at which a pulse turns a qubit upside down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError
from runtime.pulse import Drag, Play, Schedule
from runtime.pulse.macros import measure
from runtime.target import Target

__all__ = ["RabiFit", "calibrated_amplitude", "fit_rabi", "rabi_schedules"]


@dataclass(frozen=True, slots=True, eq=False)
class RabiFit:
    """P(1) = offset - contrast / 2 * cos(pi * amplitude / pi_amplitude), fitted."""

    pi_amplitude: float
    pi_amplitude_error: float
    """One standard deviation."""
    offset: float
    contrast: float
    reduced_chi_square: float

    def curve(self, amplitudes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The fitted P(1) at `amplitudes` (units of full scale): float64 of the same shape."""
        return _model(amplitudes, self.pi_amplitude, self.offset, self.contrast)


def calibrated_amplitude(target: Target, qubit: int) -> float:
    """The amplitude of the device's own x pulse, units of full scale."""
    return float(_x_pulse(target, qubit).amp)


def rabi_schedules(target: Target, qubits: Sequence[int], scales: Sequence[float]) -> list[Schedule]:
    """For each scale: every qubit's x pulse at its calibrated amplitude times the scale, then a joint readout."""
    read = measure(list(qubits), target)
    schedules = []
    for scale in scales:
        schedule = Schedule(name=f"rabi {scale:.3f}")
        for qubit in qubits:
            pulse = _x_pulse(target, qubit)
            turned = Drag(pulse.duration, scale * pulse.amp, pulse.sigma, pulse.beta, angle=pulse.angle)
            schedule = schedule.insert(0, Play(turned, target.drive(qubit)))
        schedules.append(schedule.insert(schedule.duration, read))
    return schedules


def fit_rabi(amplitudes: NDArray[np.float64], p1: NDArray[np.float64], shots: int) -> RabiFit:
    """Fit one turn or more of a Rabi oscillation.

    Args:
        amplitudes: Float64 of shape (points,), units of full scale, from 0 or near it.
        p1: Float64 of shape (points,), the share of ones.
        shots: Shots behind each point; sets the weights (binomial, with a pseudo-count for shares of 0 and 1).
    """
    from lmfit import Model

    model = Model(_model)
    share = (p1 * shots + 1) / (shots + 2)
    weights = 1 / np.sqrt(share * (1 - share) / shots)
    start = model.make_params(
        pi_amplitude={"value": _first_guess(amplitudes, p1), "min": float(np.ptp(amplitudes)) / 100},
        offset={"value": float(p1.mean()), "min": 0, "max": 1},
        contrast={"value": float(np.ptp(p1)), "min": 0, "max": 1.2},
    )
    found = model.fit(p1, start, amplitudes=amplitudes, weights=weights, scale_covar=False)
    values = found.best_values
    error = found.params["pi_amplitude"].stderr
    return RabiFit(
        pi_amplitude=float(values["pi_amplitude"]),
        pi_amplitude_error=float("inf") if error is None else float(error),
        offset=float(values["offset"]),
        contrast=float(values["contrast"]),
        reduced_chi_square=float(found.redchi),
    )


def _model(
    amplitudes: NDArray[np.float64], pi_amplitude: float, offset: float, contrast: float
) -> NDArray[np.float64]:
    return offset - contrast / 2 * np.cos(np.pi * amplitudes / pi_amplitude)


def _first_guess(amplitudes: NDArray[np.float64], p1: NDArray[np.float64]) -> float:
    """The best of many trial periods by linear least squares: cosine and constant against the data."""
    span = float(np.ptp(amplitudes))
    trials = span / np.linspace(0.4, amplitudes.size / 3, 200)
    waves = np.cos(np.pi * amplitudes[None, :] / trials[:, None])
    centred = waves - waves.mean(axis=1, keepdims=True)
    data = p1 - p1.mean()
    power = (centred @ data) ** 2 / np.maximum((centred**2).sum(axis=1), 1e-12)
    return float(trials[int(np.argmax(power))])


def _x_pulse(target: Target, qubit: int) -> Drag:
    """The one DRAG pulse that the device's x consists of."""
    schedule = target.get_calibration("x", (qubit,))
    plays = [instruction for _, instruction in schedule.instructions if isinstance(instruction, Play)]
    pulses = [play.pulse for play in plays]
    if len(pulses) != 1 or not isinstance(pulses[0], Drag):
        raise ConfigurationError(
            "Rabi needs an x that is one DRAG pulse",
            where=f"qubit {qubit}",
            got=", ".join(type(pulse).__name__ for pulse in pulses) or "no pulse",
        )
    return pulses[0]
