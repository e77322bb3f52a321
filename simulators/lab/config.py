"""The lab file: which instruments there are, and which wire goes where."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "DigitizerConfig",
    "DriveWire",
    "FeedlineWire",
    "GeneratorConfig",
    "LabConfig",
    "OscillatorConfig",
    "ReturnWire",
    "StartWire",
    "TriggerWire",
]

Port = Annotated[int, Field(ge=0, le=65535)]
"""A TCP port; 0 takes a free one also when the others are fixed."""
Output = Annotated[int, Field(ge=1, le=8)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScpiPorts(_Section):
    """Fixed TCP ports of an instrument that speaks SCPI, used with --fixed-ports."""

    hislip: Port = 0
    vxi11: Port = 0
    socket: Port = 0


class AtsPorts(_Section):
    """Fixed TCP port of a digitizer's API server, used with --fixed-ports."""

    ats: Port = 0


class GeneratorConfig(_Section):
    """An arbitrary waveform generator."""

    model: Literal["AWG5208"]
    serial: str | None = None
    ports: ScpiPorts = ScpiPorts()


class OscillatorConfig(_Section):
    """A local oscillator."""

    model: Literal["SGS100A"]
    serial: str | None = None
    ports: ScpiPorts = ScpiPorts()


class DigitizerConfig(_Section):
    """A digitizer board."""

    model: Literal["ATS9360"]
    serial: int | None = None
    ports: AtsPorts = AtsPorts()


InstrumentConfig = Annotated[GeneratorConfig | OscillatorConfig | DigitizerConfig, Field(discriminator="model")]


class DriveWire(_Section):
    """A pair of outputs, mixed up with an oscillator onto a drive line of the chip; several may share a line."""

    line: str
    awg: str
    i: Output
    q: Output
    lo: str


class FeedlineWire(_Section):
    """The pair of outputs that is mixed up into the feedline."""

    awg: str
    i: Output
    q: Output
    lo: str


class ReturnWire(_Section):
    """The feedline's return, mixed down onto two inputs of the digitizer."""

    digitizer: str
    i: Literal["A", "B"]
    q: Literal["A", "B"]
    lo: str


class TriggerWire(_Section):
    """A generator's marker on the digitizer's external trigger."""

    awg: str
    port: Output
    marker: Annotated[int, Field(ge=1, le=4)]
    digitizer: str


class StartWire(_Section):
    """A generator's marker on the trigger input of another one, which begins with it."""

    awg: str
    port: Output
    marker: Annotated[int, Field(ge=1, le=4)]
    started: str
    input: Literal["A", "B"] = "A"


class Wires(_Section):
    """Every cable of the lab."""

    drive: Annotated[tuple[DriveWire, ...], Field(min_length=1)]
    feedline: FeedlineWire
    returns: ReturnWire
    trigger: TriggerWire
    starts: tuple[StartWire, ...] = ()


class LabConfig(_Section):
    """A whole lab."""

    version: Literal[1]
    description: str = ""
    chip: str
    """Path of the chip file, relative to this one."""
    seed: Annotated[int, Field(ge=0)]
    """Everything random in the lab follows from it."""
    mixer_lo_dbm: Annotated[float, Field(allow_inf_nan=False)] = 13.0
    """Level that the mixers want from their oscillators."""
    instruments: Annotated[dict[str, InstrumentConfig], Field(min_length=1)]
    wires: Wires
