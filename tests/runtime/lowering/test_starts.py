"""Generators that begin together: who gets a marker, who waits, and what contradicts itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from drivers.contract import SILENCE, InstrumentProgram, MarkerPulse, Step
from runtime.lowering import OutputLine, StartLine, TriggerLine, Wiring
from runtime.lowering.starts import start_problems, started_together
from runtime.pulse import DriveChannel

LINES = tuple(
    OutputLine(f"line {name}", (DriveChannel(index),), name, 1, 2, 5e9) for index, name in enumerate("abc")
)
WIRING = Wiring(LINES, starts=(StartLine("a", 1, 2, "b"), StartLine("a", 2, 1, "c", 2)))


def program(name: str) -> InstrumentProgram:
    wave = np.ones(2400)
    own = MarkerPulse(1, 1, 100, 350)
    return InstrumentProgram(name, 2_500_000_000, (1, 2), (wave,), (Step((0, SILENCE), 2400, 1, (own,)),) * 2)


def test_the_first_step_carries_the_markers_and_the_others_wait() -> None:
    """Besides the markers that were there; from the first sample on, 100 ns long; later steps are as they were."""
    programs = {name: program(name) for name in "abc"}
    together = started_together(programs, WIRING)
    assert [together[name].trigger_input for name in "abc"] == [None, 1, 2]
    first, second = together["a"].steps
    assert first.markers == (MarkerPulse(1, 1, 100, 350), MarkerPulse(1, 2, 0, 250), MarkerPulse(2, 1, 0, 250))
    assert second == programs["a"].steps[1]
    assert together["b"].steps == programs["b"].steps


def test_without_start_lines_nothing_changes() -> None:
    programs = {"a": program("a")}
    assert started_together(programs, Wiring(LINES)) == programs


@pytest.mark.parametrize(
    ("starts", "triggers", "said"),
    [
        ((StartLine("x", 1, 2, "b"),), (), "plays nothing"),
        ((StartLine("a", 1, 2, "b"), StartLine("b", 1, 2, "c")), (), "waits itself"),
        ((StartLine("a", 1, 2, "b"), StartLine("c", 1, 2, "b")), (), "two generators"),
        ((StartLine("a", 3, 2, "b"),), (), "port 3"),
        ((StartLine("a", 1, 2, "b"),), (TriggerLine("a", 1, 2, "digitizer"),), "digitizer already"),
    ],
)
def test_contradictions(starts: tuple[StartLine, ...], triggers: tuple[TriggerLine, ...], said: str) -> None:
    wiring = dataclasses.replace(WIRING, starts=starts, triggers=triggers)
    assert any(said in str(problem) for problem in start_problems(wiring))


def test_the_stations_own_starts_are_free_of_contradictions() -> None:
    assert list(start_problems(WIRING)) == []
