"""What distinct instructions and gates are, as columns: made once, looked up for every event."""

from __future__ import annotations

from typing import Any, Final

from runtime.lowering.tables import ChannelTable, PulseTable
from runtime.pulse import Acquire, Delay, Play, ShiftPhase
from runtime.pulse.instructions import Instruction
from runtime.pulse.parameters import ParameterExpression
from runtime.pulse.schedule.body import Body

__all__ = ["Descriptions", "Kind", "Row"]


class Kind:
    """What an event is; those up to `SET_FREQUENCY` make a channel's signal.

    Plain numbers: an enum takes longer.
    """

    PLAY: Final = 0
    SHIFT_PHASE: Final = 1
    SET_PHASE: Final = 2
    SHIFT_FREQUENCY: Final = 3
    SET_FREQUENCY: Final = 4
    DELAY: Final = 5
    ACQUIRE: Final = 6
    NOTHING: Final = 7
    UNKNOWN: Final = 8


# By name rather than by type, for instructions that users have subclassed. Directives steer how a block is laid
# out, and mean nothing afterwards.
_KINDS = {
    "Play": Kind.PLAY,
    "ShiftPhase": Kind.SHIFT_PHASE,
    "SetPhase": Kind.SET_PHASE,
    "ShiftFrequency": Kind.SHIFT_FREQUENCY,
    "SetFrequency": Kind.SET_FREQUENCY,
    "Delay": Kind.DELAY,
    "Acquire": Kind.ACQUIRE,
    "Snapshot": Kind.NOTHING,
    "RelativeBarrier": Kind.NOTHING,
    "TimeBlockade": Kind.NOTHING,
}
_OPERANDS = {
    Kind.SHIFT_PHASE: "phase",
    Kind.SET_PHASE: "phase",
    Kind.SHIFT_FREQUENCY: "frequency",
    Kind.SET_FREQUENCY: "frequency",
}


def _is_doubtful(acquire: Acquire) -> bool:
    """Whether it has open parameters, or cannot be acquired: of no length, into no memory slot."""
    slot, duration = acquire.mem_slot, acquire.duration
    if slot is None or isinstance(duration, ParameterExpression) or int(duration) < 1:
        return True
    return acquire.channel.is_parameterized() or slot.is_parameterized()


Row = tuple[Instruction, int, int, int, int, float, int, bool]
"""What an instruction is: itself, its kind, row of the `ChannelTable` (0 without a channel), duration in samples,
row of the `PulseTable` (0 without a pulse), number of a frame change (0 while it is open), start within the gate
in samples, and whether it has open parameters or cannot be used."""


class Descriptions:
    """Rows of instructions. A code stands for a run of rows: one for an instruction, all of them for a gate.

    Codes are found by the ids of objects that the programs hold; it lives no longer than one call of `gather`.
    """

    def __init__(self, channels: ChannelTable, pulses: PulseTable) -> None:
        self.gates: dict[int, int] = {}
        """Body to code."""
        self.shifts: dict[int, int] = {}
        """Channel of a ShiftPhase by a float to code."""
        self.plays: dict[tuple[int, int], int] = {}
        """Pulse and channel to code."""
        self.delays: dict[tuple[Any, int], int] = {}
        """Duration and channel to code."""
        self.first: list[int] = []
        """First row of each code."""
        self.count: list[int] = []
        """Rows of each code."""
        self.takes_phase: list[bool] = []
        """Whether a code stands for a ShiftPhase of any phase, which the event brings along."""
        self.rows: list[Row] = []
        self._channels = channels
        self._pulses = pulses

    def add_gate(self, body: Body) -> int:
        """Describe a gate that has no code yet, and return its new code."""
        first = len(self.rows)
        alone = body.count == len(body.children) == 1
        self.rows += [self._row(time, one) for time, one in (body.children if alone else body.walk())]
        self.gates[id(body)] = code = self._code(first, len(self.rows) - first)
        return code

    def add(self, instruction: Instruction) -> int:
        """Describe an instruction that has no code yet, and return its new code."""
        code = self._code(len(self.rows), 1)
        row = self._row(0, instruction)
        self.rows.append(row)
        if type(instruction) is ShiftPhase and type(instruction.phase) is float:
            self.shifts[id(instruction.channel)] = code
            self.takes_phase[code] = True
            self.rows[-1] = (*row[:5], 0.0, *row[6:])
        elif type(instruction) is Play:
            self.plays[id(instruction.pulse), id(instruction.channel)] = code
        elif type(instruction) is Delay:
            self.delays[instruction.duration, id(instruction.channel)] = code
        return code

    def _code(self, first: int, count: int) -> int:
        self.first.append(first)
        self.count.append(count)
        self.takes_phase.append(False)
        return len(self.first) - 1

    def _row(self, time: int, instruction: Any) -> Row:  # noqa: ANN401 - an instruction of any kind
        kind = _KINDS.get(instruction.kind, Kind.UNKNOWN)
        if kind >= Kind.NOTHING:
            return (instruction, kind, 0, 0, 0, 0.0, time, kind == Kind.UNKNOWN)
        channel = self._channels.row(instruction.channel)
        if kind == Kind.PLAY:
            pulse = instruction.pulse
            row, is_open = self._pulses.row(pulse), bool(pulse.open_parameters)
            return (instruction, kind, channel, int(pulse.duration), row, 0.0, time, is_open)
        if kind == Kind.DELAY:
            return (instruction, kind, channel, int(instruction.duration), 0, 0.0, time, False)
        if kind == Kind.ACQUIRE:
            is_open = _is_doubtful(instruction)
            return (instruction, kind, channel, 0 if is_open else int(instruction.duration), 0, 0.0, time, is_open)
        operand = getattr(instruction, _OPERANDS[kind])
        is_open = isinstance(operand, ParameterExpression) and bool(operand.parameters)
        return (instruction, kind, channel, 0, 0, 0.0 if is_open else float(operand), time, is_open)
