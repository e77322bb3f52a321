"""OpenPulse JSON as IBM published it, read strictly: text is no number, true is no 1, NaN is nothing.

The files carry far more than is read here, so unknown keys are let pass, except inside the items of a schedule,
where a key that is not understood could change what is played.
"""

from __future__ import annotations

import math
from typing import Annotated, TypeGuard

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PlainValidator, Tag

__all__ = [
    "ITEM_KINDS",
    "AcquireItem",
    "CmdDef",
    "ConfFile",
    "DefsFile",
    "DelayItem",
    "FrameChange",
    "GateEntry",
    "Item",
    "LibraryPulse",
    "NamedValue",
    "ParametricPulse",
    "PropsFile",
    "PulseParameters",
    "SampledPulse",
    "UChannelTerm",
]

ITEM_KINDS = ("fc", "parametric_pulse", "delay", "acquire", "sampled")


def _is_finite(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _complex(value: object) -> complex:
    """A real number, or [re, im]."""
    parts = value if isinstance(value, list) and len(value) == 2 else [value, 0.0]
    if not all(map(_is_finite, parts)):
        message = "a finite number or [re, im] is needed"
        raise ValueError(message)
    return complex(*parts)


def _phase(value: object) -> float | str:
    """Radians, or an expression."""
    if isinstance(value, str):
        return value
    if not _is_finite(value):
        message = "a finite number or an expression is needed"
        raise ValueError(message)
    return float(value)


def _number(value: object) -> float:
    """A finite number as it is written: 64 stays an int, as in Qiskit's text of a pulse."""
    if not _is_finite(value):
        message = "a finite number is needed"
        raise ValueError(message)
    return value


def _item_kind(value: object) -> str:
    name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
    return name if name in ITEM_KINDS[:-1] else ITEM_KINDS[-1]


Index = Annotated[int, Field(ge=0)]
Samples = Annotated[int, Field(gt=0)]
PulseLength = Annotated[int, Field(gt=0, le=10**7)]
"""Samples. The longest published pulse has 25,000; a slip of the pen must not fill the memory."""
Number = Annotated[float, PlainValidator(_number)]
Complex = Annotated[complex, PlainValidator(_complex)]


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, allow_inf_nan=False)


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class FrameChange(_Exact):
    """A shift of phase."""

    name: str
    t0: Index
    ch: str
    phase: Annotated[float | str, PlainValidator(_phase)]
    """Radians, or an expression such as `-(P0)`."""


class PulseParameters(_Exact):
    """Parameters of a pulse shape, in samples where they are times."""

    duration: PulseLength
    amp: Complex
    angle: Number | None = None
    sigma: Number | None = None
    width: Number | None = None
    beta: Number | None = None


class ParametricPulse(_Exact):
    """A pulse given by its shape."""

    name: str
    t0: Index
    ch: str
    pulse_shape: str
    parameters: PulseParameters
    label: str | None = None


class DelayItem(_Exact):
    """A pause on a channel."""

    name: str
    t0: Index
    ch: str
    duration: Index


class AcquireItem(_Exact):
    """An acquisition of several qubits into several slots."""

    name: str
    t0: Index
    duration: Samples
    qubits: list[Index]
    memory_slot: list[Index]


class SampledPulse(_Exact):
    """A pulse of the pulse library, by name."""

    name: str
    t0: Index
    ch: str


Item = Annotated[
    Annotated[FrameChange, Tag("fc")]
    | Annotated[ParametricPulse, Tag("parametric_pulse")]
    | Annotated[DelayItem, Tag("delay")]
    | Annotated[AcquireItem, Tag("acquire")]
    | Annotated[SampledPulse, Tag("sampled")],
    Discriminator(_item_kind),
]


class CmdDef(_Lenient):
    """The schedule of an instruction on given qubits."""

    name: str
    qubits: Annotated[list[Index], Field(min_length=1)]
    sequence: list[Item]


class LibraryPulse(_Lenient):
    """A sampled pulse."""

    name: str
    samples: Annotated[list[Complex], Field(min_length=1)]


class DefsFile(_Lenient):
    """defs_*.json: frequencies in GHz, sampled pulses, schedules."""

    qubit_freq_est: list[float]
    meas_freq_est: list[float]
    pulse_library: list[LibraryPulse]
    cmd_def: list[CmdDef]


class GateEntry(_Lenient):
    """A gate of the device."""

    name: str
    parameters: list[str] | None = None
    coupling_map: list[list[Index]] | None = None


class UChannelTerm(_Lenient):
    """One term of a control channel's frequency: scale times the frequency of qubit q."""

    q: Index
    scale: Complex


class Operates(_Lenient):
    """What a channel acts on."""

    qubits: list[Index] = []


class ChannelEntry(_Lenient):
    """One channel."""

    type: str
    operates: Operates = Operates()


class Constraints(_Lenient):
    """The grids of the device, samples."""

    granularity: Samples = 1
    min_length: Samples = 1
    pulse_alignment: Samples = 1
    acquire_alignment: Samples = 1


class ConfFile(_Lenient):
    """conf_*.json."""

    backend_name: str
    backend_version: str = ""
    n_qubits: Samples
    dt: Annotated[float, Field(gt=0)]
    """Nanoseconds; seconds on one device."""
    timing_constraints: Constraints = Constraints()
    meas_map: list[list[Index]] = []
    u_channel_lo: list[list[UChannelTerm]] = []
    channels: dict[str, ChannelEntry] = {}
    gates: list[GateEntry] = []


class NamedValue(_Lenient):
    """One recorded number."""

    name: str
    unit: str = ""
    value: float


class PropsGate(_Lenient):
    """What was recorded of a gate on given qubits."""

    gate: str
    qubits: list[Index]
    parameters: list[NamedValue] = []


class PropsFile(_Lenient):
    """props_*.json."""

    qubits: list[list[NamedValue]] = []
    gates: list[PropsGate] = []
