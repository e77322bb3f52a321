"""What an instrument can play and record, as data: a profile a model, refined by what the instrument tells."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AcquisitionLimits", "CombinedLimits", "PlaybackLimits", "SequencerLimits"]


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
class SequencerLimits:
    """The limits of an instrument that plays stored envelopes by a sequencer program."""

    model: str
    outputs: tuple[tuple[int, ...], ...]
    """The ports of each output: pairs (I, Q), or single ports that convert up by themselves."""
    sample_rates_hz: tuple[int, ...]
    granularity: int
    """Starts, lengths of envelopes and of silences are multiples of this many samples."""
    min_length: int
    """Fewest samples of an envelope and of a silence."""
    memory_samples: int
    """Complex samples that all envelopes of one output may have together."""
    max_envelopes: int
    """Most envelopes of one output."""
    max_table_entries: int
    """Most distinct (envelope, amplitude, phase) of one output; 0: no command table, amplitude and phase have to
    be in the envelopes."""
    max_events: int
    """Most events of one output in one pass."""
    oscillators: int
    """Oscillators of one output; 0: the envelopes have to carry their carrier."""
    max_readout_samples: int = 0
    """Readout outputs: most samples of one stored waveform; 0: any."""
    readout_outputs: tuple[tuple[int, ...], ...] = ()
    """Those of `outputs` that restart their carrier with every waveform and have no oscillator."""
    markers_per_port: int = 1
    one_shape_sweeps: bool = False
    """Readout outputs have ways to play one shape at many frequencies or amplitudes, one a program, without an
    envelope for each; whether they can, the adapter says."""
    trigger_lead: int = 0
    """Samples behind a trigger's edge in which nothing is played where oscillators are used: they start again."""


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
    footer_samples: int = 0
    """So many samples at the end of each record hold no signal, but what the digitizer tells of the record."""
    integrators: int = 0
    """How many weighted integrations the instrument makes at once by itself; 0: it sends traces only."""
    max_results: int = 0
    """Most integrations of one acquisition, for each integrator."""
    averages: bool = False
    """It hands on the mean of all shots where that is asked for."""


@dataclass(frozen=True, slots=True)
class CombinedLimits:
    """The limits of an instrument that plays readout pulses and records what comes back."""

    sequencer: SequencerLimits
    acquisition: AcquisitionLimits
