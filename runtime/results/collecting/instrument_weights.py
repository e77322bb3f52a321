"""Kernels and thresholds for instruments that integrate and classify by themselves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from drivers.contract import AcquisitionPlan, AcquisitionWindow, IntegrationWeights, Problem, ProblemReport
from runtime.results.collecting.readout import QubitReadout, Reading
from runtime.results.kernels import demodulation

__all__ = ["integration_weights", "tells_by_threshold"]


def integration_weights(
    plan: AcquisitionPlan,
    readout: Mapping[int, QubitReadout],
    *,
    thresholds: bool,
    overrides: Mapping[tuple[int, int], QubitReadout] | None = None,
) -> tuple[IntegrationWeights, ...]:
    """What the instrument is to make of each window of `plan`, in the plan's order.

    Without thresholds its sums are the kernelled numbers that traces would give. With them the weights are turned
    so that the boundary is on the real part: Re(exp(-i angle) sum) > threshold.

    Args:
        plan: Its windows and sample rate.
        readout: Kernel and discriminator by qubit; a boxcar over the window for a qubit that has none.
        thresholds: Let the instrument tell the bits.
        overrides: Of single windows, by (program, slot).

    Raises:
        ProblemReport: With thresholds: every qubit without a discriminator, or with one that is no line.
    """
    reading = Reading(readout, overrides or {})
    rate = float(plan.sample_rate_hz)
    if not thresholds:
        return tuple(
            IntegrationWeights(demodulation(window, rate, reading.of(window).kernel)) for window in plan.windows
        )
    _raise_if_not_lines(plan, reading)
    return tuple(_turned(window, rate, reading.of(window)) for window in plan.windows)


def tells_by_threshold(
    plan: AcquisitionPlan,
    readout: Mapping[int, QubitReadout],
    overrides: Mapping[tuple[int, int], QubitReadout] | None = None,
) -> bool:
    """Whether an instrument can tell every bit of a plan by itself: all discriminators are lines."""
    return not _problems(plan, Reading(readout, overrides or {}))


def _turned(window: AcquisitionWindow, rate: float, readout: QubitReadout) -> IntegrationWeights:
    line = None if readout.discriminator is None else readout.discriminator.as_threshold()
    assert line is not None  # noqa: S101 - _raise_if_not_lines has made sure
    weights = demodulation(window, rate, readout.kernel) * np.exp(-1j * line.angle_rad)
    return IntegrationWeights(weights, line.threshold_v)


def _problems(plan: AcquisitionPlan, reading: Reading) -> tuple[Problem, ...]:
    problems: dict[int, Problem] = {}
    for window in plan.windows:
        discriminator = reading.of(window).discriminator
        if discriminator is not None and discriminator.as_threshold() is not None:
            continue
        kind = (
            "none" if discriminator is None else f"{type(discriminator).__name__}, {discriminator.states} states"
        )
        problems.setdefault(
            window.qubit,
            Problem(
                "an instrument that classifies by itself needs a discriminator that is one line",
                where=f"qubit {window.qubit}",
                got=kind,
                allowed="a threshold, or a linear discriminator of two states",
                fix="Let the instrument send kernelled numbers, or train a line with rig.train_readout",
            ),
        )
    return tuple(problems[qubit] for qubit in sorted(problems))


def _raise_if_not_lines(plan: AcquisitionPlan, reading: Reading) -> None:
    problems = _problems(plan, reading)
    if problems:
        raise ProblemReport("The instrument cannot classify these shots", problems=problems)
