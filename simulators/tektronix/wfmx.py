"""WFMX, the file format of one waveform.

An XML header, at the offset that it names itself float32 samples, and then, if the header says so, one byte of
markers for each sample.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulators.tektronix.data_file import BadFile, integer, read_header, text

__all__ = ["read_wfmx"]

MOST_SAMPLES = 1 << 40


def read_wfmx(data: bytes) -> tuple[NDArray[np.float32], NDArray[np.uint8] | None]:
    """Read a WFMX file.

    Returns:
        Samples, float32 of shape (n,), and markers, uint8 of shape (n,), or None where there are none.

    Raises:
        BadFile: the header cannot be read, the size disagrees with it, or a sample is no number.
    """
    header, offset = read_header(data)
    count = integer(header, "NumberSamples", 1, MOST_SAMPLES)
    for name, allowed in (("SamplesType", "AWGWaveformSample"), ("NumberFormat", "Single"), ("Endian", "Little")):
        if text(header, name) != allowed:
            raise BadFile(f"{name} {text(header, name)[:20]!r} is not {allowed}")
    included = text(header, "MarkersIncluded").lower()
    if included not in ("true", "false"):
        raise BadFile(f"MarkersIncluded {included[:20]!r}")
    with_markers = included == "true"
    expected = count * (5 if with_markers else 4)
    if len(data) - offset != expected:
        raise BadFile(f"{len(data) - offset} bytes of samples instead of {expected}")
    samples = np.frombuffer(data, "<f4", count, offset).astype(np.float32)
    if not np.all(np.isfinite(samples)):
        raise BadFile("samples that are no finite numbers")
    markers = np.frombuffer(data, np.uint8, count, offset + 4 * count).copy() if with_markers else None
    return samples, markers
