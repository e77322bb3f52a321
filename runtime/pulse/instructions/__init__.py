"""Instructions: what happens on channels. All are immutable and hashable by value."""

from runtime.pulse.instructions.acquire import Acquire
from runtime.pulse.instructions.delay import Delay
from runtime.pulse.instructions.directives import Directive, RelativeBarrier, TimeBlockade
from runtime.pulse.instructions.frame import SetFrequency, SetPhase, ShiftFrequency, ShiftPhase
from runtime.pulse.instructions.instruction import Instruction, checked_duration
from runtime.pulse.instructions.play import Play
from runtime.pulse.instructions.reference import Reference
from runtime.pulse.instructions.snapshot import Snapshot

__all__ = [
    "Acquire",
    "Delay",
    "Directive",
    "Instruction",
    "Play",
    "Reference",
    "RelativeBarrier",
    "SetFrequency",
    "SetPhase",
    "ShiftFrequency",
    "ShiftPhase",
    "Snapshot",
    "TimeBlockade",
    "checked_duration",
]
