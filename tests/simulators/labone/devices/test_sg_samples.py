"""SHF signal generator channels: emitted samples against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.labone.devices.events import Frequency, Play, ResetPhase
from simulators.labone.devices.outputs import SgOutput, SineMixer, dbm_to_volts
from tests.simulators.labone.devices.bench import LSB, Compiler, carrier, gauss, play, table

WAVES = """
wave a = gauss(64, 0.6, 32, 8); wave b = gauss(96, -0.5, 40, 12); wave c = gauss(64, 0.3, 20, 6);
assignWaveIndex(1,2,a, 0); assignWaveIndex(1,2,a,1,2,c, 1); assignWaveIndex(1,2,b,1,2,b, 2);
"""
A, B, C = gauss(64, 0.6, 32, 8), gauss(96, -0.5, 40, 12), gauss(64, 0.3, 20, 6)
PAIRS = {0: (A, 0 * A), 1: (A, C), 2: (B, B)}


def test_a_pair_of_waves_leaves_as_a_complex_signal(seqc: Compiler) -> None:
    run = play(seqc(WAVES + "playZero(32); playWave(1, 2, a, 1, 2, c); playWave(1, b);", "SHFSG8"), "SHFSG8")
    volts = run.render(0, 256).volts
    expected = np.zeros(256, dtype=complex)
    expected[32:96] = A + 1j * C
    expected[96:192] = B
    assert np.abs((volts - expected).real).max() < LSB
    assert np.abs((volts - expected).imag).max() < LSB


def test_the_oscillator_turns_the_signal_around_the_center_frequency(seqc: Compiler) -> None:
    code = WAVES + "playZero(160); playWave(1, 2, a, 1, 2, c); playZero(48); playWave(1, 2, a, 1, 2, c);"
    run = play(seqc(code, "SHFSG8"), "SHFSG8", frequencies=(-73.1234567e6,) * 8)
    volts = run.render(0, 400).volts
    expected = np.zeros(400, dtype=complex)
    for start in (160, 272):
        expected[start : start + 64] = (A + 1j * C) * carrier(-73.1234567e6, 2e9, start, 64)
    assert np.abs(volts - expected).max() < 1.5 * LSB


def test_a_far_window_has_the_phase_of_its_instant(seqc: Compiler) -> None:
    code = WAVES + "playZero(2000000000); playWave(1, 2, a);"
    run = play(seqc(code, "SHFSG8"), "SHFSG8", frequencies=(12.5e6,) * 8)
    volts = run.render(2_000_000_000, 64).volts
    assert np.abs(volts - A * carrier(12.5e6, 2e9, 0, 64)).max() < 1.5 * LSB


def test_a_phase_reset_starts_the_oscillator_again(seqc: Compiler) -> None:
    code = WAVES + "playZero(1008); resetOscPhase(); wait(3); playZero(32); playWave(1, 2, a);"
    run = play(seqc(code, "SHFSG8"), "SHFSG8", frequencies=(10.3e6,) * 8)
    # The reset happens where the sequencer stands: at the start of the rest that plays.
    expected = A * carrier(10.3e6, 2e9, 1040, 64)
    assert np.abs(run.render(1040, 64).volts - expected).max() < 1.5 * LSB
    late = WAVES + "playZero(1008); playZero(32); resetOscPhase(); playWave(1, 2, a);"
    run = play(seqc(late, "SHFSG8"), "SHFSG8", frequencies=(10.3e6,) * 8)
    expected = A * carrier(10.3e6, 2e9, 32, 64)
    assert np.abs(run.render(1040, 64).volts - expected).max() < 1.5 * LSB


def test_sine_phases_are_set_and_moved_by_the_program(seqc: Compiler) -> None:
    code = WAVES + "setSinePhase(90); playWave(1,2,a); incrementSinePhase(45.5); playWave(1,2,a);"
    volts = play(seqc(code, "SHFSG8"), "SHFSG8").render(0, 128).volts
    assert np.abs(volts[:64] - 1j * A).max() < 1.5 * LSB
    assert np.abs(volts[64:] - np.exp(1j * np.radians(135.5)) * A).max() < 1.5 * LSB


def test_oscillator_frequencies_are_set_and_swept_by_the_program(seqc: Compiler) -> None:
    code = (
        WAVES
        + """
    setOscFreq(0, 31.7e6); playWave(1, 2, a); waitWave(); configFreqSweep(0, -20e6, 7.5e6); var i;
    for (i = 0; i < 3; i++) {
        resetOscPhase(); setSweepStep(0, i); playZero(64); playZero(64); playWave(1, 2, a); waitWave(); }
    """
    )
    run = play(seqc(code, "SHFSG8"), "SHFSG8")
    events = [event for shot in run.shots() for event in shot.events]
    plays = [event for event in events if isinstance(event, Play) and event.slot >= 0]
    assert len(plays) == 4
    first = run.render(plays[0].time, 64).volts
    # setOscFreq waits ten cycles after it has set the frequency.
    assert plays[0].time == 80
    assert np.abs(first - A * carrier(31.7e6, 2e9, 80, 64)).max() < 1.5 * LSB
    resets = [event.time for event in events if isinstance(event, ResetPhase)]
    sets = [event.time for event in events if isinstance(event, Frequency)][-3:]
    for number in range(3):
        begin = plays[number + 1].time
        # From the reset to the new frequency the oscillator still runs at the one before.
        old = (-20e6, -20e6, -12.5e6)[number]
        turned = (sets[number] - resets[number]) * old
        frequency = -20e6 + 7.5e6 * number
        phase = 2 * np.pi * (turned + frequency * (begin - sets[number])) / 2e9
        expected = A * np.exp(1j * phase) * carrier(frequency, 2e9, 0, 64)
        assert np.abs(run.render(begin, 64).volts - expected).max() < 1.5 * LSB


def test_gains_make_either_sideband(seqc: Compiler) -> None:
    elf = seqc(WAVES + "executeTableEntry(0); executeTableEntry(1);", "SHFSG8")
    upper = {"amplitude00": {"value": 0.7}, "amplitude01": {"value": -0.7}}
    upper |= {"amplitude10": {"value": 0.7}, "amplitude11": {"value": 0.7}}
    lower = upper | {"amplitude01": {"value": 0.7}, "amplitude10": {"value": -0.7}}
    entries = [{"index": 0, "waveform": {"index": 1}, **upper}, {"index": 1, "waveform": {"index": 1}, **lower}]
    run = play(elf, "SHFSG8", frequencies=(120e6,) * 8, table=table(entries))
    volts = run.render(0, 128).volts
    assert np.abs(volts[:64] - 0.7 * (A + 1j * C) * carrier(120e6, 2e9, 0, 64)).max() < 1.5 * LSB
    assert np.abs(volts[64:] - 0.7 * (A + 1j * C) * carrier(-120e6, 2e9, 64, 64)).max() < 1.5 * LSB


def test_amplitude_registers_keep_their_own_values(seqc: Compiler) -> None:
    elf = seqc(WAVES + "repeat (3) { executeTableEntry(0); executeTableEntry(1); }", "SHFSG8")

    def gains(value: float, **more: object) -> dict[str, object]:
        signs = {"amplitude00": 1, "amplitude01": -1, "amplitude10": 1, "amplitude11": 1}
        return {name: {"value": sign * value, **more} for name, sign in signs.items()}

    entries: list[dict[str, object]] = [
        {"index": 0, "waveform": {"index": 0}, **gains(-0.25, increment=True, register=2)},
        {"index": 1, "waveform": {"index": 0}, **gains(0.1, register=1)},
    ]
    volts = play(elf, "SHFSG8", table=table(entries)).render(0, 384).volts
    for turn, gain in enumerate((0.75, 0.1, 0.5, 0.1, 0.25, 0.1)):
        assert np.abs(volts[64 * turn : 64 * turn + 64] - gain * A).max() < 1.5 * LSB


def test_a_delay_moves_the_signal_with_its_carrier(seqc: Compiler) -> None:
    code = WAVES + "playWave(1, 2, a); playZero(64); playWave(1, 2, a);"
    run = play(seqc(code, "SHFSG8"), "SHFSG8", output=SgOutput(delay=21), frequencies=(37.7e6,) * 8)
    volts = run.render(0, 240).volts
    for begin in (0, 128):
        expected = A * carrier(37.7e6, 2e9, begin, 64)
        assert np.abs(volts[begin + 21 : begin + 85] - expected).max() < 1.5 * LSB
    assert np.count_nonzero(np.abs(volts) > 2 * LSB) <= 128


def test_range_switch_and_global_amplitude(seqc: Compiler) -> None:
    elf = seqc(WAVES + "playWave(1, 2, a);", "SHFSG8")
    assert dbm_to_volts(10.0) == pytest.approx(1.0)
    assert dbm_to_volts(-30.0) == pytest.approx(0.01)
    volts = play(elf, "SHFSG8", output=SgOutput(volts=0.1, gain=0.5)).render(0, 64).volts
    assert np.abs(volts - 0.05 * A).max() < 0.15 * LSB
    assert not play(elf, "SHFSG8", output=SgOutput(on=False)).render(0, 64).volts.any()


def test_signals_beyond_full_scale_are_cut(seqc: Compiler) -> None:
    elf = seqc("playWave(1, 2, ones(64), 1, 2, ones(64));", "SHFSG8")
    assert play(elf, "SHFSG8").render(0, 64).volts == pytest.approx(np.full(64, 1 + 1j))


def test_sines_run_while_nothing_plays(seqc: Compiler) -> None:
    elf = seqc("playZero(128);", "SHFSG8")
    output = SgOutput(sines=SineMixer(i_cos=0.5, q_sin=0.5))
    volts = play(elf, "SHFSG8", output=output, frequencies=(55e6,) * 8).render(0, 200).volts
    assert np.abs(volts - 0.5 * carrier(55e6, 2e9, 0, 200)).max() < 1e-9


def test_holds_markers_and_divided_rates(seqc: Compiler) -> None:
    code = """
    wave w = join(ones(32) * 0.25, ones(32) * 0.5); wave m = w + join(marker(32, 1), marker(32, 3));
    playWave(1, w, 2, w); playHold(64); playZero(32); playWave(1, w, 2); playWave(1, m);
    """
    run = play(seqc(code, "SHFSG8"), "SHFSG8")
    rendered = run.render(0, 480)
    signal = rendered.volts.real
    assert signal[:64] == pytest.approx(np.repeat([0.25, 0.5], 32), abs=LSB)
    assert signal[64:128] == pytest.approx(0.5, abs=LSB)
    assert not signal[128:160].any()
    assert signal[160:416] == pytest.approx(np.repeat([0.25, 0.5], 128), abs=LSB)
    assert signal[416:] == pytest.approx(np.repeat([0.25, 0.5], 32), abs=5 * LSB)
    assert rendered.markers[0, 416:].tolist() == [1] * 32 + [3] * 32
    assert not rendered.markers[:, :416].any()


ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "wave": st.sampled_from([0, 1, 2, None]),
        "phase": st.tuples(st.floats(-720, 720), st.booleans()),
        "gain": st.tuples(st.floats(-0.5, 0.5), st.booleans()),
        "oscillator": st.integers(0, 7),
    },
)
FREQUENCIES = tuple(1e6 * number * (-1) ** number * 13.7 for number in range(8))


def row_of(index: int, entry: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"index": index}
    if "wave" in entry:
        row["waveform"] = {"playZero": True, "length": 48} if entry["wave"] is None else {"index": entry["wave"]}
    if "phase" in entry:
        row["phase"] = {"value": entry["phase"][0], "increment": entry["phase"][1]}
    if "gain" in entry:
        for name, sign in (("00", 1), ("01", -1), ("10", 1), ("11", 1)):
            row[f"amplitude{name}"] = {"value": sign * entry["gain"][0], "increment": entry["gain"][1]}
    if "oscillator" in entry:
        row["oscillatorSelect"] = {"value": entry["oscillator"]}
    return row


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(ENTRY, min_size=1, max_size=6), order=st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_any_schedule_of_entries_plays_what_it_says(
    seqc: Compiler, entries: list[dict[str, Any]], order: list[int]
) -> None:
    """Against a direct evaluation of the entries, one after another."""
    order = [number % len(entries) for number in order]
    rows = [row_of(index, entry) for index, entry in enumerate(entries)]
    code = WAVES + "".join(f"executeTableEntry({number});" for number in order)
    run = play(seqc(code, "SHFSG8"), "SHFSG8", frequencies=FREQUENCIES, table=table(rows))

    time, phase, gain, oscillator = 0, 0.0, 1.0, 0
    expected = np.zeros(48 + 96 * len(order), dtype=complex)
    for number in order:
        entry = entries[number]
        if "phase" in entry:
            phase = entry["phase"][0] + (phase if entry["phase"][1] else 0.0)
        if "gain" in entry:
            gain = np.clip(entry["gain"][0] + (gain if entry["gain"][1] else 0.0), -1, 1)
        oscillator = entry.get("oscillator", oscillator)
        if "wave" in entry and entry["wave"] is None:
            time += 48
        elif "wave" in entry:
            first, second = PAIRS[entry["wave"]]
            signal = gain * (first + 1j * second) * np.exp(1j * np.radians(phase))
            expected[time : time + first.size] = signal * carrier(FREQUENCIES[oscillator], 2e9, time, first.size)
            time += first.size
    clipped = np.clip(expected.real, -1, 1) + 1j * np.clip(expected.imag, -1, 1)
    assert np.abs(run.render(0, expected.size).volts - clipped).max() < 1.5 * LSB
