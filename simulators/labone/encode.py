"""Values and outcomes, written into Cap'n Proto messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulators.labone.elements import CODES, DTYPES, Element, VectorType
from simulators.labone.outcome import Failure, Outcome
from simulators.labone.schema import SCHEMA, Builder
from simulators.labone.shfvectors import Packed, pack_results, pack_scope
from simulators.labone.structures import fill, fill_count, fill_results, fill_scope, fill_trigger
from simulators.labone.values import (
    CountSample,
    NodeValue,
    ResultVector,
    Sample,
    ScopeVector,
    TriggerSample,
    VectorText,
)

__all__ = ["Preferences", "encode", "fill_failure", "fill_outcomes", "fill_sample", "refusal_message"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """In which of two ways a client wants values that have two; each says so when it connects.

    Attributes:
        shf_vectors: Results and scope records as structures, not as vectors with a header.
        sample_lists: Readings of counters and triggers as lists.
    """

    shf_vectors: bool = False
    sample_lists: bool = False


def encode(builder: Builder, value: NodeValue, preferences: Preferences) -> None:
    """Write `value` into a builder of `Value`."""
    match value:
        case bool() | int() | np.integer():
            builder.int64 = int(value)
        case float() | np.floating():
            builder.double = float(value)
        case complex():
            fill(builder.init("complex"), real=value.real, imag=value.imag)
        case VectorText():
            _fill_vector(builder, (VectorType.ARRAY, Element.TEXT, 0, value.encode()))
        case str():
            builder.string = value
        case bytes():
            _fill_vector(builder, (VectorType.BYTES, Element.UINT8, 0, value))
        case np.ndarray():
            _fill_vector(builder, _array(value))
        case CountSample() | TriggerSample():
            _fill_reading(builder, value, preferences)
        case ResultVector() | ScopeVector():
            _fill_record(builder, value, preferences)


def _fill_reading(builder: Builder, value: CountSample | TriggerSample, preferences: Preferences) -> None:
    if isinstance(value, CountSample):
        fill_count(builder.init("counts", 1)[0] if preferences.sample_lists else builder.init("count"), value)
    else:
        fill_trigger(
            builder.init("triggers", 1)[0] if preferences.sample_lists else builder.init("trigger"), value
        )


def _fill_record(builder: Builder, value: ResultVector | ScopeVector, preferences: Preferences) -> None:
    if isinstance(value, ResultVector):
        if preferences.shf_vectors:
            fill_results(builder.init("results"), value)
        else:
            _fill_vector(builder, pack_results(value))
    elif preferences.shf_vectors:
        fill_scope(builder.init("scope"), value)
    else:
        _fill_vector(builder, pack_scope(value))


def _array(value: npt.NDArray[Any]) -> Packed:
    element = CODES[value.dtype.name]
    return VectorType.ARRAY, element, 0, value.astype(DTYPES[element]).tobytes()


def _fill_vector(builder: Builder, packed: Packed) -> None:
    value_type, element, header, data = packed
    fill(
        builder.init("vector"), valueType=int(value_type), elementType=int(element), extraHeader=header, data=data
    )


def fill_sample(builder: Builder, sample: Sample, preferences: Preferences) -> None:
    """Write a node's value into a builder of `Annotated`."""
    about = builder.init("about")
    about.timestamp, about.path = sample.timestamp, sample.path
    encode(builder.init("value"), sample.value, preferences)


def fill_outcomes(builders: Builder, outcomes: Sequence[Outcome], preferences: Preferences) -> None:
    """Write values and failures into a list of `ValueOutcome`."""
    for builder, outcome in zip(builders, outcomes, strict=True):
        if isinstance(outcome, Failure):
            fill_failure(builder.init("failed"), outcome)
        else:
            fill_sample(builder.init("ok"), outcome, preferences)


def fill_failure(builder: Builder, failure: Failure) -> None:
    """Write why a request came to nothing."""
    builder.code, builder.message = int(failure.code), failure.message
    builder.category, builder.kind, builder.source = "simulated", failure.kind, "pulserig"


def refusal_message(code: str, message: str) -> bytes:
    """The body of an HTTP answer that refuses a connection."""
    outcome = SCHEMA.ConnectionOutcome.new_message()
    refused = outcome.init("refused")
    refused.code, refused.message = code, message
    body: bytes = outcome.to_bytes()
    return body
