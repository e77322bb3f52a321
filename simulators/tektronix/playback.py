"""What a running generator puts out: the face that a simulated lab sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.tektronix.course import START, Position, Stage

__all__ = ["Playback", "PlaybackStep"]


@dataclass(frozen=True, slots=True, eq=False)
class PlaybackStep:
    """One entry of a play list: all ports play `length` samples at once, `repeat` times in a row.

    Arrays of equal content are the same object, so that what is computed from one may be kept by its identity.
    They are read-only.
    """

    repeat: int | None
    """Repetitions, None for no end."""
    length: int
    """Samples of one repetition."""
    goto: int | None
    """Index (from 0) of the step that follows in the same pass of its stage, None when the pass ends here."""
    wait: str | None
    """The trigger input that the step waits for before it starts: TrigA, TrigB, Internal; None for none. Of this
    play list nothing more is played: when the trigger comes there is a new one. A stage may have a wait too."""
    volts: tuple[NDArray[np.float64], ...]
    """For each port (index port - 1) float64 of shape (length,): volts after the converter, with amplitude and
    offset; zeros when the output is off or plays nothing."""
    markers: tuple[NDArray[np.bool_], ...]
    """For each port bool of shape (4, length): marker m is row m - 1; all False when the output is off."""


@dataclass(frozen=True, slots=True, eq=False)
class Playback:
    """A running play list. Nothing plays in real time: who reads it decides how far it has come.

    `Course(playback.stages, playback.steps)` knows in which order the steps are played.
    """

    sample_rate_hz: float
    steps: tuple[PlaybackStep, ...]
    """Distinct steps: those of a subsequence are there once, however often it is played."""
    started: float
    """`time.monotonic()` of the start, or of the trigger or jump that led to `begin`; seconds."""
    clipped_ports: tuple[int, ...]
    """Ports (from 1) whose waveforms leave [-1, 1] and are cut off there."""
    stages: tuple[Stage, ...] = (Stage(0),)
    """One for each step of the sequence that is played; by default all steps are one pass of one stage."""
    begin: Position = START
    """Where playing began at `started`."""
