"""Waveforms as the generator holds them: from file samples to converter codes, volts and marker levels.

Equal content is one object everywhere, so that it is computed once, here and by whoever reads the signals.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "DAC_BITS",
    "MARKERS",
    "Markers",
    "Samples",
    "Waveform",
    "WaveformPool",
    "marker_levels",
    "no_markers",
    "silence",
]

DAC_BITS = 16
MARKERS = 4

ScalarT = TypeVar("ScalarT", bound=np.generic)


class Samples:
    """The analog content of a waveform.

    Attributes:
        values: float32 of shape (n,), -1 to 1 from the lower to the upper end of the output range.
        clipped: a value lies outside [-1, 1] and is cut off there.
    """

    __slots__ = ("__weakref__", "_volts", "clipped", "values")

    def __init__(self, values: NDArray[np.float32]) -> None:
        self.values = _read_only(values)
        self.clipped = bool(values.size) and bool(np.max(np.abs(values)) > 1.0)
        self._volts: WeakValueDictionary[tuple[int, float, float], NDArray[np.float64]] = WeakValueDictionary()

    def codes(self, bits: int) -> NDArray[np.int32]:
        """What the converter gets at a resolution of `bits`: int32 of shape (n,), ± (2**(bits - 1) - 1) for ± 1.

        Codes are symmetric, so that 0 is exactly 0 V and a full-scale sample meets the end of the range.
        """
        scaled = np.clip(self.values, -1.0, 1.0).astype(np.float64) * (2 ** (bits - 1) - 1)
        return np.asarray(np.rint(scaled), np.int32)

    def volts(self, bits: int, amplitude_vpp: float, offset_v: float) -> NDArray[np.float64]:
        """The converter's output: float64 of shape (n,); the same object for equal arguments while used."""
        key = (bits, amplitude_vpp, offset_v)
        found = self._volts.get(key)
        if found is None:
            codes = self.codes(bits)
            lsb = amplitude_vpp / 2.0 / (2 ** (bits - 1) - 1)
            quiet = offset_v == 0.0 and not codes.any()
            found = self._volts[key] = silence(codes.size) if quiet else _read_only(codes * lsb + offset_v)
        return found


class Markers:
    """The marker content of a waveform.

    Attributes:
        values: uint8 of shape (n,), bit m - 1 is marker m.
    """

    __slots__ = ("__weakref__", "_levels", "values")

    def __init__(self, values: NDArray[np.uint8]) -> None:
        self.values = _read_only(values)
        self._levels: WeakValueDictionary[int, NDArray[np.bool_]] = WeakValueDictionary()

    def levels(self, count: int) -> NDArray[np.bool_]:
        """The first `count` markers, the others low: bool of shape (4, n); the same object while it is used."""
        found = self._levels.get(count)
        if found is None:
            lines = np.arange(MARKERS, dtype=np.uint8)[:, np.newaxis]
            levels = ((self.values >> lines) & 1).astype(np.bool_)
            levels[count:] = False
            found = self._levels[count] = _read_only(levels) if levels.any() else no_markers(self.values.size)
        return found


@dataclass(frozen=True, slots=True)
class Waveform:
    """A waveform without its name: several names may stand for one content."""

    samples: Samples
    markers: Markers | None

    @property
    def length(self) -> int:
        """How many samples it has."""
        return int(self.samples.values.size)


def marker_levels(waveform: Waveform, bits: int) -> NDArray[np.bool_]:
    """Marker outputs at a resolution of `bits`, bool of shape (4, n): a bit above 12 costs a marker, 4 first."""
    if waveform.markers is None:
        return no_markers(waveform.length)
    return waveform.markers.levels(DAC_BITS - bits)


class WaveformPool:
    """Makes waveforms, with the same object for the same samples, and for the same markers."""

    def __init__(self) -> None:
        self._samples: WeakValueDictionary[bytes, Samples] = WeakValueDictionary()
        self._markers: WeakValueDictionary[bytes, Markers] = WeakValueDictionary()

    def make(self, samples: NDArray[np.float32], markers: NDArray[np.uint8] | None) -> Waveform:
        """The waveform with this content."""
        key = _digest(samples)
        analog = self._samples.get(key)
        if analog is None:
            analog = self._samples[key] = Samples(samples)
        return Waveform(analog, None if markers is None else self._make_markers(markers))

    def _make_markers(self, values: NDArray[np.uint8]) -> Markers:
        key = _digest(values)
        found = self._markers.get(key)
        if found is None:
            found = self._markers[key] = Markers(values)
        return found


_silences: WeakValueDictionary[int, NDArray[np.float64]] = WeakValueDictionary()
_unmarked: WeakValueDictionary[int, NDArray[np.bool_]] = WeakValueDictionary()


def silence(length: int) -> NDArray[np.float64]:
    """Zeros, float64 of shape (length,); the same object for the same length while it is used."""
    found = _silences.get(length)
    if found is None:
        found = _silences[length] = _read_only(np.zeros(length))
    return found


def no_markers(length: int) -> NDArray[np.bool_]:
    """All markers low, bool of shape (4, length); the same object for the same length while it is used."""
    found = _unmarked.get(length)
    if found is None:
        found = _unmarked[length] = _read_only(np.zeros((MARKERS, length), np.bool_))
    return found


def _digest(array: NDArray[np.generic]) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(array).data).digest()


def _read_only(array: NDArray[ScalarT]) -> NDArray[ScalarT]:
    array.flags.writeable = False
    return array
