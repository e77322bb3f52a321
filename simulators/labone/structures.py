"""Values of many fields, written into Cap'n Proto messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulators.labone.schema import LIMIT_WORDS, SCHEMA, Builder
from simulators.labone.values import CountSample, ResultVector, ScopeVector, TriggerSample

__all__ = ["fill", "fill_count", "fill_results", "fill_scope", "fill_trigger"]


def fill(builder: Builder, **fields: float | bytes) -> None:
    """Write fields by their names."""
    for name, value in fields.items():
        setattr(builder, name, value)


def fill_count(builder: Builder, value: CountSample) -> None:
    """Write a reading of a counter."""
    fill(builder, timestamp=value.timestamp, counter=value.counter, trigger=value.trigger)


def fill_trigger(builder: Builder, value: TriggerSample) -> None:
    """Write a reading of the trigger unit."""
    fill(
        builder,
        timestamp=value.timestamp,
        sampleTick=value.sample_tick,
        trigger=value.trigger,
        missedTriggers=value.missed_triggers,
        awgTrigger=value.awg_trigger,
        dio=value.dio,
        sequenceIndex=value.sequence_index,
    )


def fill_results(builder: Builder, value: ResultVector) -> None:
    """Write what a result logger hands out."""
    logger, readout, spectroscopy = value.holdoff_errors
    fill(
        builder,
        timestamp=value.timestamp,
        jobId=value.job_id,
        repetitionId=value.repetition_id,
        scaling=value.scaling,
        centerFrequency=value.center_frequency,
        dataSource=value.data_source,
        samples=value.vector.size,
        averages=value.averages,
        acquired=value.acquired,
        holdoffErrorsLogger=logger,
        holdoffErrorsReadout=readout,
        holdoffErrorsSpectroscopy=spectroscopy,
        firstSampleTimestamp=value.first_sample_timestamp,
    )
    _fill_numbers(builder.vector, value.vector)


def fill_scope(builder: Builder, value: ScopeVector) -> None:
    """Write a scope's record."""
    fill(
        builder,
        timestamp=value.timestamp,
        timestampStep=value.timestamp_step,
        flags=value.flags,
        scaling=value.scaling,
        centerFrequency=value.center_frequency,
        triggerTimestamp=value.trigger_timestamp,
        inputSelect=value.input_select,
        averageCount=value.average_count,
        segments=value.segments,
        totalSegments=value.total_segments,
        firstSegment=value.first_segment,
        missedTriggers=value.missed_triggers,
    )
    _fill_numbers(builder.vector, value.vector)


def _fill_numbers(builder: Builder, vector: npt.NDArray[Any]) -> None:
    """Fill `real` or `complex` of a union with the numbers of an array."""
    if not np.iscomplexobj(vector):
        builder.real = vector.astype(np.float64).tolist()
        return
    with SCHEMA.Waveform.from_bytes(_complex_list(vector), traversal_limit_in_words=LIMIT_WORDS) as message:
        builder.complex = message.samples


def _complex_list(vector: npt.NDArray[Any]) -> bytes:
    """A message of the struct `Waveform`, laid out by hand: 2 ms for 100,000 numbers, one by one it takes 100."""
    body = np.ascontiguousarray(vector, dtype="<c16")
    words = 2 * body.size
    pointers = np.array(
        [
            1 << 48,  # the root: a struct with no data and one pointer, which follows
            1 | 7 << 32 | words << 35,  # a list of structs, this many words
            body.size << 2 | 2 << 32,  # its tag: this many structs, of two data words each
        ],
        dtype="<u8",
    )
    segments = np.array([0, 3 + words], dtype="<u4")
    return segments.tobytes() + pointers.tobytes() + body.tobytes()
