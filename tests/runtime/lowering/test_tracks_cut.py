"""Gates in a row off the instrument's grid: what they share is stored once, and the parts sum up to the whole."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.lowering.tracks.checks import envelope_samples, table_entries
from runtime.pulse import Constant, Drag, Gaussian, Play, Schedule, ShiftPhase
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import CARRIERS, D0, D1, make_target
from tests.runtime.lowering.sequencing import drive, emitted, one_output, require_playable, sequenced

NINTHS = make_target(0.2222222222222222e-9)
GATES = (Drag(160, 0.2, 40, -1.1), Drag(160, 0.1, 40, -1.3), Constant(320, 0.3))
"""71 1/9 and 142 2/9 samples at 2 GS/s: nine places in a cell of 16."""


def _sequence(gates: list[int], turns: list[float], name: str = "sequence", start: int = 0) -> Schedule:
    made = Schedule(name=name)
    made = made.insert(start, ShiftPhase(0.0, D0))
    now = start
    for gate, turn in zip(gates, turns, strict=True):
        made = made.insert(now, ShiftPhase(turn, D0)).insert(now, Play(GATES[gate], D0))
        now += GATES[gate].duration
    return made


def test_equal_sequences_share_everything() -> None:
    """A sequence that comes later by whole cells is made of the same events; each is played sample by sample."""
    gates, turns = [0, 1, 0, 1], [0.0] * 4
    one, late = _sequence(gates, turns), _sequence(gates, turns, start=1440)
    program = sequenced([one, late, one], one_output(drive()), NINTHS)
    (track,) = program.tracks
    assert np.diff(track.begin).tolist() == [7, 7, 7]
    assert len(track.envelopes) == 7
    first = [track.starts[:7], track.envelope[:7], track.amplitudes[:7]]
    second = [track.starts[7:14] - 640, track.envelope[7:14], track.amplitudes[7:14]]
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    for number, schedule in enumerate([one, late]):
        wanted = reference.port_signal(schedule, drive(), CARRIERS, (NINTHS.dt_exact, 2_000_000_000, 950))
        np.testing.assert_allclose(emitted(program, number=number, length=950), wanted, rtol=0, atol=1e-12)
    require_playable(program)


def test_random_sequences_fit_the_memory() -> None:
    """101 sequences of 20 random gates with quarter turns between: 144,000 samples played, few of them stored."""
    random = np.random.default_rng(6)
    quarter = math.pi / 2
    batch = [
        _sequence(random.integers(0, 2, 20).tolist(), (quarter * random.integers(0, 4, 20)).tolist(), f"{number}")
        for number in range(101)
    ]
    program = sequenced(batch, one_output(drive()), NINTHS, max_table_entries=4096)
    (track,) = program.tracks
    played = sum(track.envelopes[index].size for index in track.envelope.tolist())
    assert played > 140_000
    assert envelope_samples(track) < played / 10
    assert table_entries(track) < 4096
    for number in (0, 50, 100):
        wanted = reference.port_signal(batch[number], drive(), CARRIERS, (NINTHS.dt_exact, 2_000_000_000, 1400))
        np.testing.assert_allclose(emitted(program, number=number, length=1400), wanted, rtol=0, atol=1e-12)
    require_playable(program)


def test_a_small_table_gets_whole_sequences() -> None:
    """Parts need an entry each; where the table has no room for them, a sequence is one event."""
    batch = [_sequence([0, 1, 0, 0], [0.0, 0.1 * number, 0.2, 0.3]) for number in range(8)]
    program = sequenced(batch, one_output(drive()), NINTHS, max_table_entries=8)
    (track,) = program.tracks
    assert track.starts.size == 8
    assert table_entries(track) == 8


shapes = st.one_of(
    st.builds(Constant, st.integers(4, 400), st.floats(0.05, 0.3)),
    st.builds(lambda d, a: Gaussian(d, a, d / 5), st.integers(4, 300), st.floats(0.05, 0.3)),
)


@given(
    st.lists(
        st.tuples(shapes, st.integers(0, 60), st.sampled_from([0, 1]), st.floats(-3, 3)), min_size=1, max_size=12
    ),
    st.sampled_from([1_800_000_000, 2_000_000_000, 2_400_000_000]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_any_pulses_in_a_row(
    pulses: list[tuple[Constant | Gaussian, int, int, float]], rate_hz: int, shared: bool
) -> None:
    """Of any length, meeting or not, of one channel or of two that overlap: the events are the signal."""
    line = drive(channels=(D0, D1) if shared else (D0,), shared=shared)
    now = {D0: 0, D1: 0}
    schedule = Schedule()
    for pulse, gap, which, turn in pulses:
        channel = D1 if shared and which else D0
        schedule = schedule.insert(now[channel] + gap, ShiftPhase(turn, channel))
        schedule = schedule.insert(now[channel] + gap, Play(pulse, channel))
        now[channel] += gap + pulse.duration
    program = sequenced(schedule, one_output(line, rate_hz), NINTHS)
    length = math.ceil(max(now.values()) * 2 / 9 * rate_hz / 1e9) + 4
    wanted = reference.port_signal(schedule, line, CARRIERS, (NINTHS.dt_exact, rate_hz, length))
    np.testing.assert_allclose(emitted(program, length=length), wanted, rtol=0, atol=1e-11)
    require_playable(program)


@pytest.mark.parametrize("length", [36, 72, 108, 144])
def test_short_gates_stay_together(length: int) -> None:
    """Between two shared cells there has to be room for an event; else their gates are one."""
    gates = [Play(Constant(length + 2, 0.1 * (number + 1)), D0) for number in range(5)]
    schedule = Schedule(*(((length + 2) * number, gate) for number, gate in enumerate(gates)))
    program = sequenced(schedule, one_output(drive()), NINTHS)
    wanted = reference.port_signal(schedule, drive(), CARRIERS, (NINTHS.dt_exact, 2_000_000_000, 400))
    np.testing.assert_allclose(emitted(program, length=400), wanted, rtol=0, atol=1e-12)
    require_playable(program)
