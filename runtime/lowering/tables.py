"""Tables of what the events of a batch refer to: distinct channels and distinct pulses, known by row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from runtime.pulse.channels import Channel
from runtime.pulse.library import Pulse

__all__ = ["ChannelTable", "PulseTable"]


class ChannelTable:
    """Distinct channels.

    Args:
        channels: in any order, any number of times.
        unique: whether equal ones are the same object everywhere, so that an id will do in place of a hash.
    """

    def __init__(self, channels: Sequence[Channel], *, unique: bool) -> None:
        self._unique = unique
        distinct = dict(zip(self._keys(channels), channels, strict=True))
        self.channels = tuple(distinct.values())
        """By row."""
        self._rows = dict(zip(distinct, range(len(distinct)), strict=True))

    def rows(self, channels: Sequence[Channel]) -> NDArray[np.int32]:
        """The row of each channel, -1 of those that are not there: int32 of shape (channels,)."""
        found = map(self._rows.get, self._keys(channels), repeat(-1))
        return np.fromiter(found, np.int32, len(channels))

    def _keys(self, channels: Iterable[Channel]) -> Iterable[Hashable]:
        return map(id, channels) if self._unique else channels


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
        known = self._by_id.get
        found = [self.row(one) if (row := known(id(one))) is None else row for one in pulses]
        return np.array(found, np.int32)
