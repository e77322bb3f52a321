"""The form of a document, version 1, as pydantic models.

Things that occur many times stand in tables (parameters, pulses, schedules, ...) and are named by their place
there. A table's entry refers to earlier entries only.

Numbers in a program are JSON numbers or expressions: lists that start with the name of an operation, as
["Mul", 2, ["parameter", 0]], where the parameter is an entry of the table `parameters`; ["value", x] is an
expression without parameters. In the formulas of a pulse ["symbol", "t"] stands for a symbol.
Metadata and settings are plain JSON, in which an object with a single key that starts with "$" stands for what
JSON lacks: $tuple, $dict, $complex, $float, $array, $value (an expression), $publisher.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, JsonValue, Tag, WithJsonSchema

__all__ = ["FORMAT", "VERSION", "WHAT", "Document", "schema"]

FORMAT = "pulserig.pulse"
VERSION = 1
WHAT = "pulse program"
"""What a document holds, for people."""

Expression = Annotated[
    JsonValue,
    WithJsonSchema(
        {
            "anyOf": [{"type": "number"}, {"type": "array", "minItems": 1, "prefixItems": [{"type": "string"}]}],
            "description": "a number, or an operation with its operands, which are expressions",
        }
    ),
]
Condition = Annotated[
    JsonValue,
    WithJsonSchema(
        {
            "anyOf": [{"type": "boolean"}, {"type": "array", "minItems": 1, "prefixItems": [{"type": "string"}]}],
            "description": "a truth value, or an operation with its operands",
        }
    ),
]
Place = Annotated[int, Field(ge=0)]
"""Of an entry in a table."""
Identity = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""A uuid in 32 hexadecimal digits."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _by_key(key: str) -> Discriminator:
    """Tells two forms apart by a key that only the second one has: faults are then reported for one form only."""

    def form(value: object) -> str:
        return "with" if (key in value if isinstance(value, dict) else hasattr(value, key)) else "without"

    return Discriminator(form)


class VectorEntry(_Part):
    """A ParameterVector."""

    name: str
    length: Annotated[int, Field(ge=0, le=1_000_000)]
    uuid: Identity


class FreeParameter(_Part):
    """A Parameter of its own."""

    name: str
    uuid: Identity


class ElementParameter(_Part):
    """An element of a vector."""

    vector: Place
    index: Place


class WaveformEntry(_Part):
    """A Waveform; `samples` is base64 of complex numbers as pairs of little-endian float64."""

    kind: Literal["Waveform"]
    samples: str
    epsilon: float
    limit_amplitude: bool
    name: str | None = None


class ShapeEntry(_Part):
    """A pulse of a named shape; `parameters` in order, `duration` first."""

    kind: Literal["named"]
    shape: str
    parameters: dict[str, Expression]
    limit_amplitude: bool
    name: str | None = None


class FormulaEntry(_Part):
    """A SymbolicPulse of its own formula; `scalable` if amp * exp(i angle) scales the whole envelope."""

    kind: Literal["formula"]
    pulse_type: str
    parameters: dict[str, Expression]
    scalable: bool
    envelope: Expression
    constraints: Condition | None = None
    valid_amp_conditions: Condition | None = None
    limit_amplitude: bool
    name: str | None = None


class ChannelEntry(_Part):
    """A channel by its class."""

    kind: Literal[
        "DriveChannel",
        "MeasureChannel",
        "ControlChannel",
        "AcquireChannel",
        "MemorySlot",
        "RegisterSlot",
        "SnapshotChannel",
    ]
    index: Expression = 0


class SettingEntry(_Part):
    """A Kernel or Discriminator."""

    name: str | None = None
    params: dict[str, JsonValue]


class _InstructionEntry(_Part):
    name: str | None = None


class PlayEntry(_InstructionEntry):
    """A Play of an entry of `pulses`."""

    kind: Literal["Play"]
    pulse: Place
    channel: ChannelEntry


class LengthEntry(_InstructionEntry):
    """What only takes time."""

    kind: Literal["Delay", "TimeBlockade"]
    duration: Expression
    channel: ChannelEntry


class PhaseEntry(_InstructionEntry):
    """A change of phase, in radians."""

    kind: Literal["SetPhase", "ShiftPhase"]
    phase: Expression
    channel: ChannelEntry


class FrequencyEntry(_InstructionEntry):
    """A change of frequency, in Hz."""

    kind: Literal["SetFrequency", "ShiftFrequency"]
    frequency: Expression
    channel: ChannelEntry


class AcquireEntry(_InstructionEntry):
    """An Acquire."""

    kind: Literal["Acquire"]
    duration: Expression
    channel: ChannelEntry
    mem_slot: ChannelEntry | None = None
    reg_slot: ChannelEntry | None = None
    kernel: SettingEntry | None = None
    discriminator: SettingEntry | None = None


class SnapshotEntry(_InstructionEntry):
    """A Snapshot."""

    kind: Literal["Snapshot"]
    label: str
    snapshot_type: str


class BarrierEntry(_InstructionEntry):
    """A RelativeBarrier."""

    kind: Literal["RelativeBarrier"]
    channels: list[ChannelEntry]


class ReferenceEntry(_Part):
    """A Reference."""

    kind: Literal["Reference"]
    keys: Annotated[list[str], Field(min_length=1)]


InstructionEntry = Annotated[
    PlayEntry
    | LengthEntry
    | PhaseEntry
    | FrequencyEntry
    | AcquireEntry
    | SnapshotEntry
    | BarrierEntry
    | ReferenceEntry,
    Field(discriminator="kind"),
]


class TimedInstruction(_Part):
    """An instruction in a schedule."""

    start: int
    instruction: InstructionEntry


class TimedSchedule(_Part):
    """A schedule in a schedule."""

    start: int
    schedule: Place


class ScheduleEntry(_Part):
    """A Schedule; children in the order of insertion."""

    name: str
    metadata: dict[str, JsonValue]
    children: list[
        Annotated[
            Annotated[TimedInstruction, Tag("without")] | Annotated[TimedSchedule, Tag("with")],
            _by_key("schedule"),
        ]
    ]


class PlainAlignment(_Part):
    """An alignment without settings."""

    kind: Literal["AlignLeft", "AlignRight", "AlignSequential"]


class EquispacedAlignment(_Part):
    """AlignEquispaced."""

    kind: Literal["AlignEquispaced"]
    duration: Expression


class FunctionAlignment(_Part):
    """AlignFunc; its function by name."""

    kind: Literal["AlignFunc"]
    duration: Expression
    func: str


class PlainElement(_Part):
    """An instruction in a block."""

    instruction: InstructionEntry


class BlockElement(_Part):
    """A block in a block: its own name and metadata, and an entry of `bodies`."""

    name: str
    metadata: dict[str, JsonValue]
    body: Place


class BodyEntry(_Part):
    """What blocks hold; several may hold the same."""

    alignment: Annotated[PlainAlignment | EquispacedAlignment | FunctionAlignment, Field(discriminator="kind")]
    elements: list[
        Annotated[Annotated[PlainElement, Tag("without")] | Annotated[BlockElement, Tag("with")], _by_key("body")]
    ]


class Subroutine(_Part):
    """What a reference stands for; null while it is not assigned."""

    keys: Annotated[list[str], Field(min_length=1)]
    block: Place | None


class BlockEntry(_Part):
    """A ScheduleBlock with its subroutines."""

    name: str
    metadata: dict[str, JsonValue]
    body: Place
    subroutines: list[Subroutine]


class PlacedContent(_Part):
    """The document holds an entry of a table."""

    kind: Literal["Schedule", "ScheduleBlock", "Pulse", "ParameterVector"]
    place: Place


class InstructionContent(_Part):
    """The document holds an instruction."""

    kind: Literal["Instruction"]
    instruction: InstructionEntry


class ChannelContent(_Part):
    """The document holds a channel."""

    kind: Literal["Channel"]
    channel: ChannelEntry


class ValueContent(_Part):
    """The document holds an expression."""

    kind: Literal["ParameterExpression"]
    value: Expression


class Document(_Part):
    """A pulse program, or a part of one."""

    format: Literal["pulserig.pulse"]
    version: Literal[1]
    vectors: list[VectorEntry] = []
    parameters: list[
        Annotated[
            Annotated[FreeParameter, Tag("without")] | Annotated[ElementParameter, Tag("with")], _by_key("vector")
        ]
    ] = []
    pulses: list[Annotated[WaveformEntry | ShapeEntry | FormulaEntry, Field(discriminator="kind")]] = []
    schedules: list[ScheduleEntry] = []
    bodies: list[BodyEntry] = []
    blocks: list[BlockEntry] = []
    content: Annotated[
        PlacedContent | InstructionContent | ChannelContent | ValueContent, Field(discriminator="kind")
    ]


def schema() -> dict[str, Any]:
    """The JSON schema of a document, from the file that is part of the package."""
    text = resources.files("runtime.pulse.serialization").joinpath("schema-1.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
