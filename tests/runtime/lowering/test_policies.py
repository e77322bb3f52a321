"""The policies pad and shift, by what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import ProblemReport
from runtime.lowering import lower, route
from runtime.lowering.shifting import shifted
from runtime.pulse import (
    Acquire,
    Constant,
    Delay,
    Drag,
    Gaussian,
    MemorySlot,
    Play,
    Schedule,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Waveform,
)
from runtime.pulse.instructions import Instruction
from runtime.target import Target
from tests.runtime.lowering.lab import A0, A1, CARRIERS, D0, D1, LIMITS, M0, M1, make_target, make_wiring

GRIDS = make_target(granularity=8, min_length=16, pulse_alignment=16, acquire_alignment=16)


def sloppy(draw: st.DrawFn) -> Schedule:
    """Pulses of legal length at any instants, frame changes and delays between, now and then a readout."""
    schedule = Schedule(name="sloppy")
    slots = 0
    for _ in range(draw(st.integers(1, 8))):
        qubit, kind = draw(st.integers(0, 1)), draw(st.integers(0, 4))
        drive, readout, line = ((D0, M0, A0), (D1, M1, A1))[qubit]
        start = schedule.ch_stop_time(drive, readout, line) + draw(st.integers(0, 20))
        steps: list[Instruction] = [
            Play(Gaussian(16 * draw(st.integers(1, 4)), 0.2, 10), drive),
            ShiftPhase(0.3, drive),
            Delay(draw(st.integers(1, 30)), drive),
            SetPhase(-0.2, drive),
            Play(Constant(64, 0.2), readout),
        ]
        schedule.insert(start, steps[kind], inplace=True)
        if kind == 4:
            schedule.insert(start, Acquire(64, line, MemorySlot(slots)), inplace=True)
            slots += 1
    return schedule


sloppy_schedules = st.composite(sloppy)()


def by_channel(schedule: Schedule) -> dict[object, list[tuple[int, Instruction]]]:
    found: dict[object, list[tuple[int, Instruction]]] = {}
    for time, instruction in schedule.instructions:
        found.setdefault(instruction.channels[0], []).append((time, instruction))
    return found


@settings(max_examples=150, deadline=None)
@given(sloppy_schedules)
def test_shifting_keeps_its_promises(schedule: Schedule) -> None:
    """On the grid, nothing earlier, order kept on every channel, a readout and its Acquire together."""
    moved = shifted(schedule, GRIDS)
    lower(moved, GRIDS)
    assert same_streams_but_later(schedule, moved)
    readouts = [
        (t, i.channel.index) for t, i in moved.instructions if isinstance(i, Play) and i.channel in (M0, M1)
    ]
    acquires = [(t, i.channel.index) for t, i in moved.instructions if isinstance(i, Acquire)]
    assert sorted(readouts) == sorted(acquires)
    for qubit, (drive, readout) in enumerate(((D0, M0), (D1, M1))):
        before = [i for _, i in schedule.filter(channels=[drive, readout]).instructions if i.duration]
        after = [i for _, i in moved.filter(channels=[drive, readout]).instructions if i.duration]
        assert before == after, f"the order on qubit {qubit}"


def same_streams_but_later(schedule: Schedule, moved: Schedule) -> bool:
    before, after = by_channel(schedule), by_channel(moved)
    assert before.keys() == after.keys()
    for channel, timed in before.items():
        assert [i for _, i in timed] == [i for _, i in after[channel]]
        delays = [later - time for (time, _), (later, _) in zip(timed, after[channel], strict=True)]
        assert delays == sorted(delays)
        assert delays[0] >= 0
    return True


def test_a_schedule_on_its_grids_is_left_alone() -> None:
    schedule = Schedule((16, Play(Gaussian(64, 0.2, 10), D0)), (3, ShiftPhase(1.0, D0)))
    assert shifted(schedule, GRIDS) is schedule


def test_what_overlaps_on_a_qubit_keeps_its_distance_and_others_stay() -> None:
    """The drive pulse during the readout is 16 after it, before and after; qubit 1 does not move."""
    schedule = Schedule(
        (5, Play(Constant(64, 0.2), M0)),
        (5, Acquire(64, A0, MemorySlot(0))),
        (21, Play(Gaussian(16, 0.2, 4), D0)),
        (16, Play(Gaussian(32, 0.2, 4), D1)),
        (75, Play(Gaussian(16, 0.2, 4), D0)),
    )
    timed = {(i.channels[0], i.duration, t) for t, i in shifted(schedule, GRIDS).instructions}
    assert timed == {(M0, 64, 16), (A0, 64, 16), (D0, 16, 32), (D1, 32, 16), (D0, 16, 96)}


def test_acquisitions_of_a_group_stay_together() -> None:
    """Qubit 1 could stay at 32; qubit 0 before its readout cannot, and takes both along."""
    target = Target(
        num_qubits=2,
        dt=1e-9,
        pulse_alignment=16,
        acquire_alignment=16,
        channel_frequencies=CARRIERS,
        meas_map=[[0, 1]],
    )
    steps: list[tuple[int, Instruction]] = [(8, Play(Gaussian(24, 0.2, 4), D0))]
    for readout, line, slot in ((M0, A0, 0), (M1, A1, 1)):
        steps += [(32, Play(Constant(64, 0.2), readout)), (32, Acquire(64, line, MemorySlot(slot)))]
    starts = {i.channels[0]: t for t, i in shifted(Schedule(*steps), target).instructions}
    assert starts == {D0: 16, M0: 48, A0: 48, M1: 48, A1: 48}


def test_what_cannot_be_on_its_grids_together_is_told() -> None:
    schedule = Schedule((0, Play(Constant(64, 0.2), M0)), (5, Play(Gaussian(16, 0.2, 4), D0)))
    with pytest.raises(ProblemReport, match="start off the pulse alignment"):
        lower(schedule, GRIDS, policy="shift")


@st.composite
def ragged(draw: st.DrawFn) -> Schedule:
    """Pulses of any length at any instants, far enough apart to be padded, in frames that turn."""
    schedule, time = Schedule(name="ragged"), draw(st.integers(0, 30))
    for _ in range(draw(st.integers(1, 4))):
        schedule.insert(time, ShiftFrequency(draw(st.floats(-2e7, 2e7)), D0), inplace=True)
        length = draw(st.integers(1, 40))
        kinds = [Drag(length, 0.3, 10, 0.2, 0.5), Waveform(np.linspace(0.1, 0.4, length)), Constant(length, 0.2)]
        schedule.insert(time, Play(kinds[draw(st.integers(0, 2))], D0), inplace=True)
        time += length + draw(st.integers(32, 60))
    return schedule


@settings(max_examples=60, deadline=None)
@given(ragged())
def test_padding_changes_no_sample(schedule: Schedule) -> None:
    padded, plain = lower(schedule, GRIDS, policy="pad"), lower(schedule, make_target())
    assert (padded.plays.start % 16 == 0).all()
    assert (padded.plays.duration % 8 == 0).all()
    assert (padded.plays.duration >= 16).all()
    samples, wanted = padded.streams()[D0].to_array(), plain.streams()[D0].to_array()
    np.testing.assert_allclose(samples[: wanted.size], wanted, rtol=0, atol=1e-12)
    assert not samples[wanted.size :].any()


def test_padding_needs_room() -> None:
    schedule = Schedule((0, Play(Constant(60, 0.2), D0)), (60, Play(Constant(64, 0.2), D0)))
    with pytest.raises(ProblemReport) as caught:
        lower(schedule, GRIDS, policy="pad")
    assert {problem.what for problem in caught.value.problems} == {
        "start off the pulse alignment",
        "pulse length off the granularity",
    }


def test_a_padded_pulse_is_evaluated_on_the_instruments_clock() -> None:
    """2.5 GS/s against 1 ns: the same as without padding."""
    schedule = Schedule((5, Play(Drag(61, 0.2, 16, -1.1), D0)))
    wiring = make_wiring(2_500_000_000, inputs=(), triggers=())
    ports = [
        route([timeline], wiring, LIMITS, shots=1).programs["awg"].port_samples(1, 0)
        for timeline in (lower(schedule, GRIDS, policy="pad"), lower(schedule, make_target()))
    ]
    size = min(map(len, ports))
    np.testing.assert_allclose(ports[0][:size], ports[1][:size], rtol=0, atol=1e-12)


def test_a_padded_readout_still_covers_its_acquire() -> None:
    schedule = Schedule(
        (0, Play(Constant(1001, 0.2), M0)), (1001, Delay(200, M0)), (0, Acquire(1200, A0, MemorySlot(0)))
    )
    timeline = lower(schedule, GRIDS, policy="pad")
    assert route([timeline], make_wiring(), LIMITS, shots=1).plans["digitizer"].windows


def test_acquisitions_of_a_group_must_coincide() -> None:
    target = Target(num_qubits=2, dt=1e-9, channel_frequencies=CARRIERS, concurrent_measurements=[[0, 1]])
    steps = [(0, Acquire(64, A0, MemorySlot(0))), (32, Acquire(64, A1, MemorySlot(1)))]
    with pytest.raises(ProblemReport, match="do not coincide"):
        lower(Schedule(*steps), target)
    lower(Schedule(steps[0], (64, steps[1][1])), target)
    lower(Schedule(*steps), make_target())


def test_channels_of_qubits_that_the_target_lacks() -> None:
    schedule = Schedule((0, Acquire(64, A1, MemorySlot(0))), (0, Play(Constant(64, 0.2), D1)))
    with pytest.raises(ProblemReport) as caught:
        lower(schedule, Target(num_qubits=1, dt=1e-9, channel_frequencies=CARRIERS))
    assert {problem.where for problem in caught.value.problems} == {"channel a1", "channel d1"}
    assert {problem.allowed for problem in caught.value.problems} == {"0 to 0"}
