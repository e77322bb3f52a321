"""The simulated chip: exchange-coupled transmons with dispersive readout; it knows volts and oscillators only."""

from simulators.chip.config import ChipConfig
from simulators.chip.dissipation import Dissipation
from simulators.chip.drive import Drive, DrivenEvolution, DriveWindow
from simulators.chip.feedline import Feedline, FeedlineSignal, LevelPath
from simulators.chip.noise import WhiteNoise
from simulators.chip.resonators import FieldSolution, Resonator, dispersive_shifts_hz
from simulators.chip.stretch import Stretch, Transitions
from simulators.chip.trajectory import Trajectory
from simulators.chip.transmons import Transmon, TransmonArray

__all__ = [
    "ChipConfig",
    "Dissipation",
    "Drive",
    "DriveWindow",
    "DrivenEvolution",
    "Feedline",
    "FeedlineSignal",
    "FieldSolution",
    "LevelPath",
    "Resonator",
    "Stretch",
    "Trajectory",
    "Transitions",
    "Transmon",
    "TransmonArray",
    "WhiteNoise",
    "dispersive_shifts_hz",
]
