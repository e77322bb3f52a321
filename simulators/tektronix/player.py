"""The run state: stopped, waiting for a trigger, running."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from simulators.tektronix.course import START, Course, Position

__all__ = ["Player", "RunState"]


class RunState(IntEnum):
    """What `AWGControl:RSTATe?` answers."""

    STOPPED = 0
    WAITING = 1
    RUNNING = 2


@dataclass(frozen=True, slots=True)
class _Turn:
    """The next change of the run state."""

    at: float
    state: RunState
    position: Position


class Player:
    """Where a play list stands, by the clock.

    Nothing is played in real time, yet the time at which a step that waits is reached, or the end, follows from
    the lengths of the steps before it. Who reads the playback may come to its end sooner, and says so.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._course = Course((), ())
        self._durations: Sequence[float] = ()
        self._turn: _Turn | None = None
        self.active = False
        """Started, and not stopped by a command."""
        self.started = 0.0
        """When playing began, or went on after a trigger or a jump."""
        self.begin = START
        """Where it began or went on."""

    def start(self, course: Course, durations: Sequence[float]) -> None:
        """Play from the first stage; `durations` are seconds of one repetition of each step."""
        self._course, self._durations = course, durations
        self.active = True
        self._go(course.enter(0))

    def stop(self) -> None:
        """Stop playing."""
        self.active = False
        self._course, self._durations, self._turn = Course((), ()), (), None

    @property
    def state(self) -> RunState:
        """The run state now."""
        if not self.active:
            return RunState.STOPPED
        turn = self._turn
        return RunState.RUNNING if turn is None or self._clock() < turn.at else turn.state

    def trigger(self, trigger_input: str) -> bool:
        """A trigger came; False when no step waits for it."""
        turn = self._turn
        if self.state is not RunState.WAITING or turn is None:
            return False
        if self._course.wait(turn.position) != trigger_input:
            return False
        self._go(turn.position._replace(released=True))
        return True

    def jump(self, stage: int) -> bool:
        """Go on at a stage (from 0) at once; False when there is none, or nothing plays."""
        if not self.active or not 0 <= stage < len(self._course.stages):
            return False
        self._go(self._course.enter(stage, released=True))
        return True

    def ends(self, started: float, left_s: float) -> None:
        """What began at `started` ends in `left_s` seconds, says who reads it; one that is past is left alone."""
        if self.active and started == self.started:
            self._turn = _Turn(self._clock() + left_s, RunState.STOPPED, self.begin)

    def _go(self, position: Position) -> None:
        """Begin or go on at a position, now."""
        self.started = self._clock()
        self.begin = position
        self._turn = self._next_turn(position)

    def _next_turn(self, begin: Position) -> _Turn | None:
        """When and how the state changes, going on now at a position; None for never."""
        at, seen = self._clock(), set[Position]()
        position: Position | None = begin
        while position is not None:
            if self._course.wait(position) is not None:
                return _Turn(at, RunState.WAITING, position)
            if position in seen:
                return None
            seen.add(position)
            seconds, position = self._stretch(position)
            if seconds == math.inf:
                return None
            at += seconds
        return _Turn(at, RunState.STOPPED, begin)

    def _stretch(self, at: Position) -> tuple[float, Position | None]:
        """Seconds of what plays from a position on without a decision, and the position that follows.

        All passes of a stage at once where that is possible, otherwise one step.
        """
        whole, passes = self._course.whole_pass(at), self._course.stages[at.stage].passes
        if whole is not None:
            if passes is None:
                return math.inf, None
            once = sum((self._course.steps[step].repeat or 0) * self._durations[step] for step in whole)
            return (passes - at.turn) * once, self._course.skip(at, passes - at.turn)
        repeat = self._course.steps[at.step].repeat
        if repeat is None:
            return math.inf, None
        return repeat * self._durations[at.step], self._course.after(at)
