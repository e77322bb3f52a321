"""Numbers with suffixes, switches and keywords."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.scpi import Argument, ArgumentKind, ScpiError


def word(text: str) -> Argument:
    """An argument without quotes."""
    return Argument(ArgumentKind.WORD, text.encode())


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("10MHz", "Hz", 10e6),
        ("10 mhz", "Hz", 10e6),
        ("1.5E-1 GHZ", "Hz", 0.15e9),
        ("250mV", "V", 0.25),
        ("20ns", "s", 20e-9),
        ("-3.5 dBm", "dBm", -3.5),
        (".5", "V", 0.5),
        ("3.", "V", 3.0),
        ("1 rad", "deg", 180.0 / math.pi),
        ("12PCT", "%", 12.0),
        ("#HFF", "", 255.0),
        ("#Q17", "", 15.0),
        ("#B101", "", 5.0),
    ],
)
def test_numbers(text: str, unit: str, value: float) -> None:
    assert word(text).number(unit) == pytest.approx(value, rel=1e-15)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_written_numbers_come_back(value: float) -> None:
    assert word(repr(value)).number() == value


@pytest.mark.parametrize(
    ("text", "code"), [("10 V", -131), ("1e", -131), ("--1", -120), ("nan", -104), ("#HZZ", -120), ("1 2", -120)]
)
def test_bad_numbers(text: str, code: int) -> None:
    with pytest.raises(ScpiError) as caught:
        word(text).number("Hz")
    assert caught.value.code == code


def test_infinity_is_out_of_range() -> None:
    with pytest.raises(ScpiError) as caught:
        word("1e999").integer(0, 10)
    assert caught.value.code == -222


@pytest.mark.parametrize(
    ("text", "value"),
    [("ON", True), ("off", False), ("1", True), ("0", False), ("-2", True), ("0.4", False), ("1e999", True)],
)
def test_switches(text: str, value: bool) -> None:
    assert word(text).switch() is value


def test_keywords_are_short_or_long_and_nothing_between() -> None:
    assert word("ext").keyword("INTernal", "EXTernal") == "EXTernal"
    assert word("INTERNAL").keyword("INTernal", "EXTernal") == "INTernal"
    with pytest.raises(ScpiError):
        word("INTER").keyword("INTernal", "EXTernal")


def test_kinds_are_not_taken_for_one_another() -> None:
    block = Argument(ArgumentKind.BLOCK, b"x")
    with pytest.raises(ScpiError):
        block.text()
    with pytest.raises(ScpiError):
        block.number()
    with pytest.raises(ScpiError):
        word("x").block()
    with pytest.raises(ScpiError):
        Argument(ArgumentKind.STRING, b"1").number()
