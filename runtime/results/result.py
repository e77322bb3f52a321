"""What a program returned: memory slots, shot by shot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError
from runtime.results.saving import save_result

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Memory", "Result"]

LEVELS = {0: "raw", 1: "kernelled", 2: "classified"}
"""Measurement levels, numbered as Qiskit numbers them."""


class SlotNotWritten(ConfigurationError, KeyError):
    """A memory slot that no Acquire of the program names; a KeyError too, so that Memory is a true Mapping."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory(Mapping[int, NDArray[Any]]):
    """Slots by index: bits of shape (shots,) at level 2, complex at level 1, (shots, samples) at level 0."""

    slots: tuple[int, ...]
    data: NDArray[Any]

    def __getitem__(self, slot: int) -> NDArray[Any]:
        if slot not in self.slots:
            raise SlotNotWritten(
                f"memory slot {slot} was not written by this program", got=str(slot), allowed=str(list(self.slots))
            )
        column: NDArray[Any] = self.data[:, self.slots.index(slot)]
        return column

    def __iter__(self) -> Iterator[int]:
        return iter(self.slots)

    def __len__(self) -> int:
        return len(self.slots)


@dataclass(frozen=True, eq=False)
class Result:
    """The shots of one program."""

    name: str
    level: int
    """0 raw samples, 1 kernelled complex numbers, 2 bits."""
    slots: tuple[int, ...]
    data: NDArray[Any]
    """Shape (shots, slots); at level 0 (shots, slots, samples), padded with NaN where windows differ in length.

    Level 2 uint8, level 1 complex128 in volts, level 0 complex64 in volts (I + iQ).
    """
    overrange: NDArray[np.bool_]
    """Bool of shape (shots,): the digitizer met an end of its range."""
    sample_rate_hz: float
    timing_s: Mapping[str, float] = field(default_factory=dict)
    """Where the time of the whole batch went: lower, upload, play, fetch, classify."""

    @property
    def shots(self) -> int:
        """How many shots there are."""
        return int(self.data.shape[0])

    @property
    def memory(self) -> Memory:
        """Slots by index: `result.memory[0]`."""
        return Memory(self.slots, self.data)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each bit string came, most frequent first; the rightmost bit is the lowest slot.

        Raises ConfigurationError below level 2, where there are no bits.
        """
        self._raise_if_unclassified("counts")
        order = np.argsort(self.slots)[::-1]
        rows, numbers = np.unique(self.data[:, order], axis=0, return_counts=True)
        return dict(
            Counter(
                {"".join(map(str, row)): int(count) for row, count in zip(rows, numbers, strict=True)}
            ).most_common()
        )

    def probability(self, slot: int) -> float:
        """The share of ones in a slot.

        Raises ConfigurationError below level 2, and for a slot that the program did not write.
        """
        self._raise_if_unclassified("probabilities")
        return float(self.memory[slot].mean())

    def to_xarray(self) -> xr.Dataset:
        """An xarray Dataset with dimensions shot, slot and, at level 0, sample; units in the attributes."""
        import xarray as xr

        dims = ("shot", "slot", "sample")[: self.data.ndim]
        coords: dict[str, Any] = {"slot": list(self.slots)}
        if self.data.ndim == 3:
            coords["time"] = ("sample", np.arange(self.data.shape[2]) / self.sample_rate_hz, {"units": "s"})
        return xr.Dataset(
            {
                "memory": (dims, self.data, {"units": "1" if self.level == 2 else "V"}),
                "overrange": (("shot",), self.overrange),
            },
            coords=coords,
            attrs={"program": self.name, "meas_level": self.level, "shots": self.shots},
        )

    def save(self, path: Path | str) -> Path:
        """Write the shots to `path`: .nc (netCDF, complex numbers as a dimension `part`) or .json.

        Raises ConfigurationError for another ending, and for a file that cannot be written.
        """
        return save_result(self, Path(path))

    def _raise_if_unclassified(self, what: str) -> None:
        if self.level != 2:
            raise ConfigurationError(
                f"{what} need classified shots",
                where=f"result of '{self.name}'",
                got=f"level {self.level} ({LEVELS[self.level]})",
                allowed="level 2",
                fix="Run with level=2",
            )
