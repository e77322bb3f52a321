"""SEQX, the bundle of sequences with their waveforms: a zip file.

`Sequences/*.sml` and `Waveforms/*.wfmx` count; `setup.xml` and `userNotes.txt` are left alone, since
`MMEMory:OPEN:SASSet:SEQuence` loads assets and no settings.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from simulators.tektronix.data_file import BadFile
from simulators.tektronix.profile import Profile
from simulators.tektronix.sequence import Sequence
from simulators.tektronix.sml import read_sml
from simulators.tektronix.wfmx import read_wfmx

__all__ = ["Bundle", "read_seqx"]

BYTES_PER_SAMPLE = 5
BYTES_PER_FILE = 1 << 16


@dataclass(slots=True)
class Bundle:
    """What a SEQX file holds."""

    sequences: dict[str, Sequence] = field(default_factory=dict)
    waveforms: dict[str, tuple[NDArray[np.float32], NDArray[np.uint8] | None]] = field(default_factory=dict)


def read_seqx(data: bytes, profile: Profile) -> Bundle:
    """Read a SEQX file; raises BadFile, with the name of the file inside, when any part is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_members(archive, profile)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        # zipfile reports encryption and unknown compression as RuntimeError and NotImplementedError.
        raise BadFile(f"not a readable bundle: {error}") from None


def _read_members(archive: zipfile.ZipFile, profile: Profile) -> Bundle:
    """Read the files of an opened bundle."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > profile.memory_samples * BYTES_PER_SAMPLE + len(members) * BYTES_PER_FILE:
        raise BadFile(f"{unpacked} bytes unpacked are more than the memory holds")
    bundle = Bundle()
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        try:
            if path.suffix.lower() == ".sml":
                sequence = read_sml(archive.read(member), profile)
                bundle.sequences[sequence.name] = sequence
            elif path.suffix.lower() == ".wfmx":
                bundle.waveforms[path.stem] = read_wfmx(archive.read(member))
        except BadFile as error:
            raise BadFile(f"{path.name}: {error}") from None
    if not bundle.sequences:
        raise BadFile("no sequence in the bundle")
    return bundle
