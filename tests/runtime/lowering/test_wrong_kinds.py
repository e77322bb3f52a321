"""Arguments of another kind than wanted are told of by name, and end in no other error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from drivers.contract import ConfigurationError, ProblemReport
from runtime.lowering import Sweep, lower, route, route_in_chunks
from runtime.pulse import Delay, Gaussian, Parameter, Play, Schedule, ScheduleBlock
from tests.runtime.lowering.lab import D0, LIMITS, make_target, make_wiring, measured

wait = Parameter("wait")
PLAY = Play(Gaussian(160, 0.2, 40), D0)


def waiting() -> ScheduleBlock:
    block = ScheduleBlock("waiting")
    block += Delay(wait, D0)
    block += PLAY
    return block


@pytest.mark.parametrize("program", [None, 5, "x", PLAY, [None], [Schedule(PLAY), PLAY]], ids=repr)
def test_what_is_no_program(program: object) -> None:
    with pytest.raises(ConfigurationError, match="not a program"):
        lower(program, make_target())


def test_what_is_no_target() -> None:
    with pytest.raises(ConfigurationError, match="not a Target; got None"):
        lower(Schedule(PLAY), None)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: Sweep(None, {wait: [16]}), "not a program to sweep; got None"),
        (lambda: Sweep([waiting()], {wait: [16]}), "not a program to sweep"),
        (lambda: Sweep(waiting(), [wait]), "axis 0: not an axis"),
        (lambda: Sweep(waiting(), {"wait": [16]}), "axis 0: not a parameter; got 'wait'"),
        (lambda: Sweep(waiting(), {wait: 16}), "axis 0, wait: not the values of a parameter; got 16"),
        (lambda: Sweep(waiting(), {wait: np.array(16)}), "not the values of a parameter"),
        (lambda: Sweep(waiting(), {wait: iter((16, 32))}), "not the values of a parameter"),
        (lambda: Sweep(waiting(), {wait: "16"}), "not the values of a parameter"),
    ],
)
def test_what_is_no_sweep(make: Callable[[], Sweep], what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        make()


def test_a_length_between_samples_is_told_as_such() -> None:
    block = waiting().assign_parameters({wait: 16.5}, inplace=False)
    with pytest.raises(ProblemReport, match=r"every length is a whole number .* has the duration 16\.5"):
        lower(block, make_target())


@pytest.mark.parametrize("routed", [route, route_in_chunks], ids=["route", "route in chunks"])
def test_what_are_no_timelines(routed: Callable[..., object]) -> None:
    with pytest.raises(ProblemReport, match="not timelines; got"):
        routed([measured()], make_wiring(), LIMITS, shots=1)


def test_one_timeline_is_a_batch_of_one() -> None:
    timeline = lower(measured(), make_target())
    (one,), (listed,) = (route(given, make_wiring(), LIMITS).programs.values() for given in (timeline, [timeline]))
    assert one.content_hash() == listed.content_hash()


@pytest.mark.parametrize("shots", [1.5, "5", True, None])
def test_shots_that_are_no_whole_number(shots: object) -> None:
    timelines = [lower(measured(), make_target())]
    with pytest.raises(ProblemReport, match="shots that are no whole number"):
        route(timelines, make_wiring(), LIMITS, shots=shots)


@pytest.mark.parametrize("rate", [1e9, "1e9", float("nan"), True])
def test_a_sample_rate_that_is_no_whole_number(rate: object) -> None:
    wiring = make_wiring()
    wiring = replace(wiring, sample_rates_hz={**wiring.sample_rates_hz, "awg": rate})
    with pytest.raises(ProblemReport, match="instrument awg: instrument without a sample rate; got"):
        route([lower(measured(), make_target())], wiring, LIMITS, shots=1)


@pytest.mark.parametrize("dtype", ["float64", "no type", 5, None], ids=repr)
def test_a_sample_type_that_streams_lack(dtype: object) -> None:
    with pytest.raises(ConfigurationError, match="unknown sample type; got"):
        lower(measured(), make_target()).streams(dtype)


@pytest.mark.parametrize("number", ["a", 0.5, -1, 1, None], ids=repr)
def test_a_program_that_cannot_be_drawn(number: object) -> None:
    routed = route([lower(measured(), make_target())], make_wiring(), LIMITS, shots=1)
    with pytest.raises(ConfigurationError, match="awg: no such program"):
        routed.draw("awg", number)
