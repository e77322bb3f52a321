"""Scripts: what one entry of a generator's play list does to the chip and to the digitizer's trigger.

Wires and mixers are applied here. A mixer multiplies I + iQ with its oscillator; it wants `mixer_lo_dbm` and
passes nothing when the oscillator is off or more than `STARVED_DB` below that, where a diode ring stops switching.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulators.chip import ChipConfig, Drive, DriveWindow, Feedline, FeedlineSignal
from simulators.lab.config import DriveWire, FeedlineWire, LabConfig
from simulators.lab.ensemble import port_offsets
from simulators.tektronix.playback import Playback, PlaybackStep

__all__ = ["STARVED_DB", "Script", "ScriptWriter", "Tones"]

logger = logging.getLogger(__name__)

STARVED_DB = 6.0
"""How far below its nominal level an oscillator may be before its mixers stop passing."""
GAP = 64
"""Silences shorter than this many samples do not end a drive window; stepping them is cheaper."""

Tones = Mapping[str, tuple[float, float] | None]
"""(frequency in Hz, power in dBm) of each oscillator by name, None while it is off."""


@dataclass(frozen=True, eq=False)
class Script:
    """One entry of the play list, understood."""

    step: PlaybackStep
    edges: tuple[int, ...]
    """Samples at which the trigger marker rises; 0 when it is high from the first sample on."""
    high_at_end: bool
    """The marker's level at the last sample."""
    drives: tuple[tuple[int, DriveWindow], ...]
    feedline: FeedlineSignal | None

    @cached_property
    def quiet(self) -> bool:
        """Nothing happens but time."""
        return not (self.edges or self.drives or self.feedline)

    @cached_property
    def events(self) -> tuple[tuple[int, DriveWindow | None, int], ...]:
        """Drive windows and measurements in order of time: (first sample, window or None, stop)."""
        measured = self.feedline.measured if self.feedline else ()
        events: list[tuple[int, DriveWindow | None, int]] = [
            *((first, window, first + window.samples) for first, window in self.drives),
            *((first, None, stop) for first, stop in measured),
        ]
        return tuple(sorted(events, key=lambda event: event[0]))


class ScriptWriter:
    """Turns play list entries into scripts, for one setting of the oscillators."""

    def __init__(self, lab: LabConfig, chip: ChipConfig, tones: Tones) -> None:
        self._lab = lab
        self._chip = chip
        self._feedline: Feedline = chip.build_feedline()
        self._offsets = port_offsets(lab.wires)
        self._tones = {name: self._passes(tone) for name, tone in tones.items()}
        self._signals: dict[tuple[int, int], FeedlineSignal | None] = {}
        self._dropped = 0

    @property
    def down_conversion_hz(self) -> float | None:
        """Oscillator of the return's mixer, None when it passes nothing."""
        return self._tones.get(self._lab.wires.returns.lo)

    def write(self, playback: Playback) -> tuple[Script, ...]:
        """One script for each entry of the play list."""
        sample_s = 1.0 / playback.sample_rate_hz
        self._signals.clear()
        self._dropped = 0
        scripts = tuple(self._script(step, sample_s) for step in playback.steps)
        if self._dropped:
            logger.warning("%d drive samples fall into a measurement and act on nothing", self._dropped)
        return scripts

    def _passes(self, tone: tuple[float, float] | None) -> float | None:
        if tone is None or tone[1] < self._lab.mixer_lo_dbm - STARVED_DB:
            return None
        return tone[0]

    def _script(self, step: PlaybackStep, sample_s: float) -> Script:
        trigger = self._lab.wires.trigger
        marker = step.markers[self._offsets[trigger.awg] + trigger.port - 1][trigger.marker - 1]
        signal = self._signal(step, sample_s)
        return Script(
            step=step,
            edges=tuple(np.flatnonzero(np.diff(marker.astype(np.int8), prepend=0) > 0).tolist()),
            high_at_end=bool(marker[-1]),
            drives=self._windows(step, sample_s, signal.measured if signal else ()),
            feedline=signal,
        )

    def _signal(self, step: PlaybackStep, sample_s: float) -> FeedlineSignal | None:
        wire = self._lab.wires.feedline
        i, q = self._volts(step, wire)
        # The playback keeps equal arrays as one object, and this writer keeps the playback's arrays alive.
        key = (id(i), id(q))
        if key not in self._signals:
            lo_hz = self._tones.get(wire.lo)
            silent = lo_hz is None or not (np.any(i) or np.any(q))
            self._signals[key] = (
                None if silent or lo_hz is None else FeedlineSignal(self._feedline, i + 1j * q, sample_s, lo_hz)
            )
        return self._signals[key]

    def _volts(
        self, step: PlaybackStep, wire: DriveWire | FeedlineWire
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What comes from the two ends of a wire."""
        ports = step.volts[self._offsets[wire.awg] :]
        return ports[wire.i - 1], ports[wire.q - 1]

    def _windows(
        self, step: PlaybackStep, sample_s: float, measured: tuple[tuple[int, int], ...]
    ) -> tuple[tuple[int, DriveWindow], ...]:
        """Drive windows of a step. While the chip is measured, drives act on nothing and are left out."""
        rates = self._rates(step)
        if not rates:
            return ()
        active = np.any([rate != 0.0 for rate in rates.values()], axis=0)
        for first, stop in measured:
            self._dropped += int(np.count_nonzero(active[first:stop]))
            active[first:stop] = False
        windows = []
        for first, stop in _stretches(active):
            drives = tuple(
                Drive(transmon, lo_hz, rate[first:stop])
                for (transmon, lo_hz), rate in rates.items()
                if np.any(rate[first:stop])
            )
            windows.append((first, DriveWindow(drives, sample_s)))
        return tuple(windows)

    def _rates(self, step: PlaybackStep) -> dict[tuple[int, float], NDArray[np.complex128]]:
        """Drive in rad/s by transmon and oscillator, for wires that carry anything."""
        order = list(self._chip.transmons)
        rates: dict[tuple[int, float], NDArray[np.complex128]] = {}
        for wire in self._lab.wires.drive:
            i, q = self._volts(step, wire)
            lo_hz = self._tones.get(wire.lo)
            if lo_hz is None or not (np.any(i) or np.any(q)):
                continue
            line = self._chip.drive_lines[wire.line]
            key = (order.index(line.transmon), lo_hz)
            rate = np.asarray(line.rabi_rad_per_s_per_v * (i + 1j * q), np.complex128)
            rates[key] = np.add(rates[key], rate) if key in rates else rate
        return rates


def _stretches(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[first, stop) of each stretch of activity; gaps shorter than `GAP` belong to it."""
    steps = np.diff(np.concatenate(([False], active, [False])).astype(np.int8))
    firsts, stops = np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)
    if firsts.size == 0:
        return []
    apart = firsts[1:] - stops[:-1] >= GAP
    return list(
        zip(
            firsts[np.concatenate(([True], apart))].tolist(),
            stops[np.concatenate((apart, [True]))].tolist(),
            strict=True,
        )
    )
