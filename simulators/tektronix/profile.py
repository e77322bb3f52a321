"""The limits of an AWG5208 without its 5 GS/s option.

Channels, markers, resolution and the shortest waveform are what the QCoDeS driver assumes; memory, steps and
repeats have not been checked against an instrument. A runtime should ask (`WLISt:WAVeform:LMINimum?`), not assume.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AWG5208_PROFILE", "Profile"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What one model of generator can do."""

    channels: int = 8
    markers: int = 4
    """Per channel; each one in use takes a bit of the converter."""
    dac_bits: int = 16
    min_samples: int = 2400
    """Fewest samples of a waveform."""
    max_samples: int = 2_000_000_000
    """Most samples of a waveform."""
    memory_samples: int = 2_000_000_000
    """Samples that all waveforms may have together."""
    granularity: int = 1
    max_steps: int = 16_384
    """Most steps of a sequence, together with those of its subsequences, each of them counted once."""
    max_repeat: int = 1_048_576
    max_sequences: int = 1_024
    max_waveforms: int = 32_000
    disk_bytes: int = 1 << 31
    """What the files together may take; a simulated disk is memory."""


AWG5208_PROFILE = Profile()
