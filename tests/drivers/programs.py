"""Small instrument programs for driver tests."""

from __future__ import annotations

import numpy as np

from drivers.contract import SILENCE, InstrumentProgram, MarkerPulse, PortSettings, Step

RATE_HZ = 2_500_000_000
PORTS = (PortSettings(1, 0.5), PortSettings(2, 0.5), PortSettings(7, 0.5, markers=1))


def program(seed: int = 1, waveforms: int = 4, length: int = 2400, passes: int = 100_000) -> InstrumentProgram:
    """Random waveforms on ports 1, 2 and 7, a marker on port 7, an idle entry at the end."""
    random = np.random.default_rng(seed)
    steps = [
        Step((i, SILENCE if i % 2 else 0, 1), length, markers=(MarkerPulse(7, 1, 100, 900),))
        for i in range(waveforms)
    ]
    return InstrumentProgram(
        instrument="awg",
        sample_rate_hz=RATE_HZ,
        ports=(1, 2, 7),
        waveforms=tuple(random.uniform(-1, 1, length) for _ in range(waveforms)),
        steps=(*steps, Step((SILENCE,) * 3, 2500, repeat=1000)),
        passes=passes,
    )
