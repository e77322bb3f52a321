"""Which sequencer core stands behind a port, and what its nodes say about the way to the cable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.lab.config import (
    DirectDriveWire,
    DirectFeedlineWire,
    DirectReturnWire,
    DriveWire,
    FeedlineWire,
    LabConfig,
    passed,
)
from simulators.lab.instruments import ZURICH_MODELS, ZurichConfig
from simulators.labone import NodeTree

__all__ = ["Connector", "connectors", "readout_port", "synthesizer_hz"]


@dataclass(frozen=True, slots=True)
class Connector:
    """An output, or a pair of them, on a line of the chip.

    Attributes:
        line: Name of the drive line; None for the feedline.
        instrument: Name in the lab file.
        serial: Of the device.
        core: Path of the sequencer core that plays it.
        port: The first of its ports, from 1.
        lo: The oscillator of an external mixer; None where the output converts up by itself.
        factor: By which volts get through the attenuators.
    """

    line: str | None
    instrument: str
    serial: str
    core: str
    port: int
    lo: str | None
    factor: float

    def lo_hz(self, tree: NodeTree, tones_hz: Mapping[str, float | None]) -> float | None:
        """Frequency of the up-conversion; None when the mixer passes nothing."""
        return synthesizer_hz(tree, self.core) if self.lo is None else tones_hz.get(self.lo)


def connectors(lab: LabConfig) -> tuple[Connector, ...]:
    """Every output of a Zurich Instruments device that is wired to the chip."""
    wires = [*((wire.line, wire) for wire in lab.wires.drive), (None, lab.wires.feedline)]
    found = []
    for line, wire in wires:
        name = wire.awg if isinstance(wire, DriveWire | FeedlineWire) else wire.instrument
        section = lab.instruments[name]
        if not isinstance(section, ZurichConfig):
            continue
        factor = passed(wire.attenuation_db)
        if isinstance(wire, DirectDriveWire | DirectFeedlineWire):
            core = _converting_core(section.model, wire.port)
            found.append(Connector(line, name, section.serial, core, wire.port, None, factor))
        else:
            core = "awgs/0" if section.model == "UHFQA" else f"awgs/{(wire.i - 1) // 2}"
            found.append(Connector(line, name, section.serial, core, wire.i, wire.lo, factor))
    return tuple(found)


def readout_port(lab: LabConfig) -> tuple[str, int] | None:
    """Name of the device that gets the feedline's return, and its readout channel from 0; None for a board."""
    returns = lab.wires.returns
    if isinstance(returns, DirectReturnWire):
        name, channel = returns.instrument, returns.port - 1
    else:
        name, channel = returns.digitizer, 0
    model = lab.instruments[name].model
    if model not in ZURICH_MODELS:
        return None
    return name, 0 if model == "SHFQC" else channel


def synthesizer_hz(tree: NodeTree, core: str) -> float:
    """The center frequency at which a channel converts by itself."""
    channel = "/".join(core.split("/")[:2])
    if channel.startswith("qachannels"):
        return tree.number(f"{channel}/centerfreq")
    return tree.number(f"synthesizers/{tree.integer(f'{channel}/synthesizer')}/centerfreq")


def _converting_core(model: str, port: int) -> str:
    if model == "SHFQC":
        return "qachannels/0/generator" if port == 7 else f"sgchannels/{port - 1}/awg"
    kind, rest = ("qachannels", "generator") if model.startswith("SHFQA") else ("sgchannels", "awg")
    return f"{kind}/{port - 1}/{rest}"
