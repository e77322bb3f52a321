"""What `route` refuses for what instruments and programs are, and what its problems say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drivers.contract import Problem, ProblemReport
from runtime.lowering import InputLine, MixerCorrection, Wiring, lower, route
from runtime.pulse import (
    Acquire,
    Constant,
    ControlChannel,
    Delay,
    MemorySlot,
    Play,
    Schedule,
    ShiftFrequency,
    Waveform,
)
from runtime.target import Target
from tests.runtime.lowering.lab import (
    A0,
    A1,
    ACQUISITION,
    CARRIERS,
    D0,
    D1,
    LIMITS,
    M0,
    PLAYBACK,
    U0,
    make_target,
    make_wiring,
    measured,
    output,
    the_problem,
)

X = Schedule((0, Play(Constant(160, 0.5, name="x"), D0)), name="x")


def problems_of(
    *schedules: Schedule, wiring: Wiring | None = None, target: Target | None = None, **limits: Any
) -> ProblemReport:
    """The report that routing ends in."""
    timelines = [lower(schedule, make_target() if target is None else target) for schedule in schedules]
    with pytest.raises(ProblemReport) as caught:
        route(timelines, wiring or make_wiring(), {**LIMITS, **limits}, shots=1)
    return caught.value


def only(report: ProblemReport) -> tuple[str, str, str, str]:
    """what, where, got and allowed of a report's only problem."""
    (problem,) = report.problems
    return problem.what, problem.where, problem.got, problem.allowed


def test_plays_on_channels_that_are_wired_nowhere() -> None:
    schedule = Schedule((0, Play(Constant(160, 0.5), U0)), (160, Play(Constant(160, 0.5), U0)), name="cross")
    assert only(problems_of(schedule)) == (
        "channel wired nowhere",
        "program 0 (cross), channel u0",
        "2 pulses, the first at instant 0 dt",
        "d0, d1, m0, m1",
    )


def test_over_range_after_the_mixers_correction() -> None:
    """0.95 fits; the correction makes 1.045 of it."""
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0], mixer=MixerCorrection(gain=1.1))
    wiring = Wiring((line,), sample_rates_hz={"awg": 1_000_000_000})
    assert only(
        problems_of(Schedule((8, Play(Constant(64, 0.95, np.pi / 2), D0)), name="loud"), wiring=wiring)
    ) == (
        "over full scale",
        "awg port 2 (drive0.Q), program 0 (loud)",
        "|port| = 1.045 at sample 8, headroom -4.5 %",
        "|port| <= 1",
    )


def test_over_range_of_the_sum_of_tones() -> None:
    line = output("both", D0, D1, ports=(1, 2), lo=5e9, shared=True)
    wiring = Wiring((line,), sample_rates_hz={"awg": 1_000_000_000})
    loud = Schedule((0, Play(Constant(64, 0.6), D0)), (0, Play(Constant(64, 0.6), D1)))
    problem = problems_of(loud, wiring=wiring).problems[0]
    assert problem.got == "|port| = 1.2 at sample 0, headroom -20 %"


@pytest.mark.filterwarnings("ignore:overflow encountered", "ignore:invalid value encountered")
def test_samples_that_are_not_finite_after_the_last_step() -> None:
    """Finite pulses and finite settings whose product is not."""
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0], scale=1e308, mixer=MixerCorrection(gain=1e10))
    wiring = Wiring((line,), sample_rates_hz={"awg": 1_000_000_000})
    report = problems_of(Schedule((0, Play(Constant(64, 0.5, 0.3), D0)), name="wild"), wiring=wiring)
    problem = the_problem(report, "samples that are not finite")
    assert (problem.where, problem.got) == ("awg port 2 (drive0.Q), program 0 (wild)", "inf at sample 0")


@pytest.mark.parametrize(("shift_hz", "got"), [(0, "460 MHz"), (-20e6, ""), (5e6, "465 MHz")])
def test_intermediate_frequencies_beyond_the_reconstruction_filters(shift_hz: float, got: str) -> None:
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0] - 460e6)
    wiring = Wiring((line,), sample_rates_hz={"awg": 1_000_000_000})
    schedule = Schedule((0, ShiftFrequency(shift_hz, D0)), (0, Play(Constant(64, 0.5), D0)))
    if not got:
        route([lower(schedule, make_target())], wiring, LIMITS, shots=1)
        return
    allowed = "within ± 450 MHz (0.45 of the sample rate)"
    wanted = ("intermediate frequency too high", "line drive0, channel d0", got, allowed)
    assert only(problems_of(schedule, wiring=wiring)) == wanted


