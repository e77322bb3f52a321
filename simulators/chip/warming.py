"""Compiling what the first shots would wait for.

The compiled loops are cached on disk. Where nothing is cached yet they take some ten seconds, which no digitizer
waits for its first buffer; where they are, reading them takes some tenths of a second.
"""

from __future__ import annotations

import numpy as np

from simulators.chip.chip import Chip
from simulators.chip.config import ChipConfig
from simulators.chip.content import Acquisition, Content, Piece, Signal

__all__ = ["warm_up"]

SAMPLE_S = 0.4e-9
PULSE, TONE, BACK = 512, 512, 4096
"""Samples of a pulse and of a readout, and where the second pulse begins."""
SHOTS = 32
T1_S = 1e-6


def warm_up(config: ChipConfig) -> None:
    """Play some shots on a chip of its own: one line driven, two of them, three; traces and weights.

    They are driven before and behind a readout, with some of its photons left, and relax so fast that some jump
    during it: each loop runs at least once.
    """
    chip = Chip(_relaxing(config))
    lines = list(config.drive_lines)
    name, feedline = next(iter(config.all_feedlines.items()))
    resonator = next(iter(feedline.resonators.values()))
    # Ten photons' worth: enough to count as a measurement.
    volts = 10.0 * resonator.kappa_hz / resonator.drive_rad_per_s_per_v
    tone = Signal.of_pieces(
        name, resonator.frequency_hz, SAMPLE_S, [Piece(PULSE, np.full(TONE, volts, np.complex128))]
    )
    for driven in (lines[:1], lines[:2], lines[:3]):
        drives = [_drive(config, line) for line in driven]
        for weights in (None, np.ones((1, 16), np.complex128)):
            taken = Acquisition(name, 0.0, 2e-9, 16, resonator.frequency_hz, weights)
            chip.run([Content(2.0 * BACK * SAMPLE_S, (*drives, tone), (taken,))], SHOTS)


def _relaxing(config: ChipConfig) -> ChipConfig:
    transmons = {
        name: section.model_copy(update={"t1_s": T1_S, "t2_s": T1_S}) for name, section in config.transmons.items()
    }
    return config.model_copy(update={"transmons": transmons})


def _drive(config: ChipConfig, line: str) -> Signal:
    """Two half turns of the line's own transmon, so slow and smooth that alone they drive no neighbour."""
    section = config.drive_lines[line]
    envelope = np.sin(np.pi * (np.arange(PULSE) + 0.5) / PULSE) ** 2
    volts = np.pi / (section.rabi_rad_per_s_per_v * envelope.sum() * SAMPLE_S)
    frequency_hz = config.transmons[section.transmon].frequency_hz
    pulse = (volts * envelope).astype(np.complex128)
    return Signal.of_pieces(line, frequency_hz, SAMPLE_S, [Piece(0, pulse), Piece(BACK, pulse)])
