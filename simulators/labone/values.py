"""What a node can hold: numbers, text, bytes, arrays and the few structured values that instruments stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["CountSample", "NodeValue", "ResultVector", "Sample", "ScopeVector", "TriggerSample", "VectorText"]


class VectorText(str):
    """Text in a node for vectors, as command tables and descriptors are; it travels as a vector of characters."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class CountSample:
    """One reading of a pulse counter."""

    timestamp: int
    counter: int
    trigger: int = 0


@dataclass(frozen=True, slots=True)
class TriggerSample:
    """What the trigger unit of a generator saw, with the tick and the sequence index."""

    timestamp: int
    sample_tick: int = 0
    trigger: int = 0
    missed_triggers: int = 0
    awg_trigger: int = 0
    dio: int = 0
    sequence_index: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ResultVector:
    """What a result logger of an SHF instrument hands out when it has acquired all it was asked for.

    Attributes:
        vector: float64 or complex128, shape (results,).
        timestamp: Ticks of the instrument's clock when the acquisition ended.
        job_id: Number of the run since the instrument was started; clients tell one run's results by it.
        scaling: Factor that has been applied to the raw words.
        data_source: The value of the node `result/source`.
        averages: How many repetitions were averaged.
        acquired: How many results were taken, before averaging.
        holdoff_errors: Triggers that came while the unit was still busy: result logger, readout, spectroscopy.
    """

    vector: npt.NDArray[np.float64] | npt.NDArray[np.complex128]
    timestamp: int = 0
    job_id: int = 0
    repetition_id: int = 0
    scaling: float = 1.0
    center_frequency: float = 0.0
    data_source: int = 0
    averages: int = 1
    acquired: int = 0
    holdoff_errors: tuple[int, int, int] = (0, 0, 0)
    first_sample_timestamp: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ScopeVector:
    """One record of an SHF instrument's scope.

    Attributes:
        vector: float64 or complex128 volts, shape (segments * samples,).
        timestamp: Ticks of the instrument's clock at the last sample.
        segments: How many segments stand one after another in `vector`.
    """

    vector: npt.NDArray[np.float64] | npt.NDArray[np.complex128]
    timestamp: int = 0
    timestamp_step: int = 0
    flags: int = 0
    scaling: float = 1.0
    center_frequency: float = 0.0
    trigger_timestamp: int = 0
    input_select: int = 0
    average_count: int = 1
    segments: int = 1
    total_segments: int = 1
    first_segment: int = 0
    missed_triggers: int = 0


NodeValue = (
    int
    | float
    | complex
    | str
    | bytes
    | npt.NDArray[Any]
    | CountSample
    | TriggerSample
    | ResultVector
    | ScopeVector
)
"""Everything that travels. Arrays are one-dimensional, of uint8/16/32/64, float32/64 or complex64/128."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A node's value at an instant.

    Attributes:
        path: Absolute, lower case: "/dev12345/awgs/0/enable".
        timestamp: Ticks of the instrument's clock.
    """

    path: str
    value: NodeValue
    timestamp: int = 0
