"""Command tables: the JSON that clients upload, checked, and what an entry does to the player.

The keys are those of the vendor's published schemas. An entry may hold a waveform (or zeros, or a hold), phases,
amplitudes and, on SHF instruments, the oscillator; what it does not name stays as it was.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulators.labone.devices.errors import SequencerError

__all__ = [
    "PHASE_TURN",
    "Amplitude",
    "CommandTable",
    "Phase",
    "TableEntry",
    "TableWaveform",
    "parse_command_table",
]

PHASE_TURN = 1 << 23
"""Phase steps of a turn: 90 degrees are 2^21 in the words of compiled programs."""
Output = Literal["sigout0", "sigout1"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableWaveform(_Strict):
    """What an entry plays."""

    index: Annotated[int, Field(ge=0, le=65535)] | None = None
    length: Annotated[int, Field(ge=16, multiple_of=16)] | None = None
    samplingRateDivider: Annotated[int, Field(ge=0, le=13)] | None = None  # noqa: N815 - the schema's own key
    awgChannel0: tuple[Output, ...] | None = None  # noqa: N815 - the schema's own key
    awgChannel1: tuple[Output, ...] | None = None  # noqa: N815 - the schema's own key
    precompClear: bool = False  # noqa: N815 - the schema's own key
    playZero: bool = False  # noqa: N815 - the schema's own key
    playHold: bool = False  # noqa: N815 - the schema's own key


class Phase(_Strict):
    """A phase in degrees, absolute or added."""

    value: float
    increment: bool = False

    @property
    def steps(self) -> int:
        """The phase in steps of a turn / 2^23."""
        return round(self.value / 360.0 * PHASE_TURN) % PHASE_TURN


class Amplitude(_Strict):
    """A factor, absolute or added, in one of four registers."""

    value: Annotated[float, Field(ge=-1.0, le=1.0)]
    increment: bool = False
    register_index: Annotated[int, Field(ge=0, le=3, alias="register")] = 0


class OscillatorSelect(_Strict):
    """Which oscillator the carrier is made from."""

    value: Annotated[int, Field(ge=0, le=7)]


class TableEntry(_Strict):
    """One entry."""

    index: Annotated[int, Field(ge=0)]
    waveform: TableWaveform | None = None
    phase: Phase | None = None
    phase0: Phase | None = None
    phase1: Phase | None = None
    amplitude0: Amplitude | None = None
    amplitude1: Amplitude | None = None
    amplitude00: Amplitude | None = None
    amplitude01: Amplitude | None = None
    amplitude10: Amplitude | None = None
    amplitude11: Amplitude | None = None
    oscillatorSelect: OscillatorSelect | None = None  # noqa: N815 - the schema's own key

    def phases(self, *, shf: bool) -> tuple[Phase | None, ...]:
        """The phases that it sets, one a sine generator."""
        return (self.phase,) if shf else (self.phase0, self.phase1)

    def amplitudes(self, *, shf: bool) -> tuple[Amplitude | None, ...]:
        """The amplitudes that it sets, in the order of `PlayerState.amplitudes`."""
        if shf:
            return (self.amplitude00, self.amplitude01, self.amplitude10, self.amplitude11)
        return (self.amplitude0, self.amplitude1)


class _Header(_Strict):
    version: str
    partial: bool = False
    userString: Annotated[str, Field(max_length=30)] = ""  # noqa: N815 - the schema's own key


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    schema_url: Annotated[str | None, Field(alias="$schema")] = None
    header: _Header
    table: tuple[TableEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandTable:
    """Entries by index."""

    entries: dict[int, TableEntry]


_SHF_KEYS = frozenset({"phase", "amplitude00", "amplitude01", "amplitude10", "amplitude11", "oscillatorSelect"})
_HDAWG_KEYS = frozenset({"phase0", "phase1", "amplitude0", "amplitude1"})


def parse_command_table(text: str, *, shf: bool, before: CommandTable | None = None) -> CommandTable:
    """Read an uploaded table.

    Args:
        text: JSON.
        shf: For an SHF instrument; its keys and size differ from the HDAWG's.
        before: The table that a partial upload adds to.

    Raises:
        SequencerError: If it is not JSON, breaks the schema, holds keys of the other family, or an index twice or
            beyond the instrument's 4096 (SHF) or 1024 (HDAWG) entries.
    """
    try:
        document = _Document.model_validate(json.loads(text))
    except (ValidationError, ValueError) as error:
        raise SequencerError(f"command table: {error}") from error
    size, foreign = (4096, _HDAWG_KEYS) if shf else (1024, _SHF_KEYS)
    entries = dict(before.entries) if before is not None and document.header.partial else {}
    seen: set[int] = set()
    for entry in document.table:
        if entry.index >= size or entry.index in seen:
            raise SequencerError(f"command table: index {entry.index} is used twice or not below {size}")
        if wrong := foreign & entry.model_fields_set:
            raise SequencerError(f"command table: entry {entry.index} has keys of another family: {sorted(wrong)}")
        seen.add(entry.index)
        entries[entry.index] = entry
    return CommandTable(entries)
