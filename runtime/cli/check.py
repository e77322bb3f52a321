"""`pulserig check STATION`."""

from __future__ import annotations

from rich.table import Column, Table

from runtime.cli.opening import open_rig
from runtime.cli.outputs import console_of_command, say
from runtime.rig import Rig, load_station

__all__ = ["check_station"]


def check_station(station: str) -> None:
    """Open a station and print who answers and how channels are wired."""
    console = console_of_command()
    with open_rig(console, load_station(station)) as rig:
        address = Column("address", overflow="fold")
        instruments = Table("instrument", address, "vendor", "model", "serial", "firmware", title=rig.station.name)
        for name, identity in rig.identities.items():
            instruments.add_row(
                name, rig.addresses[name], identity.vendor, identity.model, identity.serial, identity.firmware
            )
        console.print(instruments)
        console.print(_wiring(rig))
        lab = "simulated" if rig.station.simulation else "real"
        say(console, f"ok: configuration valid, {len(rig.identities)} instruments answer ({lab} lab)")


def _wiring(rig: Rig) -> Table:
    table = Table("line", "channels", "ports", "LO", "IF")
    for line in rig.station.wiring.outputs:
        offsets = [rig.target.channel_frequencies[channel] - line.lo_frequency_hz for channel in line.channels]
        table.add_row(
            line.name,
            ", ".join(channel.name for channel in line.channels),
            f"{line.instrument} {'/'.join(str(port) for port in (line.i_port, line.q_port) if port is not None)}",
            f"{line.lo_frequency_hz / 1e9:.6f} GHz",
            ", ".join(f"{offset / 1e6:+.3f} MHz" for offset in offsets),
        )
    for source in rig.station.wiring.inputs:
        table.add_row(
            source.name,
            ", ".join(channel.name for channel in source.channels),
            source.instrument,
            f"{source.lo_frequency_hz / 1e9:.6f} GHz",
            "",
        )
    return table
