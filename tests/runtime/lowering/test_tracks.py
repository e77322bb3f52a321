"""What the outputs of sequencers emit, sample by sample, against closed forms at the instrument's instants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.lowering import Interpolation, MixerCorrection, OutputLine, Predistortion, Wiring, lower, route
from runtime.pulse import (
    Constant,
    Drag,
    Gaussian,
    GaussianSquare,
    Play,
    Schedule,
    SetFrequency,
    ShiftFrequency,
    ShiftPhase,
    Waveform,
)
from runtime.target import Target
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import CARRIERS, D0, D1, PLAYBACK, make_target
from tests.runtime.lowering.sequencing import drive, emitted, one_output, require_playable, sequenced
from tests.runtime.lowering.strategies import CARRIERS as RANDOM_CARRIERS
from tests.runtime.lowering.strategies import schedules

NS = 1e-9
RATES_HZ = (1_800_000_000, 2_000_000_000, 2_400_000_000)
MOST = 700
"""The reference is slow: so many samples will do."""

BUSY = Schedule(
    (0, Play(Drag(64, 0.2, 16, -1.1, 0.4), D0)),
    (64, ShiftPhase(1.1, D0)),
    (64, ShiftFrequency(31.7e6, D0)),
    (80, Play(GaussianSquare(112, 0.3, 10, width=70, angle=-0.2), D0)),
    (192, SetFrequency(5.0873e9, D0)),
    (500, Play(Constant(48, -0.25, 2.0), D0)),
    name="busy",
)


@pytest.mark.parametrize("carrier", ["instrument", "rendered"])
@pytest.mark.parametrize("dt", [0.2222222222222222 * NS, 0.5 * NS, 4 * NS], ids=["2/9ns", "0.5ns", "4ns"])
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_emission_is_the_closed_form_at_the_instruments_instants(dt: float, rate_hz: int, carrier: str) -> None:
    target = make_target(dt)
    line = drive(delay_s=3.3e-9, scale=0.8, carrier=carrier)
    program = sequenced(BUSY, one_output(line, rate_hz), target)
    length = min(program.lengths[0], MOST)
    wanted = reference.port_signal(BUSY, line, CARRIERS, (target.dt_exact, rate_hz, length))
    np.testing.assert_allclose(emitted(program, length=length), wanted, rtol=0, atol=1e-12)
    assert program.tracks[0].oscillator_hz == (0.0 if carrier == "rendered" else 5.1e9 - 5.053e9)


@settings(max_examples=40, deadline=None)
@given(
    schedules(sampled=False),
    st.sampled_from(RATES_HZ),
    st.floats(0, 20e-9, allow_subnormal=False),
    st.sampled_from([1 * NS, 4 * NS]),
)
def test_random_schedules_on_a_shared_output(schedule: Schedule, rate_hz: int, delay_s: float, dt: float) -> None:
    """All shapes, frames and channels; overlapping pulses of several channels are one envelope."""
    target = Target(num_qubits=2, dt=dt, channel_frequencies=RANDOM_CARRIERS)
    line = drive(channels=tuple(RANDOM_CARRIERS), lo_frequency_hz=5.06e9, shared=True, scale=0.25, delay_s=delay_s)
    program = sequenced(schedule, one_output(line, rate_hz), target)
    length = min(program.lengths[0], 400)
    wanted = reference.port_signal(schedule, line, RANDOM_CARRIERS, (target.dt_exact, rate_hz, length))
    np.testing.assert_allclose(emitted(program, length=length), wanted, rtol=0, atol=1e-12)
    require_playable(program)


MIXER = MixerCorrection(gain=1.07, phase_rad=-0.06, offset_i=0.013, offset_q=-0.021)
DISTORTED = Predistortion(exponentials=((0.08, 20e-9),), bounce=(0.05, 7e-9), fir=(0.9, 0.1))
CHAINS = [
    pytest.param({"mixer": MIXER}, {}, id="mixer"),
    pytest.param({"mixer": MixerCorrection(offset_i=0.02)}, {}, id="offset"),
    pytest.param({"predistortion": DISTORTED}, {}, id="predistortion"),
    pytest.param({"predistortion": Predistortion(high_pass_s=1e-6)}, {}, id="high pass"),
    pytest.param({"mixer": MIXER, "predistortion": DISTORTED}, {}, id="both"),
    pytest.param(
        {}, {"crosstalk": {("other", "drive0"): 0.08 - 0.03j, ("drive0", "other"): 0.05j}}, id="crosstalk"
    ),
]


@pytest.mark.parametrize(("line", "fields"), CHAINS)
def test_the_physical_chain_is_that_of_dense_samples(line: dict[str, Any], fields: dict[str, Any]) -> None:
    """A generator of play lists in the same place renders everything sample by sample."""
    lines = (drive(**line), drive(name="other", channels=(D1,), i_port=3, q_port=4, scale=0.5, delay_s=1.5e-9))
    wiring = Wiring(lines, sample_rates_hz={"sg": 2_400_000_000}, **fields)
    other = Schedule((0, Play(Gaussian(160, 0.3, 40), D1)), (160, Play(Constant(64, 0.2, 1.0), D1)))
    target = make_target(0.5 * NS)
    program = sequenced(BUSY | other, wiring, target)
    limits = {"sg": PLAYBACK}
    dense = route([lower(BUSY | other, target)], wiring, limits, shots=1).programs["sg"]
    length = min(dense.steps[0].length, program.lengths[0])
    for track, ports in enumerate([(1, 2), (3, 4)]):
        wanted = dense.port_samples(ports[0], 0) + 1j * dense.port_samples(ports[1], 0)
        np.testing.assert_allclose(emitted(program, track, length=length), wanted[:length], rtol=0, atol=1e-12)
    require_playable(program)


RAMP = Waveform(np.linspace(0.1, 0.8, 40) * np.exp(0.3j))


@pytest.mark.parametrize(("dt", "interpolation"), [(1.0, "none"), (0.5, "none"), (0.7, "hold")])
def test_sampled_pulses_are_held_over_their_samples(dt: float, interpolation: Interpolation) -> None:
    schedule = Schedule((8, Play(RAMP, D0)), (60, ShiftPhase(0.4, D0)), (60, Play(RAMP, D0)))
    target, line = make_target(dt * NS), drive()
    program = sequenced(schedule, one_output(line, interpolation=interpolation), target)
    length = min(program.lengths[0], 300)
    wanted = reference.port_signal(schedule, line, CARRIERS, (target.dt_exact, 2_000_000_000, length))
    np.testing.assert_allclose(emitted(program, length=length), wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("oscillators", [0, 8])
def test_without_oscillators_the_envelopes_carry_their_carrier(oscillators: int) -> None:
    target, line = make_target(0.5 * NS), drive()
    program = sequenced(BUSY, one_output(line), target, oscillators=oscillators)
    assert bool(program.tracks[0].oscillator_hz) is bool(oscillators)
    wanted = reference.port_signal(BUSY, line, CARRIERS, (target.dt_exact, 2_000_000_000, 600))
    np.testing.assert_allclose(emitted(program, length=600), wanted, rtol=0, atol=1e-12)


def test_without_a_table_amplitude_and_phase_are_in_the_envelopes() -> None:
    target, line = make_target(0.5 * NS), drive()
    program = sequenced(BUSY, one_output(line), target, max_table_entries=0, max_events=10)
    (track,) = program.tracks
    assert set(track.amplitudes) == {1.0}
    assert set(track.phases_rad) == {0.0}
    wanted = reference.port_signal(BUSY, line, CARRIERS, (target.dt_exact, 2_000_000_000, 600))
    np.testing.assert_allclose(emitted(program, length=600), wanted, rtol=0, atol=1e-12)


def test_the_oscillator_has_the_frequency_of_the_lines_first_channel_that_is_known() -> None:
    line: OutputLine = drive(channels=(D0, D1), shared=True)
    schedule = Schedule((0, Play(Constant(64, 0.2), D1)))
    program = sequenced(schedule, one_output(line), make_target(0.5 * NS))
    assert program.tracks[0].oscillator_hz == CARRIERS[D0] - line.lo_frequency_hz
    wanted = reference.port_signal(schedule, line, CARRIERS, (make_target(0.5 * NS).dt_exact, 2_000_000_000, 80))
    np.testing.assert_allclose(emitted(program, length=80), wanted, rtol=0, atol=1e-12)
