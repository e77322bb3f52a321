"""Streams at dt against the plain reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from drivers.contract import ConfigurationError
from runtime.lowering import lower
from runtime.pulse import Constant, Delay, Drag, Play, Schedule, ShiftFrequency, ShiftPhase, Waveform
from runtime.target import Target
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import D0, D1, make_target
from tests.runtime.lowering.strategies import CARRIERS, schedules

TARGET = Target(num_qubits=2, dt=0.2222222222222222e-9, channel_frequencies=CARRIERS)


@settings(max_examples=60, deadline=None)
@given(schedules())
def test_streams_agree_with_the_reference(schedule: Schedule) -> None:
    streams = lower(schedule, TARGET).streams()
    for channel in schedule.channels:
        wanted = reference.stream(schedule, channel, TARGET.dt_exact, CARRIERS[channel])
        if channel in streams:
            np.testing.assert_allclose(streams[channel].to_array(), wanted, rtol=0, atol=1e-12)
        else:
            assert not wanted.any()


@settings(max_examples=20, deadline=None)
@given(schedules())
def test_single_precision_differs_by_rounding_only(schedule: Schedule) -> None:
    timeline = lower(schedule, TARGET)
    double = timeline.streams()
    for channel, stream in timeline.streams(np.complex64).items():
        single = stream.to_array()
        assert single.dtype == np.complex64
        np.testing.assert_allclose(single, double[channel].to_array(), rtol=0, atol=1e-6)


def test_phase_stays_exact_late_in_a_schedule() -> None:
    """A frequency offset of 123.456789 MHz over a million samples: 27,000 turns before the pulse."""
    schedule = Schedule((0, ShiftFrequency(123.456789e6, D0)), (1_000_000, Play(Constant(64, 0.5), D0)))
    target = make_target(0.2222222222222222e-9)
    samples = lower(schedule, target).streams()[D0].pieces[0][1]
    wanted = reference.stream(schedule, D0, target.dt_exact)[1_000_000:]
    np.testing.assert_allclose(samples, wanted, rtol=0, atol=1e-12)


def test_silence_costs_nothing() -> None:
    schedule = Schedule((0, Play(Constant(16, 0.5), D0)), (1_000_000_000, Play(Constant(16, 0.25), D0)))
    stream = lower(schedule, make_target()).streams()[D0]
    assert [(start, samples.size) for start, samples in stream.pieces] == [(0, 16), (1_000_000_000, 16)]
    assert stream.duration == 1_000_000_016


def test_pulses_in_the_same_frame_share_their_samples() -> None:
    pulse = Drag(160, 0.2, 40, -1.1)
    schedule = Schedule((0, Play(pulse, D0)), (160, Play(Drag(160, 0.2, 40, -1.1), D0)))
    timeline = lower(schedule, make_target())
    assert len(timeline.pulses) == 1
    (_, first), (_, second) = timeline.streams()[D0].pieces
    assert np.shares_memory(first, second)


def test_pulses_of_nearly_equal_amplitude_stay_apart() -> None:
    """They compare as equal, but a fine amplitude sweep must not collapse."""
    schedule = Schedule((0, Play(Constant(16, 0.5), D0)), (16, Play(Constant(16, 0.500001), D0)))
    timeline = lower(schedule, make_target())
    assert timeline.pulses[0] == timeline.pulses[1]
    assert timeline.streams()[D0].to_array()[31] == 0.500001


def test_channels_that_only_wait_have_no_stream() -> None:
    schedule = Schedule((0, Play(Constant(16, 0.5), D0)), (0, Delay(160, D1)), (0, ShiftPhase(1.0, D1)))
    streams = lower(schedule, make_target()).streams()
    assert set(streams) == {D0}
    assert streams[D0].to_array().size == 160


def test_sampled_pulses_come_through_unchanged() -> None:
    samples = np.linspace(-0.5, 0.5, 32)
    stream = lower(Schedule((8, Play(Waveform(samples), D0))), make_target()).streams()[D0]
    np.testing.assert_array_equal(stream.to_array()[8:], samples)


def test_other_sample_types_are_refused() -> None:
    timeline = lower(Schedule((0, Play(Constant(16, 0.5), D0))), make_target())
    with pytest.raises(ConfigurationError) as caught:
        timeline.streams(np.float64)
    assert caught.value.allowed == "complex128, complex64"
