"""Readout outputs: tones that restart with each pulse, few stored waveforms, records that start themselves."""

from __future__ import annotations

import cmath
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.contract import AcquisitionPlan, ProblemReport, SequencerProgram
from runtime.lowering import OutputLine, Routed, Wiring, lower, route
from runtime.pulse import (
    Acquire,
    Constant,
    Delay,
    Drag,
    GaussianSquare,
    MemorySlot,
    Play,
    Schedule,
    ShiftFrequency,
    ShiftPhase,
)
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import A0, A1, CARRIERS, D0, M0, M1, make_target
from tests.runtime.lowering.sequencing import LIMITS, RATE_HZ, converter, emitted, require_playable

NINTHS = make_target(0.2222222222222222e-9)
CELL_S = Fraction(16, RATE_HZ)
X90 = Play(Drag(160, 0.2, 40, -1.1), D0)
TONES = (Play(GaussianSquare(4000, 0.6, 64, width=3744), M0), Play(GaussianSquare(4000, 0.5, 64, width=3744), M1))


def measure(schedule: Schedule, start: int, qubits: tuple[int, ...] = (0, 1)) -> Schedule:
    """A readout of both qubits, or of one."""
    for qubit in qubits:
        schedule = schedule.insert(start, TONES[qubit])
        schedule = schedule.insert(start, Acquire(4000, (A0, A1)[qubit], MemorySlot(qubit)))
    return schedule


def ramsey(delays: list[int]) -> list[Schedule]:
    return [measure(Schedule((0, X90), (160 + delay, X90)), 320 + delay) for delay in delays]


def routed(schedules: list[Schedule], wiring: Wiring | None = None, **limits: object) -> Routed:
    known = {"qc": replace(LIMITS["qc"], **limits)}
    return route(lower(schedules, NINTHS), wiring or converter(), known, shots=10)


def lead_s(start: int, delay_s: Fraction = Fraction(0)) -> Fraction:
    """How much later a program begins whose first readout starts at an instant, dt of 2/9 ns."""
    instant = start * NINTHS.dt_exact + delay_s
    line = math.ceil(instant / CELL_S) * CELL_S
    return (max(line, 2 * CELL_S) if line else line) - instant


def readout_signal(schedule: Schedule, line: OutputLine, late: Fraction, length: int) -> NDArray[np.complex128]:
    """The formula as it stands: each tone's carrier counts from its pulse's start, its frame does not."""
    samples, dt = np.zeros(length, np.complex128), NINTHS.dt_exact
    for channel in line.channels:
        if_hz = Fraction(CARRIERS[channel]) - Fraction(line.lo_frequency_hz)
        for k0, pulse, phi, nu, a in reference.framed_plays(schedule, channel, dt, CARRIERS[channel]):
            for n in range(length):
                middle = Fraction(2 * n + 1, 2 * RATE_HZ) - late
                u = (middle - k0 * dt) / dt
                if 0 <= u < pulse.duration:
                    turns = nu * (middle - dt / 2) + a + if_hz * (Fraction(n, RATE_HZ) - late - k0 * dt)
                    samples[n] += (
                        line.scale * reference.envelope(pulse, u) * cmath.exp(1j * phi) * reference.turn(turns)
                    )
    return samples


def test_all_instants_are_served_by_one_waveform() -> None:
    """16 dt are 7 1/9 samples; nine offsets between samples would need 27 slots of 4096 samples."""
    program = routed(ramsey([16 * k for k in range(40)])).sequencers["qc"]
    drive, _, readout = program.tracks
    assert len(readout.envelopes) == 1
    assert readout.oscillator_hz == 0
    assert set(readout.amplitudes) == {1.0}
    assert set(readout.phases_rad) == {0.0}
    assert len(drive.envelopes) > 9
    require_playable(program)


