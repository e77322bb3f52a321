"""The form of a document, version 1, as pydantic models. Durations are in seconds, grids in samples."""

from __future__ import annotations

import json
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema

from runtime.pulse import serialization as programs

__all__ = ["FORMAT", "VERSION", "WHAT", "Document", "schema"]

FORMAT = "pulserig.target"
VERSION = 1
WHAT = "Target"
"""What a document holds, for people."""

PulseDocument = Annotated[
    dict[str, JsonValue],
    WithJsonSchema(
        {
            "type": "object",
            "properties": {"format": {"const": programs.FORMAT}, "version": {"const": programs.VERSION}},
            "required": ["format", "version"],
            "description": "a program or an expression, in its own form",
        }
    ),
]
Index = Annotated[int, Field(ge=0)]
"""Of a qubit or a channel."""
Samples = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class QubitEntry(_Part):
    """QubitProperties; seconds and Hz."""

    t1: Positive | None = None
    t2: Positive | None = None
    frequency: Positive | None = None


class CarrierEntry(_Part):
    """The carrier frequency of a channel."""

    channel: Literal["DriveChannel", "MeasureChannel", "ControlChannel"]
    index: Index
    frequency_hz: Positive


class ControlEntry(_Part):
    """The control channels of an ordered group of qubits, by their indices."""

    qubits: list[Index]
    channels: list[Index]


class StandardOperation(_Part):
    """A standard gate by its name."""

    kind: Literal["standard"]
    gate: str


class ComplexParameter(_Part):
    """A complex number."""

    real: float
    imag: float


class OpenParameter(_Part):
    """An expression."""

    expression: PulseDocument


class GateOperation(_Part):
    """A gate by name, width and parameters; `joint` if it may be calibrated on several qubits at once."""

    kind: Literal["gate"]
    name: str
    num_qubits: Index
    params: list[int | float | ComplexParameter | OpenParameter] = []
    joint: bool = False


class ClassOperation(_Part):
    """Operations of any width; the reader brings their class."""

    kind: Literal["class"]
    name: str


class CalibrationEntry(_Part):
    """A program, the order of its parameter names, and whether it is the user's or the device's."""

    program: PulseDocument
    arguments: list[str]
    user_provided: bool


class PropertiesEntry(_Part):
    """InstructionProperties; the duration in seconds."""

    duration: NotNegative | None = None
    error: NotNegative | None = None
    calibration: CalibrationEntry | None = None


class PlaceEntry(_Part):
    """What is known of an instruction on a group of qubits; on all if `qubits` is null."""

    qubits: list[Index] | None
    properties: PropertiesEntry | None = None


class InstructionEntry(_Part):
    """An instruction under its name in the Target."""

    name: str
    operation: Annotated[StandardOperation | GateOperation | ClassOperation, Field(discriminator="kind")]
    places: list[PlaceEntry]


class Document(_Part):
    """A Target."""

    format: Literal["pulserig.target"]
    version: Literal[1]
    description: str | None = None
    num_qubits: Index | None
    dt: Positive | None = None
    granularity: Samples = 1
    min_length: Samples = 1
    pulse_alignment: Samples = 1
    acquire_alignment: Samples = 1
    qubit_properties: list[QubitEntry | None] | None = None
    concurrent_measurements: list[list[Index]] | None = None
    meas_map: list[list[Index]] = []
    channel_frequencies: list[CarrierEntry] = []
    control_channels: list[ControlEntry] = []
    instructions: list[InstructionEntry] = []


def schema() -> dict[str, Any]:
    """The JSON schema of a document, from the file that is part of the package."""
    text = resources.files("runtime.target.serialization").joinpath("schema-1.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
