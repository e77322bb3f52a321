"""Parameters that wander and jump between experiments."""

from __future__ import annotations

import numpy as np
import pytest

from simulators.chip import Chip, Truth
from simulators.chip.drift import Drift
from tests.simulators.chip.builders import chip_config


def test_ornstein_uhlenbeck_has_its_width_and_memory() -> None:
    """Standard deviation sigma; correlation exp(-dt / tau) between steps."""
    drift = Drift(chip_config({}, drift={"frequency": {"sigma": 20e3, "tau_s": 100.0}}), np.random.SeedSequence(1))
    found = []
    for _ in range(4000):
        assert drift.advance(50.0)
        found.append(drift.config().transmons["q0"].frequency_hz - 5e9)
    track = np.array(found)
    assert track.std() == pytest.approx(20e3, rel=0.06)
    assert np.mean(track[1:] * track[:-1]) / track.var() == pytest.approx(np.exp(-0.5), abs=0.05)


def test_defects_come_and_go() -> None:
    """On for r_on / (r_on + r_off) of the time; T1 falls, and T2 with its part."""
    defect = {
        "transmon": "q0",
        "rate_on_per_s": 0.01,
        "rate_off_per_s": 0.03,
        "t1_factor": 0.25,
        "frequency_shift_hz": -50e3,
    }
    config = chip_config({"t1_s": 80e-6, "t2_s": 100e-6}, drift={"defects": [defect]})
    drift = Drift(config, np.random.SeedSequence(2))
    on = []
    for _ in range(4000):
        drift.advance(40.0)
        section = drift.config().transmons["q0"]
        on.append(section.frequency_hz < 5e9)
        if on[-1]:
            assert section.t1_s == pytest.approx(20e-6)
            # 1/T2 = 1/2 T1 + 1/T_phi with the same T_phi.
            assert section.t2_s == pytest.approx(1 / (1 / 100e-6 - 0.5 / 80e-6 + 0.5 / 20e-6))
    assert np.mean(on) == pytest.approx(0.25, abs=0.03)


def test_chi_gain_and_t1_move_and_a_night_replays() -> None:
    sections = {kind: {"sigma": 0.1, "tau_s": 10.0} for kind in ("t1", "chi", "gain")}

    def night(seed: int) -> list[float]:
        chip = Chip(chip_config({"t1_s": 50e-6}, drift=sections), seed)
        found = []
        for _ in range(5):
            chip.advance(20.0)
            levels = Truth(chip).resonators_hz()["q0"]
            found += [Truth(chip).t1_s["q0"], levels[1] - levels[0], chip.device.feedline("feedline").gain_v]
        return found

    assert night(1) == night(1)
    assert night(1) != night(2)
    assert len(set(night(1))) == 15


def test_a_time_lapse_is_more_time() -> None:
    """Five seconds at ten to one are fifty, to the same random numbers."""
    wander = {"frequency": {"sigma": 20e3, "tau_s": 100.0}}
    found = []
    for lapse, seconds in ((10.0, 5.0), (1.0, 50.0)):
        drift = Drift(chip_config({}, drift={**wander, "time_lapse": lapse}), np.random.SeedSequence(4))
        assert drift.advance(seconds)
        found.append(drift.config().transmons["q0"].frequency_hz)
    assert found[0] == found[1] != 5e9


def test_nothing_changes_without_a_drift_section() -> None:
    chip = Chip(chip_config({}), 1)
    before = chip.device
    chip.advance(1e5)
    assert chip.device is before
