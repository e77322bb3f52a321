"""Command tables: what one instruction plays, with which amplitude and phase, on which oscillator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

import numpy as np

from drivers.zurich.seqc.waves import Entries

__all__ = ["hdawg_table", "sg_table"]

Entry = dict[str, object]

COSINE_DEG = 90.0
"""Phase at which a sine generator starts as a cosine."""
MINUS_SINE_DEG = 180.0


def sg_table(entries: Entries, turned_rad: float = 0.0, oscillator: int = 0) -> str:
    """The table of an SHFSG channel, JSON of schema version 1.1.

    The four gains of the digital mixer are those of a complex product: I gets the real part
    (a cos, -a sin), Q the imaginary part (a sin, a cos). `turned_rad` is the oscillator's phase at the program's
    begin, which the entries take back.
    """
    rows: list[Entry] = []
    for wave, amplitude, phase in _values(entries, turned_rad):
        rows.append(
            {
                "index": len(rows),
                "waveform": {"index": wave},
                "amplitude00": {"value": amplitude},
                "amplitude01": {"value": -amplitude},
                "amplitude10": {"value": amplitude},
                "amplitude11": {"value": amplitude},
                "phase": {"value": phase},
                "oscillatorSelect": {"value": oscillator},
            }
        )
    return _document("1.1", rows)


def hdawg_table(entries: Entries, turned_rad: float = 0.0, *, backwards: bool = False) -> str:
    """The table of an HDAWG core, JSON of schema version 0.2.

    In the mixer mode an output emits wave1 (sine1 gain1 - sine2 gain2) + wave2 (sine1 gain2 + sine2 gain1); its
    gains are (1, 0) or (0, 1). With a cosine on the first sine generator and minus a sine on the second, that is
    the product of the complex wave with exp(+i phase). Oscillators run forwards only: for a negative frequency
    (`backwards`) the sine is not negated, and phases are.
    """
    rows: list[Entry] = []
    sign, sine = (-1.0, 0.0) if backwards else (1.0, MINUS_SINE_DEG)
    for wave, amplitude, phase in _values(entries, turned_rad):
        rows.append(
            {
                "index": len(rows),
                "waveform": {"index": wave},
                "amplitude0": {"value": amplitude},
                "amplitude1": {"value": amplitude},
                "phase0": {"value": _wrapped(sign * phase + COSINE_DEG)},
                "phase1": {"value": _wrapped(sign * phase + sine)},
            }
        )
    return _document("0.2", rows)


def _values(entries: Entries, turned_rad: float) -> zip[tuple[int, float, float]]:
    degrees = np.round(180.0 - (180.0 - np.degrees(entries.phase_rad - turned_rad)) % 360.0, 9)
    return zip(entries.wave.tolist(), entries.amplitude.tolist(), degrees.tolist(), strict=True)


def _wrapped(degrees: float) -> float:
    """The same angle in (-180, 180]."""
    return round(180.0 - (180.0 - degrees) % 360.0, 9)


def _document(version: Literal["1.1", "0.2"], rows: list[Entry]) -> str:
    table: Mapping[str, object] = {"header": {"version": version}, "table": rows}
    return json.dumps(table, separators=(",", ":"))
