"""The Rohde & Schwarz SGS100A, a microwave source without a front panel."""

from __future__ import annotations

import time
from collections.abc import Callable

from simulators.rohde_schwarz.settings import SETTINGS
from simulators.scpi import Identity, ScpiInstrument, Settings

__all__ = ["SGS100A"]


class SGS100A(ScpiInstrument):
    """An SGS100A.

    Args:
        serial: serial number, the third field of `*IDN?`.
        clock: the time overlapped operations go by, seconds.
    """

    def __init__(self, serial: str = "101001", *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(Identity("Rohde&Schwarz", "SGS100A", serial, "3.1.19.15-3.20.390.24"), clock=clock)
        self.settings = Settings(SETTINGS, self.tree)

    def tone(self) -> tuple[float, float] | None:
        """What comes out: (frequency in Hz, level in dBm), or None while the output is off."""
        if not self.settings.on("output"):
            return None
        return self.settings.number("frequency"), self.settings.number("power")

    def reset(self) -> None:
        """Every setting to its default, output off."""
        super().reset()
        self.settings.reset()
