"""wiring.yaml, as it is written: what a station is made of and how it is cabled."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from runtime.rig.file_entry import Entry, Finite, NotNegative, Positive
from runtime.rig.file_lines import CrosstalkEntry, InputEntry, OutputEntry, StartEntry
from runtime.rig.file_readout import WrittenReadout

__all__ = [
    "DeviceEntry",
    "InstrumentEntry",
    "StationFile",
    "WiringFile",
]

Policy = Literal["strict", "pad", "shift"]


class DeviceEntry(Entry):
    """Where the Target and its calibrations come from; paths are relative to the station's folder."""

    format: Literal["ibm"]
    conf: str
    defs: str
    props: str | None = None
    qubits: list[Annotated[int, Field(ge=0)]] | None = None
    """The qubits that are wired; None: all."""


class InstrumentEntry(Entry):
    """What the runtime must know of an instrument that station.yaml connects to."""

    adapter: str
    """Name of an entry point in the group `pulserig.adapters`."""
    serial: str | None = None
    """When given, an instrument with another serial number is refused."""
    sample_rate_hz: Annotated[int, Field(gt=0)] | None = None
    """Generators and digitizers."""
    frequency_hz: Positive | None = None
    """Local oscillators."""
    power_dbm: Finite | None = None
    """Local oscillators."""
    started_by: StartEntry | None = None
    """Generators: begin at another one's marker; None: by its own clock."""
    timeout_s: Positive = 10.0
    """The most a single wait for this instrument may take."""


class WiringFile(Entry):
    """The whole of wiring.yaml."""

    version: Literal[1]
    description: str = ""
    device: DeviceEntry
    simulation: str | None = None
    """Configuration of a simulated lab that is started first; None: a real lab."""
    repetition_idle_s: NotNegative
    interpolation: Literal["none", "hold", "linear"] = "none"
    policy: Policy = "strict"
    """What is done with what breaks the Target's timing constraints: refused, padded or moved later."""
    crosstalk: tuple[CrosstalkEntry, ...] = ()
    instruments: Annotated[dict[str, InstrumentEntry], Field(min_length=1)]
    outputs: Annotated[dict[str, OutputEntry], Field(min_length=1)]
    inputs: dict[str, InputEntry] = Field(default_factory=dict)
    readout: dict[int, WrittenReadout] = Field(default_factory=dict)
    named_readouts: dict[str, WrittenReadout] = Field(default_factory=dict)
    """What an Acquire may ask for by the name of its kernel or discriminator."""
    readout_file: str | None = None
    """What `pulserig train` found; its entries count more than those of `readout`."""


class StationInstrument(BaseModel):
    """The part of a QCoDeS Station entry that is needed before QCoDeS is loaded; the rest is QCoDeS's own."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    address: str


class StationFile(BaseModel):
    """station.yaml: a QCoDeS Station configuration."""

    model_config = ConfigDict(extra="allow", frozen=True)

    instruments: Annotated[dict[str, StationInstrument], Field(min_length=1)]
