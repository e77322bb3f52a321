"""What an instrument can play and record, as data: a profile a model, refined by what the instrument tells."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AcquisitionLimits", "PlaybackLimits"]


@dataclass(frozen=True, slots=True)
class PlaybackLimits:
    """The limits of an arbitrary waveform generator."""

    model: str
    ports: int
    sample_rates_hz: tuple[int, int]
    """Lowest and highest sample rate."""
    min_length: int
    """Fewest samples of a waveform."""
    max_length: int
    """Most samples of a waveform."""
    granularity: int
    """A waveform's length is a multiple of this many samples."""
    max_steps: int
    """Most entries of a play list."""
    max_repeat: int
    """Most repetitions of an entry."""
    memory_samples: int
    """Samples that all waveforms of one port may have together."""
    dac_bits: int
    """Resolution without markers; each marker in use takes one bit of its port."""
    markers_per_port: int
    amplitude_vpp: tuple[float, float]
    """Smallest and largest peak-to-peak amplitude at the output, volts."""


@dataclass(frozen=True, slots=True)
class AcquisitionLimits:
    """The limits of a digitizer."""

    model: str
    inputs: int
    sample_rates_hz: tuple[int, ...]
    """Every rate its clock has."""
    record_granularity: int
    min_record: int
    max_record: int
    trigger_delay_granularity: int
    adc_bits: int
    full_scale_v: float
    """The converter's range is ± this many volts."""
