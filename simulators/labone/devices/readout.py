"""Readout with an SHF quantum analyzer: what it sends out, when it listens, and the sums it takes.

In readout mode a startQA plays the waveform slots of its mask, summed, `generator/delay` after it, and
integrates from `integration/delay` after it: result k is the plain sum of x(n) w_k(n) over the window, not
normalised. In spectroscopy mode the output is the oscillator, times the envelope where one is enabled, and the
result is the mean of x(n) exp(-i theta(n)), normalised by the length (vendor's manual, table of differences of
the two modes), in rms volts. A readout that comes while the one before is still being integrated is not taken: a
hold-off error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.events import Event, PlayerState, Readout, TriggerOut
from simulators.labone.devices.oscillators import TURN, OscillatorBank
from simulators.labone.devices.window import Window

__all__ = ["PROBE", "READOUT", "QaOutput", "ReadoutPoint", "readout_points", "rising_triggers"]

PROBE, READOUT = 0, 1
"""Modes of a channel: spectroscopy with the oscillator, readout with waveforms."""


@dataclass(frozen=True, slots=True)
class ReadoutPoint:
    """An instant of a shot at which something is measured: the readout that did it, None for a trigger edge."""

    time: int
    readout: Readout | None


def rising_triggers(events: tuple[Event, ...], bit: int = 0) -> Iterator[int]:
    """Instants at which a trigger bit of the sequencer goes up."""
    before = 0
    for event in events:
        if isinstance(event, TriggerOut):
            if event.bits & ~before & 1 << bit:
                yield event.time
            before = event.bits


def readout_points(events: tuple[Event, ...], mode: int, *, monitor: bool = False) -> list[ReadoutPoint]:
    """When a shot integrates, or, with `monitor`, triggers the scope."""
    points = [
        ReadoutPoint(event.time, event)
        for event in events
        if isinstance(event, Readout) and (event.monitor if monitor else event.integrate)
    ]
    if mode == PROBE and not monitor:
        points.extend(ReadoutPoint(time, None) for time in rising_triggers(events))
        points.sort(key=lambda point: point.time)
    return points


@dataclass(frozen=True, slots=True)
class QaOutput:
    """The output of a quantum analyzer channel.

    Attributes:
        on: The output's switch.
        volts: Peak at full scale.
        mode: `READOUT` or `PROBE`.
        slots: Waveforms by slot: complex128, units of full scale.
        delay: From startQA to the waveform, samples.
        gain: Of the oscillator, spectroscopy.
        envelope: complex128 of the spectroscopy pulse; None for a continuous tone.
        envelope_delay: From the trigger to the envelope, samples.
    """

    on: bool = True
    volts: float = 1.0
    mode: int = READOUT
    slots: dict[int, npt.NDArray[np.complex128]] = field(default_factory=dict)
    delay: int = 0
    gain: float = 1.0
    envelope: npt.NDArray[np.complex128] | None = None
    envelope_delay: int = 0

    def followed(self, state: PlayerState) -> frozenset[int]:  # noqa: ARG002 - the protocol's signature
        """The channel's oscillator, in spectroscopy."""
        return frozenset({0}) if self.on and self.mode == PROBE else frozenset()

    def continuous(self) -> bool:
        """Spectroscopy sends its tone whenever it is wanted, without a playback."""
        return self.mode == PROBE

    def delays(self) -> tuple[int, ...]:
        """None: what delays a readout counts from its start."""
        return (0,)

    def emit(self, window: Window, bank: OscillatorBank) -> npt.NDArray[np.complex128]:
        """Complex volts around the center frequency; I and Q stay within full scale."""
        signal = np.zeros(window.length, dtype=np.complex128)
        if not self.on:
            return signal
        if self.mode == READOUT:
            for event in window.events:
                if isinstance(event, Readout):
                    for slot, wave in self.slots.items():
                        if event.generators >> slot & 1:
                            _add(signal, wave, event.time + self.delay - window.start)
        else:
            signal += self._probe(window) * np.exp(1j * tone_angles(bank, window.start, window.length))
        clipped = np.clip(signal.real, -1, 1) + 1j * np.clip(signal.imag, -1, 1)
        return np.asarray(self.volts * clipped, dtype=np.complex128)

    def _probe(self, window: Window) -> npt.NDArray[np.complex128]:
        if self.envelope is None:
            return np.full(window.length, self.gain, dtype=np.complex128)
        shape = np.zeros(window.length, dtype=np.complex128)
        for point in readout_points(window.events, PROBE):
            _add(shape, self.gain * self.envelope, point.time + self.envelope_delay - window.start)
        return shape

    def __repr__(self) -> str:
        """All that the signal depends on, in short: content keys are made from it."""
        shapes = {
            slot: hashlib.blake2b(wave.tobytes(), digest_size=8).hexdigest()
            for slot, wave in sorted(self.slots.items())
        }
        envelope = None if self.envelope is None else hashlib.blake2b(self.envelope.tobytes()).hexdigest()
        return (
            f"QaOutput({self.on}, {self.volts}, {self.mode}, {shapes}, {self.delay}, {self.gain}, {envelope}, "
            f"{self.envelope_delay})"
        )


def tone_angles(bank: OscillatorBank, start: int, length: int) -> npt.NDArray[np.float64]:
    """The oscillator's phase in radians."""
    phases = bank.phases(0, start, length) % np.uint64(TURN)
    return np.asarray(2 * np.pi * (phases.astype(np.float64) / TURN))


def _add(signal: npt.NDArray[np.complex128], wave: npt.NDArray[np.complex128], place: int) -> None:
    lo, hi = max(place, 0), min(place + wave.size, signal.size)
    if lo < hi:
        signal[lo:hi] += wave[lo - place : hi - place]
