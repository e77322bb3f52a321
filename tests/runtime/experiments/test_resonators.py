"""Resonator spectroscopy, on formulas and on the simulated demo station."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.experiments import fit_resonator, resonator_schedules
from runtime.rig import Rig

OFFSETS = np.linspace(-2.4e6, 2.4e6, 13)


def test_the_fit_finds_what_went_in() -> None:
    """Centre within its own error, width and height within a percent, whatever the phase."""
    rng = np.random.default_rng(3)
    response = 0.01 * np.exp(0.7j) / (1 + 2j * (OFFSETS - 0.4e6) / 1.2e6)
    noisy = response + 2e-5 * (rng.normal(size=13) + 1j * rng.normal(size=13))
    found = fit_resonator(OFFSETS, noisy)
    assert found.centre_hz == pytest.approx(0.4e6, abs=5 * found.centre_error_hz)
    assert found.centre_error_hz < 3e3
    assert found.width_hz == pytest.approx(1.2e6, rel=0.01)
    assert found.curve(OFFSETS) == pytest.approx(np.abs(response), abs=1e-4)


def test_a_qubit_moves_its_resonator() -> None:
    """By 2 chi = -kappa = -1.2 MHz, around the published frequency midway: what configs/demo/chip.yaml says."""
    with Rig.open("demo") as rig:
        schedules = [
            schedule
            for excited in (False, True)
            for schedule in resonator_schedules(rig.target, [0, 1], OFFSETS.tolist(), excited=excited)
        ]
        results = rig.run(schedules, shots=100, level=1, returns="avg")
    responses = np.array([result.data for result in results]).reshape(2, 13, 2)
    for qubit in (0, 1):
        ground, excited = (fit_resonator(OFFSETS, responses[state, :, qubit]) for state in (0, 1))
        assert excited.centre_hz - ground.centre_hz == pytest.approx(-1.2e6, abs=0.12e6)
        assert (excited.centre_hz + ground.centre_hz) / 2 == pytest.approx(0.0, abs=0.1e6)
        # The window is no longer than a few ring-up times: lines are somewhat wider than kappa.
        assert ground.width_hz == pytest.approx(1.2e6, rel=0.3)
