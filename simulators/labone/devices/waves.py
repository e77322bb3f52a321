"""Waveform memory: what the compiler stored, what a client uploaded, as numbers between -1 and 1 and marker bits.

Stored words are int16. A compiled waveform with one marker bit keeps 15 bits of signal and the marker in bit 0.
With two, and always on a UHFQA, it keeps 14 bits, shifted by two, and the markers in bits 0 and 1 (found by
decoding compiled Gaussians against their formula). A waveform written to `waveform/waves/N` has one int16 column a
channel, all bits signal, and one more column where it carries markers: bits 0 and 1 are the first channel's,
bits 2 and 3 the second's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.errors import SequencerError

__all__ = ["FULL_SCALE", "StoredWave", "decode_compiled", "decode_uploaded", "encode_uploaded"]

FULL_SCALE = 32767
"""The int16 word of a sample of 1.0."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredWave:
    """One waveform.

    Attributes:
        samples: float64, shape (channels, length), units of full scale.
        markers: uint8, shape (channels, length), bits 0 and 1.
        digest: Of the content; equal waveforms have equal digests.
    """

    samples: npt.NDArray[np.float64]
    markers: npt.NDArray[np.uint8]
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.samples.setflags(write=False)
        self.markers.setflags(write=False)
        content = hashlib.blake2b(self.samples.tobytes(), digest_size=16)
        content.update(self.markers.tobytes())
        object.__setattr__(self, "digest", content.digest())

    @property
    def length(self) -> int:
        """Samples a channel."""
        return int(self.samples.shape[1])

    @property
    def channels(self) -> int:
        """How many waveforms are interleaved: one or two."""
        return int(self.samples.shape[0])


def decode_compiled(
    words: npt.NDArray[np.int16], channels: int, marker_bits: tuple[int, ...], low_bits: int = 0
) -> StoredWave:
    """The waveform of a `.wf_` section.

    Args:
        words: int16, samples interleaved by channel.
        channels: One or two.
        marker_bits: For each channel how many of the low bits are markers.
        low_bits: How many are kept for markers at least.
    """
    columns = words.reshape(-1, channels).T
    samples = np.empty(columns.shape, dtype=np.float64)
    markers = np.zeros(columns.shape, dtype=np.uint8)
    # The stored depth is that of the deepest marker of the waveform: 14 bits as soon as one channel has two.
    shift = max(low_bits, *marker_bits, 0)
    for channel, column in enumerate(columns):
        samples[channel] = (column >> shift) / ((1 << (15 - shift)) - 1)
        markers[channel] = column & ((1 << shift) - 1)
    return StoredWave(samples, markers)


def decode_uploaded(words: npt.NDArray[np.int16], channels: int, length: int, *, markers: bool) -> StoredWave:
    """The waveform of a vector written to `waveform/waves/N`.

    Args:
        words: int16, interleaved: a column a channel, and one for the markers where there are some.
        channels: One or two, as the program declared.
        length: Samples that the program declared; a shorter vector leaves the rest at zero.
        markers: Whether the vector has a column of markers.

    Raises:
        SequencerError: If the vector does not divide into columns, or is longer than declared.
    """
    width = channels + int(markers)
    if words.size % width or words.size > width * length:
        raise SequencerError(
            f"a waveform of {length} samples in {channels} channels{' with markers' if markers else ''} takes "
            f"at most {width * length} words in {width} columns, not {words.size}"
        )
    columns = np.zeros((width, length), dtype=np.int16)
    columns[:, : words.size // width] = words.reshape(-1, width).T
    bits = np.zeros((channels, length), dtype=np.uint8)
    if markers:
        for channel in range(channels):
            bits[channel] = (columns[-1] >> (2 * channel)) & 0b11
    return StoredWave(np.clip(columns[:channels] / FULL_SCALE, -1.0, 1.0), bits)


def encode_uploaded(wave: StoredWave) -> npt.NDArray[np.int16]:
    """The vector that reading `waveform/waves/N` gives: columns interleaved, markers last where there are some."""
    columns = [np.rint(channel * FULL_SCALE).astype(np.int16) for channel in wave.samples]
    if wave.markers.any():
        shifted = [bits.astype(np.int16) << (2 * channel) for channel, bits in enumerate(wave.markers)]
        columns.append(np.bitwise_or.reduce(shifted, axis=0).astype(np.int16))
    return np.stack(columns, axis=1).reshape(-1)
