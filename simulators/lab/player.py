"""The player: where a generator stands in its play list, in simulated time."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from simulators.lab.script import Script
from simulators.tektronix.course import Course, Position, Stage

__all__ = ["Played", "Player"]

ENDLESS = 1 << 62
"""More samples than any play list has that comes to an end."""


@dataclass(frozen=True, slots=True)
class Played:
    """An entry that was just played once; a quiet one as often as it repeats."""

    script: Script
    start: int
    """Its first sample, counted from the start of playing."""
    stop: int
    edges: tuple[int, ...]
    """Samples since `start` at which the trigger rose."""


class Player:
    """Walks a play list: repeats, passes, gotos, the end, and entries that wait for a trigger which nobody sends.

    Args:
        scripts: one for each step of the play list.
        stages: in which passes they are played; by default one pass from the first of them on.
        begin: where to begin, the first stage by default.
    """

    def __init__(
        self, scripts: tuple[Script, ...], stages: tuple[Stage, ...] = (Stage(0),), begin: Position | None = None
    ) -> None:
        self.scripts = scripts
        self._course = Course(stages, [script.step for script in scripts])
        self._at: Position | None = (begin or self._course.enter(0)) if scripts else None
        self._repeat = 0
        self._high = False
        self.now = 0
        """Samples since the start of playing."""
        self.ended = not scripts
        """The play list has come to its end, not to an entry that waits or never ends."""

    @property
    def left(self) -> int | None:
        """Samples until the play list has come to its end; None if it never does."""
        ahead = copy(self)
        ahead.skip(ENDLESS)
        return ahead.now - self.now if ahead.ended else None

    @property
    def quiet(self) -> bool:
        """Of what comes next nobody would notice anything."""
        return self._at is not None and self.scripts[self._at.step].quiet

    def advance(self) -> Played | None:
        """Play the entry at hand; None when nothing more will ever be played."""
        at = self._at
        if at is None:
            return None
        script = self.scripts[at.step]
        step = script.step
        if self._course.wait(at) is not None or (script.quiet and step.repeat is None):
            self._at = None
            return None
        times = (step.repeat or 0) - self._repeat if script.quiet else 1
        start, self.now = self.now, self.now + times * step.length
        edges = script.edges[1:] if self._high and script.edges[:1] == (0,) else script.edges
        self._high = script.high_at_end
        self._move_on(at, times)
        return Played(script, start, self.now, edges)

    def skip(self, samples: int) -> int:
        """Play at least this much without looking, whole entries at a time; returns the samples left over.

        Entries that end within `samples` are gone; of the one that is under way, the answer says how much has
        been played already. Whole passes are skipped at once, and so are whole rounds of a list that loops.
        """
        left = samples
        marks: dict[tuple[Position, int], int] = {}
        while (at := self._at) is not None and self._course.wait(at) is None:
            here = (at, self._repeat)
            if here in marks:
                period = marks[here] - left
                if period == 0:  # a list of nothing, round and round
                    break
                self.now += left // period * period
                left %= period
                marks.clear()
            marks[here] = left
            left = self._skip_passes(at, left)
            if self._at is not at:
                continue
            step = self.scripts[at.step].step
            if left < step.length or (step.length == 0 and step.repeat is None):
                return left
            repeats = step.repeat - self._repeat if step.repeat is not None else left // step.length
            if step.length:
                repeats = min(repeats, left // step.length)
            self.now += repeats * step.length
            left -= repeats * step.length
            self._high = self.scripts[at.step].high_at_end
            self._move_on(at, repeats)
        return 0

    def _skip_passes(self, at: Position, left: int) -> int:
        """Skip the whole passes from here on that end within `left` samples; returns the samples left over."""
        steps = self._course.whole_pass(at) if self._repeat == 0 else None
        if steps is None:
            return left
        length = sum((self.scripts[k].step.repeat or 0) * self.scripts[k].step.length for k in steps)
        passes = self._course.stages[at.stage].passes
        if length == 0 and passes is None:
            self._at = None
            return left
        rest = left if passes is None else passes - at.turn
        whole = min(rest, left // length) if length else rest
        if whole:
            self.now += whole * length
            self._high = self.scripts[steps[-1]].high_at_end
            self._go(self._course.skip(at, whole))
        return left - whole * length

    def _move_on(self, at: Position, times: int) -> None:
        """Count repetitions, and go to the next entry after the last one."""
        step = self.scripts[at.step].step
        self._repeat += times
        if step.repeat is None or self._repeat < step.repeat:
            return
        self._go(self._course.after(at))

    def _go(self, position: Position | None) -> None:
        self._at, self._repeat = position, 0
        self.ended = position is None
