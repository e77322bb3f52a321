"""Scripts: what one entry of a generator's play list sends to the chip's lines and to the digitizer's trigger.

Wires and mixers are applied here. A mixer multiplies I + iQ with its oscillator; it wants `mixer_lo_dbm` and
passes nothing when the oscillator is off or too weak (`simulators.lab.mixers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulators.lab.config import DriveWire, FeedlineWire, FluxWire, LabConfig, passed
from simulators.lab.ensemble import port_offsets
from simulators.lab.lines import FEEDLINE, Part
from simulators.lab.mixers import Tones, reaching
from simulators.lab.stretches import stretches
from simulators.tektronix.playback import Playback, PlaybackStep

__all__ = ["Script", "ScriptWriter"]

_Stretches = tuple[tuple[int, NDArray[np.complex128]], ...]
"""(first sample, volts of I + iQ) of each stretch that is not silent."""


@dataclass(frozen=True, eq=False)
class Script:
    """One entry of the play list, understood."""

    step: PlaybackStep
    edges: tuple[int, ...]
    """Samples at which the trigger marker rises; 0 when it is high from the first sample on."""
    high_at_end: bool
    """The marker's level at the last sample."""
    parts: tuple[Part, ...]
    """What goes into the lines; equal samples are the same object."""

    @cached_property
    def quiet(self) -> bool:
        """Nothing happens but time."""
        return not (self.edges or self.parts)


class ScriptWriter:
    """Turns play list entries into scripts, for one setting of the oscillators."""

    def __init__(self, lab: LabConfig, tones: Tones) -> None:
        self._lab = lab
        self._offsets = port_offsets(lab.wires)
        self._tones = reaching(tones, lab.mixer_lo_dbm)
        self._known: dict[tuple[int, int, float], _Stretches] = {}

    @property
    def down_conversion_hz(self) -> float | None:
        """Oscillator of the return's mixer, None when it passes nothing."""
        returns = self._lab.wires.returns
        return self._tones.get(getattr(returns, "lo", ""))

    def write(self, playback: Playback) -> tuple[Script, ...]:
        """One script for each entry of the play list."""
        # The playback keeps equal arrays as one object; it must live as long as what is known by their identity.
        self._known.clear()
        return tuple(self._script(step) for step in playback.steps)

    def _script(self, step: PlaybackStep) -> Script:
        trigger = self._lab.wires.trigger
        edges: tuple[int, ...] = ()
        high = False
        if trigger is not None:
            marker = step.markers[self._offsets[trigger.awg] + trigger.port - 1][trigger.marker - 1]
            edges = tuple(np.flatnonzero(np.diff(marker.astype(np.int8), prepend=0) > 0).tolist())
            high = bool(marker[-1:].any())
        parts = [part for wire, line in self._wires() for part in self._parts(step, wire, line)]
        parts += [part for wire in self._lab.wires.flux for part in self._flux(step, wire)]
        return Script(step, edges, high, tuple(parts))

    def _wires(self) -> tuple[tuple[DriveWire | FeedlineWire, str], ...]:
        wires = self._lab.wires
        found: list[tuple[DriveWire | FeedlineWire, str]] = [
            (wire, wire.line) for wire in wires.drive if isinstance(wire, DriveWire)
        ]
        if isinstance(wires.feedline, FeedlineWire):
            found.append((wires.feedline, FEEDLINE))
        return tuple(found)

    def _parts(self, step: PlaybackStep, wire: DriveWire | FeedlineWire, line: str) -> list[Part]:
        lo_hz = self._tones.get(wire.lo)
        if lo_hz is None:
            return []
        ports = step.volts[self._offsets[wire.awg] :]
        found = self._stretches(ports[wire.i - 1], ports[wire.q - 1], passed(wire.attenuation_db))
        return [Part(line, lo_hz, first, samples) for first, samples in found]

    def _flux(self, step: PlaybackStep, wire: FluxWire) -> list[Part]:
        volts = step.volts[self._offsets[wire.awg] + wire.port - 1]
        found = self._stretches(volts, None, passed(wire.attenuation_db))
        return [Part(wire.line, 0.0, first, samples) for first, samples in found]

    def _stretches(self, i: NDArray[np.float64], q: NDArray[np.float64] | None, factor: float) -> _Stretches:
        key = (id(i), id(q), factor)
        if key not in self._known:
            active = (i != 0.0) if q is None else (i != 0.0) | (q != 0.0)
            volts = i if q is None else i + 1j * q
            self._known[key] = tuple(
                (first, np.asarray(factor * volts[first:stop], np.complex128)) for first, stop in stretches(active)
            )
        return self._known[key]
