"""The lab file's instruments: one section each, and which ports a model has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ANALYZERS",
    "CONVERTING",
    "PAIRED",
    "ZURICH_MODELS",
    "DigitizerConfig",
    "GeneratorConfig",
    "InstrumentConfig",
    "LabOnePorts",
    "OscillatorConfig",
    "Section",
    "ZurichConfig",
]

Port = Annotated[int, Field(ge=0, le=65535)]
"""A TCP port; 0 takes a free one also when the others are fixed."""


class Section(BaseModel):
    """Base of all sections: unknown keys are problems, and nothing changes once it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScpiPorts(Section):
    """Fixed TCP ports of an instrument that speaks SCPI, used with --fixed-ports."""

    hislip: Port = 0
    vxi11: Port = 0
    socket: Port = 0


class AtsPorts(Section):
    """Fixed TCP port of a digitizer's API server, used with --fixed-ports."""

    ats: Port = 0


class LabOnePorts(Section):
    """Fixed TCP ports of the data server of all Zurich Instruments devices, used with --fixed-ports."""

    port: Port = 0
    control: Port = 0
    """Where tests ask for faults."""


class GeneratorConfig(Section):
    """An arbitrary waveform generator."""

    model: Literal["AWG5208"]
    serial: str | None = None
    ports: ScpiPorts = ScpiPorts()


class OscillatorConfig(Section):
    """A local oscillator."""

    model: Literal["SGS100A"]
    serial: str | None = None
    ports: ScpiPorts = ScpiPorts()


class DigitizerConfig(Section):
    """A digitizer board."""

    model: Literal["ATS9360"]
    serial: int | None = None
    ports: AtsPorts = AtsPorts()


ZurichModel = Literal["HDAWG4", "HDAWG8", "SHFSG4", "SHFSG8", "SHFQA2", "SHFQA4", "SHFQC", "UHFQA"]


class ZurichConfig(Section):
    """A device behind the lab's LabOne data server."""

    model: ZurichModel
    serial: Annotated[str, Field(pattern=r"^dev\d+$")]
    options: tuple[str, ...] | None = None
    """Installed options; None for those that the model usually comes with."""


InstrumentConfig = Annotated[
    GeneratorConfig | OscillatorConfig | DigitizerConfig | ZurichConfig, Field(discriminator="model")
]

ZURICH_MODELS: tuple[str, ...] = get_args(ZurichModel)
PAIRED: Mapping[str, int] = MappingProxyType({"AWG5208": 8, "HDAWG4": 4, "HDAWG8": 8, "UHFQA": 2})
"""How many outputs each model has that gives I/Q pairs to mixers; ports count from 1."""
CONVERTING: Mapping[str, int] = MappingProxyType({"SHFSG4": 4, "SHFSG8": 8, "SHFQC": 6})
"""How many generator outputs each model has that converts up by itself."""
ANALYZERS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"SHFQA2": (1, 2), "SHFQA4": (1, 2, 3, 4), "SHFQC": (7,)}
)
"""The ports of the readout channels of each model that converts up and down by itself."""
