"""Digitize."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from runtime.pulse.channels import AcquireChannel, Channel, MemorySlot, RegisterSlot
from runtime.pulse.configuration import Discriminator, Kernel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions.instruction import Instruction, check_channel
from runtime.pulse.parameters import ParameterExpression, ParameterValue, own

__all__ = ["Acquire"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Acquire(Instruction):
    """Digitize a qubit's readout signal and put the result into a slot.

    Raises:
        PulseError: no slot at all; a channel, slot, kernel or discriminator of the wrong kind.
    """

    kind: ClassVar[str] = "Acquire"

    duration: ParameterValue = field()
    """Length in samples, kept as given."""
    channel: AcquireChannel = field()
    mem_slot: MemorySlot | None = None
    reg_slot: RegisterSlot | None = None
    kernel: Kernel | None = None
    discriminator: Discriminator | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        check_channel(self, self.channel, AcquireChannel)
        if type(self.duration) is not int:
            object.__setattr__(self, "duration", own(self.duration))
        if self.mem_slot is None and self.reg_slot is None:
            raise PulseError("Acquire needs a MemorySlot or a RegisterSlot", where=repr(self.channel))
        if self.mem_slot is not None:
            check_channel(self, self.mem_slot, MemorySlot)
        if self.reg_slot is not None:
            check_channel(self, self.reg_slot, RegisterSlot)
        for setting, kind in ((self.kernel, Kernel), (self.discriminator, Discriminator)):
            if setting is not None and not isinstance(setting, kind):
                raise PulseError(f"Acquire takes a {kind.__name__} there", got=repr(setting))

    @property
    def operands(self) -> tuple[Any, ...]:
        """(duration, channel, mem_slot, reg_slot, kernel, discriminator)."""
        return (self.duration, self.channel, self.mem_slot, self.reg_slot, self.kernel, self.discriminator)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The acquire channel and the slots that are used."""
        return tuple(channel for channel in (self.channel, self.mem_slot, self.reg_slot) if channel is not None)

    @property
    def acquire(self) -> AcquireChannel:
        """The acquire channel."""
        return self.channel

    def is_parameterized(self) -> bool:
        """Whether parameters are open, or the duration is any expression."""
        return isinstance(self.duration, ParameterExpression) or bool(self.parameters)
