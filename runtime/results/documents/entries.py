"""Kernels, discriminators and what training found, as they are written in files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "BoxcarEntry",
    "DiscriminatorEntry",
    "KernelEntry",
    "LinearEntry",
    "QuadraticEntry",
    "ReadoutEntry",
    "ReadoutFile",
    "ThresholdEntry",
    "TrainingEntry",
    "WeightsEntry",
]

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Pair = tuple[Finite, Finite]
"""Real and imaginary part, or the components along I and Q."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BoxcarEntry(_Entry):
    """See `runtime.results.Boxcar`."""

    type: Literal["boxcar"] = "boxcar"
    start_s: Finite = 0.0
    stop_s: Finite | None = None


class WeightsEntry(_Entry):
    """See `runtime.results.Weights`."""

    type: Literal["weights"] = "weights"
    real: Annotated[list[Finite], Field(min_length=1)]
    imag: Annotated[list[Finite], Field(min_length=1)]
    sample_rate_hz: Positive | None = None


class ThresholdEntry(_Entry):
    """See `runtime.results.Threshold`."""

    type: Literal["threshold"] = "threshold"
    angle_rad: Finite
    threshold_v: Finite


class LinearEntry(_Entry):
    """See `runtime.results.Linear`."""

    type: Literal["linear"] = "linear"
    coefficients: Annotated[list[Pair], Field(min_length=2)]
    intercepts: Annotated[list[Finite], Field(min_length=2)]


class QuadraticEntry(_Entry):
    """See `runtime.results.Quadratic`."""

    type: Literal["quadratic"] = "quadratic"
    means: Annotated[list[Pair], Field(min_length=2)]
    precisions: Annotated[list[tuple[Finite, Finite, Finite]], Field(min_length=2)]
    offsets: Annotated[list[Finite], Field(min_length=2)]


KernelEntry = Annotated[BoxcarEntry | WeightsEntry, Field(discriminator="type")]
DiscriminatorEntry = Annotated[ThresholdEntry | LinearEntry | QuadraticEntry, Field(discriminator="type")]


class TrainingEntry(_Entry):
    """See `runtime.results.TrainedReadout`; fidelities follow from the confusion matrix."""

    confusion: Annotated[list[list[Count]], Field(min_length=2)]
    """Numbers of shots: row i, column j counts what was read as i after preparing j."""
    snr: Annotated[float, Field(ge=0)]
    centres_v: list[Pair]
    qndness: list[list[Count]] | None = None
    """Numbers of shots: row i, column j counts a second readout of i after a first of j."""


class ReadoutEntry(_Entry):
    """How one qubit is read, and what is known of it."""

    kernel: KernelEntry
    discriminator: DiscriminatorEntry | None = None
    training: TrainingEntry | None = None


class ReadoutFile(_Entry):
    """A file of readouts."""

    format: Literal["pulserig-readout"] = "pulserig-readout"
    version: Literal[1] = 1
    qubits: dict[Annotated[int, Field(ge=0)], ReadoutEntry]
