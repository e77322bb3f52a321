"""Tables of what the events of a batch refer to: distinct channels and distinct pulses, known by row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from runtime.pulse.channels import Channel
from runtime.pulse.library import Pulse

__all__ = ["ChannelTable", "PulseTable"]


class ChannelTable:
    """Distinct channels in order of first use."""

    def __init__(self) -> None:
        self.channels: list[Channel] = []
        self._rows: dict[Channel, int] = {}

    def row(self, channel: Channel) -> int:
        """The row of a channel, a new one if nothing equal was seen."""
        row = self._rows.get(channel)
        if row is None:
            row = self._rows[channel] = len(self.channels)
            self.channels.append(channel)
        return row


class PulseTable:
    """Distinct pulses in order of first use.

    Told apart by their exact keys, not by `==`, which forgives 1e-5 of the amplitude: a fine amplitude sweep would
    collapse into one point.
    """

    def __init__(self) -> None:
        self.pulses: list[Pulse] = []
        self._by_key: dict[Hashable, int] = {}
        # Keys are only computed once for an object that is played many times. What is known by id is kept alive,
        # so that its id is not given to another one.
        self._by_id: dict[int, int] = {}
        self._alive: list[Pulse] = []

    def row(self, pulse: Pulse) -> int:
        """The row of a pulse, a new one if nothing equal was seen."""
        row = self._by_id.get(id(pulse))
        if row is None:
            row = self._by_id[id(pulse)] = self._by_key.setdefault(pulse.key, len(self.pulses))
            self._alive.append(pulse)
            if row == len(self.pulses):
                self.pulses.append(pulse)
        return row

    def rows(self, pulses: Iterable[Pulse]) -> NDArray[np.int32]:
        """The row of each pulse: int32 of shape (pulses,)."""
        return np.array([self.row(pulse) for pulse in pulses], np.int32)
