"""The lab file: which instruments there are, and which wire goes where."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from simulators.lab.instruments import InstrumentConfig, LabOnePorts, Section

__all__ = [
    "DirectDriveWire",
    "DirectFeedlineWire",
    "DirectReturnWire",
    "DriveWire",
    "FeedlineWire",
    "FluxWire",
    "LabConfig",
    "LoopWire",
    "ReturnWire",
    "StartWire",
    "TriggerWire",
    "Wires",
    "passed",
]

Output = Annotated[int, Field(ge=1, le=8)]
Decibels = Annotated[float, Field(ge=-60.0, le=120.0)]
"""What attenuators take away; an amplifier has a negative value."""


def passed(attenuation_db: float) -> float:
    """The factor by which volts get through an attenuator."""
    return float(10.0 ** (-attenuation_db / 20.0))


class DriveWire(Section):
    """A pair of outputs, mixed up with an oscillator onto a drive line of the chip; several may share a line."""

    line: str
    awg: str
    i: Output
    q: Output
    lo: str
    attenuation_db: Decibels = 0.0


class DirectDriveWire(Section):
    """An output that converts up by itself, on a drive line of the chip; several may share a line."""

    line: str
    instrument: str
    port: Output
    attenuation_db: Decibels = 0.0


class FluxWire(Section):
    """An output straight onto a flux line of the chip, with no mixer between."""

    line: str
    awg: str
    port: Output
    attenuation_db: Decibels = 0.0


class FeedlineWire(Section):
    """The pair of outputs that is mixed up into the feedline."""

    awg: str
    i: Output
    q: Output
    lo: str
    attenuation_db: Decibels = 0.0


class DirectFeedlineWire(Section):
    """The readout output that converts up by itself into the feedline."""

    instrument: str
    port: Output
    attenuation_db: Decibels = 0.0


class ReturnWire(Section):
    """The feedline's return, mixed down onto two inputs: A and B of a board, 1 and 2 of a UHFQA."""

    digitizer: str
    i: Literal["A", "B", 1, 2]
    q: Literal["A", "B", 1, 2]
    lo: str
    attenuation_db: Decibels = 0.0


class DirectReturnWire(Section):
    """The feedline's return on the input of a readout channel that converts down by itself."""

    instrument: str
    port: Output
    attenuation_db: Decibels = 0.0


class LoopWire(Section):
    """A further feedline, on the output and the input of one readout channel."""

    line: str
    instrument: str
    port: Output
    attenuation_db: Decibels = 0.0
    """On the way to the chip."""
    return_attenuation_db: Decibels = 0.0


class TriggerWire(Section):
    """A generator's marker on the digitizer's trigger input."""

    awg: str
    port: Output
    marker: Annotated[int, Field(ge=1, le=4)]
    digitizer: str
    input: Annotated[int, Field(ge=1, le=4)] = 1
    """Counted from 1; a board has one."""


class StartWire(Section):
    """A generator's marker on the trigger input of another one, which begins with it."""

    awg: str
    port: Output
    marker: Annotated[int, Field(ge=1, le=4)]
    started: str
    input: Literal["A", "B"] | Output = "A"


def _kind(wire: Any) -> str:  # noqa: ANN401 - whatever stands in the file
    """Which of the two kinds of a wire is meant: with its own mixer and oscillator, or without."""
    names = wire if isinstance(wire, dict) else getattr(wire, "model_fields_set", ())
    return "direct" if "instrument" in names else "mixed"


AnyDriveWire = Annotated[
    Annotated[DriveWire, Tag("mixed")] | Annotated[DirectDriveWire, Tag("direct")], Discriminator(_kind)
]
AnyFeedlineWire = Annotated[
    Annotated[FeedlineWire, Tag("mixed")] | Annotated[DirectFeedlineWire, Tag("direct")], Discriminator(_kind)
]
AnyReturnWire = Annotated[
    Annotated[ReturnWire, Tag("mixed")] | Annotated[DirectReturnWire, Tag("direct")], Discriminator(_kind)
]


class Wires(Section):
    """Every cable of the lab."""

    drive: Annotated[tuple[AnyDriveWire, ...], Field(min_length=1)]
    flux: tuple[FluxWire, ...] = ()
    feedline: AnyFeedlineWire
    returns: AnyReturnWire
    feedlines: tuple[LoopWire, ...] = ()
    """Those beside the one that the chip calls "feedline"."""
    trigger: TriggerWire | None = None
    """None where one instrument sends the readout and records it by its own clock."""
    starts: tuple[StartWire, ...] = ()


class LabConfig(Section):
    """A whole lab."""

    version: Literal[1]
    description: str = ""
    chip: str
    """Path of the chip file, relative to this one."""
    drift: bool = True
    """False: nothing of the chip drifts, whatever its file says."""
    seed: Annotated[int, Field(ge=0)]
    """Everything random in the lab follows from it."""
    mixer_lo_dbm: Annotated[float, Field(allow_inf_nan=False)] = 13.0
    """Level that the mixers want from their oscillators."""
    labone: LabOnePorts = LabOnePorts()
    instruments: Annotated[dict[str, InstrumentConfig], Field(min_length=1)]
    wires: Wires
