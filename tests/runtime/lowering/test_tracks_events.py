"""What sequencer programs store once: envelopes that sweeps share, merged runs, silences that can be played."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from drivers.contract import OutputTrack
from runtime.lowering import lower
from runtime.lowering.tracks.checks import table_entries
from runtime.pulse import Constant, Delay, Drag, GaussianSquare, Play, Schedule, SetPhase, ShiftPhase, Waveform
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import CARRIERS, D0, D1, make_target
from tests.runtime.lowering.sequencing import drive, emitted, one_output, require_playable, sequenced

HALF_NS = make_target(0.5e-9)
NINTHS = make_target(0.2222222222222222e-9)


def only(schedules: list[Schedule], **limits: int) -> OutputTrack:
    """The track of a drive line at 2 GS/s, dt 0.5 ns."""
    (track,) = sequenced(schedules, one_output(drive()), HALF_NS, **limits).tracks
    return track


def test_an_amplitude_sweep_shares_its_envelope() -> None:
    """From 0 and through negative amplitudes: only the entries of the table differ."""
    amplitudes = np.linspace(-0.4, 0.4, 21)
    track = only([Schedule((0, Play(Drag(160, amp, 40, -1.1), D0))) for amp in amplitudes.tolist()])
    assert len(track.envelopes) == 1
    np.testing.assert_allclose(track.amplitudes / track.amplitudes.max(), np.abs(amplitudes) / 0.4, atol=1e-12)
    assert table_entries(track) == 21
    assert track.begin.tolist() == list(range(22))


def test_a_changed_amplitude_changes_an_entry_of_the_table_and_nothing_else() -> None:
    def sweep(second: float) -> OutputTrack:
        return only([Schedule((0, Play(Drag(160, amp, 40, -1.1), D0))) for amp in (0.1, second, 0.3)])

    one, other = sweep(0.2), sweep(0.25)
    assert [envelope.tobytes() for envelope in one.envelopes] == [
        envelope.tobytes() for envelope in other.envelopes
    ]
    for column in ("begin", "starts", "envelope", "phases_rad"):
        assert getattr(one, column).tolist() == getattr(other, column).tolist()
    assert np.flatnonzero(one.amplitudes != other.amplitudes).tolist() == [1]


@pytest.mark.parametrize("change", [ShiftPhase, SetPhase])
def test_a_virtual_z_sweep_shares_its_envelope(change: type) -> None:
    x = Play(Drag(160, 0.2, 40, -1.1), D0)
    phases = np.linspace(0, 6, 13)
    track = only([Schedule((0, x), (160, change(phase, D0)), (160, x)) for phase in phases.tolist()])
    assert len(track.envelopes) == 1
    turned = np.exp(1j * (track.phases_rad[1::2] - track.phases_rad[0]))
    np.testing.assert_allclose(turned, np.exp(1j * phases), atol=1e-12)
    assert table_entries(track) == 13
    assert np.all(track.envelope == 0)


def test_angles_and_scales_of_sampled_pulses_are_taken_off() -> None:
    shape = np.sin(np.linspace(0.1, 3, 48)) * np.exp(1j * np.linspace(0, 1, 48))
    track = only([Schedule((0, Play(Waveform(factor * shape), D0))) for factor in (0.3, -0.7, 0.2j, 0.6 + 0.1j)])
    assert len(track.envelopes) == 1
    factors = track.amplitudes * np.exp(1j * track.phases_rad)
    np.testing.assert_allclose(factors / factors[0], np.array([0.3, -0.7, 0.2j, 0.6 + 0.1j]) / 0.3, atol=1e-12)


def test_delays_that_are_whole_cells_share_envelopes() -> None:
    """160 dt are 71 1/9 samples, 144 dt are 64: every second pulse lies alike within its cell."""
    x = Play(Drag(160, 0.2, 40, -1.1), D0)
    sweep = [Schedule((0, x), (160 + 144 * k, x), name=f"{k}") for k in range(1, 30)]
    program = sequenced(sweep, one_output(drive()), NINTHS)
    (track,) = program.tracks
    assert len(track.envelopes) == 2
    require_playable(program)


def test_sub_grid_offsets_have_envelopes_of_their_own() -> None:
    """16 dt are 7 1/9 samples: nine offsets between samples, and as many places in a cell as are met."""
    sweep = [Schedule((288 + 32 * k, Play(Constant(320, 0.2), D0))) for k in range(20)]
    program = sequenced(sweep, one_output(drive()), NINTHS)
    (track,) = program.tracks
    places = {(32 * k * 4) % (9 * 16) for k in range(20)}
    assert len(track.envelopes) == len(places)
    for number, schedule in enumerate(sweep):
        wanted = reference.port_signal(schedule, drive(), CARRIERS, (NINTHS.dt_exact, 2_000_000_000, 580))
        np.testing.assert_allclose(emitted(program, number=number, length=580), wanted, rtol=0, atol=1e-12)


def test_a_merged_run_takes_its_loudest_pulse_for_reference() -> None:
    """Both pulses of it scaled and turned alike: one envelope for what is the first's alone, one for the rest."""

    def pair(factor: float, angle: float) -> Schedule:
        first, second = (Play(Constant(40, amp * factor, angle), D0) for amp in (0.5, 0.25))
        return Schedule((0, first), (40, second))

    program = sequenced([pair(1.0, 0.0), pair(0.3, 1.0)], one_output(drive()), HALF_NS)
    (track,) = program.tracks
    assert [envelope.size for envelope in track.envelopes] == [32, 48]
    np.testing.assert_allclose(track.amplitudes, [0.5, 0.5, 0.15, 0.15], atol=1e-12)
    np.testing.assert_allclose(np.diff(track.phases_rad), [0.0, 1.0, 0.0], atol=1e-12)
    require_playable(program)


