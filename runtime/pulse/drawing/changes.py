"""The frame of a channel as a picture tells it: phase, frequency and how they change.

As facts of the model: Shift adds, Set replaces, and several changes at one instant act in order. A value with open
parameters counts as 0 and is written by its formula.
"""

from __future__ import annotations

from dataclasses import dataclass

from runtime.pulse.instructions import Instruction, SetFrequency, SetPhase, ShiftFrequency, ShiftPhase
from runtime.pulse.parameters import ParameterExpression, ParameterValue

__all__ = ["UNCHANGED", "Change", "FrameChange", "frame_change"]


@dataclass(frozen=True, slots=True)
class Change:
    """Set to, or shifted by, a value; several changes are joined with `then`."""

    sets: bool
    value: float
    formulas: tuple[str, ...] = ()
    """Open parts, which count as 0 in `value`."""

    def then(self, later: Change) -> Change:
        """Both, one after the other: Set forgets what was before it, Shift adds to it."""
        if later.sets:
            return later
        return Change(self.sets, self.value + later.value, self.formulas + later.formulas)


UNCHANGED = Change(sets=False, value=0.0)


@dataclass(frozen=True, slots=True)
class FrameChange:
    """What happens to a frame at one instant; None for a part that stays."""

    phase: Change | None = None
    """Radians."""
    frequency: Change | None = None
    """Hz."""

    def then(self, later: FrameChange) -> FrameChange:
        """Both, one after the other."""
        return FrameChange(_joined(self.phase, later.phase), _joined(self.frequency, later.frequency))

    @property
    def is_open(self) -> bool:
        """Whether a part of it has no value yet."""
        return any(part is not None and part.formulas for part in (self.phase, self.frequency))


def frame_change(instruction: Instruction) -> FrameChange | None:
    """What an instruction does to its channel's frame; None for all that leave it alone."""
    match instruction:
        case SetPhase() | ShiftPhase():
            return FrameChange(phase=_change(instruction.phase, sets=isinstance(instruction, SetPhase)))
        case SetFrequency() | ShiftFrequency():
            sets = isinstance(instruction, SetFrequency)
            return FrameChange(frequency=_change(instruction.frequency, sets=sets))
        case _:
            return None


def _joined(first: Change | None, later: Change | None) -> Change | None:
    if first is None or later is None:
        return later or first
    return first.then(later)


def _change(value: ParameterValue, *, sets: bool) -> Change:
    if isinstance(value, ParameterExpression) and value.parameters:
        return Change(sets, 0.0, (str(value),))
    return Change(sets, float(value))
