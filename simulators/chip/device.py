"""The chip's parts, built from its file: what stays the same from shot to shot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from simulators.chip.feedline import Feedline
from simulators.chip.flux import FluxLine, Squid
from simulators.chip.lines import DriveLine, Mixer
from simulators.chip.shelf import Shelf
from simulators.chip.transmons import Real, TransmonArray

__all__ = ["Device"]


@dataclass(frozen=True)
class Device:
    """All parts of a chip and its lines."""

    array: TransmonArray
    drive_lines: Mapping[str, DriveLine]
    feedlines: Mapping[str, tuple[Feedline, Mixer]]
    """Each with the mixer that makes its tones."""
    flux_lines: Mapping[str, FluxLine]
    squids: Mapping[int, Squid]
    """Of the tunable transmons, by index."""
    receiver_images: Mapping[str, complex]
    """Image of the down-converting mixer of each feedline."""
    wander_hz: tuple[float, ...]
    """Standard deviation of each transmon's quasi-static detuning."""
    clusters: Shelf = field(default_factory=lambda: Shelf(512), compare=False, repr=False)
    """Propagators, for all contents that need the same."""
    signals: Shelf = field(default_factory=lambda: Shelf(32), compare=False, repr=False)
    """Fields of the resonators: some MB for a multiplexed readout."""
    tables: Shelf = field(default_factory=lambda: Shelf(128), compare=False, repr=False)
    """Kernel tables: about as large."""
    variants: Shelf = field(default_factory=lambda: Shelf(16), compare=False, repr=False)
    """With levels shifted by oscillators that leak."""

    def feedline(self, name: str) -> Feedline:
        """A feedline by name.

        Raises:
            ValueError: if there is none of that name.
        """
        if name not in self.feedlines:
            raise ValueError(f"the chip has no feedline {name!r}; it has {', '.join(self.feedlines)}")
        return self.feedlines[name][0]

    def receiver_image(self, name: str) -> complex:
        """Image of a feedline's down-converting mixer."""
        return self.receiver_images.get(name, 0.0)

    def check(self, line: str) -> None:
        """Whether there is a line of that name.

        Raises:
            ValueError: if there is none.
        """
        known = [*self.drive_lines, *self.flux_lines, *self.feedlines]
        if line not in known:
            raise ValueError(f"the chip has no line {line!r}; it has {', '.join(known)}")

    def shelved(self, key: object, make: Callable[[], TransmonArray]) -> Device:
        """The same parts with other transmons; equal keys share their propagators."""
        return self.variants.get(key, lambda: replace(self, array=make(), clusters=Shelf(512)))

    @cached_property
    def jump_rates(self) -> Real:
        """Down and up rate of each transmon: float64 of shape (transmons, 2), 1/s."""
        return np.array([(t.down_rate, t.up_rate) for t in self.array.transmons], np.float64)

    @property
    def wander(self) -> Real:
        """Standard deviation of each transmon's quasi-static detuning: float64 (transmons,), rad/s."""
        return 2.0 * np.pi * np.array(self.wander_hz)
