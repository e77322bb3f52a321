"""The order in which the steps of a play list follow one another: repeats, passes, gotos, waits, the end.

Nothing is unrolled. A step that plays a subsequence a million times is one stage of a million passes, and a
position is a few small numbers, so that a long list costs no more than a short one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

__all__ = ["START", "Course", "Ordered", "Position", "Stage"]


class Ordered(Protocol):
    """What counts of a step here."""

    @property
    def repeat(self) -> int | None:
        """Repetitions, None for no end."""

    @property
    def goto(self) -> int | None:
        """Index of the step that follows in the same pass, None when the pass ends here."""

    @property
    def wait(self) -> str | None:
        """The trigger input that the step waits for each time it is reached, None for none."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the sequence that is played: a waveform once, or the steps of a subsequence so many times."""

    first: int
    """Index of the step that each pass begins with; gotos of the steps lead on from there."""
    passes: int | None = 1
    """How often, None for no end. (A waveform's own repetitions are those of its step.)"""
    goto: int | None = None
    """Index of the stage that follows, None when playing ends after the last pass."""
    wait: str | None = None
    """The trigger input that is waited for before the first pass, None for none."""


class Position(NamedTuple):
    """Where a play list stands: at the beginning of a step."""

    stage: int = 0
    turn: int = 0
    """Passes of the stage that are over."""
    step: int = 0
    entered: bool = True
    """The stage has just begun."""
    released: bool = False
    """A trigger or a jump led here: no wait counts any more."""


START = Position()
"""The beginning of a play list whose first stage begins with its first step, as all do that nobody jumped in."""


class Course:
    """Stages and the steps that they are made of."""

    def __init__(self, stages: Sequence[Stage], steps: Sequence[Ordered]) -> None:
        self.stages = stages
        self.steps = steps
        self._passes: dict[int, tuple[int, ...] | None] = {}

    def enter(self, stage: int, *, released: bool = False) -> Position:
        """The beginning of a stage."""
        return Position(stage, 0, self.stages[stage].first, entered=True, released=released)

    def wait(self, at: Position) -> str | None:
        """The trigger input that is waited for at a position, None for none."""
        if at.released:
            return None
        own = self.steps[at.step].wait
        return self.stages[at.stage].wait or own if at.entered else own

    def after(self, at: Position) -> Position | None:
        """What follows when a step has had all its repetitions; None at the end of the play list."""
        goto = self.steps[at.step].goto
        if goto is not None:
            return Position(at.stage, at.turn, goto, entered=False)
        return self.skip(at, 1)

    def skip(self, at: Position, passes: int) -> Position | None:
        """The beginning of the pass that comes `passes` passes after the one at hand; None at the end."""
        stage = self.stages[at.stage]
        if stage.passes is None or at.turn + passes < stage.passes:
            return Position(at.stage, at.turn + passes, stage.first, entered=False)
        return None if stage.goto is None else self.enter(stage.goto)

    def whole_pass(self, at: Position) -> tuple[int, ...] | None:
        """The steps that a pass plays, in order, where `at` is the beginning of one that is sure to end by itself.

        None anywhere else, and where a pass waits for a trigger, has a step without end, or runs in a circle.
        """
        if at.step != self.stages[at.stage].first or self.wait(at) is not None:
            return None
        if at.step not in self._passes:
            self._passes[at.step] = self._walk(at.step)
        return self._passes[at.step]

    def _walk(self, first: int) -> tuple[int, ...] | None:
        walked: dict[int, None] = {}
        step: int | None = first
        while step is not None:
            ordered = self.steps[step]
            if step in walked or ordered.wait is not None or ordered.repeat is None:
                return None
            walked[step] = None
            step = ordered.goto
        return tuple(walked)
