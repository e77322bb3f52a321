"""Kernels: how a record is weighted in time and taken down to one complex number."""

from runtime.results.kernels.demodulation import demodulation, envelope_weights, start_turn
from runtime.results.kernels.integration import Integration
from runtime.results.kernels.matched import demodulated, matched_filter
from runtime.results.kernels.shapes import Boxcar, Kernel, Weights

__all__ = [
    "Boxcar",
    "Integration",
    "Kernel",
    "Weights",
    "demodulated",
    "demodulation",
    "envelope_weights",
    "matched_filter",
    "start_turn",
]
