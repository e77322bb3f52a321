"""Functions that put one instruction into the current context."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runtime.pulse.builder.active import active
from runtime.pulse.builder.channels import channels_of
from runtime.pulse.channels import AcquireChannel, Channel, MemorySlot, PulseChannel, RegisterSlot
from runtime.pulse.configuration import Discriminator, Kernel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import (
    Acquire,
    Delay,
    Instruction,
    Play,
    RelativeBarrier,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Snapshot,
)
from runtime.pulse.library import Pulse, SymbolicPulse, Waveform
from runtime.pulse.parameters import ParameterValue

__all__ = [
    "Samples",
    "StorageLocation",
    "acquire",
    "append_instruction",
    "barrier",
    "delay",
    "play",
    "set_frequency",
    "set_phase",
    "shift_frequency",
    "shift_phase",
    "snapshot",
]

StorageLocation = MemorySlot | RegisterSlot
"""Where a result is kept."""
Samples = NDArray[np.complexfloating | np.floating] | list[complex] | list[float]
"""Samples of a waveform, shape (duration,), in units of full scale."""

_MOST_PLAYS = 256
_plays: dict[tuple[int, int], Play] = {}


def append_instruction(instruction: Instruction) -> None:
    """Put an instruction into the current context.

    Raises:
        NoActiveBuilder: called outside of a builder context. So do all functions of this module.
        PulseError: not an instruction.
    """
    if not isinstance(instruction, Instruction):
        raise PulseError("not an instruction", got=repr(instruction), fix="Programs are put in by call()")
    active().block.append(instruction)


def play(pulse: Pulse | Samples, channel: PulseChannel, name: str | None = None) -> None:
    """Play a pulse, or samples, on a channel.

    Args:
        pulse: a pulse, or an array of complex samples in units of full scale.
        channel: where.
        name: of the instruction; the pulse's if left out.

    Raises:
        PulseError: samples above full scale, or not a pulse channel.
    """
    block = active().block
    if name is None and isinstance(pulse, SymbolicPulse):
        block.append(_play(pulse, channel))
    else:
        block.append(Play(pulse if isinstance(pulse, Pulse) else Waveform(pulse), channel, name))


def _play(pulse: SymbolicPulse, channel: PulseChannel) -> Play:
    """The instruction; the same object for the same objects, since programs play few pulses over and over."""
    key = (id(pulse), id(channel))
    known = _plays.get(key)
    if known is None:
        known = Play(pulse, channel)
        if len(_plays) >= _MOST_PLAYS:
            _plays.clear()
        _plays[key] = known  # it holds pulse and channel, so that no others can get their ids
    return known


def delay(duration: ParameterValue, channel: Channel, name: str | None = None) -> None:
    """Leave a channel idle for a number of samples."""
    active().block.append(Delay(duration, channel, name))


def acquire(
    duration: ParameterValue,
    qubit_or_channel: int | AcquireChannel,
    register: StorageLocation,
    *,
    kernel: Kernel | None = None,
    discriminator: Discriminator | None = None,
    name: str | None = None,
) -> None:
    """Digitize for a number of samples and keep the result.

    Args:
        duration: in samples.
        qubit_or_channel: an acquire channel, or its index.
        register: where the result goes.
        kernel: how the record becomes a complex number.
        discriminator: how that becomes a bit.
        name: of the instruction.

    Raises:
        PulseError: the register or the channel is of the wrong kind.
    """
    block = active().block
    channel = qubit_or_channel if isinstance(qubit_or_channel, Channel) else AcquireChannel(qubit_or_channel)
    if not isinstance(register, MemorySlot | RegisterSlot):
        raise PulseError(
            "a result cannot be kept there",
            where=repr(channel),
            got=repr(register),
            allowed="MemorySlot, RegisterSlot",
        )
    mem_slot = register if isinstance(register, MemorySlot) else None
    reg_slot = register if isinstance(register, RegisterSlot) else None
    block.append(Acquire(duration, channel, mem_slot, reg_slot, kernel, discriminator, name))


def set_frequency(frequency: ParameterValue, channel: PulseChannel, name: str | None = None) -> None:
    """Set the frequency of a channel's frame, in Hz."""
    active().block.append(SetFrequency(frequency, channel, name))


def shift_frequency(frequency: ParameterValue, channel: PulseChannel, name: str | None = None) -> None:
    """Add to the frequency of a channel's frame, in Hz."""
    active().block.append(ShiftFrequency(frequency, channel, name))


def set_phase(phase: ParameterValue, channel: PulseChannel, name: str | None = None) -> None:
    """Set the phase of a channel's frame, in radians."""
    active().block.append(SetPhase(phase, channel, name))


def shift_phase(phase: ParameterValue, channel: PulseChannel, name: str | None = None) -> None:
    """Add to the phase of a channel's frame, in radians."""
    active().block.append(ShiftPhase(phase, channel, name))


def snapshot(label: str, snapshot_type: str = "statevector") -> None:
    """Mark an instant, at which a simulator may record its state."""
    active().block.append(Snapshot(label, snapshot_type))


def barrier(*channels_or_qubits: Channel | int, name: str | None = None) -> None:
    """Let nothing that follows on any of the channels start before all that precedes on them has ended.

    Args:
        channels_or_qubits: channels, or qubits, which stand for all their channels (see `qubit_channels`). Fewer
            than two different channels need no barrier, and get none.
        name: of the instruction.

    Raises:
        BackendNotSet: a qubit is given and the context has no backend.
        PulseError: neither a channel nor a qubit.
    """
    block = active().block
    channels = channels_of(channels_or_qubits)
    if len(channels) > 1:
        block.append(RelativeBarrier(*channels, name=name))
