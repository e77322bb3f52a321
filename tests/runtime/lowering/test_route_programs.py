"""Play lists: lengths, idles, distinct waveforms, offsets, and several generators."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drivers.contract import SILENCE, InstrumentProgram
from runtime.lowering import MixerCorrection, OutputLine, Timeline, TriggerLine, Wiring, lower, route
from runtime.pulse import Constant, Delay, Drag, Play, Schedule, ShiftPhase
from tests.runtime.lowering.lab import D0, D1, LIMITS, PLAYBACK, U0, make_target, make_wiring, measured, output

TARGET = make_target(1e-9)


def rabi(points: int) -> list[Timeline]:
    """An amplitude sweep of a pulse on d0, from 0, with a readout."""
    amplitudes = np.linspace(0, 0.4, points).tolist()
    return [lower(measured(Schedule((0, Play(Drag(160, a, 40, -1.1), D0)))), TARGET) for a in amplitudes]


def program_of(timelines: list[Timeline], wiring: Wiring, **limits: int) -> InstrumentProgram:
    known = {**LIMITS, "awg": replace(PLAYBACK, **limits)}
    return route(timelines, wiring, known, shots=10).programs["awg"]


def test_a_sweep_shares_what_its_points_share() -> None:
    program = program_of(rabi(21), make_wiring(idle_s=50e-6))
    steps = program.steps[::2]
    assert len(program.steps) == 42
    drive = {step.waveforms[0] for step in steps}
    assert len(drive) == 21
    assert SILENCE in drive  # the point of amplitude 0
    assert len({step.waveforms[4:] for step in steps}) == 1
    assert len(program.waveforms) == 20 * 2 + 2
    assert all(step.waveforms[2:4] == (SILENCE, SILENCE) for step in steps)


def test_every_wired_port_is_in_the_program() -> None:
    program = program_of(rabi(1), make_wiring())
    assert program.ports == (1, 2, 3, 4, 7, 8)
    assert program.port_names == ("drive0.I", "drive0.Q", "drive1.I", "drive1.Q", "readout.I", "readout.Q")


@pytest.mark.parametrize(
    ("duration", "delay_s", "length"),
    [(10, 0.0, 64), (64, 0.0, 64), (65, 0.0, 68), (64, 0.1e-9, 68), (96, 3e-9, 100)],
)
def test_lengths_are_rounded_up_to_what_the_generator_plays(duration: int, delay_s: float, length: int) -> None:
    line = output("drive0", D0, ports=(1, 2), lo=5.1e9, delay_s=delay_s)
    wiring = Wiring((line,), sample_rates_hz={"awg": 1_000_000_000})
    program = program_of([lower(Schedule((0, Play(Constant(duration, 0.5), D0))), TARGET)], wiring)
    (step,) = program.steps
    assert step.length == length
    assert np.count_nonzero(program.port_samples(1, 0)) == duration


@pytest.mark.parametrize(
    ("idle_s", "repeats"),
    [(0.0, []), (1e-9, [1]), (100e-6, [1000, 562]), (64e-6, [1000]), (96e-9, [2]), (128.1e-6, [1000, 1000, 2])],
)
def test_idles_are_repeated_short_silences(idle_s: float, repeats: list[int]) -> None:
    program = program_of(rabi(1), make_wiring(idle_s=idle_s))
    idle = program.steps[1:]
    assert [step.repeat for step in idle] == repeats
    assert all(step.length == 64 and set(step.waveforms) == {SILENCE} for step in idle)


def test_offsets_stay_on_while_a_port_is_idle() -> None:
    mixer = MixerCorrection(offset_i=0.01, offset_q=-0.02)
    line = output("drive0", D0, ports=(1, 2), lo=5.05e9, mixer=mixer)
    wiring = Wiring((line,), idle_s=1e-6, sample_rates_hz={"awg": 1_000_000_000})
    program = program_of([lower(Schedule((0, Play(Constant(32, 0.5), D0))), TARGET)], wiring)
    np.testing.assert_array_equal(program.port_samples(1, 1), np.full(64, 0.01))
    np.testing.assert_array_equal(program.port_samples(2, 1), np.full(64, -0.02))
    np.testing.assert_array_equal(program.port_samples(1, 0)[32:], np.full(32, 0.01))


def test_lines_on_the_same_ports_add_and_are_offset_once() -> None:
    mixer = MixerCorrection(offset_i=0.1)
    lines = tuple(
        output(name, channel, ports=(1, 2), lo=4.9e9, shared=True, mixer=mixer)
        for name, channel in (("drive1", D1), ("cross", U0))
    )
    wiring = Wiring(lines, sample_rates_hz={"awg": 1_000_000_000})
    schedule = Schedule((0, Play(Constant(64, 0.25), D1)), (0, Play(Constant(64, 0.5), U0)))
    program = program_of([lower(schedule, TARGET)], wiring)
    np.testing.assert_allclose(program.port_samples(1, 0), np.full(64, 0.85), atol=1e-15)
    assert program.port_names == ("drive1+cross.I", "drive1+cross.Q")


def test_equal_programs_have_equal_hashes_and_others_do_not() -> None:
    hashes = [program_of(rabi(points), make_wiring()).content_hash() for points in (3, 3, 4)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_frame_changes_and_delays_need_no_wire() -> None:
    schedule = Schedule((0, Play(Constant(64, 0.25), D0)), (0, ShiftPhase(1.0, U0)), (0, Delay(100, U0)))
    assert program_of([lower(schedule, TARGET)], make_wiring()).steps[0].length == 100


def test_a_port_may_carry_a_trigger_and_nothing_else() -> None:
    wiring = make_wiring(triggers=(TriggerLine("awg", 5, 2, "digitizer"),))
    program = program_of(rabi(1), wiring)
    assert program.port_names[4] == "trigger of digitizer"
    assert program.steps[0].waveforms[4] == SILENCE
    assert [(marker.port, marker.marker) for marker in program.steps[0].markers] == [(5, 2)]


def test_a_program_that_emits_nothing_still_has_its_entry() -> None:
    program = program_of([lower(Schedule((0, ShiftPhase(1.0, D0))), TARGET)], make_wiring(idle_s=1e-6))
    assert [(step.length, step.repeat) for step in program.steps] == [(64, 1), (64, 16)]
    assert program.waveforms == ()


def test_generators_of_different_clocks_stay_together() -> None:
    """1 GS/s in fours and 2.4 GS/s in eights meet every 20 ns."""
    first = OutputLine("drive0", (D0,), "awg", 1, 2, 5.1e9)
    second = OutputLine("drive1", (D1,), "other", 1, 2, 4.9e9)
    rates = {"awg": 1_000_000_000, "other": 2_400_000_000}
    wiring = Wiring((first, second), idle_s=1.04e-6, sample_rates_hz=rates)
    limits = {"awg": PLAYBACK, "other": replace(PLAYBACK, granularity=8)}
    schedule = Schedule((0, Play(Constant(101, 0.25), D0)), (0, Play(Constant(50, 0.25), D1)))
    programs = route([lower(schedule, TARGET)], wiring, limits, shots=1).programs
    lengths = {name: [step.length * step.repeat for step in program.steps] for name, program in programs.items()}
    assert lengths == {"awg": [120, 1040], "other": [288, 2496]}
    assert [step.repeat for step in programs["awg"].steps] == [step.repeat for step in programs["other"].steps]
