"""The power spectral density of what a qubit's readout line carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Spectrum"]


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Power spectral densities of one program's windows, averaged over its shots."""

    name: str
    slots: tuple[int, ...]
    frequencies_hz: NDArray[np.float64]
    """Float64 of shape (bins,), ascending: at the digitizer, negative ones too where it records I and Q."""
    density: NDArray[np.float64]
    """Float64 of shape (slots, bins), V^2/Hz: its integral is the mean square of the voltage."""
    segments: NDArray[np.int64]
    """Int64 of shape (slots,): how many periodograms were averaged."""
    resolution_hz: float
    """The equivalent noise bandwidth of a bin."""
    shots: int

    def peak(self, slot: int) -> tuple[float, float]:
        """The frequency (Hz) and density (V^2/Hz) of the highest bin in a slot."""
        row = self.density[self.slots.index(slot)]
        highest = int(np.argmax(row))
        return float(self.frequencies_hz[highest]), float(row[highest])

    def to_xarray(self) -> xr.Dataset:
        """A Dataset with dimensions slot and frequency, units in the attributes."""
        import xarray as xr

        return xr.Dataset(
            {
                "density": (("slot", "frequency"), self.density, {"units": "V^2/Hz"}),
                "segments": (("slot",), self.segments),
            },
            {"slot": list(self.slots), "frequency": ("frequency", self.frequencies_hz, {"units": "Hz"})},
            {"program": self.name, "shots": self.shots, "resolution_hz": self.resolution_hz},
        )
