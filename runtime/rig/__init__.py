"""The rig: one station, opened, run and left safe."""

from runtime.rig.basis import basis_programs
from runtime.rig.requests import Report
from runtime.rig.rig import Rig
from runtime.rig.station import Station, load_station
from runtime.rig.stations import find_station, known_stations
from runtime.rig.stopwatch import Stopwatch

__all__ = [
    "Report",
    "Rig",
    "Station",
    "Stopwatch",
    "basis_programs",
    "find_station",
    "known_stations",
    "load_station",
]
