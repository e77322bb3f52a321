"""What an instrument's connectors lead to: triggers that come in, and signals that readout inputs receive.

A laboratory implements these protocols; an instrument model asks, and knows nothing of chips and cables. The
defaults make a bench with a cable from each output to its input, without noise or delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

__all__ = [
    "Acquisition",
    "Bench",
    "Burst",
    "GroupedInput",
    "HostTriggers",
    "Immediate",
    "Loopback",
    "LossyTriggers",
    "Periodic",
    "ReadoutInput",
    "RoutedTriggers",
    "Surroundings",
    "TriggerSource",
]


@dataclass(frozen=True, slots=True)
class Burst:
    """Triggers at `start`, `start + period`, ...: `count` of them, in samples of the instrument that waits.

    A period of 0 stands for triggers that come whenever they are waited for.
    """

    start: int
    period: int
    count: int


class Surroundings(Protocol):
    """All that a laboratory gives to the instruments in it."""

    def trigger_source(self, serial: str, channel: str) -> TriggerSource | None:
        """What comes in at a trigger input; None while nothing does, so that a program waits.

        Args:
            serial: "dev12345".
            channel: As the trigger's node names it: "trigin0", "trigout2", "dio", "zsync".
        """
        ...

    def readout_input(self, serial: str, channel: int) -> ReadoutInput:
        """What arrives at a readout channel."""
        ...

    def started(self, serial: str, core: str) -> None:
        """A core ("sgchannels/0/awg") has begun to play; its `Playback` can be asked for.

        Called on the instrument's worker thread. A laboratory that leads its markers to another instrument's
        trigger calls that one's `resume`.
        """
        ...


class TriggerSource(Protocol):
    """Where an instrument's triggers come from."""

    def next(self, trigger: str, after: int) -> Burst | None:
        """The triggers that come at or after an instant; None when none will.

        Args:
            trigger: What is waited for, as in `events.Wait`.
            after: Samples since the run began.
        """
        ...


@dataclass(frozen=True, slots=True)
class Immediate:
    """Triggers that come as soon as an instrument waits."""

    def next(self, trigger: str, after: int) -> Burst | None:  # noqa: ARG002 - the protocol's signature
        """At once, and as often as wanted."""
        return Burst(after, 0, 1 << 62)


@dataclass
class HostTriggers:
    """Triggers that a host has sent, one by one; each finds the instrument waiting."""

    count: int
    _taken: int = 0

    def next(self, trigger: str, after: int) -> Burst | None:  # noqa: ARG002 - the protocol's signature
        """The next of them, at once."""
        if after == 0:
            self._taken = 0
        if self._taken >= self.count:
            return None
        self._taken += 1
        return Burst(after, 0, 1)


@dataclass(frozen=True, slots=True)
class Periodic:
    """A clockwork of triggers: `count` of them, the first at `start`."""

    period: int
    count: int
    start: int = 0

    def next(self, trigger: str, after: int) -> Burst | None:  # noqa: ARG002 - the protocol's signature
        """Those that are left."""
        passed = max(0, -((self.start - after) // self.period))
        if passed >= self.count:
            return None
        return Burst(self.start + passed * self.period, self.period, self.count - passed)


@dataclass(frozen=True, slots=True)
class RoutedTriggers:
    """A source for each trigger that a program waits for; one without a source never comes."""

    sources: dict[str, TriggerSource | None]

    def next(self, trigger: str, after: int) -> Burst | None:
        """From that trigger's own source."""
        source = self.sources.get(trigger)
        return None if source is None else source.next(trigger, after)


@dataclass
class LossyTriggers:
    """Triggers of which the first is missed."""

    source: TriggerSource
    lost: int | None = None

    def next(self, trigger: str, after: int) -> Burst | None:
        """As the source, without its first."""
        if self.lost is None:
            burst = self.source.next(trigger, after)
            self.lost = None if burst is None else burst.start
        return None if self.lost is None else self.source.next(trigger, max(after, self.lost + 1))


@dataclass(frozen=True, slots=True, eq=False)
class Acquisition:
    """Readouts of one run in which the instrument sends the same: what arrived at its input is wanted for each.

    Attributes:
        serial: Of the instrument.
        channel: Readout channel.
        starts: When each window opens, int64 samples since the run began, shape (count,), in order.
        numbers: Which of the run's readouts each is, from 0; int64, shape (count,).
        length: Of a window, samples.
        key: Equal for windows in which this instrument sent the same; with the shot's number, all a cache needs.
        sent: complex128 volts, shape (length,): what this instrument's own output did during the window, around
            the center frequency. A UHFQA sends its two outputs as real and imaginary part.
        sample_rate_hz: Of the input.
    """

    serial: str
    channel: int
    starts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    length: int
    key: bytes
    sent: npt.NDArray[np.complex128]
    sample_rate_hz: int

    @property
    def count(self) -> int:
        """How many readouts."""
        return int(self.starts.size)


class ReadoutInput(Protocol):
    """What arrives at a readout channel."""

    def traces(self, acquisition: Acquisition) -> npt.NDArray[np.complex128]:
        """Volts at the input: complex128, shape (acquisition.count, acquisition.length)."""
        ...

    def kernelled(
        self, acquisition: Acquisition, weights: npt.NDArray[np.complex128]
    ) -> npt.NDArray[np.complex128]:
        """Weighted sums of each shot, where the lab can give them without making every trace.

        Args:
            acquisition: Which readouts.
            weights: complex128, shape (units, length): the sum is over sample times weight.

        Returns:
            complex128, shape (acquisition.count, units), volts times samples.
        """
        ...


@runtime_checkable
class GroupedInput(Protocol):
    """An input that takes groups of readouts with one kernel each, as in spectroscopy, in one go."""

    def grouped(
        self, asked: Sequence[tuple[Acquisition, npt.NDArray[np.complex128]]]
    ) -> list[npt.NDArray[np.complex128]]:
        """For each group what `ReadoutInput.kernelled` gives; the weights have shape (1, length)."""
        ...


class Bench:
    """An instrument alone: each output leads to the input beside it, and nothing comes in at the triggers."""

    def trigger_source(self, serial: str, channel: str) -> TriggerSource | None:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return None

    def readout_input(self, serial: str, channel: int) -> ReadoutInput:  # noqa: ARG002 - the protocol's signature
        """The cable."""
        return Loopback()

    def started(self, serial: str, core: str) -> None:
        """Nobody needs to know."""


@dataclass(frozen=True, slots=True)
class Loopback:
    """A cable from output to input."""

    def traces(self, acquisition: Acquisition) -> npt.NDArray[np.complex128]:
        """What was sent, once a shot."""
        return np.broadcast_to(acquisition.sent, (acquisition.count, acquisition.length)).copy()

    def kernelled(
        self, acquisition: Acquisition, weights: npt.NDArray[np.complex128]
    ) -> npt.NDArray[np.complex128]:
        """The same sum for every shot."""
        return np.broadcast_to(weights @ acquisition.sent, (acquisition.count, weights.shape[0])).copy()
