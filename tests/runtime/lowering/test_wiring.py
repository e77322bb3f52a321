"""What can be wrong with a wiring on its own."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drivers.contract import ProblemReport
from runtime.lowering import (
    InputLine,
    MixerCorrection,
    OutputLine,
    TriggerLine,
    Wiring,
    lower,
    route,
    wiring_problems,
)
from runtime.pulse import AcquireChannel, Constant, Play, Schedule
from tests.runtime.lowering.lab import A0, A1, D0, D1, LIMITS, U0, make_target, make_wiring, output

GOOD = make_wiring()
DRIVE0, DRIVE1, READOUT = GOOD.outputs
RETURN = GOOD.inputs[0]
TRIGGER = GOOD.triggers[0]


def outputs(*lines: OutputLine) -> Wiring:
    return replace(GOOD, outputs=lines)


CASES = [
    pytest.param(
        outputs(DRIVE0, DRIVE1, replace(READOUT, shared=False)),
        "several channels on a line that is not shared",
        "line readout",
        "m0, m1",
        id="not shared",
    ),
    pytest.param(
        outputs(DRIVE0, replace(DRIVE1, i_port=2, q_port=3), READOUT),
        "port wired twice",
        "lines drive0 and drive1, awg port 2",
        "two lines",
        id="port twice",
    ),
    pytest.param(
        outputs(replace(DRIVE0, shared=True), replace(DRIVE1, i_port=2, q_port=1, shared=True), READOUT),
        "shared ports paired differently",
        "lines drive0 and drive1, awg port 1, 2",
        "(1, 2) and (2, 1)",
        id="crossed",
    ),
    pytest.param(
        outputs(replace(DRIVE0, shared=True), replace(DRIVE1, i_port=1, q_port=2, shared=True), READOUT),
        "shared ports with two mixers",
        "lines drive0 and drive1, awg port 1, 2",
        "",
        id="two oscillators",
    ),
    pytest.param(
        outputs(replace(DRIVE0, q_port=1), DRIVE1, READOUT),
        "I and Q on one port",
        "line drive0, awg port 1",
        "",
        id="one port",
    ),
    pytest.param(
        outputs(DRIVE0, replace(DRIVE1, channels=(D0,)), READOUT),
        "channel on two lines",
        "line drive1, channel d0",
        "wired to line drive0 already",
        id="channel twice",
    ),
    pytest.param(
        replace(GOOD, inputs=(RETURN, replace(RETURN, name="other", channels=(A1,)))),
        "channel on two lines",
        "line other, channel a1",
        "wired to line return already",
        id="acquire channel twice",
    ),
    pytest.param(
        outputs(DRIVE0, replace(DRIVE1, name="drive0"), READOUT),
        "line name used twice",
        "line drive0",
        "",
        id="name",
    ),
    pytest.param(
        outputs(replace(DRIVE0, channels=()), DRIVE1, READOUT),
        "line without channels",
        "line drive0",
        "",
        id="none",
    ),
    pytest.param(
        outputs(DRIVE0, replace(DRIVE1, channels=(AcquireChannel(5),)), READOUT),
        "acquire channel on an output",
        "line drive1",
        "a5",
        id="acquire channel out",
    ),
    pytest.param(
        replace(GOOD, triggers=()),
        "digitizer needs one trigger",
        "line return, digitizer digitizer",
        "0 triggers",
        id="no trigger",
    ),
    pytest.param(
        replace(GOOD, triggers=(TRIGGER, replace(TRIGGER, marker=2))),
        "digitizer needs one trigger",
        "line return, digitizer digitizer",
        "2 triggers",
        id="two triggers",
    ),
    pytest.param(
        replace(GOOD, triggers=(TRIGGER, replace(TRIGGER, started="second"))),
        "marker wired to two digitizers",
        "awg port 7 marker 1",
        "digitizer and second",
        id="marker twice",
    ),
    pytest.param(
        replace(GOOD, triggers=(replace(TRIGGER, instrument="lo"),)),
        "trigger from an instrument that plays nothing",
        "trigger of digitizer",
        "lo",
        id="trigger from nowhere",
    ),
    pytest.param(
        replace(GOOD, sample_rates_hz={"digitizer": 500_000_000}),
        "instrument without a sample rate",
        "instrument awg",
        "none",
        id="no rate",
    ),
    pytest.param(
        replace(GOOD, sample_rates_hz={"awg": 0, "digitizer": 500_000_000}),
        "instrument without a sample rate",
        "instrument awg",
        "0 Hz",
        id="zero rate",
    ),
    pytest.param(replace(GOOD, idle_s=-1.0), "idle that is no length of time", "idle_s", "-1.0 s", id="idle"),
    pytest.param(
        replace(GOOD, idle_s=math.nan), "idle that is no length of time", "idle_s", "nan s", id="idle nan"
    ),
    pytest.param(
        replace(GOOD, interpolation="cubic"),  # type: ignore[arg-type]  # what a file might say
        "unknown interpolation",
        "interpolation",
        "cubic",
        id="interpolation",
    ),
    pytest.param(
        outputs(replace(DRIVE0, delay_s=math.inf), DRIVE1, READOUT),
        "number that is not finite",
        "line drive0, delay_s",
        "inf",
        id="infinite delay",
    ),
    pytest.param(
        outputs(replace(DRIVE0, mixer=MixerCorrection(gain=0.0)), DRIVE1, READOUT),
        "mixer correction without a gain",
        "line drive0, mixer.gain",
        "0",
        id="no gain",
    ),
    pytest.param(
        outputs(replace(DRIVE0, mixer=MixerCorrection(phase_rad=1.6)), DRIVE1, READOUT),
        "mixer arms in line",
        "line drive0, mixer.phase_rad",
        "1.6 rad",
        id="mixer phase",
    ),
]


@pytest.mark.parametrize(("wiring", "what", "where", "got"), CASES)
def test_a_contradiction_is_told_with_its_place(wiring: Wiring, what: str, where: str, got: str) -> None:
    (problem,) = wiring_problems(wiring)
    assert (problem.what, problem.where, problem.got) == (what, where, got)


def test_a_good_wiring_has_no_problems() -> None:
    assert wiring_problems(GOOD) == ()


def test_lines_may_share_ports_and_a_mixer() -> None:
    lines = [
        output(name, channel, ports=(1, 2), lo=4.9e9, shared=True) for name, channel in (("a", D1), ("b", U0))
    ]
    assert wiring_problems(replace(GOOD, outputs=(*lines, READOUT))) == ()


def test_inputs_of_one_digitizer_may_repeat_its_trigger() -> None:
    inputs = (InputLine("first", (A0,), "digitizer", 7.3e9), InputLine("second", (A1,), "digitizer", 7.3e9))
    assert (
        wiring_problems(replace(GOOD, inputs=inputs, triggers=(TRIGGER, TriggerLine("awg", 7, 1, "digitizer"))))
        == ()
    )


def test_route_refuses_a_wiring_with_every_problem_at_once() -> None:
    wiring = outputs(replace(DRIVE0, q_port=1), replace(DRIVE1, scale=math.nan), READOUT)
    timeline = lower(Schedule((0, Play(Constant(64, 0.1), D0))), make_target())
    with pytest.raises(ProblemReport) as caught:
        route([timeline], wiring, LIMITS, shots=1)
    assert caught.value.problems == wiring_problems(wiring)
    assert len(caught.value.problems) == 2
