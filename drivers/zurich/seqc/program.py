"""What one sequencer gets: source, waves, table, and where each line comes from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.zurich.profiles import CoreKind
from drivers.zurich.seqc.waves import StoredWave

__all__ = ["Core", "CoreProgram", "Origins"]


@dataclass(frozen=True, slots=True)
class Core:
    """One sequencer of a device."""

    kind: CoreKind
    index: int
    """From 0, among those of its kind."""
    ports: tuple[int, ...]
    """The ports it plays on, from 1."""

    @property
    def node(self) -> str:
        """The branch of the sequencer in the device's node tree."""
        branch = {"sg": "sgchannels/{}/awg", "qa": "qachannels/{}/generator"}.get(self.kind, "awgs/{}")
        return branch.format(self.index)


@dataclass(frozen=True, slots=True, eq=False)
class Origins:
    """Where the lines of a source come from."""

    output: str
    """The line, e.g. `drive_q0`."""
    tokens: tuple[int, ...]
    """For each source line its token, -1 for none, -2 - n for the declaration of wave n."""
    rows: NDArray[np.int64]
    """For each token its row, -1 for none."""
    programs: NDArray[np.int64]
    """For each token its program."""
    pulses: tuple[str, ...]
    """For each row the pulse that it plays."""
    waves: tuple[str, ...]
    """For each wave the pulse it comes from."""

    def where(self, line: int) -> str:
        """A place that people understand, for a line of the source, from 1."""
        token = self.tokens[line - 1] if 1 <= line <= len(self.tokens) else -1
        if token <= -2:
            return f"{self.output}, pulse {self.waves[-2 - token]}"
        if token < 0:
            return self.output
        place = f"{self.output}, program {int(self.programs[token])}"
        row = int(self.rows[token])
        return f"{place}, pulse {self.pulses[row]}" if row >= 0 else place


@dataclass(frozen=True, slots=True, eq=False)
class CoreProgram:
    """All of one sequencer's program."""

    core: Core
    source: str
    origins: Origins
    waves: tuple[StoredWave, ...]
    """By wave index, or by generator slot."""
    table: str
    """JSON; empty where the sequencer has no command table."""
    entries: int
    instructions: int
    """As the compiler makes of it, counted before it is asked."""
    probing: bool = False
    """It starts the spectroscopy of its analyzer channel, not its readout."""

    def key(self) -> str:
        """Hexadecimal digest (sha256) of what the compiler gets."""
        return hashlib.sha256(self.source.encode()).hexdigest()
