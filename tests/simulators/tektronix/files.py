"""WFMX and SEQX files for tests, written independently of the reader and of any driver."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.scpi import encode_block
from simulators.tektronix import AWG5208

HOME = "C:\\Users\\OEM\\Documents\\"


def with_offset(xml: str) -> bytes:
    """A data file's header: the nine zeros of its offset become its length."""
    return xml.replace("0" * 9, f"{len(xml):09d}", 1).encode()


def wfmx(
    samples: NDArray[np.floating[Any]] | Sequence[float], markers: NDArray[np.uint8] | None = None, **replaced: str
) -> bytes:
    """A WFMX file; `replaced` overrides elements of the header."""
    values = np.asarray(samples, "<f4")
    elements = {
        "NumberSamples": str(values.size),
        "SamplesType": "AWGWaveformSample",
        "MarkersIncluded": "false" if markers is None else "true",
        "NumberFormat": "Single",
        "Endian": "Little",
        **replaced,
    }
    body = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items() if text != "absent")
    header = with_offset(
        '<DataFile offset="000000000" version="0.1"><DataSetsCollection xmlns="http://www.tektronix.com"><DataSets>'
        f"<DataDescription>{body}</DataDescription></DataSets></DataSetsCollection><Setup /></DataFile>"
    )
    return header + values.tobytes() + (b"" if markers is None else markers.tobytes())


def step(number: int, assets: Sequence[str], **replaced: str) -> str:
    """One step of an SML file; `replaced` overrides elements, among them AssetType."""
    kind = replaced.pop("AssetType", "Waveform")
    elements = {
        "StepNumber": str(number),
        "Repeat": "Once",
        "RepeatCount": "1",
        "WaitInput": "None",
        "EventJumpInput": "None",
        "EventJumpTo": "Next",
        "EventJumpToStep": "1",
        "GoTo": "Next",
        "GoToStep": "1",
        **replaced,
    }
    body = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items())
    rows = "".join(f"<Asset><AssetName>{name}</AssetName><AssetType>{kind}</AssetType></Asset>" for name in assets)
    return f"<Step>{body}<Assets>{rows}</Assets></Step>"


def sml(name: str, steps: Sequence[str], tracks: int = 1, count: int | None = None) -> bytes:
    """An SML file."""
    told = len(steps) if count is None else count
    return with_offset(
        '<DataFile offset="000000000" version="0.1"><DataSetsCollection xmlns="http://www.tektronix.com"><DataSets>'
        f"<DataDescription><SequenceName>{name}</SequenceName>"
        f'<Steps StepCount="{told}" TrackCount="{tracks}">{"".join(steps)}</Steps>'
        "</DataDescription></DataSets></DataSetsCollection><Setup /></DataFile>"
    )


def seqx(sequences: Mapping[str, bytes], waveforms: Mapping[str, bytes]) -> bytes:
    """A SEQX file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sequences.items():
            archive.writestr(f"Sequences/{name}.sml", data)
        for name, data in waveforms.items():
            archive.writestr(f"Waveforms/{name}.wfmx", data)
        archive.writestr("setup.xml", b"<RSAPersist />")
        archive.writestr("userNotes.txt", b"")
    return buffer.getvalue()


def put(awg: AWG5208, name: str, content: bytes) -> None:
    """Write a file to the disk."""
    assert awg.handle(f'MMEM:DATA "{name}",'.encode() + encode_block(content)) == b""


def load(awg: AWG5208, name: str, content: bytes) -> str:
    """Write a file to the disk and load it; returns the oldest error."""
    put(awg, name, content)
    kind = ":SASS:SEQ" if name.endswith(".seqx") else ""
    reply = awg.handle(f'MMEM:OPEN{kind} "{HOME}{name}";*OPC?;:SYST:ERR?'.encode())
    return reply.decode().strip().partition(";")[2]


def ask(awg: AWG5208, message: str) -> str:
    """Send a message; returns its reply without the line feed."""
    return awg.handle(message.encode()).decode("latin-1").rstrip("\n")


NO_ERROR = '0,"No error"'