def test_sampled_pulses_on_an_incommensurate_clock() -> None:
    schedule = Schedule((16, Play(Waveform(np.full(64, 0.25), name="table"), D0)))
    report = problems_of(schedule, wiring=make_wiring(2_400_000_000))
    assert only(report) == (
        "sampled waveform off the instrument's clock",
        "line drive0, d0, Play table, instant 16 dt",
        "12/5 instrument samples a dt, delay 0 s",
        "a whole number, with the pulse's start on a sample",
    )


def test_sampled_pulses_between_the_instruments_samples() -> None:
    """A whole ratio is not enough when a delay moves the start off the clock."""
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0], delay_s=0.25e-9)
    wiring = Wiring((line,), sample_rates_hz={"awg": 1_000_000_000})
    schedule = Schedule((0, Play(Waveform(np.full(64, 0.25)), D0)))
    assert only(problems_of(schedule, wiring=wiring))[0] == "sampled waveform off the instrument's clock"


def test_pulses_before_the_program() -> None:
    line = output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0], delay_s=-10e-9)
    wiring = Wiring((line,), sample_rates_hz={"awg": 1_000_000_000})
    assert only(problems_of(X, wiring=wiring))[:3] == (
        "pulse before the program's start",
        "line drive0, d0, Play x, instant 0 dt",
        "sample -10",
    )


def test_pulses_between_two_samples_of_the_instrument() -> None:
    wiring = make_wiring(
        10_000_000, outputs=(output("drive0", D0, ports=(1, 2), lo=CARRIERS[D0]),), inputs=(), triggers=()
    )
    report = problems_of(Schedule((0, Play(Constant(10, 0.5), D0))), wiring=wiring)
    assert only(report)[:3] == (
        "pulse between two samples of the instrument",
        "line drive0, d0, Play Constant, instant 0 dt",
        "10 dt = 0.01 samples a dt",
    )


def test_channels_without_a_carrier() -> None:
    stray = ControlChannel(7)
    wiring = Wiring((output("stray", stray, ports=(1, 2), lo=5e9),), sample_rates_hz={"awg": 1_000_000_000})
    target = Target(num_qubits=2, dt=1e-9)
    report = problems_of(Schedule((0, Play(Constant(64, 0.5), stray))), wiring=wiring, target=target)
    assert only(report)[:2] == ("channel without a carrier frequency", "channel u7")


@pytest.mark.parametrize(("start", "length", "allowed"), [(100, 1000, "[100, 1100) dt"), (0, 900, "[0, 900) dt")])
def test_acquisitions_outside_the_readout(start: int, length: int, allowed: str) -> None:
    schedule = Schedule(
        (start, Play(Constant(length, 0.1), M0)), (0, Acquire(1000, A0, MemorySlot(0))), name="outside"
    )
    assert only(problems_of(schedule)) == (
        "acquisition outside the readout",
        "program 0 (outside), a0, Acquire, instant 0 dt",
        "[0, 1000) dt",
        allowed,
    )


def test_a_delay_alone_is_no_readout() -> None:
    schedule = Schedule((0, Delay(1000, M0)), (0, Acquire(1000, A0, MemorySlot(0))))
    assert only(problems_of(schedule))[3] == "no readout"


def test_acquisitions_that_no_digitizer_hears() -> None:
    inputs = (InputLine("return", (A1,), "digitizer", 7.3e9),)
    report = problems_of(measured(), wiring=make_wiring(inputs=inputs))
    assert only(report)[0] == "channel wired nowhere"
    assert report.problems[0].allowed == "a1"


def test_acquisitions_before_their_trigger() -> None:
    inputs = (InputLine("return", (A0,), "digitizer", 7.3e9, -10e-9),)
    what, where, got, allowed = only(problems_of(measured(), wiring=make_wiring(inputs=inputs)))
    assert (what, got, allowed) == ("acquisition before its trigger", "sample -5", ">= 0")
    assert where.endswith("a0, Acquire, instant 0 dt")


def test_acquisitions_shorter_than_a_sample() -> None:
    schedule = Schedule((0, Play(Constant(64, 0.1), M0)), (0, Acquire(1, A0, MemorySlot(0))))
    assert only(problems_of(schedule))[0] == "acquisition shorter than a digitizer's sample"


def test_records_that_are_too_long() -> None:
    report = problems_of(measured(length=100_000), digitizer=replace(ACQUISITION, max_record=40_000))
    assert only(report) == ("record too long", "digitizer digitizer", "50048 samples", "40000")


