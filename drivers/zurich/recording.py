"""What analyzers record: set up, armed, watched, read, and put into blocks in the order of the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.contract import (
    AcquisitionError,
    AcquisitionPlan,
    Block,
    ClassifiedBlock,
    KernelledBlock,
    RecordBlock,
)
from drivers.zurich.seqc import ReadoutLayout
from drivers.zurich.upload import DeviceLink

__all__ = ["Recorder", "Recording", "blocks_of", "require_whole"]

BLOCK_RECORDS = 1 << 16
"""Most records of one block."""

NOT_THERE = 255
"""The bit of a window that a record does not have."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What came back."""

    results: tuple[NDArray[Any], ...]
    """For each integrator its results in time; for traces one array of shape (records, samples), complex."""
    overrange: bool


class Recorder(Protocol):
    """One kind of analyzer; every method runs on the worker's thread and is short."""

    def prepare(self) -> int:
        """Weights, delays, logger: sent where new, read back; returns how many vectors were sent."""
        ...

    def arm(self) -> None:
        """From now on triggers count."""
        ...

    def disarm(self) -> None:
        """Nothing is recorded any more."""
        ...

    def acquired(self) -> int:
        """How many results there are so far."""
        ...

    def done(self) -> bool:
        """The logger has all that it was set up for."""
        ...

    def wanted(self) -> int:
        """How many results it was set up for."""
        ...

    def read(self) -> Recording:
        """What came back; raises AcquisitionError when the device says that some of it is damaged."""
        ...


def blocks_of(plan: AcquisitionPlan, layout: ReadoutLayout, recording: Recording) -> Iterator[Block]:
    """The records of a whole acquisition, in order."""
    flags = np.full(plan.records, recording.overrange)
    if layout.kind == "traces":
        traces = recording.results[0]
        volts = np.stack([traces.real, traces.imag], axis=1).astype(np.float32)
        for first in range(0, plan.records, BLOCK_RECORDS):
            part = slice(first, first + BLOCK_RECORDS)
            yield RecordBlock(first, volts[part], flags[part])
        return
    values = _by_record(plan, layout, recording)
    for first in range(0, plan.records, BLOCK_RECORDS):
        part = slice(first, first + BLOCK_RECORDS)
        if layout.kind == "bits":
            yield ClassifiedBlock(first, _bits(values[part]), flags[part])
        else:
            yield KernelledBlock(first, values[part], flags[part])


def require_whole(link: DeviceLink, plan: AcquisitionPlan, found: int, wanted: int) -> None:
    """Raise AcquisitionError unless there are as many results as were asked for."""
    if found != wanted:
        raise AcquisitionError(
            "results are missing" if found < wanted else "more results came than were asked for",
            got=f"{found} results",
            allowed=f"{wanted} results ({plan.shots} shots of {plan.records_per_pass} records)",
            fix="Check the trigger line and that everything that plays is started",
            instrument=link.name,
            address=link.address,
        )


def _by_record(plan: AcquisitionPlan, layout: ReadoutLayout, recording: Recording) -> NDArray[np.complex128]:
    """Complex128 of shape (records, windows), NaN where a record has no such window."""
    values = np.full((plan.records, layout.columns), np.nan + 0j, np.complex128)
    shots, programs = plan.places(np.arange(plan.records))
    counts = np.bincount([readout.program for readout in layout.readouts], minlength=plan.records_per_pass)
    before = np.concatenate([[0], np.cumsum(counts)])
    if plan.order == "cyclic":
        first = shots * before[-1] + before[programs]
    else:
        first = before[programs] * plan.shots + shots * counts[programs]
    numbers = {id(readout): 0 for readout in layout.readouts}
    seen = [0] * plan.records_per_pass
    for readout in layout.readouts:
        numbers[id(readout)] = seen[readout.program]
        seen[readout.program] += 1
    for readout in layout.readouts:
        rows = np.flatnonzero(programs == readout.program)
        places = first[rows] + numbers[id(readout)]
        for unit, column in zip(readout.units, readout.columns, strict=True):
            scale = 1.0 if layout.kind == "bits" else layout.integrators[unit].scale
            values[rows, column] = recording.results[unit][places] * scale
    return values


def _bits(values: NDArray[np.complex128]) -> NDArray[np.uint8]:
    there = ~np.isnan(values.real)
    bits = np.full(values.shape, NOT_THERE, np.uint8)
    bits[there] = (values.real[there] > 0.5).astype(np.uint8)
    return bits
