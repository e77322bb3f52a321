"""What lines and mixers do wrong."""

from __future__ import annotations

import numpy as np
import pytest

from simulators.chip import Chip, Content, Piece, Signal, Truth
from simulators.chip.lines import Mixer
from tests.simulators.chip.builders import SAMPLE_S, chip_config, gaussian, play


def drive(**line: object) -> dict[str, object]:
    return {"drive_q0": {"transmon": "q0", "rabi_rad_per_s_per_v": 1e9, **line}}


def excited(content: Content, **line: object) -> float:
    chip = Chip(chip_config({"levels": 2}, drive_lines=drive(**line)), 1)
    return float(Truth(chip).populations(content)["q0"][1])


def test_attenuation_halves_the_angle_at_six_decibel() -> None:
    content = Content(1e-6, (play("drive_q0", 5e9, Piece(0, gaussian(np.pi))),))
    assert excited(content, attenuation_db=20 * np.log10(2)) == pytest.approx(0.5, abs=1e-9)


def test_image_drives_from_the_other_side() -> None:
    """A tone at LO - IF with image mu turns by |mu| of its area; a perfect mixer does nothing."""
    k = np.arange(1000)
    tone = np.pi / (1000 * SAMPLE_S * 1e9) * np.exp(-2j * np.pi * 50e6 * k * SAMPLE_S)
    content = Content(1e-6, (play("drive_q0", 4.95e9, Piece(0, tone)),))
    assert excited(content) < 1e-3
    assert excited(content, mixer={"image": (0.3, 0.4)}) == pytest.approx(np.sin(0.25 * np.pi) ** 2, abs=0.02)


def test_leakage_drives_at_the_oscillator_while_the_line_plays() -> None:
    """Zeros with the oscillator on the transmon: the leak's own area."""
    leak = np.pi / 2 / (1000 * SAMPLE_S * 1e9)
    content = Content(1e-6, (play("drive_q0", 5e9, Piece(0, np.zeros(1000, np.complex128))),))
    assert excited(content) == 0.0
    assert excited(content, mixer={"leak_v": (0.0, leak)}) == pytest.approx(0.5, abs=1e-6)


def test_skew_moves_q_and_turns_its_tone() -> None:
    """At an IF a late Q is a phase error of 2 pi IF t: half of it is image, i (e^-ip - 1) / 2."""
    k = np.arange(2000)
    if_hz, late_s = 30e6, 1.3e-9
    signal = Signal.of_pieces("drive_q0", 5e9, SAMPLE_S, [Piece(0, np.exp(2j * np.pi * if_hz * k * SAMPLE_S))])
    samples = Mixer(skew_s=late_s).convert(signal).waveforms[0][50:1950]
    k = k[50:1950]
    p = 2 * np.pi * if_hz * late_s
    wanted = np.mean(samples * np.exp(-2j * np.pi * if_hz * k * SAMPLE_S))
    image = np.mean(samples * np.exp(2j * np.pi * if_hz * k * SAMPLE_S))
    assert abs(wanted) == pytest.approx(abs(1 + np.exp(-1j * p)) / 2, abs=2e-3)
    assert abs(image) == pytest.approx(abs(np.exp(1j * p) - 1) / 2, abs=2e-3)


def test_crosstalk_turns_the_neighbour() -> None:
    config = chip_config(
        {"levels": 2},
        {"levels": 2},
        drive_lines=drive(crosstalk={"q1": (0.0, 0.5)}),
    )
    content = Content(1e-6, (play("drive_q0", 5e9, Piece(0, gaussian(np.pi))),))
    populations = Truth(Chip(config, 1)).populations(content)
    assert populations["q0"][1] == pytest.approx(1.0, abs=1e-9)
    assert populations["q1"][1] == pytest.approx(0.5, abs=1e-9)
