"""The simulated lab: its configuration, the wires between instruments and chip, and the servers."""

from simulators.lab.bench import Bench, Snapshot
from simulators.lab.config import LabConfig
from simulators.lab.files import ConfigurationProblems, FileProblem
from simulators.lab.lab import Lab, running
from simulators.lab.loading import load_lab

__all__ = ["Bench", "ConfigurationProblems", "FileProblem", "Lab", "LabConfig", "Snapshot", "load_lab", "running"]