@pytest.mark.parametrize("delay", [0, 16, 4000])
def test_programs_begin_so_that_their_readout_lies_on_the_grid(delay: int) -> None:
    """Everything in the program moves along: drive carriers, too."""
    wiring = converter()
    (schedule,) = ramsey([delay])
    program = routed([schedule], wiring).sequencers["qc"]
    late = lead_s(320 + delay)
    drive, readout = wiring.outputs[0], wiring.outputs[2]
    moved = replace(drive, delay_s=float(late))
    assert abs(Fraction(f"{moved.delay_s:.15g}") - late) < Fraction(1, 10**22)
    length = min(program.lengths[0], 500)
    wanted = reference.port_signal(schedule, moved, CARRIERS, (NINTHS.dt_exact, RATE_HZ, length))
    np.testing.assert_allclose(emitted(program, 0, length=length), wanted, rtol=0, atol=1e-11)
    first = int(program.tracks[2].starts[0])
    assert first == (320 + delay) * NINTHS.dt_exact * RATE_HZ + late * RATE_HZ
    samples = emitted(program, 2)
    wanted = readout_signal(schedule, readout, late, min(first + 200, program.lengths[0]))
    np.testing.assert_allclose(samples[: wanted.size], wanted, rtol=0, atol=1e-12)


def test_frames_of_measure_channels_are_kept() -> None:
    shifted = Schedule((0, ShiftPhase(0.7, M0)), (40, ShiftFrequency(3e6, M0)))
    schedule = shifted.insert(800, Play(Constant(400, 0.5), M0)).insert(1400, Play(Constant(400, 0.5), M0))
    program = routed([schedule]).sequencers["qc"]
    wanted = readout_signal(schedule, converter().outputs[2], lead_s(800), 900)
    np.testing.assert_allclose(emitted(program, 2, length=900), wanted, rtol=0, atol=1e-12)


def integrated(program: SequencerProgram, plan: AcquisitionPlan, late_s: float) -> list[complex]:
    """Windows of what comes back, each demodulated by the contract's rule: the phase runs from record_start_s."""
    values = []
    fs = plan.sample_rate_hz
    for window in plan.windows:
        track, record = program.tracks[2], window.record
        edge = int(track.starts[track.begin[record]])
        signal = track.samples(record, program.lengths[record], fs)
        behind = round(late_s * fs)
        begin = edge + plan.trigger_delay + window.start - behind
        count = window.stop - window.start
        times = window.record_start_s + np.arange(window.start, window.stop) / fs
        turned = signal[begin : begin + count] * np.exp(-2j * np.pi * window.if_frequency_hz * times)
        values.append(complex(turned.mean()))
    return values


def test_the_iq_plane_is_the_same_wherever_a_program_reads_out() -> None:
    result = routed(ramsey([0, 16, 144, 4000, 10_000]))
    values = integrated(result.sequencers["qc"], result.plans["qc"], 120e-9)
    first, second = values[0::2], values[1::2]
    np.testing.assert_allclose(first, first[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(second, second[0], rtol=0, atol=1e-12)
    # The phase is that of the pulse, 0, less the way there and back.
    for value, qubit in ((first[0], 0), (second[0], 1)):
        if_hz = (7.25e9, 7.33e9)[qubit] - 7.3e9
        assert abs(value) > 0.1
        assert cmath.phase(value * cmath.exp(2j * math.pi * if_hz * 120e-9)) == pytest.approx(0, abs=0.02)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=4), st.integers(0, 300), st.integers(0, 40))
def test_windows_hold_the_samples_of_their_acquire(starts: list[int], late_ns: int, skew: int) -> None:
    """Counted from a program's start: first readout event, trigger delay, window; all in exact time."""
    base = converter()
    skew_s = Fraction(skew, 10**10)
    outputs = (*base.outputs[:2], replace(base.outputs[2], delay_s=float(skew_s)))
    inputs = (replace(base.inputs[0], delay_s=late_ns * 1e-9 + skew * 1e-10),)
    wiring = replace(base, outputs=outputs, inputs=inputs)
    result = routed([measure(Schedule(), start, (0,)) for start in starts], wiring)
    plan, program = result.plans["qc"], result.sequencers["qc"]
    track = program.tracks[2]
    assert len(track.envelopes) == 1
    for window, start in zip(plan.windows, starts, strict=True):
        late = lead_s(start, skew_s)
        edge = int(track.starts[track.begin[window.record]])
        assert edge <= (start * NINTHS.dt_exact + late + skew_s) * RATE_HZ < edge + 32
        arrival = start * NINTHS.dt_exact + late + Fraction(late_ns, 10**9) + skew_s
        sample = Fraction(edge + plan.trigger_delay + window.start, RATE_HZ)
        assert arrival <= sample < arrival + Fraction(1, RATE_HZ)
        assert window.stop - window.start == 4000 * NINTHS.dt_exact * RATE_HZ // 1
        wanted = Fraction(edge + plan.trigger_delay, RATE_HZ) - late - start * NINTHS.dt_exact
        assert window.record_start_s == pytest.approx(float(wanted), abs=1e-18)


