"""Experiments: what to measure, and what to conclude from it."""

from runtime.experiments.detuning import apart, detuning_hz, detuning_schedules
from runtime.experiments.rabi import RabiFit, calibrated_amplitude, fit_rabi, rabi_schedules
from runtime.experiments.resonators import ResonatorFit, fit_resonator, resonator_schedules

__all__ = [
    "RabiFit",
    "ResonatorFit",
    "apart",
    "calibrated_amplitude",
    "detuning_hz",
    "detuning_schedules",
    "fit_rabi",
    "fit_resonator",
    "rabi_schedules",
    "resonator_schedules",
]
