"""wiring.yaml, as it is written: what a station is made of and how it is cabled."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

__all__ = [
    "DeviceEntry",
    "InputEntry",
    "InstrumentEntry",
    "OutputEntry",
    "ReadoutEntry",
    "StationFile",
    "WiringFile",
]

OutputChannel = Annotated[str, StringConstraints(pattern=r"^[dmu](0|[1-9]\d*)$")]
"""d0 drive, m0 measure, u0 control."""
InputChannel = Annotated[str, StringConstraints(pattern=r"^a(0|[1-9]\d*)$")]
"""a0 acquire."""
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeviceEntry(_Entry):
    """Where the Target and its calibrations come from; paths are relative to the station's folder."""

    format: Literal["ibm"]
    conf: str
    defs: str
    props: str | None = None
    qubits: list[Annotated[int, Field(ge=0)]] | None = None
    """The qubits that are wired; None: all."""


class InstrumentEntry(_Entry):
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
    timeout_s: Positive = 10.0
    """The most a single wait for this instrument may take."""


class PortPair(_Entry):
    """The two output ports of an I/Q pair."""

    i: Annotated[int, Field(ge=1)]
    q: Annotated[int, Field(ge=1)]


class MixerEntry(_Entry):
    """What corrects an imperfect mixer; see runtime.lowering.MixerCorrection."""

    gain: Positive = 1.0
    phase_rad: Finite = 0.0
    offset_i: Finite = 0.0
    offset_q: Finite = 0.0


class OutputEntry(_Entry):
    """Channels to a pair of ports, and on through a mixer."""

    channels: Annotated[list[OutputChannel], Field(min_length=1)]
    shared: bool = False
    """Several channels, or several lines, may use the same ports."""
    instrument: str
    ports: PortPair
    lo: str
    amplitude_vpp: Positive
    """Peak-to-peak volts at full scale."""
    scale: Positive = 1.0
    """Full scale of the port for an amplitude of 1."""
    delay_s: Finite = 0.0
    mixer: MixerEntry = MixerEntry()


class TriggerEntry(_Entry):
    """The marker that starts a record."""

    instrument: str
    port: Annotated[int, Field(ge=1)]
    marker: Annotated[int, Field(ge=1)]


class InputEntry(_Entry):
    """A digitizer's inputs, and the channels whose records they hold."""

    channels: Annotated[list[InputChannel], Field(min_length=1)]
    instrument: str
    lo: str
    delay_s: NotNegative = 0.0
    """From the marker's edge to the arrival of the signal."""
    trigger: TriggerEntry


class KernelEntry(_Entry):
    """How a record is weighted in time."""

    shape: Literal["boxcar"] = "boxcar"
    start_s: NotNegative = 0.0
    stop_s: Positive | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.stop_s is not None and self.stop_s <= self.start_s:
            raise ValueError(f"stop_s has to be after start_s, {self.start_s:g}")
        return self


class DiscriminatorEntry(_Entry):
    """The line between 0 and 1 in the IQ plane."""

    angle_rad: Finite
    threshold_v: Finite


class ReadoutEntry(_Entry):
    """How one qubit is read."""

    kernel: KernelEntry = KernelEntry()
    discriminator: DiscriminatorEntry | None = None


class WiringFile(_Entry):
    """The whole of wiring.yaml."""

    version: Literal[1]
    description: str = ""
    device: DeviceEntry
    simulation: str | None = None
    """Configuration of a simulated lab that is started first; None: a real lab."""
    repetition_idle_s: NotNegative
    interpolation: Literal["none", "hold", "linear"] = "none"
    instruments: Annotated[dict[str, InstrumentEntry], Field(min_length=1)]
    outputs: Annotated[dict[str, OutputEntry], Field(min_length=1)]
    inputs: dict[str, InputEntry] = {}
    readout: dict[int, ReadoutEntry] = {}


class StationInstrument(BaseModel):
    """The part of a QCoDeS Station entry that is needed before QCoDeS is loaded; the rest is QCoDeS's own."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    address: str


class StationFile(BaseModel):
    """station.yaml: a QCoDeS Station configuration."""

    model_config = ConfigDict(extra="allow", frozen=True)

    instruments: Annotated[dict[str, StationInstrument], Field(min_length=1)]
