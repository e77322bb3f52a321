"""Play a pulse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from runtime.pulse.channels import PulseChannel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions.instruction import Instruction, check_channel
from runtime.pulse.library import Pulse
from runtime.pulse.parameters import ParameterValue

__all__ = ["Play"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Play(Instruction):
    """Play a pulse on a channel; named like the pulse unless a name is given.

    Raises:
        PulseError: not a pulse, or not a pulse channel.
    """

    kind: ClassVar[str] = "Play"

    pulse: Pulse
    channel: PulseChannel
    name: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.pulse, Pulse):
            raise PulseError("Play needs a pulse", got=repr(self.pulse), fix="Wrap samples in Waveform(samples)")
        check_channel(self, self.channel, PulseChannel)
        if self.name is None and self.pulse.name is not None:
            object.__setattr__(self, "name", self.pulse.name)

    @property
    def operands(self) -> tuple[Any, ...]:
        """(pulse, channel)."""
        return (self.pulse, self.channel)

    @property
    def channels(self) -> tuple[PulseChannel]:
        """(channel,)."""
        return (self.channel,)

    @property
    def duration(self) -> ParameterValue:
        """The pulse's, in samples."""
        return self.pulse.duration
