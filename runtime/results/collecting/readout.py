"""How one qubit's records are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.contract import AcquisitionWindow
from runtime.results.discriminators import Discriminator
from runtime.results.kernels import Boxcar, Kernel

__all__ = ["QubitReadout", "Reading"]


@dataclass(frozen=True, slots=True)
class QubitReadout:
    """How one qubit's records are read."""

    kernel: Kernel
    discriminator: Discriminator | None = None


_UNKNOWN = QubitReadout(Boxcar())


@dataclass(frozen=True, slots=True)
class Reading:
    """Which readout each window gets: its own, its qubit's, or a boxcar over all of it."""

    qubits: Mapping[int, QubitReadout]
    windows: Mapping[tuple[int, int], QubitReadout] = field(default_factory=dict)
    """By (program, slot): for an Acquire that names a kernel or discriminator of its own."""

    def of(self, window: AcquisitionWindow) -> QubitReadout:
        """The readout of one window."""
        own = self.windows.get((window.record, window.slot))
        return own if own is not None else self.qubits.get(window.qubit, _UNKNOWN)
