"""Tunable transmons, their lines, and a CZ gate."""

from __future__ import annotations

import numpy as np
import pytest

from simulators.chip import Chip, ChipConfig, Content, Piece, Truth
from simulators.chip.flux import FluxLine, Squid
from tests.simulators.chip.builders import SAMPLE_S, chip_config, gaussian, play

SQUID = {"asymmetry": 0.2, "bias": 0.0}


def tunable(**line: object) -> ChipConfig:
    return chip_config(
        {"frequency_hz": 5.5e9, "squid": SQUID},
        {},
        couplings=[{"between": ["q0", "q1"], "strength_hz": 8e6}],
        flux_lines={"flux_q0": {"transmon": "q0", "quanta_per_v": 0.5, **line}},
    )


def test_frequency_of_a_loop() -> None:
    """Sweet spots at 0 and 1/2, the lower one at (f + E_C) sqrt(d) - E_C; symmetric; even in the flux."""
    squid = Squid(5.5e9, 0.3e9, 0.2)
    assert squid.frequency_hz(0.0) == pytest.approx(5.5e9)
    assert squid.frequency_hz(0.5) == pytest.approx(5.8e9 * np.sqrt(0.2) - 0.3e9)
    assert squid.frequency_hz(0.1) == pytest.approx(float(squid.frequency_hz(-0.1)))
    assert Squid(5.5e9, 0.3e9, 0.2, 0.1).frequency_hz(0.0) == pytest.approx(float(squid.frequency_hz(0.1)))


def test_bias_leaves_the_file_frequency_where_it_is() -> None:
    config = tunable()
    biased = config.model_dump()
    biased["transmons"]["q0"]["squid"]["bias"] = 0.2
    squid = Chip(ChipConfig.model_validate(biased), 1).device.squids[0]
    assert squid.frequency_hz(0.0) == pytest.approx(5.5e9)
    assert squid.maximum_hz > 5.9e9


def test_distorted_step() -> None:
    """1 + sum a exp(-t / tau) at the samples' middles, and the same with the other sign behind the pulse's end."""
    line = FluxLine(((0, 1.0),), ((-0.05, 30e-9), (0.02, 200e-9)))
    settled = line.settled(np.ones(500), SAMPLE_S)
    t = (np.arange(500) + 0.5) * SAMPLE_S
    step = 1 - 0.05 * np.exp(-t / 30e-9) + 0.02 * np.exp(-t / 200e-9)
    assert settled[:500] == pytest.approx(step, abs=1e-12)
    late = (np.arange(500, 600) + 0.5) * SAMPLE_S
    answer = (step_at(late) - step_at(late - 500 * SAMPLE_S)).tolist()
    assert settled[500:600] == pytest.approx(answer, abs=1e-12)


def step_at(t: np.ndarray) -> np.ndarray:
    return np.asarray(1 - 0.05 * np.exp(-t / 30e-9) + 0.02 * np.exp(-t / 200e-9))


def test_ramsey_measures_the_flux_shift() -> None:
    """Between two half pulses a flux pulse of 10 mV for 40 ns: 2 pi df t, df from the loop's formula."""
    loop = {"frequency_hz": 5.5e9, "levels": 2, "squid": {"asymmetry": 0.2, "bias": 0.15}}
    chip = Chip(chip_config(loop, flux_lines={"flux_q0": {"transmon": "q0", "quanta_per_v": 0.5}}), 1)
    half = gaussian(np.pi / 2)
    angles = []
    for volts in (0.0, 0.01):
        values = []
        for phi in (0.0, np.pi / 2):
            drive = play("drive_q0", 5.5e9, Piece(0, half), Piece(300, half, phi))
            flux = play("flux_q0", 0.0, Piece(150, np.full(100, volts + 0j)))
            values.append(2 * Truth(chip).populations(Content(1e-6, (drive, flux)))["q0"][1] - 1)
        angles.append(np.angle(complex(*values)))
    shift_hz = float(chip.device.squids[0].frequency_hz(0.005)) - 5.5e9
    expected = 2 * np.pi * shift_hz * 100 * SAMPLE_S
    turned = (angles[1] - angles[0] + np.pi) % (2 * np.pi) - np.pi
    assert abs(turned) == pytest.approx(abs((expected + np.pi) % (2 * np.pi) - np.pi), abs=1e-6)


def test_cz_by_the_11_20_resonance() -> None:
    """At f_a = f_b - alpha_a, |11> goes to |20> and back in 1 / (2 sqrt(2) J), with a sign."""
    config = tunable()
    squid = Chip(config, 1).device.squids[0]
    grid = np.linspace(0.0, 0.4, 200001)
    quanta = float(np.interp(-5.3e9, -squid.frequency_hz(grid), grid))
    samples = round(1 / (2 * np.sqrt(2) * 8e6) / SAMPLE_S)
    content = Content(60e-9, (play("flux_q0", 0.0, Piece(10, np.full(samples, quanta / 0.5 + 0j))),))
    unitary = Truth(Chip(config, 1)).unitary(content, ("q0", "q1"))
    kept = [unitary[k, k] for k in (0, 1, 3, 4)]
    assert np.abs(kept) == pytest.approx(np.ones(4), abs=0.02)
    conditional = np.angle(kept[3] * kept[0] / (kept[1] * kept[2]))
    assert abs(conditional) == pytest.approx(np.pi, abs=0.15)


def test_flux_on_a_transmon_without_loop_is_a_problem_of_the_file() -> None:
    config = chip_config({}, flux_lines={"flux_q0": {"transmon": "q0", "quanta_per_v": 0.5}})
    assert (("flux_lines", "flux_q0"), "q0 has no squid: flux does nothing to it") in config.disagreements()
