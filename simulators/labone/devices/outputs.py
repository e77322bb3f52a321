"""From the waveform player to the connector: gains, digital modulation, range.

SHF signal generators, with modulation on (theta is the selected oscillator's phase plus the sine generator's):

    I = g00 A1 cos(theta) + g01 B1 sin(theta)      A1, B1: what the two waveforms bring to output 1 (I)
    Q = g10 A2 sin(theta) + g11 B2 cos(theta)      A2, B2: to output 2 (Q)

with g the gain nodes, or what table entries set in their place. So playWave(1, 2, a, 1, 2, b), both to both,
with the gains (1, -1, 1, 1) that the vendor's helper sets, gives (a + ib) exp(i theta) around the center
frequency.

HDAWG, S1 and S2 the sine generators, sin(theta + phase): modulation modes as the instrument's own node
documentation states them. In mode 6 ("mixer"), for each output with its own two gains,

    out = A (S1 gain1 - S2 gain2) + B (S1 gain2 + S2 gain1)

In the other modes the gains have no part: out = (A + B) S, S the sine generator of the mode, or 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.commandtable import PHASE_TURN
from simulators.labone.devices.events import PlayerState
from simulators.labone.devices.oscillators import TURN, OscillatorBank
from simulators.labone.devices.window import Window

__all__ = ["HdawgOutput", "OutputStage", "SgOutput", "SineMixer", "dbm_to_volts"]

_MIXER_MODE = 6
_SINE_OF_MODE = {1: (0, 0), 2: (1, 1), 3: (0, 1), 4: (1, 0)}


def dbm_to_volts(power_dbm: float) -> float:
    """Peak volts into 50 ohm of a tone of that power: sqrt(2 * 50 ohm * P)."""
    return float(np.sqrt(2 * 50.0 * 1e-3 * 10 ** (power_dbm / 10)))


class OutputStage(Protocol):
    """What makes connector signals from the player's outputs."""

    def followed(self, state: PlayerState) -> frozenset[int]:
        """The oscillators on whose phases a playback in that state depends."""
        ...

    def continuous(self) -> bool:
        """Whether they are heard also while nothing is played."""
        ...

    def delays(self) -> tuple[int, ...]:
        """Samples from the player to the connector: one for a complex signal, or one for each of two outputs."""
        ...

    def emit(self, window: Window, bank: OscillatorBank) -> npt.NDArray[np.complex128] | npt.NDArray[np.float64]:
        """Volts: complex128 (length,) around a center frequency, or float64 (2, length)."""
        ...


def _angles(
    bank: OscillatorBank, oscillator: int, place: tuple[int, int], harmonic: int, steps: int
) -> npt.NDArray[np.float64]:
    phase = (bank.phases(oscillator, *place) * np.uint64(harmonic)) % np.uint64(TURN)
    return 2 * np.pi * (phase.astype(np.float64) / TURN + steps / PHASE_TURN)


@dataclass(frozen=True, slots=True)
class SineMixer:
    """A sine that an SHF output adds to the player's signal: amplitudes of sin and cos in I and Q."""

    i_sin: float = 0.0
    i_cos: float = 0.0
    q_sin: float = 0.0
    q_cos: float = 0.0


@dataclass(frozen=True, slots=True)
class SgOutput:
    """A signal generator channel of an SHF instrument.

    Attributes:
        on: The output's switch.
        volts: At full scale, peak.
        modulated: The node awg/modulation/enable.
        gain: The node awg/outputamplitude.
        harmonic: Of the sine generator.
        sines: Added continuously; None when both are disabled.
        delay: Of the output, samples.
    """

    on: bool = True
    volts: float = 1.0
    modulated: bool = True
    gain: float = 1.0
    harmonic: int = 1
    sines: SineMixer | None = None
    delay: int = 0

    def followed(self, state: PlayerState) -> frozenset[int]:
        """The selected oscillator."""
        return frozenset({state.oscillator}) if self.on and (self.modulated or self.sines) else frozenset()

    def continuous(self) -> bool:
        """Whether sines are added."""
        return self.sines is not None

    def delays(self) -> tuple[int, ...]:
        """The output's delay."""
        return (self.delay,)

    def emit(self, window: Window, bank: OscillatorBank) -> npt.NDArray[np.complex128]:
        """Complex volts around the center frequency; I and Q stay within full scale."""
        signal = np.zeros(window.length, dtype=np.complex128)
        if not self.on:
            return signal
        for span in window.spans:
            place = slice(span.start - window.start, span.stop - window.start)
            if span.active:
                signal[place] = self._player(window.samples[:, :, place], span.state, bank, span.start)
            if self.sines is not None:
                signal[place] += self._sines(self.sines, span.state, bank, span.start, span.stop - span.start)
        clipped = np.clip(signal.real, -1, 1) + 1j * np.clip(signal.imag, -1, 1)
        return np.asarray(self.volts * clipped, dtype=np.complex128)

    def _player(
        self, samples: npt.NDArray[np.float64], state: PlayerState, bank: OscillatorBank, start: int
    ) -> npt.NDArray[np.complex128]:
        (first_i, second_i), (first_q, second_q) = samples
        g00, g01, g10, g11 = (self.gain * amplitude for amplitude in state.amplitudes)
        if not self.modulated:
            plain = g00 * first_i + g01 * second_i + 1j * (g10 * first_q + g11 * second_q)
            return np.asarray(plain, dtype=np.complex128)
        theta = _angles(bank, state.oscillator, (start, first_i.size), self.harmonic, state.phases[0])
        cos, sin = np.cos(theta), np.sin(theta)
        in_phase = g00 * first_i * cos + g01 * second_i * sin
        quadrature = g10 * first_q * sin + g11 * second_q * cos
        return np.asarray(in_phase + 1j * quadrature, dtype=np.complex128)

    def _sines(
        self, sines: SineMixer, state: PlayerState, bank: OscillatorBank, start: int, length: int
    ) -> npt.NDArray[np.complex128]:
        theta = _angles(bank, state.oscillator, (start, length), self.harmonic, state.phases[0])
        cos, sin = np.cos(theta), np.sin(theta)
        return (sines.i_sin * sin + sines.i_cos * cos) + 1j * (sines.q_sin * sin + sines.q_cos * cos)