@pytest.mark.parametrize(
    ("start", "gap", "starts", "sizes"),
    [
        (0, 0, [0, 48], [48, 64]),
        (0, 16, [0, 48], [48, 80]),  # 16 samples of silence cannot be played: zeros before the second
        (0, 32, [0, 80], [48, 64]),
        (16, 32, [0, 96], [64, 64]),  # nor at the start
        (40, 4, [32, 80, 112], [48, 32, 48]),  # a shared cell, and the next, for events have two
    ],
)
def test_silences_are_none_or_long_enough(start: int, gap: int, starts: list[int], sizes: list[int]) -> None:
    second = start + 48 + gap
    schedule = Schedule((start, Play(Constant(48, 0.5), D0)), (second, Play(Constant(64, 0.25), D0)))
    program = sequenced(schedule, one_output(drive()), HALF_NS)
    (track,) = program.tracks
    assert track.starts.tolist() == starts
    assert [track.envelopes[row].size for row in track.envelope.tolist()] == sizes
    require_playable(program)


@pytest.mark.parametrize("rest", [0, 8, 16, 24, 32, 40])
def test_a_program_ends_with_no_silence_or_one_that_can_be_played(rest: int) -> None:
    schedule = Schedule((0, Play(Constant(64, 0.5), D0)), (64, Delay(max(rest, 1), D1)))
    require_playable(sequenced(schedule, one_output(drive()), HALF_NS))


@pytest.mark.parametrize(("idle_s", "lengths"), [(0.0, 64), (1e-9, 112), (1e-6, 2064), (20.001e-6, 40064)])
def test_the_idle_is_in_a_programs_length(idle_s: float, lengths: int) -> None:
    schedule = Schedule((0, Play(Constant(64, 0.5), D0)))
    program = sequenced(schedule, one_output(drive(), idle_s=idle_s), HALF_NS)
    assert program.lengths == (lengths,)


def test_pulses_shorter_than_an_event_are_filled_with_zeros() -> None:
    program = sequenced(Schedule((100, Play(Constant(4, 0.5), D0))), one_output(drive()), HALF_NS)
    (track,) = program.tracks
    assert [envelope.size for envelope in track.envelopes] == [32]
    assert np.flatnonzero(track.envelopes[0]).tolist() == [4, 5, 6, 7]
    require_playable(program)


