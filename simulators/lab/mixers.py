"""What mixers need: an oscillator at about the level that they are made for."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["STARVED_DB", "Tones", "reaching"]

STARVED_DB = 6.0
"""How far below its nominal level an oscillator may be before its mixers stop passing."""

Tones = Mapping[str, tuple[float, float] | None]
"""(frequency in Hz, power in dBm) of each oscillator by name, None while it is off."""


def reaching(tones: Tones, mixer_lo_dbm: float) -> dict[str, float | None]:
    """Frequencies that mixers work with, Hz: None for an oscillator that is off, or too weak for a diode ring."""
    return {
        name: tone[0] if tone is not None and tone[1] >= mixer_lo_dbm - STARVED_DB else None
        for name, tone in tones.items()
    }
