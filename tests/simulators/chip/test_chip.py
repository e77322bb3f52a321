"""The chip's face: contents in, volts out, against closed forms."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from simulators.chip import Acquisition, Chip, Content, Piece, Signal, Truth
from tests.simulators.chip.builders import SAMPLE_S, chip_config, gaussian, play, probe

LINE = "drive_q0"
WEIGHTS = np.ones((1, 1000), np.complex128) / 1000


def acquisition(start: int, weights: np.ndarray | None = WEIGHTS) -> Acquisition:
    return Acquisition("feedline", start * SAMPLE_S, 2e-9, 1000, 6.9994e9, weights)


def excited(content: Content, config: object = None, qubit: str = "q0") -> float:
    chip = Chip(config or chip_config({}), 1)  # type: ignore[arg-type]  # a ChipConfig
    return float(Truth(chip).populations(content)[qubit][1])


@pytest.mark.parametrize("angle", [0.4, np.pi / 2, np.pi])
def test_resonant_pulse_turns_by_its_area(angle: float) -> None:
    content = Content(1e-6, (play(LINE, 5e9, Piece(10, gaussian(angle))),))
    config = chip_config({"levels": 2})
    assert excited(content, config) == pytest.approx(np.sin(angle / 2) ** 2, abs=1e-9)


def test_ramsey_by_virtual_z_and_by_a_phase_in_the_samples() -> None:
    """Half pulse, wait, half pulse turned by phi: (1 + cos phi) / 2, however the phase is given."""
    half = gaussian(np.pi / 2)
    config = chip_config({"levels": 2})
    for phi in (0.3, 2.0, -1.1):
        as_number = play(LINE, 5e9, Piece(0, half), Piece(500, half, phi))
        in_samples = play(LINE, 5e9, Piece(0, half), Piece(500, half * np.exp(1j * phi)))
        for signal in (as_number, in_samples):
            assert excited(Content(1e-6, (signal,)), config) == pytest.approx((1 + np.cos(phi)) / 2, abs=1e-9)


def test_detuned_ramsey_turns_with_the_oscillator() -> None:
    """The oscillator runs 2 MHz below the transmon: the second pulse is early by 2 pi 2 MHz tau."""
    half, gap = gaussian(np.pi / 2, 20, 6.0), 400
    config = chip_config({"levels": 2})
    taus = np.arange(1, 12) * gap * SAMPLE_S
    found = [
        excited(Content(1e-5, (play(LINE, 4.998e9, Piece(0, half), Piece(k * gap, half)),)), config)
        for k in range(1, 12)
    ]
    expected = 0.5 * (1 + np.cos(2 * np.pi * 2e6 * taus))
    assert np.max(np.abs(np.array(found) - expected)) < 0.03


def test_continuous_carrier_equals_a_finely_sampled_one() -> None:
    """A carrier as a number: exact; in samples: overrated by 1 / sinc when it is taken at the samples' middles."""
    pulse, if_hz = gaussian(np.pi), 50e6
    k = np.arange(pulse.size) + 10
    smooth = play(LINE, 4.95e9, Piece(10, pulse, 0.7), carrier_hz=if_hz)
    droop = np.sinc(if_hz * SAMPLE_S)
    sampled = pulse / droop * np.exp(1j * (2 * np.pi * if_hz * (k + 0.5) * SAMPLE_S + 0.7))
    assert excited(Content(1e-6, (smooth,))) == pytest.approx(
        excited(Content(1e-6, (play(LINE, 4.95e9, Piece(10, sampled)),))), abs=1e-4
    )
    assert excited(Content(1e-6, (smooth,)), chip_config({"levels": 2})) == pytest.approx(1.0, abs=1e-9)


def test_lines_at_two_rates_meet() -> None:
    """One half of a pulse from each of two generators of 2.5 and 2 GS/s, at the same time: a whole pulse."""
    fast = play(LINE, 5e9, Piece(0, gaussian(np.pi / 2)))
    slow_volts = gaussian(np.pi / 2, 80, 16.0) * SAMPLE_S / 0.5e-9
    slow = Signal.of_pieces(LINE, 5e9, 0.5e-9, [Piece(0, slow_volts)])
    assert excited(Content(1e-6, (fast, slow)), chip_config({"levels": 2})) == pytest.approx(1.0, abs=1e-6)


