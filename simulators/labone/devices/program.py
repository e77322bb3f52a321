"""A compiled sequencer program: the ELF that the vendor's compiler makes, read with pyelftools.

Sections that are used: `.asm` (readable assembly), `.waveforms` (JSON: one entry a waveform, in the order of the
table that `waveform/waves/N` and the command table's index count by), `.wf_<name>` (int16 words; placeholders
have no content), `.version_json` (which instrument it is for) and `.c` (the source). A `.wf_` section's address
is where the waveform stands in wave memory.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from simulators.labone.devices.assembly import Instruction, parse_assembly
from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.waves import StoredWave, decode_compiled

__all__ = ["Architecture", "Program", "WaveSlot", "read_program"]


class Architecture(StrEnum):
    """What a program is compiled for, as `.version_json` names it."""

    HDAWG = "hirzel"
    SHF = "grimsel"
    UHF = "cervino"


_UHF_LOW_BITS = 2
"""A UHFQA has 14-bit converters; its compiled words always leave two bits to markers."""


@dataclass(frozen=True, slots=True)
class WaveSlot:
    """A place in the table of waveforms.

    Attributes:
        name: The compiler's name for it.
        address: Of its first byte in wave memory.
        channels: One or two.
        length: Samples a channel.
        marker_bits: Markers of each channel.
        play_config: How a table entry plays it: routing of channels to outputs, see `playconfig`.
        wave: What the compiler stored; zeros for a placeholder.
        filler: The table has a gap here.
    """

    name: str
    address: int
    channels: int
    length: int
    marker_bits: tuple[int, ...]
    play_config: int
    wave: StoredWave
    filler: bool


@dataclass(frozen=True, slots=True)
class Program:
    """What a sequencer needs: instructions, waveforms, and what is shown of them."""

    architecture: Architecture
    instructions: tuple[Instruction, ...]
    slots: tuple[WaveSlot, ...]
    descriptors: str
    source: str
    assembly: str


def read_program(elf: bytes) -> Program:
    """Read an ELF.

    Raises:
        SequencerError: If it is no ELF, has no readable assembly, or is for no known instrument.
    """
    try:
        sections = {section.name: section for section in ELFFile(io.BytesIO(elf)).iter_sections()}
    except (ELFError, ValueError, KeyError) as error:
        raise SequencerError(f"{len(elf)} bytes are not a compiled sequencer program: {error}") from error
    for needed in (".asm", ".version_json"):
        if needed not in sections:
            raise SequencerError(
                f"a compiled sequencer program has a section {needed}; this has {', '.join(sections)}"
            )
    target = json.loads(_text(sections, ".version_json")).get("target", "")
    if target not in set(Architecture):
        raise SequencerError(f"the program is for {target!r}; known are {', '.join(Architecture)}")
    assembly = _text(sections, ".asm")
    low_bits = _UHF_LOW_BITS if target == Architecture.UHF else 0
    descriptors = _text(sections, ".waveforms") or '{"waveforms":[]}'
    return Program(
        architecture=Architecture(target),
        instructions=parse_assembly(assembly),
        slots=tuple(_slot(entry, sections, low_bits) for entry in json.loads(descriptors)["waveforms"]),
        descriptors=descriptors,
        source=_text(sections, ".c"),
        assembly=assembly,
    )


def _text(sections: Mapping[str, Any], name: str) -> str:
    return sections[name].data().decode().rstrip("\0") if name in sections else ""


def _slot(entry: Mapping[str, str], sections: Mapping[str, Any], low_bits: int) -> WaveSlot:
    channels, length = int(entry["channels"]), int(entry["length"])
    bits = tuple(int(part) for part in entry["marker_bits"].split(";") if part)
    section = sections.get(f".wf_{entry['name']}")
    words = np.zeros(channels * length, dtype=np.int16)
    if section is not None and section["sh_type"] != "SHT_NOBITS":
        stored = np.frombuffer(section.data(), dtype="<i2")[: words.size]
        words[: stored.size] = stored
    return WaveSlot(
        name=entry["name"],
        address=0 if section is None else int(section["sh_addr"]),
        channels=channels,
        length=length,
        marker_bits=bits,
        play_config=int(entry["play_config"]),
        wave=decode_compiled(words, channels, bits, low_bits),
        filler="__filler" in entry["name"],
    )