def test_windows_of_a_program_may_start_at_different_instants() -> None:
    """Measured twice, with the same waveform where the distance is a whole number of cells."""
    schedule = Schedule((0, TONES[0]), (0, Acquire(4000, A0, MemorySlot(0))))
    later = 144 * 33
    schedule = schedule.insert(later, TONES[0]).insert(later, Acquire(4000, A0, MemorySlot(1)))
    result = routed([schedule])
    plan, track = result.plans["qc"], result.sequencers["qc"].tracks[2]
    assert len(track.envelopes) == 1
    one, other = plan.windows
    assert (one.slot, other.slot) == (0, 1)
    distance = later * NINTHS.dt_exact * RATE_HZ
    assert other.start - one.start == math.ceil(distance)
    assert other.record_start_s == pytest.approx(one.record_start_s - float(distance / RATE_HZ), abs=1e-18)


def test_a_program_without_a_readout_begins_on_time() -> None:
    program = routed([Schedule((0, X90), (0, Delay(100, M0)))]).sequencers["qc"]
    assert program.tracks[0].starts.tolist() == [0]
    assert program.tracks[2].starts.size == 0


def test_record_edges_without_a_readout_play_on_the_instrument() -> None:
    """The readout comes from another line of it that is no readout output: the first Acquire counts."""
    base = converter()
    outputs = (base.outputs[0], OutputLine("readout", (M0, M1), "qc", 2, None, 7.3e9, shared=True, scale=0.5))
    result = routed([measure(Schedule(), 100)], replace(base, outputs=outputs))
    plan = result.plans["qc"]
    edge = math.floor(100 * NINTHS.dt_exact / CELL_S) * 16
    first = Fraction(edge + plan.trigger_delay + plan.windows[0].start, RATE_HZ)
    arrival = 100 * NINTHS.dt_exact + Fraction(120, 10**9)
    assert arrival <= first < arrival + Fraction(1, RATE_HZ)
    wanted = Fraction(edge + plan.trigger_delay, RATE_HZ)
    assert plan.windows[0].record_start_s == pytest.approx(float(wanted), abs=1e-18)


def test_records_that_an_instrument_integrates_may_be_longer_than_its_traces() -> None:
    """Only what the weights cover has to fit, and they are chosen later."""
    acquisition = replace(LIMITS["qc"].acquisition, max_record=1000)
    assert routed(ramsey([0]), acquisition=acquisition).plans["qc"].record_length > 1000
    with pytest.raises(ProblemReport, match="record too long"):
        routed(ramsey([0]), acquisition=replace(acquisition, integrators=0))


@pytest.mark.parametrize("what", ["frequency", "amplitude", "length"])
def test_sweeps_of_one_shape_are_left_to_the_adapter(what: str) -> None:
    """Instruments have ways to play one shape at many frequencies and amplitudes; other shapes need memory."""
    schedules = []
    for point in range(9):
        width = 3744 - (64 * point if what == "length" else 0)
        pulse = GaussianSquare(width + 256, 0.3 + (0.02 * point if what == "amplitude" else 0.0), 64, width=width)
        schedule = Schedule((0, ShiftFrequency(1e6 * point if what == "frequency" else 0.0, M0)))
        schedule = schedule.insert(144, Play(pulse, M0))
        schedules.append(schedule.insert(144, Acquire(width + 256, A0, MemorySlot(0))))
    few = replace(LIMITS["qc"].sequencer, max_envelopes=4)
    with pytest.raises(ProblemReport, match="too many envelopes"):
        routed(schedules, sequencer=few)
    able = replace(few, one_shape_sweeps=True)
    if what == "length":
        with pytest.raises(ProblemReport, match="too many envelopes"):
            routed(schedules, sequencer=able)
    else:
        assert len(routed(schedules, sequencer=able).sequencers["qc"].tracks[2].envelopes) == 9
