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
    LoopWire,
    passed,
)
from simulators.lab.instruments import ZurichConfig
from simulators.lab.lines import FEEDLINE
from simulators.labone import NodeTree

__all__ = ["Connector", "Return", "connectors", "returns", "synthesizer_hz"]


@dataclass(frozen=True, slots=True)
class Connector:
    """An output, or a pair of them, on a line of the chip.

    Attributes:
        line: Name of the drive line or feedline.
        probes: It is a feedline.
        instrument: Name in the lab file.
        serial: Of the device.
        core: Path of the sequencer core that plays it.
        port: The first of its ports, from 1.
        lo: The oscillator of an external mixer; None where the output converts up by itself.
        factor: By which volts get through the attenuators.
    """

    line: str
    probes: bool
    instrument: str
    serial: str
    core: str
    port: int
    lo: str | None
    factor: float

    def lo_hz(self, tree: NodeTree, tones_hz: Mapping[str, float | None]) -> float | None:
        """Frequency of the up-conversion; None when the mixer passes nothing."""
        return synthesizer_hz(tree, self.core) if self.lo is None else tones_hz.get(self.lo)


@dataclass(frozen=True, slots=True)
class Return:
    """A readout channel that gets a feedline's return.

    Attributes:
        line: Name of the feedline.
        serial: Of the device.
        core: Path of the core that starts its readouts.
        channel: Its readout channel, from 0.
        lo: The oscillator of an external mixer; None where the input converts down by itself.
        factor: By which volts get through the attenuators.
    """

    line: str
    serial: str
    core: str
    channel: int
    lo: str | None
    factor: float


def connectors(lab: LabConfig) -> tuple[Connector, ...]:
    """Every output of a Zurich Instruments device that is wired to the chip."""
    wires = [
        *((wire.line, False, wire) for wire in lab.wires.drive),
        (FEEDLINE, True, lab.wires.feedline),
        *((loop.line, True, loop) for loop in lab.wires.feedlines),
    ]
    found = []
    for line, probes, wire in wires:
        name = wire.awg if isinstance(wire, DriveWire | FeedlineWire) else wire.instrument
        section = lab.instruments[name]
        if not isinstance(section, ZurichConfig):
            continue
        factor = passed(wire.attenuation_db)
        if isinstance(wire, DirectDriveWire | DirectFeedlineWire | LoopWire):
            core = _converting_core(section.model, wire.port)
            found.append(Connector(line, probes, name, section.serial, core, wire.port, None, factor))
        else:
            core = "awgs/0" if section.model == "UHFQA" else f"awgs/{(wire.i - 1) // 2}"
            found.append(Connector(line, probes, name, section.serial, core, wire.i, wire.lo, factor))
    return tuple(found)


def returns(lab: LabConfig) -> tuple[Return, ...]:
    """Every readout channel that a feedline's return is wired to; none where a board reads."""
    first = lab.wires.returns
    loss = first.attenuation_db
    wires: list[tuple[str, str, int, str | None, float]] = []
    if isinstance(first, DirectReturnWire):
        wires.append((FEEDLINE, first.instrument, first.port, None, loss))
    else:
        wires.append((FEEDLINE, first.digitizer, 1, first.lo, loss))
    wires += [
        (loop.line, loop.instrument, loop.port, None, loop.return_attenuation_db) for loop in lab.wires.feedlines
    ]
    found = []
    for line, name, port, lo, attenuation_db in wires:
        section = lab.instruments[name]
        if not isinstance(section, ZurichConfig):
            continue
        channel = 0 if section.model in ("SHFQC", "UHFQA") else port - 1
        core = "awgs/0" if section.model == "UHFQA" else f"qachannels/{channel}/generator"
        found.append(Return(line, section.serial, core, channel, lo, passed(attenuation_db)))
    return tuple(found)


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
