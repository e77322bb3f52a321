"""WFMX files: one waveform of a Tektronix AWG70000 or AWG5200, as its own software writes them.

An XML header that states its own length, then the samples as little-endian float32 between -1 and 1, then, if
there are markers, one byte a sample whose bit m-1 is marker m.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

__all__ = ["LENGTH_DIGITS", "timestamp", "wfmx_file", "with_length"]

LENGTH_DIGITS = 9
"""Digits of the header's length in its own first line."""

_HEADER = """\
<DataFile offset="{length}" version="0.1">
<DataSetsCollection xmlns="http://www.tektronix.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.tektronix.com file:///C:\\Program%20Files\\Tektronix\\AWG70000\\AWG\\Schemas\\awgDataSets.xsd">
<DataSets version="1" xmlns="http://www.tektronix.com">
<DataDescription>
<NumberSamples>{samples}</NumberSamples>
<SamplesType>AWGWaveformSample</SamplesType>
<MarkersIncluded>{markers}</MarkersIncluded>
<NumberFormat>Single</NumberFormat>
<Endian>Little</Endian>
<Timestamp>{timestamp}</Timestamp>
</DataDescription>
<ProductSpecific name="">
<ReccSamplingRate units="Hz">NaN</ReccSamplingRate>
<ReccAmplitude units="Volts">NaN</ReccAmplitude>
<ReccOffset units="Volts">NaN</ReccOffset>
<SerialNumber />
<SoftwareVersion>1.0.0917</SoftwareVersion>
<UserNotes />
<OriginalBitDepth>Floating</OriginalBitDepth>
<Thumbnail />
<CreatorProperties name="" />
</ProductSpecific>
</DataSets>
</DataSetsCollection>
<Setup />
</DataFile>"""


def timestamp() -> str:
    """Now, as the files state it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def with_length(template: str, **fields: str) -> str:
    """A header from its template, lines ended with CR LF, its own length filled in."""
    text = template.replace("\n", "\r\n").format(length="0" * LENGTH_DIGITS, **fields)
    return text.replace("0" * LENGTH_DIGITS, f"{len(text):0{LENGTH_DIGITS}d}", 1)


def wfmx_file(samples: NDArray[np.float32], markers: NDArray[np.uint8] | None = None) -> bytes:
    """The file of one waveform.

    Args:
        samples: Float32 of shape (n,), units of full scale, within [-1, 1].
        markers: Uint8 of shape (n,), bit m-1 is marker m; None when there are none.
    """
    header = with_length(
        _HEADER,
        samples=str(samples.size),
        markers="false" if markers is None else "true",
        timestamp=timestamp(),
    )
    tail = b"" if markers is None else markers.tobytes()
    return header.encode("ascii") + np.ascontiguousarray(samples, "<f4").tobytes() + tail
