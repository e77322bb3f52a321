"""Sequences, played by the plainest of sequencers, give the streams; many streams at once are right and apart."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings

from runtime.lowering import lower
from runtime.lowering.arena import Arena
from runtime.pulse import Constant, Delay, Drag, DriveChannel, Play, Schedule, ShiftPhase
from runtime.target import Target
from tests.runtime.lowering.lab import D0, D1, make_target
from tests.runtime.lowering.strategies import CARRIERS, schedules

TARGET = Target(num_qubits=2, dt=0.2222222222222222e-9, channel_frequencies=CARRIERS)


@settings(max_examples=40, deadline=None)
@given(schedules())
def test_sequences_played_are_the_streams(schedule: Schedule) -> None:
    timeline = lower(schedule, TARGET)
    sequences, streams = timeline.sequences(), timeline.streams()
    assert set(sequences.channels) == set(streams)
    for channel, stream in streams.items():
        played = np.zeros(sequences.duration, np.complex128)
        own = sequences[channel]
        rows = zip(own.start, own.waveform, own.phase, own.frequency, strict=True)
        for start, waveform, phase, frequency in rows:
            samples = sequences.waveforms[waveform]
            ticks = np.arange(samples.size)
            turned = phase + 2 * np.pi * frequency * ticks * float(TARGET.dt_exact)
            played[start : start + samples.size] = samples * np.exp(1j * turned)
        np.testing.assert_allclose(played, stream.to_array(), rtol=0, atol=1e-9)


def test_a_channel_that_plays_nothing_has_no_sequence() -> None:
    sequences = lower(Schedule((0, Play(Constant(16, 0.5), D0)), (0, Delay(160, D1))), make_target()).sequences()
    assert sequences.channels == (D0,)
    with pytest.raises(KeyError):
        sequences[D1]


def test_many_short_streams_are_right_and_do_not_share_samples() -> None:
    program = Schedule()
    for qubit in range(64):
        program.append(ShiftPhase(0.1 * qubit, DriveChannel(qubit)), inplace=True)
        program.append(Play(Drag(160, 0.2, 40.0, 2.0), DriveChannel(qubit)), inplace=True)
        program.append(Delay(10_001, DriveChannel(qubit)), inplace=True)
    streams = lower(program, Target(dt=1e-9)).streams(np.complex64)
    arrays = {channel: stream.to_array() for channel, stream in streams.items()}
    again = streams[DriveChannel(3)].to_array()
    again[:] = 7
    pulse = Drag(160, 0.2, 40.0, 2.0).get_waveform().samples
    for qubit in range(64):
        array = arrays[DriveChannel(qubit)]
        assert array.shape == (10_161,)
        assert array.flags.writeable
        np.testing.assert_allclose(array[:160], pulse * np.exp(0.1j * qubit), rtol=0, atol=1e-6)
        assert not array[160:].any()


def test_an_arena_gives_zeros_that_do_not_overlap() -> None:
    arena = Arena(1 << 23)
    arrays = [arena.zeros(count, np.dtype(np.complex64)) for count in [1, 0, 7, 60_000, 100_000, *[5000] * 200]]
    for number, array in enumerate(arrays):
        assert not array.any()
        array[:] = number + 1
    assert all((array == number + 1).all() for number, array in enumerate(arrays))
    assert [array.size for array in arrays[:5]] == [1, 0, 7, 60_000, 100_000]


def test_an_arena_keeps_nothing_but_the_piece_it_fills() -> None:
    arena, dtype = Arena(1 << 30), np.dtype(np.complex64)
    first = arena.zeros(1000, dtype)
    piece = weakref.ref(arena._piece)
    for _ in range(3000):
        arena.zeros(1000, dtype)
    assert piece() is not None
    del first
    gc.collect()
    assert piece() is None
