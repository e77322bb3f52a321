"""From play list and settings to the signals at the connectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulators.scpi import Settings
from simulators.tektronix.library import Library
from simulators.tektronix.play_list import Entry, PlayList
from simulators.tektronix.playback import Playback, PlaybackStep
from simulators.tektronix.profile import Profile
from simulators.tektronix.run_control import RunControl
from simulators.tektronix.waveform import MARKERS, marker_levels, no_markers, silence

__all__ = ["Outputs"]

Signal = tuple[NDArray[np.float64], NDArray[np.bool_]]


class Outputs:
    """The eight outputs with their markers."""

    def __init__(self, settings: Settings, library: Library, control: RunControl, profile: Profile) -> None:
        self._settings = settings
        self._library = library
        self._control = control
        self._channels = range(1, profile.channels + 1)
        self._made: Playback | None = None
        self._made_from: tuple[int, int, float] | None = None

    def playback(self) -> Playback | None:
        """What is played since it was started; the same object until something changes."""
        if self._control.play_list is None:
            return None
        state = (self._settings.version, self._library.version, self._control.player.started)
        if self._made is None or self._made_from != state:
            self._made, self._made_from = self._make(self._control.play_list), state
        return self._made

    def _make(self, played: PlayList) -> Playback:
        names = {(channel, name) for entry in played.entries for channel, name in entry.waveforms.items()}
        known = self._library.waveforms
        clipped = {
            channel
            for channel, name in names
            if name in known and known[name].samples.clipped and self._on(channel)
        }
        signals = {(channel, name): self._signal(channel, name) for channel, name in names if name in known}
        return Playback(
            sample_rate_hz=self._settings.number("sample rate"),
            steps=tuple(self._step(entry, signals) for entry in played.entries),
            started=self._control.player.started,
            clipped_ports=tuple(sorted(clipped)),
            stages=played.stages,
            begin=self._control.player.begin,
        )

    def _on(self, channel: int) -> bool:
        return self._settings.on("output", channel) and not self._settings.on("all outputs off")

    def _signal(self, channel: int, name: str) -> Signal:
        """What one waveform becomes at one output: volts and marker levels."""
        waveform = self._library.waveform(name)
        if not self._on(channel):
            return silence(waveform.length), no_markers(waveform.length)
        value = self._settings.number
        bits = int(value("resolution", channel))
        return (
            waveform.samples.volts(bits, value("amplitude", channel), value("offset", channel)),
            marker_levels(waveform, bits),
        )

    def _step(self, entry: Entry, signals: dict[tuple[int, str], Signal]) -> PlaybackStep:
        """One entry with the signals of all outputs; an output without a waveform is silent."""
        length = self._control.length(entry)
        quiet = (silence(length), no_markers(length))
        chosen = [
            _lengthened(signals.get((channel, entry.waveforms.get(channel, "")), quiet), length)
            for channel in self._channels
        ]
        volts, markers = zip(*chosen, strict=True)
        return PlaybackStep(
            repeat=entry.repeat,
            length=length,
            goto=entry.goto,
            wait=entry.wait,
            volts=volts,
            markers=markers,
        )


def _lengthened(signal: Signal, length: int) -> Signal:
    """A signal with silence after it; needed only when a waveform was replaced by a shorter one."""
    volts, markers = signal
    missing = length - volts.size
    if missing == 0:
        return signal
    return np.append(volts, np.zeros(missing)), np.append(markers, np.zeros((MARKERS, missing), np.bool_), axis=1)
