"""HDAWG cores: emitted volts against closed forms, for every modulation mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.labone.devices.outputs import HdawgOutput
from tests.simulators.labone.devices.bench import LSB, Compiler, gauss, play, table

WAVES = """
wave a = gauss(64, 0.5, 32, 8); wave b = gauss(64, -0.4, 20, 6); wave c = gauss(64, 0.3, 24, 7);
"""
ASSIGNED = WAVES + "assignWaveIndex(1,2,a,1,2,c, 0); assignWaveIndex(1,a, 2,b, 1); assignWaveIndex(2,c, 2);"
A, B, C = gauss(64, 0.5, 32, 8), gauss(64, -0.4, 20, 6), gauss(64, 0.3, 24, 7)
COLUMNS = {0: (A + C, A + C), 1: (A, B), 2: (0 * A, C)}
RATE = 2.4e9


def sine(frequency: float, degrees: float, start: int, length: int = 64) -> np.ndarray:
    turns = frequency / RATE * (start + np.arange(length)) + degrees / 360
    return np.sin(2 * np.pi * turns)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("playWave(a);", (A, 0 * A)),
        ("playWave(2, a);", (0 * A, A)),
        ("playWave(1, 2, a);", (A, A)),
        ("playWave(1, a, 2, b);", (A, B)),
        ("playWave(2, a, 1, b);", (B, A)),
        ('playWave(1, "", 2, b);', (0 * A, B)),
        ("playWave(1, 2, a, 1, 2, b);", (A + B, A + B)),
        ("playWave(1, 2, a, 2, b);", (A, A + B)),
        ("playWave(1, a, 1, 2, b);", (A + B, B)),
    ],
)
def test_every_routing_of_waves_to_outputs(seqc: Compiler, code: str, expected: tuple[np.ndarray, ...]) -> None:
    volts = play(seqc(WAVES + code, "HDAWG8"), "HDAWG8").render(0, 64).volts
    assert np.abs(volts - np.stack(expected)).max() < 1.5 * LSB


@pytest.mark.parametrize(("mode", "pair"), [(1, (0, 0)), (2, (1, 1)), (3, (0, 1)), (4, (1, 0))])
def test_sine_modulation_modes(seqc: Compiler, mode: int, pair: tuple[int, int]) -> None:
    code = WAVES + "setSinePhase(0, 90); playZero(160); playWave(1, a, 2, b);"
    output = HdawgOutput(modes=(mode, mode), oscillators=(3, 5))
    frequencies = (0.0, 0.0, 0.0, 123.4e6, 0.0, -50e6)
    volts = play(seqc(code, "HDAWG8"), "HDAWG8", output=output, frequencies=frequencies).render(160, 64).volts
    sines = sine(123.4e6, 90, 160), sine(-50e6, 0, 160)
    expected = A * sines[pair[0]], B * sines[pair[1]]
    assert np.abs(volts - np.stack(expected)).max() < 1.5 * LSB


def test_mixer_calibration_rotates_and_mixes(seqc: Compiler) -> None:
    """Sine 1 a cosine, sine 2 a sine: the gain matrix acts on the pair (A + iB) exp(-i omega t)."""
    code = WAVES + "setSinePhase(0, 90); setSinePhase(1, 0); playZero(96); playWave(1,2,a, 1,2,b);"
    gains = ((0.9, 0.07), (-0.05, 0.8))
    output = HdawgOutput(modes=(6, 6), gains=gains, volts=(0.4, 0.4), offsets=(0.01, -0.02))
    run = play(seqc(code, "HDAWG8"), "HDAWG8", output=output, frequencies=(77.7e6,) * 16)
    turned = (A + 1j * B) * np.exp(-2j * np.pi * 77.7e6 / RATE * (96 + np.arange(64)))
    first = gains[0][0] * turned.real + gains[0][1] * turned.imag
    second = gains[1][0] * turned.real + gains[1][1] * turned.imag
    expected = 0.4 * np.stack([first, second]) + np.array([[0.01], [-0.02]])
    assert np.abs(run.render(96, 64).volts - expected).max() < 0.4 * 1.5 * LSB


def test_an_output_that_is_off_stays_at_zero(seqc: Compiler) -> None:
    elf = seqc(WAVES + "playWave(1, a, 2, b);", "HDAWG8")
    volts = play(elf, "HDAWG8", output=HdawgOutput(on=(False, True), offsets=(0.1, 0.0))).render(0, 64).volts
    assert not volts[0].any()
    assert np.abs(volts[1] - B).max() < LSB


def test_each_output_has_its_own_delay(seqc: Compiler) -> None:
    run = play(seqc(WAVES + "playWave(1, a, 2, b);", "HDAWG8"), "HDAWG8", output=HdawgOutput(delay=(7, 30)))
    volts = run.render(0, 128).volts
    assert np.abs(volts[0, 7:71] - A).max() < LSB
    assert np.abs(volts[1, 30:94] - B).max() < LSB
    assert not volts[0, :7].any()
    assert not volts[1, 94:].any()


def test_sines_are_added_to_the_outputs(seqc: Compiler) -> None:
    output = HdawgOutput(sines=((0.1, 0.0), (0.0, 0.2)), volts=(0.5, 0.5))
    run = play(seqc("playZero(64);", "HDAWG8"), "HDAWG8", output=output, frequencies=(10e6,) * 16)
    volts = run.render(0, 100).volts
    assert volts[0] == pytest.approx(0.1 * sine(10e6, 0, 0, 100))
    assert volts[1] == pytest.approx(0.2 * sine(10e6, 0, 0, 100))


def test_entries_route_their_columns_to_the_outputs_they_name(seqc: Compiler) -> None:
    both = {"index": 1, "awgChannel0": ["sigout0", "sigout1"], "awgChannel1": ["sigout1"]}
    elf = seqc(ASSIGNED + "executeTableEntry(0);", "HDAWG8")
    run = play(elf, "HDAWG8", table=table([{"index": 0, "waveform": both}], shf=False))
    assert np.abs(run.render(0, 64).volts - np.stack([A, A + B])).max() < 1.5 * LSB


ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "wave": st.sampled_from([0, 1, 2, None]),
        "phase0": st.tuples(st.floats(-720, 720), st.booleans()),
        "phase1": st.tuples(st.floats(-720, 720), st.booleans()),
        "amplitude0": st.tuples(st.floats(-0.5, 0.5), st.booleans()),
        "amplitude1": st.tuples(st.floats(-0.5, 0.5), st.booleans()),
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(ENTRY, min_size=1, max_size=5), order=st.lists(st.integers(0, 4), min_size=1, max_size=10))
def test_any_schedule_of_entries_plays_what_it_says(
    seqc: Compiler, entries: list[dict[str, Any]], order: list[int]
) -> None:
    order = [number % len(entries) for number in order]
    rows = []
    for index, entry in enumerate(entries):
        row: dict[str, Any] = {"index": index}
        if "wave" in entry:
            row["waveform"] = (
                {"playZero": True, "length": 32} if entry["wave"] is None else {"index": entry["wave"]}
            )
        for name in entry.keys() - {"wave"}:
            row[name] = {"value": entry[name][0], "increment": entry[name][1]}
        rows.append(row)
    code = ASSIGNED + "".join(f"executeTableEntry({number});" for number in order)
    run = play(
        seqc(code, "HDAWG8"),
        "HDAWG8",
        output=HdawgOutput(modes=(3, 3)),
        frequencies=(31.3e6,) * 16,
        table=table(rows, shf=False),
    )
    state = {"phase0": 0.0, "phase1": 0.0, "amplitude0": 1.0, "amplitude1": 1.0}
    time = 0
    expected = np.zeros((2, 64 * len(order) + 32))
    for number in order:
        entry = entries[number]
        for name in entry.keys() - {"wave"}:
            state[name] = entry[name][0] + (state[name] if entry[name][1] else 0.0)
            if name.startswith("amplitude"):
                state[name] = float(np.clip(state[name], -1, 1))
        if "wave" in entry and entry["wave"] is None:
            time += 32
        elif "wave" in entry:
            for output in (0, 1):
                signal = COLUMNS[entry["wave"]][output] * state[f"amplitude{output}"]
                expected[output, time : time + 64] = signal * sine(31.3e6, state[f"phase{output}"], time)
            time += 64
    assert np.abs(run.render(0, expected.shape[1]).volts - np.clip(expected, -1, 1)).max() < 2 * LSB
