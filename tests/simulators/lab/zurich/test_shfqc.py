"""An SHFQC in the lab: compiled programs in, integrated values out, with the chip between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.simulators.lab.zurich.stations import (
    ANALYZER,
    PERIOD,
    QUBITS_HZ,
    Clouds,
    Complex,
    Shfqc,
    X,
    bench,
    drag,
    one_pulse,
    pair,
    read_at,
    result,
    wait,
)
from tests.simulators.labone.devices.bench import Compiler

SHOTS = 600
SPECTROSCOPY = """
waitDigTrigger(1);
repeat(40) { playZero(40000); setTrigger(1); playZero(60000); setTrigger(0); }
"""
T1_S = 81.764e-6


@pytest.fixture
def shfqc(seqc: Compiler) -> Iterator[Shfqc]:
    with bench("zurich-shfqc") as lab:
        yield Shfqc(lab, seqc)


def x_pulse(qubit: int, scale: float = 1.0) -> Complex:
    return drag(scale * X[qubit][0], X[qubit][1], 2e9, 80)


def flipped(shfqc: Shfqc, scales: dict[int, float]) -> dict[int, Complex]:
    """One shot program: these qubits get a pulse of that size, then both are read."""
    for qubit, scale in scales.items():
        shfqc.drive(qubit, one_pulse(SHOTS), [x_pulse(qubit, scale)])
    shfqc.read(read_at(SHOTS), SHOTS)
    return shfqc.run(list(scales))


def trained(shfqc: Shfqc) -> dict[int, Clouds]:
    ground, excited = flipped(shfqc, {0: 0.0, 1: 0.0}), flipped(shfqc, {0: 1.0, 1: 1.0})
    return {q: Clouds.of(ground[q], excited[q]) for q in (0, 1)}


def test_x_and_measure(shfqc: Shfqc) -> None:
    clouds = trained(shfqc)
    for qubit in (0, 1):
        values = flipped(shfqc, {qubit: 1.0, 1 - qubit: 0.0})
        assert clouds[qubit].ones(values[qubit]) > 0.95
        assert clouds[1 - qubit].ones(values[1 - qubit]) < 0.06
        assert values[0].shape == (SHOTS,)


def test_the_noise_is_the_amplifiers(shfqc: Shfqc) -> None:
    """Sum of 4096 samples times unit weights: n_noise gain^2 / (2 dt) a sample and quadrature."""
    clouds = trained(shfqc)
    values = flipped(shfqc, {0: 0.0})[0]
    across = (values - clouds[0].zero) * np.exp(-1j * np.angle(clouds[0].one - clouds[0].zero))
    expected = 1.3e-6 * np.sqrt(6.0 / 2 * 2e9 * 4096)
    assert across.imag.std() == pytest.approx(expected, rel=0.1)


def test_relaxation(shfqc: Shfqc) -> None:
    """A pulse, one T1 of waiting, a readout."""
    clouds = trained(shfqc)
    wait = round(T1_S * 2e9 / 16) * 16
    shfqc.drive(0, one_pulse(SHOTS), [x_pulse(0)])
    shfqc.read(read_at(SHOTS, 320 + wait), SHOTS)
    assert clouds[0].ones(shfqc.run([0])[0]) == pytest.approx(np.exp(-1.0), abs=0.07)


@pytest.mark.parametrize(("detuning_hz", "expected"), [(0.0, 1.0), (1e6, 0.0)])
def test_ramsey(shfqc: Shfqc, detuning_hz: float, expected: float) -> None:
    """Half pulses 500 ns apart on a hardware oscillator: on resonance they add up, 1 MHz off they cancel."""
    clouds = trained(shfqc)
    shfqc.drive(0, pair(SHOTS, 1000 - 80), [x_pulse(0, 0.5)])
    shfqc.tree.set("sgchannels/0/oscs/0/freq", QUBITS_HZ[0] - 5.2e9 + detuning_hz)
    shfqc.read(read_at(SHOTS, 320 + 1000), SHOTS)
    assert clouds[0].ones(shfqc.run([0])[0]) == pytest.approx(expected, abs=0.08)


def test_a_sweep_in_one_program_in_cyclic_order(shfqc: Shfqc) -> None:
    """None, half a pulse, a whole one, in turn: result r belongs to point r % 3."""
    clouds = trained(shfqc)
    program = """
    wave a = placeholder(80); wave b = placeholder(80); wave c = placeholder(80); wave d = placeholder(80);
    assignWaveIndex(1,2,a,1,2,b,0); assignWaveIndex(1,2,c,1,2,d,1);
    waitDigTrigger(1);
    repeat(200) {
      playZero(2000000);
      playZero(112); resetOscPhase(); playZero(112); playWave(1,2,a,1,2,b); playZero(1999696);
      playZero(112); resetOscPhase(); playZero(112); playWave(1,2,c,1,2,d); playZero(1999696);
    }
    """
    shfqc.drive(0, program, [x_pulse(0, 0.5), x_pulse(0)])
    shfqc.read(read_at(600), 600)
    values = shfqc.run([0])[0].reshape(-1, 3)
    assert [clouds[0].ones(values[:, k]) for k in range(3)] == pytest.approx([0.0, 0.5, 1.0], abs=0.12)


def test_two_readouts_of_a_shot_belong_together(shfqc: Shfqc) -> None:
    """Half a pulse, then two readouts 5 us apart: whatever the first one finds, the second one finds again."""
    clouds = trained(shfqc)
    shfqc.drive(0, one_pulse(SHOTS), [x_pulse(0, 0.5)])
    twice = f"""
    waitDigTrigger(1);
    repeat({SHOTS}) {{
      playZero(320); playZero(10000); startQA(1,3,false,0,0);
      playZero({PERIOD - 10320}); startQA(1,3,false,0,0);
    }}
    """
    shfqc.read(twice, 2 * SHOTS)
    values = shfqc.run([0])[0].reshape(-1, 2)
    zero, one = clouds[0].zero, clouds[0].one
    found = ((values - 0.5 * (zero + one)) * np.exp(-1j * np.angle(one - zero))).real > 0
    assert found[:, 0].mean() == pytest.approx(0.5, abs=0.1)
    assert np.mean(found[:, 0] == found[:, 1]) > 0.9


def test_outputs_off(shfqc: Shfqc) -> None:
    clouds = trained(shfqc)
    shfqc.drive(0, one_pulse(SHOTS), [x_pulse(0)])
    shfqc.tree.set("sgchannels/0/output/on", 0)
    shfqc.read(read_at(SHOTS), SHOTS)
    assert clouds[0].ones(shfqc.run([0])[0]) < 0.06
    shfqc.tree.set("qachannels/0/output/on", 0)
    nothing = shfqc.run([0])[0]
    assert abs(nothing.mean()) < 0.1 * abs(clouds[0].zero)


def test_another_synthesizer_frequency_misses_the_qubit(shfqc: Shfqc) -> None:
    clouds = trained(shfqc)
    shfqc.drive(0, one_pulse(SHOTS), [x_pulse(0)])
    shfqc.tree.set(f"synthesizers/{shfqc.tree.integer('sgchannels/0/synthesizer')}/centerfreq", 5.4e9)
    shfqc.read(read_at(SHOTS), SHOTS)
    assert clouds[0].ones(shfqc.run([0])[0]) < 0.1


def test_an_input_range_that_is_too_small_is_told(shfqc: Shfqc) -> None:
    flipped(shfqc, {0: 0.0})
    assert shfqc.tree.integer("qachannels/0/input/overrangecount") == 0
    shfqc.read(read_at(SHOTS), SHOTS)
    shfqc.tree.set("qachannels/0/input/range", -10)
    shfqc.run([])
    assert shfqc.tree.integer("qachannels/0/input/overrangecount") > 0


def test_traces_by_the_scope(shfqc: Shfqc) -> None:
    """40 raw traces, weighted by hand, lie where the integrated values do."""
    clouds = trained(shfqc)
    shfqc.drive(0, one_pulse(40), [x_pulse(0)])
    shfqc.read(read_at(40).replace("false", "true"), 40)
    settings = {
        "time": 0,
        "length": 4096,
        "averaging/enable": 0,
        "segments/enable": 1,
        "segments/count": 40,
        "channels/0/inputselect": 0,
        "channels/0/enable": 1,
        "trigger/channel": 64,
        "trigger/delay": 0.0,
        "trigger/enable": 1,
        "enable": 1,
    }
    for path, value in settings.items():
        shfqc.tree.set(f"scopes/0/{path}", value)
    shfqc.run([0])
    traces = result(shfqc.tree, "scopes/0/channels/0/wave").reshape(40, 4096)
    weight = np.exp(-2j * np.pi * 78.492341e6 * np.arange(4096) / 2e9)
    assert clouds[0].ones(traces @ weight) > 0.85


def test_spectroscopy_finds_the_resonator(shfqc: Shfqc) -> None:
    """A continuous tone at the resonator's own frequency comes back, one 30 MHz beside it hardly does."""
    tree, at = shfqc.tree, "qachannels/0"
    shfqc.read(ANALYZER.format(shots=40, lead=40_000, rest=PERIOD - 40_000).replace("3,false", "0,true"), 40)
    tree.set(f"{at}/generator/elf/data", shfqc.seqc(SPECTROSCOPY, "SHFQC", "qa"))
    for path, value in {"mode": 0, "oscs/0/gain": 0.2, "spectroscopy/length": 16384}.items():
        tree.set(f"{at}/{path}", value)
    for path, value in {"length": 40, "averages": 1, "enable": 1}.items():
        tree.set(f"{at}/spectroscopy/result/{path}", value)
    found = []
    for frequency_hz in (7.2749e9 + 0.6e6, 7.305e9):
        tree.set(f"{at}/oscs/0/freq", frequency_hz - 7.2e9)
        tree.set(f"{at}/spectroscopy/result/enable", 1)
        tree.set(f"{at}/generator/enable", 1)
        tree.set("system/internaltrigger/repetitions", 1)
        tree.set("system/internaltrigger/enable", 1)
        assert wait(tree, f"{at}/spectroscopy/result/enable")
        assert wait(tree, f"{at}/generator/enable")
        found.append(abs(result(tree, f"{at}/spectroscopy/result/data/wave").mean()))
    assert found[0] > 3 * found[1]
