"""What ports emit, sample by sample: closed forms at the instrument's instants, and everything undone again."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.contract import InstrumentProgram
from runtime.lowering import MixerCorrection, OutputLine, lower, route
from runtime.pulse import Constant, Drag, GaussianSquare, Play, Schedule, ShiftFrequency, ShiftPhase, Waveform
from runtime.target import Target
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import CARRIERS, D0, LIMITS, M0, M1, make_target, output, single_line
from tests.runtime.lowering.strategies import CARRIERS as RANDOM_CARRIERS
from tests.runtime.lowering.strategies import schedules

NS = 1e-9


def emitted(program: InstrumentProgram, ports: tuple[int, int] = (1, 2)) -> NDArray[np.complex128]:
    """I + iQ of the program's first step."""
    return program.port_samples(ports[0], 0) + 1j * program.port_samples(ports[1], 0)


def routed(
    schedule: Schedule, line: OutputLine, target: Target, rate_hz: int, **fields: object
) -> InstrumentProgram:
    wiring = single_line(line, rate_hz, **fields)
    return route([lower(schedule, target)], wiring, LIMITS, shots=1).programs["awg"]


BUSY = Schedule(
    (0, Play(Drag(64, 0.2, 16, -1.1, 0.4), D0)),
    (64, ShiftPhase(1.1, D0)),
    (64, ShiftFrequency(31.7e6, D0)),
    (80, Play(GaussianSquare(112, 0.3, 10, width=70, angle=-0.2), D0)),
    (192, ShiftFrequency(-20e6, D0)),
    (208, Play(Constant(48, 0.25, 2.0), D0)),
    name="busy",
)


@pytest.mark.parametrize("dt", [0.2222222222222222 * NS, 0.5 * NS, 4 * NS], ids=["2/9ns", "0.5ns", "4ns"])
@pytest.mark.parametrize("rate_hz", [round(gigahertz * 1e9) for gigahertz in (1.0, 1.2, 1.8, 2.25, 2.4, 2.5, 5.0)])
def test_parametric_pulses_stand_at_the_instruments_instants(dt: float, rate_hz: int) -> None:
    target = make_target(dt)
    line = output("drive0", D0, ports=(1, 2), lo=5.053e9, delay_s=3.3e-9, scale=0.8)
    program = routed(BUSY, line, target, rate_hz)
    samples = emitted(program)
    # The reference is slow: 700 samples of the 4 ns schedule will do.
    wanted = reference.port_signal(BUSY, line, CARRIERS, (target.dt_exact, rate_hz, min(samples.size, 700)))
    np.testing.assert_allclose(samples[: wanted.size], wanted, rtol=0, atol=1e-12)
    assert program.interpolation == "none"


@settings(max_examples=25, deadline=None)
@given(
    schedules(sampled=False),
    st.sampled_from([1_000_000_000, 2_400_000_000, 2_500_000_000]),
    st.floats(0, 20e-9, allow_subnormal=False),
)
def test_random_schedules_on_a_shared_line(schedule: Schedule, rate_hz: int, delay_s: float) -> None:
    target = Target(num_qubits=2, dt=4e-9, channel_frequencies=RANDOM_CARRIERS)
    line = output("all", *RANDOM_CARRIERS, ports=(1, 2), lo=5.06e9, shared=True, scale=0.25, delay_s=delay_s)
    samples = emitted(routed(schedule, line, target, rate_hz))
    length = min(samples.size, 400)
    wanted = reference.port_signal(schedule, line, RANDOM_CARRIERS, (target.dt_exact, rate_hz, length))
    np.testing.assert_allclose(samples[:length], wanted, rtol=0, atol=1e-12)


def test_an_instrument_at_dt_plays_the_streams() -> None:
    """No IF, no delay: the samples are those of `streams`."""
    target = make_target(0.2222222222222222 * NS)
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0])
    timeline = lower(BUSY, target)
    samples = emitted(routed(BUSY, line, target, 4_500_000_000))
    stream = timeline.streams()[D0].to_array()
    np.testing.assert_allclose(samples[: stream.size], stream, rtol=0, atol=1e-12)
    assert not samples[stream.size :].any()


