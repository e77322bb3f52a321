"""What there is to draw: a program sorted into rows, before anything is known of the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from runtime.pulse.channels import (
    AcquireChannel,
    Channel,
    ClassicalIOChannel,
    ControlChannel,
    DriveChannel,
    MeasureChannel,
    SnapshotChannel,
)
from runtime.pulse.drawing.changes import UNCHANGED, Change, FrameChange, frame_change
from runtime.pulse.instructions import (
    Acquire,
    Delay,
    Instruction,
    Play,
    RelativeBarrier,
    Snapshot,
    checked_duration,
)
from runtime.pulse.library import Pulse
from runtime.pulse.library.pulse import ComplexArray
from runtime.pulse.parameters import ParameterExpression

__all__ = ["AcquireMark", "PlayMark", "Program", "Row", "Scene", "samples_of", "scene_of"]

_ORDER = (DriveChannel, ControlChannel, MeasureChannel, AcquireChannel)


class Program(Protocol):
    """What can be drawn: a Schedule, or a ScheduleBlock, which lists its instructions as scheduled."""

    @property
    def name(self) -> str:
        """For the title."""
        ...

    @property
    def instructions(self) -> Iterable[tuple[int, Instruction]]:
        """(start in samples, instruction), in the order of `Schedule.instructions`."""
        ...


@dataclass(frozen=True, slots=True)
class PlayMark:
    """A pulse in the frame that its channel has when it starts."""

    start: int
    stop: int
    pulse: Pulse
    phase: float
    """Radians."""
    frequency: Change
    """Hz."""

    @property
    def is_open(self) -> bool:
        """Whether parameters leave its shape open."""
        return bool(self.pulse.open_parameters)


@dataclass(frozen=True, slots=True)
class AcquireMark:
    """An acquisition and where its result goes."""

    start: int
    stop: int
    slots: str


@dataclass(slots=True)
class Row:
    """One channel."""

    channel: Channel
    plays: list[PlayMark] = field(default_factory=list)
    acquisitions: list[AcquireMark] = field(default_factory=list)
    delays: list[tuple[int, int]] = field(default_factory=list)
    changes: dict[int, FrameChange] = field(default_factory=dict)
    """By instant, several at one instant joined in order."""
    barriers: list[int] = field(default_factory=list)
    snapshots: list[tuple[int, str]] = field(default_factory=list)
    phase: Change = UNCHANGED
    """The frame after the last instruction."""
    frequency: Change = UNCHANGED

    def within(self, start: float, stop: float) -> Row:
        """What of it lies, in part at least, between two instants."""
        return Row(
            self.channel,
            [play for play in self.plays if play.start < stop and play.stop > start],
            [mark for mark in self.acquisitions if mark.start < stop and mark.stop > start],
            [delay for delay in self.delays if delay[0] < stop and delay[1] > start],
            {instant: change for instant, change in self.changes.items() if start <= instant <= stop},
            [instant for instant in self.barriers if start <= instant <= stop],
            [snapshot for snapshot in self.snapshots if start <= snapshot[0] <= stop],
            self.phase,
            self.frequency,
        )

    def peak(self) -> float:
        """The largest modulus of its pulses, in units of full scale; 0 without any."""
        pulses = {id(play.pulse): play.pulse for play in self.plays if not play.is_open}
        return max((float(np.abs(samples_of(p)).max(initial=0.0)) for p in pulses.values()), default=0.0)

    @property
    def stop(self) -> int:
        """When the last thing on it ends, samples."""
        stops = [play.stop for play in self.plays] + [mark.stop for mark in self.acquisitions]
        instants = [*self.changes, *self.barriers, *(instant for instant, _ in self.snapshots)]
        return max([0, *stops, *instants, *(stop for _, stop in self.delays)])

    @property
    def is_loud(self) -> bool:
        """Whether it has anything else than frame changes, delays and barriers."""
        return bool(self.plays or self.acquisitions or self.snapshots)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happens on it; a barrier alone is nothing."""
        return not (self.is_loud or self.delays or self.changes)

    @property
    def sort_key(self) -> tuple[int, str, int, str]:
        """Drive, control, measure, acquire, the rest; by index, with open indices last."""
        kind = next((i for i, known in enumerate(_ORDER) if issubclass(type(self.channel), known)), len(_ORDER))
        index = self.channel.index
        is_open = isinstance(index, ParameterExpression)
        return kind, self.channel.prefix or "", 1 << 62 if is_open else int(index), self.channel.name


@dataclass(frozen=True, slots=True)
class Scene:
    """A program, sorted into rows."""

    name: str
    duration: int
    rows: list[Row]


def samples_of(pulse: Pulse) -> ComplexArray:
    """The samples of a pulse without open parameters, complex128 of shape (duration,), units of full scale."""
    return pulse.get_waveform().samples


def scene_of(program: Program) -> Scene:
    """One pass over the program; rows in the order in which they are drawn.

    Slots have no row: the acquisition says where its result goes.
    """
    rows: dict[Channel, Row] = {}
    duration = 0
    for start, instruction in program.instructions:
        stop = start + checked_duration(instruction)
        duration = max(duration, stop)
        for channel in instruction.channels:
            if isinstance(channel, ClassicalIOChannel) and not isinstance(channel, SnapshotChannel):
                continue
            row = rows.get(channel)
            if row is None:
                row = rows[channel] = Row(channel)
            _take(row, start, stop, instruction)
    return Scene(program.name, duration, sorted(rows.values(), key=lambda row: row.sort_key))


def _take(row: Row, start: int, stop: int, instruction: Instruction) -> None:
    match instruction:
        case Play():
            row.plays.append(PlayMark(start, stop, instruction.pulse, row.phase.value, row.frequency))
        case Acquire():
            row.acquisitions.append(AcquireMark(start, stop, _slots(instruction)))
        case Delay():
            row.delays.append((start, stop))
        case Snapshot():
            row.snapshots.append((start, instruction.label))
        case RelativeBarrier():
            row.barriers.append(start)
        case _:
            _change_frame(row, start, instruction)


def _change_frame(row: Row, start: int, instruction: Instruction) -> None:
    change = frame_change(instruction)
    if change is None:
        return
    before = row.changes.get(start)
    row.changes[start] = change if before is None else before.then(change)
    if change.phase is not None:
        row.phase = row.phase.then(change.phase)
    if change.frequency is not None:
        row.frequency = row.frequency.then(change.frequency)


def _slots(acquire: Acquire) -> str:
    """Where the result goes. Spelt out, because m0 is a measure channel's name too."""
    parts = []
    if acquire.mem_slot is not None:
        parts.append(f"slot {acquire.mem_slot.index}")
    if acquire.reg_slot is not None:
        parts.append(f"register {acquire.reg_slot.index}")
    return ", ".join(parts)
