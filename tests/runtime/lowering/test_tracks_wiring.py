"""Wirings that sequencers do not fit: outputs, rates, markers, and who starts whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drivers.contract import ProblemReport
from runtime.lowering import MixerCorrection, StartLine, TriggerLine, Wiring, lower, route, wiring_problems
from runtime.pulse import Constant, Play, Schedule
from tests.runtime.lowering.lab import ACQUISITION, D0, PLAYBACK, make_target
from tests.runtime.lowering.sequencing import LIMITS, SEQUENCER, converter, drive, one_output, pair

X = Schedule((0, Play(Constant(160, 0.5, name="x"), D0)), name="x")
DRIVE0, DRIVE1, READOUT = pair().outputs
INSTRUMENT_CASES = [
    (one_output(drive(i_port=2, q_port=3)), {}, "output that the instrument lacks", "line drive0", "2/3"),
    (one_output(drive(q_port=None)), {}, "output that the instrument lacks", "line drive0", "1"),
    (one_output(drive(), 1_000_000_000), {}, "sample rate that the instrument lacks", "sg", "1000000000 Hz"),
    (one_output(drive(instrument="awg", q_port=None)), {}, "line without a Q port", "line drive0", "port 1 alone"),
    (
        one_output(drive(instrument="digitizer"), 500_000_000),
        {},
        "unknown instrument",
        "instrument digitizer",
        "AcquisitionLimits",
    ),
    (
        pair(triggers=(TriggerLine("sg", 7, 1, "qa"),)),
        {},
        "port that the instrument lacks",
        "trigger of qa",
        "7",
    ),
    (
        pair(triggers=(TriggerLine("sg", 1, 2, "qa"),)),
        {},
        "marker that the instrument lacks",
        "trigger of qa",
        "2",
    ),
    (pair(triggers=()), {}, "instruments that nothing keeps in step", "triggers", "sg, qa"),
    (
        replace(pair(), starts=(StartLine("sg", 3, 1, "qa"),)),
        {},
        "start of or by an instrument with a sequencer",
        "instrument qa",
        "",
    ),
    (
        pair(
            outputs=(DRIVE0, replace(DRIVE1, instrument="awg"), READOUT),
            triggers=(TriggerLine("sg", 1, 1, "qa"), TriggerLine("sg", 3, 1, "awg")),
            sample_rates_hz={"sg": 2_400_000_000, "qa": 1_800_000_000, "awg": 1_000_000_000},
        ),
        {},
        "generator that cannot wait for triggers",
        "trigger of awg",
        "",
    ),
    (
        pair(
            outputs=(DRIVE0, replace(DRIVE1, instrument="second"), READOUT),
            triggers=(TriggerLine("sg", 1, 1, "second"), TriggerLine("second", 3, 1, "qa")),
            sample_rates_hz={"sg": 2_400_000_000, "qa": 1_800_000_000, "second": 2_400_000_000},
        ),
        {"second": SEQUENCER},
        "trigger from an instrument that is triggered",
        "trigger of qa",
        "second, which waits itself",
    ),
]


@pytest.mark.parametrize(("wiring", "limits", "what", "where", "got"), INSTRUMENT_CASES)
def test_instruments_that_do_not_fit_the_wiring(
    wiring: Wiring, limits: dict[str, Any], what: str, where: str, got: str
) -> None:
    known = {**LIMITS, "awg": PLAYBACK, "digitizer": ACQUISITION, **limits}
    with pytest.raises(ProblemReport) as caught:
        route([lower(X, make_target(0.5e-9))], wiring, known, shots=1)
    found = [problem for problem in caught.value.problems if problem.what == what]
    assert (found[0].where, found[0].got) == (where, got)
    assert found[0].allowed or found[0].fix


WIRING_CASES = [
    (
        one_output(drive(q_port=None, mixer=MixerCorrection(gain=1.1))),
        "mixer correction without a mixer",
        "line drive0",
    ),
    (one_output(drive(carrier="software")), "unknown carrier", "line drive0, carrier"),
    (
        pair(triggers=(TriggerLine("sg", 1, 1, "qa"), TriggerLine("sg", 1, 2, "sg"))),
        "trigger of an instrument by itself",
        "trigger of sg",
    ),
    (
        pair(
            outputs=(DRIVE0, replace(DRIVE1, instrument="second", i_port=1, q_port=2), READOUT),
            triggers=(
                TriggerLine("sg", 1, 1, "qa"),
                TriggerLine("sg", 3, 1, "second"),
                TriggerLine("sg", 5, 1, "second"),
            ),
            sample_rates_hz={"sg": 2_400_000_000, "qa": 1_800_000_000, "second": 2_400_000_000},
        ),
        "instrument with several triggers",
        "instrument second",
    ),
    (
        replace(pair(), crosstalk={("drive0", "readout"): 1.1}),
        "crosstalk that is no small part",
        "crosstalk from drive0 to readout",
    ),
]


@pytest.mark.parametrize(("wiring", "what", "where"), WIRING_CASES)
def test_wirings_that_contradict_themselves(wiring: Wiring, what: str, where: str) -> None:
    assert (what, where) in [(problem.what, problem.where) for problem in wiring_problems(wiring)]


def test_an_analyzer_that_is_started_needs_no_more_than_that() -> None:
    assert wiring_problems(pair()) == ()
    assert wiring_problems(converter()) == ()
