"""Changes of a channel's frame: its phase and its frequency. They take no time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from runtime.pulse.channels import PulseChannel
from runtime.pulse.instructions.instruction import Instruction, check_channel, checked_real
from runtime.pulse.parameters import ParameterValue

__all__ = ["SetFrequency", "SetPhase", "ShiftFrequency", "ShiftPhase"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _PhaseChange(Instruction):
    phase: ParameterValue
    """Radians."""
    channel: PulseChannel
    name: str | None = None

    def __post_init__(self) -> None:
        checked = checked_real(self, "phase", self.phase)
        if checked is not self.phase:
            object.__setattr__(self, "phase", checked)
        check_channel(self, self.channel, PulseChannel)

    @property
    def operands(self) -> tuple[Any, ...]:
        """(phase, channel)."""
        return (self.phase, self.channel)

    @property
    def channels(self) -> tuple[PulseChannel]:
        """(channel,)."""
        return (self.channel,)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _FrequencyChange(Instruction):
    frequency: ParameterValue
    """Hz."""
    channel: PulseChannel
    name: str | None = None

    def __post_init__(self) -> None:
        checked = checked_real(self, "frequency", self.frequency)
        if checked is not self.frequency:
            object.__setattr__(self, "frequency", checked)
        check_channel(self, self.channel, PulseChannel)

    @property
    def operands(self) -> tuple[Any, ...]:
        """(frequency, channel)."""
        return (self.frequency, self.channel)

    @property
    def channels(self) -> tuple[PulseChannel]:
        """(channel,)."""
        return (self.channel,)


class SetPhase(_PhaseChange):
    """Set the phase of a channel's frame, in radians.

    Raises:
        PulseError: the phase is no finite real number, or the channel no pulse channel.
    """

    __slots__ = ()
    kind: ClassVar[str] = "SetPhase"


class ShiftPhase(_PhaseChange):
    """Add to the phase of a channel's frame, in radians: a virtual Z.

    Raises:
        PulseError: the phase is no finite real number, or the channel no pulse channel.
    """

    __slots__ = ()
    kind: ClassVar[str] = "ShiftPhase"


class SetFrequency(_FrequencyChange):
    """Set the frequency of a channel's frame, in Hz.

    Raises:
        PulseError: the frequency is no finite real number, or the channel no pulse channel.
    """

    __slots__ = ()
    kind: ClassVar[str] = "SetFrequency"


class ShiftFrequency(_FrequencyChange):
    """Add to the frequency of a channel's frame, in Hz.

    Raises:
        PulseError: the frequency is no finite real number, or the channel no pulse channel.
    """

    __slots__ = ()
    kind: ClassVar[str] = "ShiftFrequency"
