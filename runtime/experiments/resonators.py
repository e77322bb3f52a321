"""Resonator spectroscopy: where each readout resonator stands, after nothing and after x."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.pulse import Schedule, SetFrequency
from runtime.pulse.macros import measure
from runtime.pulse.transforms import target_qobj_transform
from runtime.target import Target

__all__ = ["ResonatorFit", "fit_resonator", "resonator_schedules"]


@dataclass(frozen=True, slots=True)
class ResonatorFit:
    """|z| = height / sqrt(1 + (2 (f - centre) / width)^2), fitted: a resonator seen in what passes through it."""

    centre_hz: float
    """As offset from the frequency at which the qubit is measured."""
    centre_error_hz: float
    """One standard deviation."""
    width_hz: float
    """Full width at half power: kappa / (2 pi), as far as the window is long beside 1 / kappa."""
    height_v: float

    def curve(self, offsets_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        """The fitted |z| at `offsets_hz`: float64 of the same shape, volts."""
        return _model(offsets_hz, self.centre_hz, self.width_hz, self.height_v)


def resonator_schedules(
    target: Target, qubits: Sequence[int], offsets_hz: Sequence[float], *, excited: bool = False
) -> list[Schedule]:
    """For each offset: nothing or x on all `qubits`, then their joint readout that far off its frequencies."""
    read = measure(list(qubits), target)
    flips = Schedule(name="x")
    for qubit in qubits:
        flips = flips.insert(0, target_qobj_transform(target.get_calibration("x", (qubit,))))
    schedules = []
    for offset in offsets_hz:
        schedule = Schedule(name=f"{'x, ' if excited else ''}measure {offset / 1e6:+.2f} MHz")
        for qubit in qubits:
            channel = target.measure(qubit)
            tone = SetFrequency(target.channel_frequencies[channel] + offset, channel)
            schedule = schedule.insert(0, tone)
        if excited:
            schedule = schedule.insert(0, flips)
        # As late in both, so that their traces have one phase.
        schedules.append(schedule.insert(flips.duration, read))
    return schedules


def fit_resonator(offsets_hz: NDArray[np.float64], response: NDArray[np.complex128]) -> ResonatorFit:
    """Fit one resonator.

    Args:
        offsets_hz: Float64 of shape (points,).
        response: Kernelled averages, complex128 of shape (points,), volts.
    """
    from lmfit import Model

    heights = np.abs(response)
    span = float(np.ptp(offsets_hz))
    model = Model(_model)
    start = model.make_params(
        centre_hz={"value": float(offsets_hz[np.argmax(heights)])},
        width_hz={"value": span / 6, "min": span / 1000},
        height_v={"value": float(heights.max()), "min": 0},
    )
    found = model.fit(heights, start, offsets_hz=offsets_hz)
    error = found.params["centre_hz"].stderr
    return ResonatorFit(
        centre_hz=float(found.best_values["centre_hz"]),
        centre_error_hz=float("inf") if error is None else float(error),
        width_hz=float(found.best_values["width_hz"]),
        height_v=float(found.best_values["height_v"]),
    )


def _model(
    offsets_hz: NDArray[np.float64], centre_hz: float, width_hz: float, height_v: float
) -> NDArray[np.float64]:
    return height_v / np.sqrt(1 + (2 * (offsets_hz - centre_hz) / width_hz) ** 2)
