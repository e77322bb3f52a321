"""Zurich Instruments devices in a simulated lab: from the programs that they run to the chip, and back."""

from simulators.lab.zurich.bench import LabOneBench

__all__ = ["LabOneBench"]
