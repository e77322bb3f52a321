"""Sequences: steps that play waveforms on several tracks at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Goto", "Sequence", "Step"]


class Goto(Enum):
    """Where to go after a step, besides to a step of a given number."""

    NEXT = "Next"
    """After the last step: nowhere, playing ends."""
    FIRST = "First"
    LAST = "Last"
    END = "End"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence."""

    assets: tuple[str, ...]
    """The waveform of each track, or one name of a sequence."""
    is_sequence: bool = False
    repeat: int | None = 1
    """None for no end."""
    wait: str | None = None
    """The trigger input it waits for: TrigA, TrigB, Internal."""
    goto: Goto | int = Goto.NEXT
    """Or the number of a step, from 1."""
    event_input: str | None = None
    event_jump: Goto | int = Goto.NEXT


@dataclass(frozen=True, slots=True)
class Sequence:
    """A named list of steps."""

    name: str
    tracks: int
    steps: tuple[Step, ...]

    def follower(self, index: int) -> int | None:
        """The index (from 0) of the step after step `index`, None at the end."""
        match self.steps[index].goto:
            case Goto.NEXT:
                return index + 1 if index + 1 < len(self.steps) else None
            case Goto.FIRST:
                return 0
            case Goto.LAST:
                return len(self.steps) - 1
            case Goto.END:
                return None
            case number:
                return number - 1
