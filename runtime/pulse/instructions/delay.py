"""Wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from runtime.pulse.channels import Channel
from runtime.pulse.instructions.instruction import Instruction, check_channel
from runtime.pulse.parameters import ParameterValue, own

__all__ = ["Delay"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Delay(Instruction):
    """Nothing on a channel, for a number of samples; the number is checked when a schedule takes the delay.

    Raises:
        PulseError: not a channel.
    """

    kind: ClassVar[str] = "Delay"

    duration: ParameterValue = field()
    """Length in samples, kept as given."""
    channel: Channel = field()
    name: str | None = None

    def __post_init__(self) -> None:
        check_channel(self, self.channel, Channel)
        if type(self.duration) is not int:
            object.__setattr__(self, "duration", own(self.duration))

    @property
    def operands(self) -> tuple[Any, ...]:
        """(duration, channel)."""
        return (self.duration, self.channel)

    @property
    def channels(self) -> tuple[Channel]:
        """(channel,)."""
        return (self.channel,)
