"""Directives: they steer how a program is laid out in time, and mean nothing to a device."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral
from typing import Any, ClassVar

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions.instruction import Instruction, check_channel

__all__ = ["Directive", "RelativeBarrier", "TimeBlockade"]


class Directive(Instruction):
    """Base of the instructions that are dropped once a program is laid out."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False, init=False)
class RelativeBarrier(Directive):
    """Synchronise channels: what follows on any of them waits for all that stands before on all of them.

    Equal are barriers on the same set of channels, in any order.

    Raises:
        PulseError: not a channel.
    """

    kind: ClassVar[str] = "RelativeBarrier"

    channels: tuple[Channel, ...]
    name: str | None

    def __init__(self, *channels: Channel, name: str | None = None) -> None:
        for channel in channels:
            check_channel(self, channel, Channel)
        object.__setattr__(self, "channels", channels)
        object.__setattr__(self, "name", name)

    @property
    def operands(self) -> tuple[Any, ...]:
        """The channels."""
        return self.channels

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RelativeBarrier):
            return NotImplemented
        return set(self.channels) == set(other.channels)

    def __hash__(self) -> int:
        return hash((self.kind, frozenset(self.channels)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TimeBlockade(Directive):
    """Keep a channel occupied for a number of samples, so that nothing is laid out there.

    Raises:
        PulseError: the duration is no whole number of 0 or more (a parameter neither), or not a channel.
    """

    kind: ClassVar[str] = "TimeBlockade"

    duration: int = field()
    """Length in samples."""
    channel: Channel = field()
    name: str | None = None

    def __post_init__(self) -> None:
        check_channel(self, self.channel, Channel)
        duration: object = self.duration
        if isinstance(duration, bool) or not isinstance(duration, Integral) or duration < 0:
            raise PulseError(
                "a TimeBlockade has a fixed length", got=repr(duration), allowed="whole numbers of samples from 0"
            )
        object.__setattr__(self, "duration", int(duration))

    @property
    def operands(self) -> tuple[Any, ...]:
        """(duration, channel)."""
        return (self.duration, self.channel)

    @property
    def channels(self) -> tuple[Channel]:
        """(channel,)."""
        return (self.channel,)
