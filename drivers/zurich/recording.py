"""What analyzers record: set up, armed, watched, read, and put into blocks in the order of the records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    UploadError,
)
from drivers.zurich.averaging import Averaging, mean_of_shots
from drivers.zurich.channels import Recorded, columns_of
from drivers.zurich.seqc import ReadoutLayout
from drivers.zurich.server import Value
from drivers.zurich.upload import DeviceLink

__all__ = ["Recorder", "Recording", "blocks_of", "require_whole", "send_averaging"]

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
    averaging: Averaging
    """Of how many shots each result is the mean already."""


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
        """How many results there are so far, of `wanted`."""
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


def blocks_of(
    plan: AcquisitionPlan, recorded: Sequence[Recorded], recordings: Sequence[Recording]
) -> Iterator[Block]:
    """The records of a whole acquisition, in order; where averages are wanted one for each program.

    Args:
        plan: What was asked for.
        recorded: What each analyzer channel records of it.
        recordings: What came back from each of them.
    """
    flags = np.full(plan.records, any(recording.overrange for recording in recordings))
    kind = recorded[0].layout.kind
    if kind == "traces":
        kept = recordings[0].averaging.kept(plan)
        traces = np.asarray(recordings[0].results[0], np.complex128)
        traces = mean_of_shots(traces, kept) if plan.averaged else traces
        volts = np.stack([traces.real, traces.imag], axis=1).astype(np.float32)
        for first in range(0, plan.records, BLOCK_RECORDS):
            part = slice(first, first + BLOCK_RECORDS)
            yield RecordBlock(first, volts[part], flags[part])
        return
    parts = [_values(part, recording) for part, recording in zip(recorded, recordings, strict=True)]
    values = parts[0] if len(parts) == 1 else _joined(plan, recorded, parts)
    for first in range(0, plan.records, BLOCK_RECORDS):
        part = slice(first, first + BLOCK_RECORDS)
        if kind == "bits":
            yield ClassifiedBlock(first, _bits(values[part]), flags[part])
        else:
            yield KernelledBlock(first, values[part], flags[part])


def send_averaging(
    link: DeviceLink, averaging: Averaging, nodes: Callable[[Averaging], dict[str, Value]]
) -> Averaging:
    """Set up averages, by a power of two where the device takes no other number; returns what it takes."""
    try:
        link.ledger.send(nodes(averaging))
    except UploadError:
        if averaging.of_two() == averaging:
            raise
        averaging = averaging.of_two()
        link.ledger.send(nodes(averaging))
    return averaging


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


def _values(recorded: Recorded, recording: Recording) -> NDArray[np.complex128]:
    """What one channel recorded: complex128 of shape (records, its columns)."""
    kept = recording.averaging.kept(recorded.plan)
    values = _by_record(kept, recorded.layout, recording)
    return mean_of_shots(values, kept) if recorded.plan.averaged else values


def _joined(
    plan: AcquisitionPlan, recorded: Sequence[Recorded], parts: Sequence[NDArray[np.complex128]]
) -> NDArray[np.complex128]:
    """What several channels recorded, in the plan's order of windows."""
    tables = columns_of(plan, [part.plan for part in recorded])
    _, programs = plan.places(np.arange(plan.records))
    width = int(np.bincount([window.record for window in plan.windows]).max())
    values = np.full((plan.records, width + 1), np.nan + 0j, np.complex128)
    rows = np.arange(plan.records)[:, None]
    for table, part in zip(tables, parts, strict=True):
        values[rows, table[programs]] = part[:, : table.shape[1]]
    return values[:, :width]


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
            scale = layout.integrators[unit].scale if layout.kind == "sums" else 1.0
            values[rows, column] = recording.results[unit][places] * (scale * readout.factor)
    return values


def _bits(values: NDArray[np.complex128]) -> NDArray[np.uint8]:
    there = ~np.isnan(values.real)
    bits = np.full(values.shape, NOT_THERE, np.uint8)
    bits[there] = (values.real[there] > 0.5).astype(np.uint8)
    return bits