def test_records_that_are_missing_in_a_batch() -> None:
    what, where, _, _ = only(problems_of(measured(), X))
    assert (what, where) == (
        "program without a record in a batch that has records",
        "program 1 (x), digitizer digitizer",
    )


def test_triggers_that_come_before_the_record_has_ended() -> None:
    report = problems_of(measured(length=1000), wiring=make_wiring(idle_s=0.0, inputs=(SLOW_RETURN,)))
    assert only(report) == (
        "triggers faster than records",
        "digitizer digitizer",
        "a trigger 1.2e-06 s after the one before",
        "more than 2.016e-06 s, the record with its delay",
    )


SLOW_RETURN = InputLine("return", (A0,), "digitizer", 7.3e9, 1e-6)

LIMIT_CASES = [
    ({"max_steps": 2}, "play list too long", "awg", "4 entries", "2"),
    ({"max_length": 1000}, "waveform too long", "awg", "1360 samples", "1000"),
    # Two programs and their idle: 1360 and 1360 for the readout, which is the same in both, and 64 of silence.
    ({"memory_samples": 2000}, "waveform memory exceeded", "awg port 1", "2784 samples", "2000 samples"),
]


@pytest.mark.parametrize(("limits", "what", "where", "got", "allowed"), LIMIT_CASES)
def test_programs_beyond_an_instruments_limits(
    limits: dict[str, int], what: str, where: str, got: str, allowed: str
) -> None:
    sweep = [measured(Schedule((0, Play(Constant(160, amp), D0)))) for amp in (0.1, 0.2)]
    report = problems_of(*sweep, wiring=make_wiring(idle_s=10e-6), awg=replace(PLAYBACK, **limits))
    found = [problem for problem in report.problems if problem.where == where]
    assert found == [Problem(what, where, got, allowed, found[0].fix)]
    assert found[0].fix


INSTRUMENT_CASES = [
    ({"awg": None}, "unknown instrument", "instrument awg", "no such instrument"),
    ({"awg": ACQUISITION}, "unknown instrument", "instrument awg", "AcquisitionLimits"),
    ({"digitizer": PLAYBACK}, "unknown instrument", "instrument digitizer", "PlaybackLimits"),
    (
        {"awg": replace(PLAYBACK, sample_rates_hz=(298, 500_000_000))},
        "sample rate that the instrument lacks",
        "awg",
        "1000000000 Hz",
    ),
    (
        {"digitizer": replace(ACQUISITION, sample_rates_hz=(1_000_000_000,))},
        "sample rate that the instrument lacks",
        "digitizer",
        "500000000 Hz",
    ),
    ({"awg": replace(PLAYBACK, ports=7)}, "port that the instrument lacks", "line readout", "8"),
    (
        {"awg": replace(PLAYBACK, markers_per_port=0)},
        "marker that the instrument lacks",
        "trigger of digitizer",
        "1",
    ),
]


@pytest.mark.parametrize(("limits", "what", "where", "got"), INSTRUMENT_CASES)
def test_instruments_that_are_not_what_the_wiring_takes_them_for(
    limits: dict[str, Any], what: str, where: str, got: str
) -> None:
    known = {name: limit for name, limit in {**LIMITS, **limits}.items() if limit is not None}
    with pytest.raises(ProblemReport) as caught:
        route([lower(X, make_target())], make_wiring(), known, shots=1)
    assert only(caught.value)[:3] == (what, where, got)
    assert caught.value.problems[0].allowed


def test_batches_need_programs_shots_and_one_dt() -> None:
    fast, slow = lower(X, make_target(1e-9)), lower(X, make_target(4e-9))
    with pytest.raises(ProblemReport) as caught:
        route([], make_wiring(), LIMITS, shots=0)
    assert [problem.what for problem in caught.value.problems] == ["no programs", "no shots"]
    with pytest.raises(ProblemReport) as caught:
        route([fast, slow], make_wiring(), LIMITS, shots=1)
    assert only(caught.value)[0] == "programs of different dt in a batch"


def test_problems_of_all_kinds_and_instruments_come_at_once() -> None:
    schedule = measured(Schedule((0, Play(Constant(160, 1.0, 0.7), D0)), (0, Play(Constant(160, 0.5), U0))))
    wiring = make_wiring(outputs=(replace(make_wiring().outputs[0], scale=2.0), *make_wiring().outputs[1:]))
    report = problems_of(schedule, wiring=wiring, digitizer=replace(ACQUISITION, max_record=256))
    kinds = [problem.what for problem in report.problems]
    assert kinds == ["channel wired nowhere", "over full scale", "over full scale", "record too long"]