def test_carrier_mixer_and_delay_can_be_undone() -> None:
    """From port samples back to the stream, by the formulas of the documentation and a plain down-conversion."""
    target = make_target(1e-9)
    mixer = MixerCorrection(gain=1.07, phase_rad=-0.06, offset_i=0.013, offset_q=-0.021)
    line = output("drive0", D0, ports=(1, 2), lo=5.05e9, scale=0.7, delay_s=5e-9, mixer=mixer)
    program = routed(BUSY, line, target, 1_000_000_000)
    i_port, q_port = program.port_samples(1, 0), program.port_samples(2, 0)
    q_signal = (q_port - mixer.offset_q) * np.cos(mixer.phase_rad) / mixer.gain
    i_signal = (i_port - mixer.offset_i) - np.sin(mixer.phase_rad) * (q_port - mixer.offset_q) / mixer.gain
    baseband = (i_signal + 1j * q_signal) * np.exp(-2j * np.pi * 50e6 * (np.arange(i_port.size) * 1e-9 - 5e-9))
    stream = lower(BUSY, target).streams()[D0].to_array()
    np.testing.assert_allclose(baseband[5 : 5 + stream.size] / 0.7, stream, rtol=0, atol=1e-12)


def test_the_mixer_correction_inverts_the_mixer_it_describes() -> None:
    """The documented mixer, fed with the ports, emits I cos - Q sin."""
    mixer = MixerCorrection(gain=1.2, phase_rad=0.1)
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0], mixer=mixer)
    program = routed(Schedule((0, Play(Constant(64, 0.5, 0.7), D0))), line, make_target(1e-9), 1_000_000_000)
    i_port, q_port = program.port_samples(1, 0)[10], program.port_samples(2, 0)[10]
    angle = np.linspace(0, 2 * np.pi, 100)
    emission = i_port * np.cos(angle) - q_port / mixer.gain * np.sin(angle + mixer.phase_rad)
    np.testing.assert_allclose(emission, 0.5 * np.cos(angle + 0.7), atol=1e-15)


def test_tones_on_a_shared_line_add() -> None:
    target = make_target(1e-9)
    line = output("readout", M0, M1, ports=(1, 2), lo=7.3e9, shared=True, scale=0.5)
    both = Schedule((0, Play(Constant(64, 0.4), M0)), (0, Play(Constant(64, 0.3), M1)))
    n = np.arange(64)
    wanted = 0.2 * np.exp(-2j * np.pi * 0.05 * n) + 0.15 * np.exp(2j * np.pi * 0.03 * n)
    np.testing.assert_allclose(emitted(routed(both, line, target, 1_000_000_000))[:64], wanted, atol=1e-12)


RAMP = Waveform(np.linspace(0.1, 0.8, 8))


@pytest.mark.parametrize(
    ("rate_hz", "interpolation", "recorded"),
    [(1_000_000_000, "none", "none"), (3_000_000_000, "none", "none"), (2_500_000_000, "hold", "hold")],
)
def test_sampled_pulses_are_held_over_their_samples(rate_hz: int, interpolation: str, recorded: str) -> None:
    schedule = Schedule((5, Play(RAMP, D0)))
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0])
    program = routed(schedule, line, make_target(1e-9), rate_hz, interpolation=interpolation)
    samples = emitted(program)
    wanted = reference.port_signal(schedule, line, CARRIERS, (Fraction(1, 10**9), rate_hz, samples.size))
    np.testing.assert_allclose(samples, wanted, rtol=0, atol=1e-15)
    assert program.interpolation == recorded


def test_sampled_pulses_may_be_interpolated_on_straight_lines() -> None:
    schedule = Schedule((0, Play(RAMP, D0)))
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0])
    program = routed(schedule, line, make_target(1e-9), 2_500_000_000, interpolation="linear")
    instants = (np.arange(20) + 0.5) / 2.5
    wanted = 0.1 * (1 + np.clip(instants - 0.5, 0, 7))
    np.testing.assert_allclose(program.port_samples(1, 0)[:20], wanted, atol=1e-12)
    assert program.interpolation == "linear"


def test_parametric_pulses_never_need_interpolation() -> None:
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0])
    assert routed(BUSY, line, make_target(1e-9), 2_500_000_000, interpolation="linear").interpolation == "none"
