"""Values as messages: what is written is read back, and packed headers have the layout that clients expect."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.labone import Change, CountSample, NodeRefused, ResultVector, ScopeVector, TriggerSample
from simulators.labone.decode import decode
from simulators.labone.elements import CODES
from simulators.labone.encode import Preferences, encode
from simulators.labone.schema import SCHEMA, Reader
from simulators.labone.shfvectors import complex_wave, pack_results, pack_scope
from simulators.labone.values import NodeValue, VectorText

SCALARS = (
    st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
)


def _written(value: NodeValue, preferences: Preferences = Preferences()) -> Reader:  # noqa: B008 - it is frozen
    builder = SCHEMA.Value.new_message()
    encode(builder, value, preferences)
    return builder.as_reader()


@given(SCALARS)
def test_numbers_and_text_come_back(value: NodeValue) -> None:
    assert decode(_written(value)) == value


@pytest.mark.parametrize("dtype", sorted(CODES))
def test_arrays_come_back_signed_ones_unsigned(dtype: str) -> None:
    array = np.arange(12).astype(dtype)[::3]
    returned = decode(_written(array))
    assert isinstance(returned, np.ndarray)
    assert returned.dtype.name == dtype.removeprefix("u").replace("int", "uint")
    np.testing.assert_array_equal(returned, array)


def test_text_of_vector_nodes_travels_as_a_vector() -> None:
    written = _written(VectorText("µ"))
    assert (written.which(), written.vector.elementType, bytes(written.vector.data)) == ("vector", 6, "µ".encode())
    assert decode(written) == "µ"


def test_parts_of_a_long_vector_are_joined() -> None:
    value = SCHEMA.Value.new_message(segmentedVector={"elementType": 1, "segments": [b"\1\0\2\0", b"\3\0"]})
    np.testing.assert_array_equal(decode(value.as_reader()), [1, 2, 3])


def test_structured_waveforms_and_truth_values_are_read() -> None:
    value = SCHEMA.Value.new_message(waveform={"samples": [{"real": 1, "imag": 2}, {"real": 3}]})
    np.testing.assert_array_equal(decode(value.as_reader()), [1 + 2j, 3])
    assert decode(SCHEMA.Value.new_message(bool=True).as_reader()) == 1


def test_what_cannot_be_set_is_refused() -> None:
    with pytest.raises(NodeRefused, match="kind results cannot be set"):
        decode(_written(ResultVector(np.zeros(1)), Preferences(shf_vectors=True)))
    with pytest.raises(NodeRefused, match="3 bytes are no vector"):
        decode(SCHEMA.Value.new_message(vector={"elementType": 1, "data": b"abc"}).as_reader())


def test_readings_travel_alone_or_in_lists() -> None:
    count, trigger = CountSample(1, -2, 3), TriggerSample(1, 2, 3, 4, 5, 6, 7)
    assert _written(count).count.counter == -2
    assert _written(count, Preferences(sample_lists=True)).counts[0].counter == -2
    assert _written(trigger).trigger.sequenceIndex == 7
    assert _written(trigger, Preferences(sample_lists=True)).triggers[0].missedTriggers == 4


@pytest.mark.parametrize("vector", [np.linspace(0, 1, 1001), np.exp(1j * np.arange(1001))])
def test_long_structured_vectors_are_written_whole(vector: np.ndarray) -> None:
    written = _written(ResultVector(vector), Preferences(shf_vectors=True)).results.vector
    numbers = [complex(x.real, x.imag) for x in written.complex] if vector.dtype == complex else list(written.real)
    np.testing.assert_array_equal(numbers, vector)


def test_the_header_of_results_has_the_published_layout() -> None:
    value = ResultVector(
        np.array([1 + 2j]),
        timestamp=1,
        job_id=2,
        repetition_id=3,
        scaling=4.0,
        center_frequency=5.0,
        data_source=6,
        averages=7,
        acquired=8,
        holdoff_errors=(9, 10, 11),
        first_sample_timestamp=12,
    )
    kind, element, information, data = pack_results(value)
    words, version = information & 0xFFFF, information >> 16
    assert (kind, element, version) == (70, 8, 1)
    header = data[: 4 * words]
    assert struct.unpack_from("<qII", header, 0) == (1, 2, 3)
    assert struct.unpack_from("<dd", header, 16) == (4.0, 5.0)
    assert struct.unpack_from("<IIIII", header, 32) == (6, 1, 0, 7, 8)
    assert struct.unpack_from("<HHH", header, 52) == (9, 10, 11)
    assert struct.unpack_from("<Q", header, 58) == (12,)
    assert np.frombuffer(data[4 * words :], complex) == [1 + 2j]


@given(st.lists(st.complex_numbers(max_magnitude=1e3, allow_nan=False, allow_infinity=False), max_size=30))
def test_a_scopes_record_keeps_31_bits(samples: list[complex]) -> None:
    _, _, information, data = pack_scope(ScopeVector(np.array(samples, dtype=complex)))
    header = data[: 4 * (information & 0xFFFF)]
    (scaling,) = struct.unpack_from("<d", header, 16)
    volts = np.frombuffer(data[len(header) :], "<i4") * scaling
    expected = np.array(samples, dtype=complex).view(float)
    assert np.all(np.abs(volts - expected) <= np.max(np.abs(expected), initial=0) / 2**31 + 1e-300)


def test_a_generators_words_are_complex_samples() -> None:
    full = 2**17 - 1
    words = np.array([full, 0, -full, full], dtype=np.int32).view(np.uint32)
    np.testing.assert_array_equal(complex_wave(Change("w", (), words, 0)), [1, -1 + 1j])
    np.testing.assert_array_equal(complex_wave(Change("w", (), np.array([0.5], np.float32), 0)), [0.5 + 0j])
    for wrong in ("text", np.zeros(3, np.uint32), np.zeros(4, np.uint8)):
        with pytest.raises(NodeRefused, match="complex samples"):
            complex_wave(Change("w", (), wrong, 0))
