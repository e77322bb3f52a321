"""Experiments: what to measure, and what to conclude from it."""

from runtime.experiments.rabi import RabiFit, calibrated_amplitude, fit_rabi, rabi_schedules

__all__ = ["RabiFit", "calibrated_amplitude", "fit_rabi", "rabi_schedules"]
