"""`pulserig stations`."""

from __future__ import annotations

from rich.table import Table

from runtime.cli.outputs import console_of_command
from runtime.rig.files import WiringFile
from runtime.rig.stations import WIRING, known_stations
from runtime.rig.yaml_source import YamlSource

__all__ = ["list_stations"]


def list_stations() -> None:
    """Print name, kind, instruments and description of every installed station."""
    table = Table("station", "lab", "qubits", "instruments", "description")
    for name, folder in known_stations().items():
        file = YamlSource(folder / WIRING).validated(WiringFile)
        table.add_row(
            name,
            "simulated" if file.simulation else "real",
            "all" if file.device.qubits is None else ", ".join(map(str, file.device.qubits)),
            ", ".join(file.instruments),
            file.description,
        )
    console_of_command().print(table)
