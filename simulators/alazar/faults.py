"""What tests can make go wrong on a board."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Faults", "Records"]


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Records in the order in which they come."""

    volts: NDArray[np.float32]
    """Float32 of shape (records, 2, samples)."""
    triggered_s: NDArray[np.float64]
    """When their triggers came, float64 of shape (records,): seconds since the board was armed."""

    @property
    def count(self) -> int:
        """How many."""
        return int(self.volts.shape[0])


@dataclass(slots=True)
class Faults:
    """What tests can make go wrong. Triggers are counted from 0 in each acquisition."""

    lose: set[int] = field(default_factory=set)
    """These triggers are not seen."""
    late: dict[int, int] = field(default_factory=dict)
    """These triggers are seen so many samples too late: their records begin later."""
    spurious: dict[int, int] = field(default_factory=dict)
    """So many samples after these triggers the board sees one that nobody sent: a record of nothing."""
    twice: set[int] = field(default_factory=set)
    """The records of these triggers come twice."""
    exchange: set[int] = field(default_factory=set)
    """The records of these triggers and of those after them come in the wrong order, if they come together."""
    stall_after: int | None = None
    """After this many records nothing is captured any more."""
    overflow_after: int | None = None
    """After this many records the board's memory overflows."""

    @property
    def of_triggers(self) -> bool:
        """Whether any trigger is not what it should be."""
        return bool(self.lose or self.late or self.spurious or self.twice or self.exchange)

    def applied(self, records: Records, first: int, sample_s: float) -> Records:
        """What the board makes of the records of the triggers from `first` on."""
        silence = np.zeros_like(records.volts[0])
        seen: list[tuple[NDArray[np.float32], float]] = []
        for trigger, (volts, time_s) in enumerate(
            zip(records.volts, records.triggered_s.tolist(), strict=True), first
        ):
            late = self.late.get(trigger, 0)
            if trigger not in self.lose:
                seen += [(_later(volts, late), time_s + late * sample_s)] * (1 + (trigger in self.twice))
            if trigger in self.spurious:
                seen.append((silence, time_s + self.spurious[trigger] * sample_s))
            if trigger - 1 in self.exchange and len(seen) > 1:
                seen[-2:] = seen[:-3:-1]
        shape = (len(seen), *records.volts.shape[1:])
        volts = np.array([volts for volts, _ in seen], np.float32).reshape(shape)
        return Records(volts, np.array([time_s for _, time_s in seen], np.float64))


def _later(volts: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    """A record that begins later; what it has beyond the end of the other one is silence."""
    if not samples:
        return volts
    found = np.zeros_like(volts)
    found[:, :-samples] = volts[:, samples:]
    return found
