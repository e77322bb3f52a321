"""Frame changes: joined in order, told in units of pi."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import DriveChannel, Parameter, Schedule, SetFrequency, SetPhase, ShiftFrequency, ShiftPhase
from runtime.pulse.drawing.changes import Change, FrameChange, frame_change
from runtime.pulse.drawing.labels import change_label, frequency_text, phase_text
from runtime.pulse.drawing.scene import scene_of

D0 = DriveChannel(0)


@given(st.lists(st.tuples(st.booleans(), st.integers(-8, 8)), min_size=1, max_size=6), st.integers(-8, 8))
def test_a_joined_change_does_what_its_parts_do_one_after_the_other(
    parts: list[tuple[bool, int]], before: int
) -> None:
    """Against a phase that is simply written to."""
    phase = before
    joined = Change(parts[0][0], parts[0][1])
    for number, (sets, value) in enumerate(parts):
        phase = value if sets else phase + value
        if number:
            joined = joined.then(Change(sets, value))
    assert (joined.value if joined.sets else before + joined.value) == phase


def test_shift_then_set_differs_from_set_then_shift() -> None:
    for first, second, label in (
        (ShiftPhase(math.pi / 2, D0), SetPhase(math.pi, D0), "=π"),
        (SetPhase(math.pi, D0), ShiftPhase(math.pi / 2, D0), "=3π/2"),
        (ShiftPhase(math.pi, D0), ShiftPhase(-math.pi / 4, D0), "+3π/4"),
        (ShiftPhase(math.pi, D0), ShiftFrequency(-10e6, D0), "+π, −10 MHz"),
        (SetFrequency(5e9, D0), ShiftFrequency(1e6, D0), "=5.001 GHz"),
    ):
        (row,) = scene_of(Schedule(first, second)).rows
        assert change_label(row.changes[0]) == label


def test_what_is_open_counts_as_nothing_and_is_written() -> None:
    theta = Parameter("theta")
    (row,) = scene_of(Schedule(ShiftPhase(math.pi, D0), ShiftPhase(theta, D0))).rows
    assert row.phase.value == math.pi
    assert row.changes[0].is_open
    assert change_label(row.changes[0]) == "+π + theta rad"
    closed = frame_change(SetFrequency(theta, D0))
    assert closed is not None
    assert change_label(closed) == "=theta Hz"


def test_instructions_that_leave_the_frame_alone() -> None:
    from runtime.pulse import Delay

    assert frame_change(Delay(10, D0)) is None
    assert not FrameChange().is_open


@pytest.mark.parametrize(
    ("phase", "text"),
    [
        (0.0, "0"),
        (math.pi, "π"),
        (-math.pi / 2, "−π/2"),
        (3 * math.pi / 4, "3π/4"),
        (1.57079632679, "π/2"),
        (7 * math.pi, "7π"),
        (1.234, "0.393π"),
        (-1.234, "−0.393π"),
    ],
)
def test_phases_in_units_of_pi(phase: float, text: str) -> None:
    assert phase_text(phase) == text


@given(st.fractions(min_value=-9, max_value=9, max_denominator=16))
def test_the_text_of_a_fraction_gives_it_back(fraction: Fraction) -> None:
    text = phase_text(float(fraction) * math.pi).replace("−", "-")
    top, _, below = text.partition("π")
    whole = {"": 1, "-": -1}.get(top) if top in {"", "-"} else int(top)
    assert whole is not None
    assert Fraction(whole, int(below.removeprefix("/") or 1)) == fraction


@pytest.mark.parametrize(
    ("frequency", "text"),
    [(5.23657e9, "5.23657 GHz"), (-10e6, "−10 MHz"), (1500.0, "1.5 kHz"), (0.0, "0 Hz"), (12.5, "12.5 Hz")],
)
def test_frequencies_with_the_prefix_that_fits(frequency: float, text: str) -> None:
    assert frequency_text(frequency) == text
