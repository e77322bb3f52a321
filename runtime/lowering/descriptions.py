"""What instructions and gates are: described once each, and placed wherever they occur.

A gate's description stays with the gate, so that the next program finds it, and goes with it. Nothing of a program
outlives the program and the Target that its gates come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from struct import Struct
from typing import Any, Final
from weakref import WeakValueDictionary

import numpy as np

from runtime.pulse import Acquire, ShiftPhase
from runtime.pulse.channels import Channel, PulseChannel, is_unique
from runtime.pulse.instructions import Instruction
from runtime.pulse.library import Pulse
from runtime.pulse.parameters import ParameterExpression
from runtime.pulse.schedule.body import Body

__all__ = ["NUMBERS", "Description", "Kind", "described", "description"]


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

NUMBERS: Final = np.dtype(
    [
        *[("kind", "i1"), ("doubtful", "?"), ("time", "<i8"), ("duration", "<i8"), ("slot", "<i8")],
        *[("value", "<f8"), ("index", "<i8"), ("channel", "<i8"), ("pulse", "<i8")],
    ]
)
"""What is known of an instruction.

Its kind; whether it has open parameters or cannot be used; its start within the gate and its duration, samples;
the index of its memory slot; the number of its frame change (0 while it is open), or 1 for an Acquire with a
kernel, a discriminator or a register slot of its own; the index of its channel (-1 if there is none, it is open,
or an equal channel may be another object); the ids of its channel and pulse (0: none).
"""
_PACK = Struct("<b?qqqdqqq").pack

Description = tuple[bytes, tuple[Instruction, ...], tuple[Channel | None, ...], tuple[Pulse | None, ...]]
"""Of each instruction of a gate: `NUMBERS`, itself, its channel, its pulse."""

_pulses: WeakValueDictionary[object, Pulse] = WeakValueDictionary()
"""One pulse for all of equal content and name, so that descriptions can be compared by identity."""


def described(gate: Body) -> Description:
    """What a gate is: looked at once, as a shared body never changes."""
    known: Any = gate.described
    if known is None:
        flat = all(isinstance(child, Instruction) for _, child in gate.children)
        known = describe(gate.children if flat else gate.walk())
        if gate.shared:
            gate.described = known
    description: Description = known
    return description


def description(instruction: Any) -> Description:  # noqa: ANN401 - an instruction of any kind
    """What an instruction is; the phase of a ShiftPhase by a number is left out, as `Rows` have it."""
    if type(instruction) is ShiftPhase and type(instruction.phase) is float:
        return _shift(instruction.channel)
    return describe(((0, instruction),))


@lru_cache(4096)
def _shift(channel: PulseChannel) -> Description:
    return describe(((0, ShiftPhase(0.0, channel)),))


def describe(timed: Iterable[tuple[int, Any]]) -> Description:
    """What instructions are, given with their starts in samples."""
    numbers, objects, channels, pulses = [], [], [], []
    for time, instruction in timed:
        kind = _KINDS.get(instruction.kind, Kind.UNKNOWN)
        doubtful, duration, slot, value, pulse = False, 0, 0, 0.0, None
        if kind == Kind.PLAY:
            pulse = instruction.pulse
            pulse = _pulses.setdefault((pulse.key, pulse.name), pulse)
            duration, doubtful = int(pulse.duration), bool(pulse.open_parameters)
        elif kind == Kind.DELAY:
            duration = int(instruction.duration)
        elif kind == Kind.ACQUIRE:
            doubtful = _is_doubtful(instruction)
            if not doubtful:
                duration, slot = int(instruction.duration), int(instruction.mem_slot.index)
                value = float(_is_particular(instruction))
        elif kind < Kind.NOTHING:
            operand = getattr(instruction, _OPERANDS[kind])
            doubtful = isinstance(operand, ParameterExpression) and bool(operand.parameters)
            value = 0.0 if doubtful else float(operand)
        else:
            doubtful = kind == Kind.UNKNOWN
        channel = instruction.channel if kind < Kind.NOTHING else None
        ids = (_index(channel), id(channel)) if channel is not None else (-1, 0)
        numbers.append(_PACK(kind, doubtful, time, duration, slot, value, *ids, id(pulse) if pulse else 0))
        objects.append(instruction)
        channels.append(channel)
        pulses.append(pulse)
    return b"".join(numbers), tuple(objects), tuple(channels), tuple(pulses)


def _index(channel: Channel) -> int:
    """The index of a channel, if all that are equal to it are the same object; otherwise -1."""
    index: Any = channel.index
    return index if is_unique(channel) else -1


def _is_doubtful(acquire: Acquire) -> bool:
    """Whether it has open parameters, or cannot be acquired: of no length, into no memory slot."""
    slot, duration = acquire.mem_slot, acquire.duration
    if slot is None or isinstance(duration, ParameterExpression) or int(duration) < 1:
        return True
    return acquire.channel.is_parameterized() or slot.is_parameterized()


def _is_particular(acquire: Acquire) -> bool:
    """Whether it says more than where and when: how it is to be read, or where else its bit goes."""
    return any(own is not None for own in (acquire.kernel, acquire.discriminator, acquire.reg_slot))