def test_echo_undoes_quasi_static_detuning() -> None:
    """Ramsey decays as exp(-(2 pi sigma tau)^2 / 2), an echo of the same length does not."""
    config = chip_config({"levels": 2, "wander_hz": 60e3})
    half, full, tau = gaussian(np.pi / 2, 10, 3.0), gaussian(np.pi, 10, 3.0), 2e-6
    stop = round(tau / SAMPLE_S)
    ramsey = Content(1e-5, (play(LINE, 5e9, Piece(0, half), Piece(stop, half)),))
    expected = 0.5 * (1 + np.exp(-0.5 * (2 * np.pi * 60e3 * tau) ** 2))
    assert excited(ramsey, config) == pytest.approx(expected, abs=2e-3)
    echo = Content(1e-5, (play(LINE, 5e9, Piece(0, half), Piece(stop // 2, full), Piece(stop, half)),))
    assert excited(echo, config) == pytest.approx(0.0, abs=1e-3)


def test_spectator_shifts_its_neighbour_by_the_static_zz() -> None:
    """A transmon that is not driven stays in its level; it shifts the other one by what the whole pair has."""
    config = chip_config({}, {"frequency_hz": 5.15e9}, couplings=[{"between": ["q0", "q1"], "strength_hz": 4e6}])
    chip = Chip(config, 1)
    energies = chip.device.array.energies_in(0.0) / (2 * np.pi)
    zz_hz = energies[4] - energies[3] - energies[1]
    dressed_hz = Truth(chip).frequencies_hz["q0"]
    assert dressed_hz == pytest.approx(energies[3], abs=1.0)
    half, tau = gaussian(np.pi / 2), 800e-9
    pieces = (Piece(0, half), Piece(round(tau / SAMPLE_S), half, np.pi / 2))
    content = Content(1e-5, (play(LINE, dressed_hz, *pieces),))
    low, high = (Truth(chip).populations(content, {"q1": level})["q0"][1] for level in (0, 1))
    assert [evolver.members for evolver in chip.plan(content).evolvers] == [(0,), (1,)]
    turned = np.arcsin(2 * high - 1) - np.arcsin(2 * low - 1)
    assert abs(turned) == pytest.approx(2 * np.pi * abs(zz_hz) * tau, rel=0.02)


def test_kernelled_values_are_the_integrated_traces() -> None:
    """Without amplifier noise, level by level, jumps during the readout included."""
    config = chip_config({"t1_s": 2e-6})
    content = Content(20e-6, (play(LINE, 5e9, Piece(0, gaussian(np.pi))), probe(100)), (acquisition(100),) * 2)
    raw = Content(content.duration_s, content.signals, (acquisition(100, None),) * 2)
    (values, _), (traces, _) = (Chip(config, 4).run([c], 400)[0] for c in (content, raw))
    assert np.max(np.abs(values[:, 0] - traces.mean(axis=1))) < 2e-4 * np.max(np.abs(values))
    distinct = np.unique(np.round(values[:, 0] / np.abs(values).max(), 6))
    assert distinct.size > 150  # most of them jumped


def test_noise_has_the_amplifiers_power() -> None:
    """sigma^2 of a value in each quadrature: sum |w|^2 n_noise / (2 dt), in photons; two kernels correlate."""
    config = chip_config({})
    assert config.feedline is not None
    feedline = config.feedline.model_copy(update={"noise_photons": None, "noise_temperature_k": 4.0})
    weights = np.vstack((WEIGHTS, WEIGHTS * np.exp(0.2j * np.arange(1000)))).astype(np.complex128)
    weights[1] += WEIGHTS[0]
    content = Content(1e-5, (probe(0),), (acquisition(0, weights),))
    chip = Chip(config.model_copy(update={"feedline": feedline}), 2)
    values = chip.run([content], 40000)[0][0]
    photons = 0.5 + 1.380649e-23 * 4.0 / (6.62607015e-34 * 7.0e9)
    sigma_v = 1e-6 * np.sqrt(photons / (2 * 2e-9) / 1000)
    assert values[:, 0].real.std() == pytest.approx(sigma_v, rel=0.02)
    residue = values - values.mean(axis=0)
    covariance = residue.T @ residue.conj() / len(residue)
    expected = 2 * (sigma_v * np.sqrt(1000)) ** 2 * weights @ weights.conj().T
    assert np.max(np.abs(covariance - expected)) < 0.05 * np.abs(expected).max()


def test_averages_are_means_of_single_shots() -> None:
    config = chip_config({"t1_s": 5e-6, "thermal_population": 0.1})
    content = Content(30e-6, (play(LINE, 5e9, Piece(0, gaussian(1.0))), probe(100)), (acquisition(100),))
    raw = Content(content.duration_s, content.signals, (acquisition(100, None),))
    single = Chip(config, 9).run([content], 4000)[0][0].mean(axis=0)
    mean = Chip(config, 9).run([content], 4000, average=True)[0][0]
    assert mean == pytest.approx(single, abs=1e-12)
    trace = Chip(config, 9).run([raw], 4000, average=True)[0][0]
    assert trace.mean() == pytest.approx(single[0], rel=1e-9)


@pytest.mark.parametrize("middle", [False, True], ids=["once", "mid-circuit"])
def test_memory_of_an_average_does_not_grow_with_its_shots(middle: bool) -> None:
    """Peak of all that numpy and Python allocate in Chip.run, chunks of 65,536 shots; 4 against 16 of them."""
    couplings = [{"between": ["q0", "q1"], "strength_hz": 3e6}]
    decay = {"t1_s": 20e-6, "t2_s": 20e-6, "thermal_population": 0.05}
    config = chip_config(decay, {"frequency_hz": 5.2e9, **decay}, couplings=couplings)
    later = (Piece(8000, gaussian(1.0)),) if middle else ()
    drives = [play(f"drive_q{q}", f, Piece(0, gaussian(1.0)), *later) for q, f in ((0, 5e9), (1, 5.2e9))]
    content = Content(30e-6, (*drives, probe(150)), (acquisition(150),))
    chip, peaks = Chip(config, 3), []
    chip.run([content], 1 << 18, average=True)
    for chunks in (4, 16):
        tracemalloc.start()
        chip.run([content], chunks << 16, average=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
    assert peaks[1] < 32 << 20


def test_state_goes_on_from_shot_to_shot_in_the_order_asked_for() -> None:
    """Without relaxation a pi pulse toggles: cyclic and sequential orders find different levels."""
    config = chip_config({"levels": 2})
    flip = Content(1e-5, (play(LINE, 5e9, Piece(0, gaussian(np.pi))), probe(100)), (acquisition(100),))
    look = Content(1e-5, (probe(100),), (acquisition(100),))
    chip = Chip(config, 1)
    (first,), (second,) = chip.run([flip, look], 6)
    flipped, looked = (np.round(v[:, 0] / first[0, 0], 3) for v in (first, second))
    assert np.all(flipped == looked)
    assert flipped[0] != flipped[1]
    assert flipped[0] == flipped[2]
    (first,), (second,) = chip.run([flip, look], 6, order="sequential")
    assert len(np.unique(np.round(second, 12))) == 1
    assert len(np.unique(np.round(first, 12))) == 2


def test_same_seed_same_night() -> None:
    config = chip_config({"t1_s": 5e-6, "thermal_population": 0.1})
    content = Content(10e-6, (play(LINE, 5e9, Piece(0, gaussian(1.0))), probe(100)), (acquisition(100),))

    def night(seed: int) -> np.ndarray:
        chip = Chip(config, seed)
        return np.concatenate([chip.run([content], 50)[0][0][:, 0] for _ in range(3)])

    assert np.array_equal(night(3), night(3))
    assert not np.array_equal(night(3), night(4))


def test_readout_in_the_middle_measures_its_own_transmon_only() -> None:
    """q1 is between two half pulses while q0 is read out: it keeps its phase, and q0's level is read twice."""
    config = chip_config({}, {"frequency_hz": 5.2e9})
    half = gaussian(np.pi / 2)
    signals = (
        play(LINE, 5e9, Piece(0, half)),
        play("drive_q1", 5.2e9, Piece(0, half), Piece(8000, half)),
        probe(100),
        probe(16000),
    )
    content = Content(20e-6, signals, (acquisition(100), acquisition(16000)))
    chip = Chip(config, 5)
    assert Truth(chip).populations(content)["q1"][1] > 0.99
    first, second = chip.run([content], 300)[0]
    assert np.abs(first - second).max() < 1e-3 * np.abs(first).max()
    assert 100 < np.count_nonzero(np.abs(first - first[0]) > 0.1 * np.abs(first[0])) < 200


def test_photons_left_behind_dephase_and_shift() -> None:
    """exp(-(Gamma_m + i delta) t) with Gamma_m = 2 chi Im(a0 a1*), by a tone of 0.05 photons."""
    config = chip_config({"levels": 2})
    half, wait = gaussian(np.pi / 2, 20, 6.0), 10000
    volts = np.sqrt(0.05) * np.pi * 1.2e6 * np.sqrt(2) / 2.4e8
    tone = probe(0, 10 * wait, float(volts))
    found = {}
    for phi in (0.0, np.pi / 2):
        drive = play(LINE, 5e9, Piece(2 * wait, half), Piece(3 * wait, half, phi))
        found[phi] = excited(Content(1e-4, (drive, tone)), config)
    contrast = complex(2 * found[0.0] - 1, 2 * found[np.pi / 2] - 1)
    poles = [np.pi * 1.2e6 + 2j * np.pi * shift for shift in (0.6e6, -0.6e6)]
    fields = [2.4e8 * volts / pole for pole in poles]
    rate = 2 * np.pi * 1.2e6 * fields[0] * np.conj(fields[1])
    assert abs(contrast) == pytest.approx(np.exp(-abs(rate.imag) * wait * SAMPLE_S), abs=0.01)
    assert abs(np.angle(contrast)) == pytest.approx(abs(rate.real) * wait * SAMPLE_S, abs=0.02)


def test_several_feedlines() -> None:
    config = chip_config({}, {"frequency_hz": 5.2e9})
    sections = config.model_dump()
    both = sections.pop("feedline")
    for name in ("left", "right"):
        kept = "r_q0" if name == "left" else "r_q1"
        sections.setdefault("feedlines", {})[name] = {**both, "resonators": {kept: both["resonators"][kept]}}
    chip = Chip(type(config).model_validate(sections), 1)
    tone = np.full(5000, 0.05 + 0j)
    flip = play("drive_q1", 5.2e9, Piece(0, gaussian(np.pi)))
    taken = tuple(
        Acquisition(n, 40e-9, 2e-9, 1000, f, WEIGHTS) for n, f in (("left", 6.9994e9), ("right", 7.0594e9))
    )
    lines = (play("left", 6.9994e9, Piece(100, tone)), play("right", 7.0594e9, Piece(100, tone)))
    ground = chip.run([Content(1e-5, lines, taken)], 3)[0]
    flipped = chip.run([Content(1e-5, (*lines, flip), taken)], 1)[0]
    assert flipped[0][0, 0] == pytest.approx(ground[0][0, 0])
    assert abs(flipped[1][0, 0] - ground[1][0, 0]) > 0.1 * abs(ground[1][0, 0])


def test_unknown_lines_are_named() -> None:
    chip = Chip(chip_config({}), 1)
    with pytest.raises(ValueError, match=r"no line 'drive_q7'; it has drive_q0, feedline"):
        chip.run([Content(1e-6, (play("drive_q7", 5e9, Piece(0, gaussian(1.0))),))], 1)
    with pytest.raises(ValueError, match="no feedline 'left'"):
        chip.run([Content(1e-6, (), (Acquisition("left", 0.0, 1e-9, 10, 7e9),))], 1)


def test_peak_volts_are_those_of_a_trace() -> None:
    chip = Chip(chip_config({}), 1)
    content = Content(1e-5, (probe(0),), (acquisition(0, None),))
    trace = chip.run([content], 1)[0][0][0]
    assert chip.peak_v(content)[0] >= max(np.abs(trace.real).max(), np.abs(trace.imag).max()) * (1 - 1e-6)
