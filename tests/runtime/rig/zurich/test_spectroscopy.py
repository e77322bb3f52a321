"""A resonator's frequency sweep on an SHFQC: one program, on the analyzer's own oscillator, and the right line."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.zurich.shf_recording import ShfSpectrometer
from runtime.experiments import fit_resonator, resonator_schedules
from runtime.results import Boxcar, QubitReadout
from runtime.rig import Rig

OFFSETS = np.linspace(-2.4e6, 2.4e6, 13)


def test_a_resonator_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """13 tones integrated for 4.6 us, more than there are integrators and longer than weights.

    After nothing the resonator stands 0.6 MHz above its published frequency, kappa = 1.2 MHz wide: what
    configs/jakarta/chip.yaml says, within 0.1 MHz and 30 % as the demo's own sweep.
    """
    prepared: list[int] = []
    prepare = ShfSpectrometer.prepare

    def counted(self: ShfSpectrometer) -> int:
        prepared.append(1)
        return prepare(self)

    monkeypatch.setattr(ShfSpectrometer, "prepare", counted)
    boxcar = {0: QubitReadout(Boxcar(0.2e-6, 4.8e-6))}
    with Rig.open("zurich-shfqc") as rig:
        schedules = resonator_schedules(rig.target, [0], OFFSETS.tolist())
        results = rig.run(schedules, shots=40, level=1, returns="avg", readout=boxcar)
    assert prepared == [1]
    found = fit_resonator(OFFSETS, np.array([result.memory[0] for result in results]).ravel())
    assert found.centre_hz == pytest.approx(0.6e6, abs=0.1e6)
    assert found.width_hz == pytest.approx(1.2e6, rel=0.3)
    assert all(np.isnan(result.deviation).all() for result in results if result.deviation is not None)
