"""Tables of what the events of a batch refer to: distinct channels and distinct pulses, known by row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from runtime.pulse.channels import Channel
from runtime.pulse.library import Pulse

__all__ = ["ChannelTable", "PulseTable"]


class ChannelTable:
    """Distinct channels.

    Args:
        channels: no object twice.
        ids: their ids, ascending.
        unique: whether equal ones are the same object everywhere, so that an id will do in place of a hash.
    """

    def __init__(self, channels: Sequence[Channel], ids: NDArray[np.int64], *, unique: bool) -> None:
        self._ids = ids
        self._unique = unique
        self._rows: dict[Channel, int] = {}
        if not unique:
            for channel in channels:
                self._rows.setdefault(channel, len(self._rows))
        self.channels = tuple(channels if unique else self._rows)
        """By row."""
        self.given: NDArray[np.int64] = np.arange(ids.size) if unique else self.rows(channels)
        """The row of each of the constructor's channels."""

    def rows(self, channels: Sequence[Channel]) -> NDArray[np.int64]:
        """The row of each channel, -1 of those that are not there: int64 of shape (channels,)."""
        if not self._unique:
            return np.array([self._rows.get(channel, -1) for channel in channels], np.int64)
        if not self.channels:
            return np.full(len(channels), -1)
        ids = np.fromiter(map(id, channels), np.int64, len(channels))
        place = np.minimum(np.searchsorted(self._ids, ids), self._ids.size - 1)
        return np.where(self._ids[place] == ids, place, -1)


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
