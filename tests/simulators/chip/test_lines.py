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


def played(lo_hz: float, samples: int, *pieces: Piece, carrier_hz: float = 0.0) -> Content:
    """A shot of some samples; without pieces, of an oscillator and zeros."""
    silence = (Piece(0, np.zeros(1, np.complex128)),)
    return Content(samples * SAMPLE_S, (play("drive_q0", lo_hz, *(pieces or silence), carrier_hz=carrier_hz),))


@pytest.mark.parametrize("detuned_hz", [0.0, 1e6, -6e6])
@pytest.mark.parametrize("samples", [400, 3000])
def test_a_leak_near_the_transition_drives_all_the_time(detuned_hz: float, samples: int) -> None:
    """Omega^2 / (Omega^2 + Delta^2) sin^2(sqrt(Omega^2 + Delta^2) t / 2), though one zero is all that plays."""
    omega, delta = 2 * np.pi * 0.5e6, 2 * np.pi * detuned_hz
    assert excited(played(5e9 + detuned_hz, samples)) == 0.0
    whole = np.hypot(omega, delta)
    expected = (omega / whole) ** 2 * np.sin(0.5 * whole * samples * SAMPLE_S) ** 2
    found = excited(played(5e9 + detuned_hz, samples), mixer={"leak_v": (0.0, omega / 1e9)})
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("lo_hz", "levels"), [(4.95e9, 2), (5.06e9, 2), (4.95e9, 3)])
def test_a_leak_far_from_the_transition_shifts_it(lo_hz: float, levels: int) -> None:
    """By the ac Stark shift, between two half pulses; two levels: sqrt(Delta^2 + Omega^2) - Delta."""
    omega, delta, samples = 2 * np.pi * 1e6, 2 * np.pi * (5e9 - lo_hz), 20000
    half = gaussian(np.pi / 2)
    content = played(
        lo_hz, samples + 100, Piece(0, half), Piece(samples, half, -np.pi / 2), carrier_hz=5e9 - lo_hz
    )

    def turned(leak: float) -> float:
        config = chip_config(
            {"levels": levels}, drive_lines=drive(mixer={"leak_v": (leak, 0.0), "image": (1e-9, 0)})
        )
        return float(np.arcsin(2 * Truth(Chip(config, 1)).populations(content)["q0"][1] - 1))

    shift = np.sign(delta) * (np.hypot(delta, omega) - abs(delta))
    if levels > 2:
        # 0-1 by 2 Omega^2 / (4 Delta), 1-2 pushes |1> by another -2 Omega^2 / (4 (Delta + alpha)).
        shift -= 0.5 * omega**2 / (delta - 2 * np.pi * 0.3e9)
    assert turned(0.0) - turned(omega / 1e9) == pytest.approx(
        np.copysign(shift, turned(0.0) - turned(omega / 1e9)) * samples * SAMPLE_S, abs=0.01
    )
    assert abs(turned(0.0) - turned(omega / 1e9)) > 0.3


def test_silences_of_a_decaying_transmon_are_filled_with_the_leak() -> None:
    """A saturating drive for ten T1: half of the population is up; and no shot remembers the last one."""
    section = {"levels": 2, "t1_s": 20e-6, "t2_s": 20e-6}
    config = chip_config(section, drive_lines=drive(mixer={"leak_v": (2 * np.pi * 0.3e6 / 1e9, 0.0)}))
    found = Truth(Chip(config, 1)).populations(played(5e9, 500_000))["q0"]
    rate, t1, t2 = 2 * np.pi * 0.3e6, 20e-6, 20e-6
    # Steady state of the Bloch equations at resonance.
    assert found[1] == pytest.approx(0.5 * rate**2 * t1 * t2 / (1 + rate**2 * t1 * t2), abs=2e-3)


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
