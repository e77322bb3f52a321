"""The reader of waveform files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qcodes.instrument_drivers.tektronix import TektronixAWG5208

from simulators.tektronix import BadFile, read_wfmx
from tests.simulators.tektronix.files import wfmx

RAMP = np.linspace(-1.0, 1.0, 2400, dtype=np.float32)


def test_samples_and_markers_come_back_bit_for_bit() -> None:
    markers = np.arange(2400).astype(np.uint8)
    samples, read_markers = read_wfmx(wfmx(RAMP, markers))
    assert samples.dtype == np.float32
    np.testing.assert_array_equal(samples, RAMP)
    np.testing.assert_array_equal(read_markers, markers)
    assert read_wfmx(wfmx(RAMP))[1] is None


def test_file_made_by_the_vendor_driver() -> None:
    volts = np.linspace(-0.25, 0.25, 3000)
    marker = np.arange(3000) % 2
    data = TektronixAWG5208.makeWFMXFile(np.array([volts, marker.astype(float), 1.0 - marker]), 0.5)
    samples, markers = read_wfmx(data)
    np.testing.assert_array_equal(samples, (volts * 4.0).astype(np.float32))
    np.testing.assert_array_equal(markers, marker + 2 * (1 - marker))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no DataFile"),
        (b"RIFF" * 500, "no DataFile"),
        (wfmx(RAMP)[:-1], "9599 bytes of samples instead of 9600"),
        (wfmx(RAMP) + b"x", "9601 bytes"),
        (wfmx(RAMP)[:200], "header of"),
        (wfmx(RAMP).replace(b"</DataSets>", b"</DataSetx>"), "header: mismatched tag"),
        (wfmx(RAMP, NumberSamples="absent"), "no NumberSamples"),
        (wfmx(RAMP, NumberSamples="-5"), "NumberSamples '-5' is not within"),
        (wfmx(RAMP, NumberSamples="9" * 400), "NumberSamples"),
        (wfmx(RAMP, NumberFormat="Double"), "NumberFormat 'Double' is not Single"),
        (wfmx(RAMP, Endian="Big"), "Endian"),
        (wfmx(RAMP, SamplesType="AWGWaveformIQ"), "SamplesType"),
        (wfmx(RAMP, MarkersIncluded="perhaps"), "MarkersIncluded"),
        (wfmx([0.0, np.nan]), "no finite numbers"),
        (wfmx([0.0, np.inf]), "no finite numbers"),
        (b'<DataFile offset="000000060"><!DOCTYPE x [<!ENTITY a "b">]></DataFile>', "document type"),
    ],
)
def test_damaged_files_say_what_is_wrong(data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_wfmx(data)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_no_damage_raises_anything_else(position: int, damage: bytes) -> None:
    data = bytearray(wfmx(RAMP[:50]))
    data[position : position + len(damage)] = damage
    try:
        samples, _ = read_wfmx(bytes(data))
    except BadFile:
        return
    assert np.all(np.isfinite(samples))