@dataclass(frozen=True, slots=True)
class HdawgOutput:
    """The two wave outputs of an HDAWG core.

    Attributes:
        on: Switches of the two outputs.
        volts: Peak at full scale: half the range, which is peak to peak.
        offsets: Volts added.
        modes: Modulation mode of each output.
        gains: The two gains of each output, for the mixer mode.
        amplitudes: awgs/n/outputs/k/amplitude.
        oscillators: Which oscillator each sine generator follows, in the core's bank.
        harmonics: Of the sine generators.
        sines: sines[n][w]: amplitude that generator n adds to output w, volts; 0 when disabled.
        delay: Of each output, samples.
    """

    on: tuple[bool, bool] = (True, True)
    volts: tuple[float, float] = (1.0, 1.0)
    offsets: tuple[float, float] = (0.0, 0.0)
    modes: tuple[int, int] = (0, 0)
    gains: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))
    amplitudes: tuple[float, float] = (1.0, 1.0)
    oscillators: tuple[int, int] = (0, 0)
    harmonics: tuple[int, int] = (1, 1)
    sines: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))
    delay: tuple[int, int] = (0, 0)

    def followed(self, state: PlayerState) -> frozenset[int]:  # noqa: ARG002 - the protocol's signature
        """Those of the two sine generators."""
        return frozenset(self.oscillators) if any(self.modes) or self.continuous() else frozenset()

    def continuous(self) -> bool:
        """Whether sines are added."""
        return any(any(row) for row in self.sines)

    def delays(self) -> tuple[int, ...]:
        """Each output's own."""
        return self.delay

    def emit(self, window: Window, bank: OscillatorBank) -> npt.NDArray[np.float64]:
        """Volts at the two outputs, shape (2, length)."""
        signal = np.zeros((2, window.length))
        for span in window.spans:
            place = slice(span.start - window.start, span.stop - window.start)
            if not span.active and not any(any(row) for row in self.sines):
                continue
            sines = np.zeros((2, span.stop - span.start))
            if self.followed(span.state):
                for number in (0, 1):
                    sines[number] = np.sin(
                        _angles(
                            bank,
                            self.oscillators[number],
                            (span.start, span.stop - span.start),
                            self.harmonics[number],
                            span.state.phases[number],
                        )
                    )
            signal[:, place] = self._mix(window.samples[:, :, place], span.state, sines)
            for wave in (0, 1):
                signal[wave, place] += (
                    self.sines[0][wave] * sines[0] + self.sines[1][wave] * sines[1]
                ) / self.volts[wave]
        signal = np.clip(signal, -1, 1) * np.array(self.volts)[:, None] + np.array(self.offsets)[:, None]
        return np.asarray(signal * np.array(self.on)[:, None])

    def _mix(
        self, samples: npt.NDArray[np.float64], state: PlayerState, sines: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        mixed = np.zeros_like(sines)
        for wave, mode in enumerate(self.modes):
            first, second = samples[wave] * self.amplitudes[wave] * state.amplitudes[wave]
            if mode == _MIXER_MODE:
                gain1, gain2 = self.gains[wave]
                mixed[wave] = first * (sines[0] * gain1 - sines[1] * gain2)
                mixed[wave] += second * (sines[0] * gain2 + sines[1] * gain1)
            else:
                carrier = sines[_SINE_OF_MODE[mode][wave]] if mode in _SINE_OF_MODE else 1.0
                mixed[wave] = (first + second) * carrier
        return mixed
