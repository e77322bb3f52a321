"""What a Tektronix AWG5208 can play, as data."""

from __future__ import annotations

from drivers.contract import PlaybackLimits

__all__ = ["AWG5208"]

AWG5208 = PlaybackLimits(
    model="AWG5208",
    ports=8,
    # The range that the QCoDeS driver validates for the internal clock.
    sample_rates_hz=(1_490, 2_500_000_000),
    # Of a WFMX file; the instrument tells its own (WLISt:WAVeform:LMINimum? and LMAXimum?) when it is opened.
    min_length=2_400,
    max_length=2_000_000_000,
    granularity=1,
    # One less than the sequencer's 16,383, so that one is left for the step that repeats the play list.
    max_steps=16_382,
    max_repeat=1_048_576,
    memory_samples=2_000_000_000,
    dac_bits=16,
    markers_per_port=4,
    amplitude_vpp=(0.25, 1.5),
)
