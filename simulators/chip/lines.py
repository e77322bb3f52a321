"""What a drive line or feedline does to a signal between the generator's connectors and the chip."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulators.chip.content import Signal
from simulators.chip.transmons import Complex

__all__ = ["DriveLine", "Mixer"]


@dataclass(frozen=True, slots=True)
class Mixer:
    """An imperfect IQ mixer with its cables."""

    image: complex = 0.0
    """mu: x becomes x + mu x^*. A gain error g and a phase error p (rad) make about (g + i p) / 2."""
    leak_v: complex = 0.0
    """What the oscillator leaks through, in volts of x."""
    skew_s: float = 0.0
    """By which Q comes later than I."""

    @property
    def perfect(self) -> bool:
        """Whether samples come out as they went in."""
        return self.image == 0.0 and self.skew_s == 0.0 and self.leak_v == 0.0

    def convert(self, signal: Signal) -> Signal:
        """The signal that a perfect mixer would need to make the same of it.

        The image turns the other way round than the signal, so phases and carriers go into the samples; each
        distinct result is one waveform.
        """
        if self.perfect:
            return signal
        distinct: dict[bytes, int] = {}
        waveforms: list[Complex] = []
        indices = np.zeros_like(signal.indices)
        for k, (start, stop) in enumerate(zip(signal.starts.tolist(), signal.stops.tolist(), strict=True)):
            samples = self._distort(signal.dense(start, stop), signal.sample_s)
            indices[k] = distinct.setdefault(samples.tobytes(), len(waveforms))
            if indices[k] == len(waveforms):
                waveforms.append(samples)
        return replace(
            signal,
            waveforms=tuple(waveforms),
            indices=indices,
            phases_rad=np.zeros_like(signal.phases_rad),
            carrier_hz=0.0,
        )

    def _distort(self, samples: Complex, sample_s: float) -> Complex:
        """Held samples, Q shifted by a part of a sample: the mean over each sample is what the chip sees."""
        whole, part = divmod(self.skew_s / sample_s, 1.0)
        q = np.zeros_like(samples.imag)
        for shift, share in ((int(whole), 1.0 - part), (int(whole) + 1, part)):
            if share and abs(shift) < samples.size:
                moved = samples.imag[: samples.size - shift] if shift >= 0 else samples.imag[-shift:]
                q[max(0, shift) : max(0, shift) + moved.size] += share * moved
        late = samples.real + 1j * q
        return np.asarray(late + self.image * late.conj() + self.leak_v, np.complex128)


@dataclass(frozen=True, slots=True)
class DriveLine:
    """A drive line: which transmons it drives, and its mixer."""

    rates: tuple[tuple[int, complex], ...]
    """(transmon, rad/s for one volt of I + iQ): its own transmon, and others by classical crosstalk."""
    mixer: Mixer = Mixer()
