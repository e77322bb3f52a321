"""What routing to sequencers refuses: wirings that they do not fit, and programs beyond what they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drivers.contract import Problem, ProblemReport, SequencerLimits
from runtime.lowering import (
    MixerCorrection,
    OutputLine,
    Wiring,
    lower,
    route,
    route_in_chunks,
)
from runtime.pulse import Acquire, Constant, Drag, GaussianSquare, MemorySlot, Play, Schedule, ShiftPhase
from tests.runtime.lowering.lab import A0, D0, D1, M0, make_target
from tests.runtime.lowering.sequencing import (
    ANALYZER,
    CONVERTER,
    LIMITS,
    SEQUENCER,
    converter,
    drive,
    one_output,
    pair,
)

HALF_NS = make_target(0.5e-9)
X = Schedule((0, Play(Constant(160, 0.5, name="x"), D0)), name="x")


def problems_of(schedules: list[Schedule], wiring: Wiring, **limits: Any) -> tuple[Problem, ...]:
    with pytest.raises(ProblemReport) as caught:
        route(lower(schedules, HALF_NS), wiring, {**LIMITS, **limits}, shots=1)
    return caught.value.problems


def only(problems: tuple[Problem, ...]) -> tuple[str, str, str, str]:
    (problem,) = problems
    return problem.what, problem.where, problem.got, problem.allowed


def small(**fields: int) -> SequencerLimits:
    return replace(SEQUENCER, **fields)


LENGTHS = [Schedule((0, Play(Constant(160 + 16 * k, 0.5, name=f"x{k}"), D0))) for k in range(3)]
TURNS = [
    Schedule((0, ShiftPhase(0.1 * k, D0)), (0, Play(Constant(160, 0.5, name="x"), D0)), name=f"{k}")
    for k in range(8)
]
CAPACITY_CASES = [
    (LENGTHS, {"memory_samples": 500}, "envelope memory exceeded", "528 samples", "500 samples"),
    (LENGTHS, {"max_envelopes": 2}, "too many envelopes", "3", "2"),
    (TURNS, {"max_table_entries": 5}, "command table too small", "8 of envelope, amplitude and phase", "5"),
    (TURNS, {"max_events": 7}, "too many events", "8", "7"),
]


@pytest.mark.parametrize(("schedules", "limits", "what", "got", "allowed"), CAPACITY_CASES)
def test_batches_beyond_what_an_output_holds(
    schedules: list[Schedule], limits: dict[str, int], what: str, got: str, allowed: str
) -> None:
    found = problems_of(schedules, one_output(drive()), sg=small(**limits))
    assert only(found) == (what, "sg output 1/2 (drive0)", got, allowed)
    assert found[0].fix
    parts = route_in_chunks(
        lower(schedules, HALF_NS), one_output(drive()), {"sg": small(**limits)}, shots=3, order="sequential"
    )
    assert len(parts) >= 2
    assert [row for rows, _ in parts for row in rows] == list(range(len(schedules)))
    assert all(routed.sequencers["sg"].order == "sequential" for _, routed in parts)


def test_the_longest_envelope_is_named() -> None:
    (problem,) = problems_of(LENGTHS, one_output(drive()), sg=small(memory_samples=500))
    assert "d0 x2" in problem.fix


def readouts(lengths: list[int]) -> list[Schedule]:
    made = []
    for length in lengths:
        pulse = GaussianSquare(length, 0.3, 20, width=length - 80)
        made.append(Schedule((0, Play(pulse, M0)), (0, Acquire(length, A0, MemorySlot(0)))))
    return made


def test_readout_waveforms_take_as_many_slots_as_they_need() -> None:
    """10,000 dt of 0.5 ns at 2 GS/s are three slots of 4096 samples; 4096 are one."""
    limits = replace(CONVERTER, sequencer=replace(CONVERTER.sequencer, max_envelopes=4))
    route(lower(readouts([10_000, 4096]), HALF_NS), converter(), {"qc": limits}, shots=1)
    found = problems_of(readouts([10_000, 4112]), converter(), qc=limits)
    assert only(found) == ("too many envelopes", "qc output 3 (readout)", "5 of 4096 samples at most", "4")


def test_readout_amplitudes_need_waveforms_of_their_own() -> None:
    limits = replace(CONVERTER, sequencer=replace(CONVERTER.sequencer, max_envelopes=8))
    sweep = [
        Schedule((0, Play(Constant(1600, 0.05 * k, name="tone"), M0)), (0, Acquire(1600, A0, MemorySlot(0))))
        for k in range(1, 10)
    ]
    found = problems_of(sweep, converter(), qc=limits)
    assert only(found)[:3] == ("too many envelopes", "qc output 3 (readout)", "9 of 4096 samples at most")


def test_over_range_names_the_event() -> None:
    schedule = Schedule((0, Play(Drag(160, 0.2, 40, -1.1), D0)), (160, Play(Constant(64, 1.0, name="loud"), D0)))
    wiring = one_output(drive(scale=1.25))
    what, where, got, allowed = only(problems_of([X, schedule], wiring))
    assert (what, allowed) == ("over full scale", "|output| <= 1")
    assert where == "sg output 1/2 (drive0), program 1 (" + schedule.name + ")"
    assert got == "|output| = 1.25 in the event at sample 160: d0 loud, headroom -25 %"


def test_headroom_is_told_by_port() -> None:
    mixer = MixerCorrection(offset_i=0.1, offset_q=-0.2)
    routed = route(lower([X], HALF_NS), one_output(drive(mixer=mixer)), LIMITS, shots=1)
    assert routed.headroom["sg"] == pytest.approx({1: 40.0, 2: 30.0})


def test_lines_of_one_output_share_it() -> None:
    lines = tuple(
        OutputLine(name, (channel,), "sg", 1, 2, 4.85e9, shared=True, scale=0.5)
        for name, channel in (("drive1", D1), ("cross", D0))
    )
    wiring = Wiring(lines, sample_rates_hz={"sg": 2_000_000_000})
    schedule = Schedule((0, Play(Constant(64, 0.5), D0)), (0, Play(Constant(64, 0.25), D1)))
    (track,) = route(lower([schedule], HALF_NS), wiring, LIMITS, shots=1).sequencers["sg"].tracks
    assert track.name == "drive1+cross"
    n = np.arange(64) / 2e9
    wanted = 0.125 * np.exp(2j * np.pi * 50e6 * n) + 0.25 * np.exp(2j * np.pi * 250e6 * n)
    np.testing.assert_allclose(track.samples(0, 64, 2_000_000_000), wanted, atol=1e-12)


DRIVE0, DRIVE1, READOUT = pair().outputs


def test_problems_of_all_kinds_come_at_once() -> None:
    limits = replace(ANALYZER, sequencer=replace(ANALYZER.sequencer, max_envelopes=1))
    loud = Schedule((0, Play(Constant(160, 1.0, name="x"), D0)), (0, Play(Constant(400, 0.1), M0)), name="loud")
    other = Schedule((0, Play(Constant(416, 0.1), M0)), (0, Acquire(16, A0, MemorySlot(0))), name="other")
    wiring = replace(pair(), outputs=(replace(DRIVE0, scale=2.0), DRIVE1, READOUT))
    whats = [problem.what for problem in problems_of([loud, other], wiring, qa=limits)]
    assert whats == [
        "over full scale",
        "too many envelopes",
        "program without a record in a batch that has records",
    ]
