"""Memory slots and register slots by index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from drivers.contract import ConfigurationError

__all__ = ["Memory", "SlotNotWritten"]


class SlotNotWritten(ConfigurationError, KeyError):
    """A slot that no Acquire of the program names; a KeyError too, so that Memory is a true Mapping."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory(Mapping[int, NDArray[Any]]):
    """Slots by index: states of shape (shots,) at level 2, complex at level 1, (shots, samples) at level 0.

    Of averages without the dimension of shots: share of ones, complex mean, mean trace.
    """

    slots: tuple[int, ...]
    data: NDArray[Any]
    axis: int = 1
    """Which dimension of `data` is that of the slots."""
    kind: str = "memory slot"
    """What the slots are, for errors."""

    def __getitem__(self, slot: int) -> NDArray[Any]:
        number = self.column(slot)
        column: NDArray[Any] = self.data[:, number] if self.axis else self.data[number]
        return column

    def column(self, slot: int) -> int:
        """Where a slot stands in `data`; raises SlotNotWritten."""
        if slot not in self.slots:
            raise SlotNotWritten(
                f"{self.kind} {slot} was not written by this program",
                got=str(slot),
                allowed=str(list(self.slots)) if self.slots else "none: no Acquire names one",
            )
        return self.slots.index(slot)

    def __iter__(self) -> Iterator[int]:
        return iter(self.slots)

    def __len__(self) -> int:
        return len(self.slots)