def test_silent_waveforms_are_no_events() -> None:
    track = only([Schedule((0, Play(Waveform(np.zeros(64)), D0)), (200, Play(Constant(64, 0.2), D0)))])
    assert track.starts.tolist() == [192]


def test_an_output_without_pulses_has_a_track_without_events() -> None:
    wiring = one_output(drive())
    track = sequenced(Schedule((0, ShiftPhase(1.0, D0))), wiring, HALF_NS).tracks[0]
    assert (track.starts.size, track.envelopes, track.begin.tolist()) == (0, (), [0, 0])


def test_overlapping_tones_of_two_channels_are_one_event() -> None:
    line = drive(channels=(D0, D1), shared=True)
    schedule = Schedule((0, Play(GaussianSquare(320, 0.3, 20, width=200), D0)), (0, Play(Constant(320, 0.4), D1)))
    program = sequenced(schedule, one_output(line), HALF_NS)
    (track,) = program.tracks
    assert track.starts.tolist() == [0]
    assert "d0 GaussianSquare" in track.sources[0]
    assert "d1 Constant" in track.sources[0]


def test_programs_that_were_lowered_apart_share_envelopes() -> None:
    from runtime.lowering import route
    from tests.runtime.lowering.sequencing import LIMITS

    timelines = [lower(Schedule((0, Play(Drag(160, 0.1 * k, 40, -1.1), D0))), HALF_NS) for k in (1, 2, 3)]
    track = route(timelines, one_output(drive()), LIMITS, shots=1).sequencers["sg"].tracks[0]
    assert (len(track.envelopes), track.begin.tolist()) == (1, [0, 1, 2, 3])


def test_padded_pulses_share_what_is_in_them() -> None:
    target = make_target(0.5e-9, granularity=16, pulse_alignment=16)
    schedules = [Schedule((5, Play(Drag(150, amp, 40, -1.1), D0))) for amp in (0.1, 0.2)]
    from runtime.lowering import route
    from tests.runtime.lowering.sequencing import LIMITS

    timelines = lower(schedules, target, policy="pad")
    program = route(timelines, one_output(drive()), LIMITS, shots=1).sequencers["sg"]
    (track,) = program.tracks
    assert len(track.envelopes) == 1
    for number, schedule in enumerate(schedules):
        wanted = reference.port_signal(schedule, drive(), CARRIERS, (target.dt_exact, 2_000_000_000, 200))
        np.testing.assert_allclose(track.samples(number, 200, 2_000_000_000), wanted, rtol=0, atol=1e-12)


def test_equal_programs_have_equal_hashes() -> None:
    def hashed(amp: float, phase: float) -> str:
        schedule = Schedule((0, ShiftPhase(phase, D0)), (0, Play(Constant(64, amp), D0)))
        return sequenced(schedule, one_output(drive()), HALF_NS).content_hash()

    found = [hashed(0.2, 0.1), hashed(0.2, 0.1), hashed(0.3, 0.1), hashed(0.2, 0.2)]
    assert found[0] == found[1]
    assert all(one != other for one, other in pairwise(found[1:]))


def test_gates_in_a_row_go_together_where_the_table_is_too_small_for_them() -> None:
    """Six gates at six phases: one event, if six entries are too many and the memory suffices."""
    schedule = Schedule()
    for gate in range(6):
        schedule = schedule.append(ShiftPhase(0.3 * gate, D0)).append(Play(Drag(160, 0.2, 40, -1.1), D0))
    schedule = schedule.insert(2000, Play(Drag(160, 0.1, 40, -1.1), D0))
    wide = only([schedule])
    assert (wide.starts.size, len(wide.envelopes)) == (7, 1)
    narrow = only([schedule], max_table_entries=6)
    assert narrow.starts.tolist() == [0, 2000]
    assert [envelope.size for envelope in narrow.envelopes] == [160, 960]
    whole = wide.samples(0, 2160, 2_000_000_000)
    np.testing.assert_allclose(narrow.samples(0, 2160, 2_000_000_000), whole, rtol=0, atol=1e-12)
