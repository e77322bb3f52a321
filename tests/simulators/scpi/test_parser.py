"""Headers, arguments and compounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.scpi import ArgumentKind, ScpiError, encode_block, parse


def only(message: bytes) -> tuple[tuple[str, ...], bool, list[bytes]]:
    """Header, whether it asks, and arguments of a message with one command."""
    (unit,), error = parse(message)
    assert error is None
    return unit.mnemonics, unit.query, [argument.data for argument in unit.arguments]


def test_header_and_arguments() -> None:
    assert only(b' sour1:volt  0.5 , "a;b,c:d" ') == (("SOUR1", "VOLT"), False, [b"0.5", b"a;b,c:d"])
    assert only(b"*IDN?") == (("*IDN",), True, [])
    assert only(b"MMEM:DATA? 'it''s'\r") == (("MMEM", "DATA"), True, [b"it's"])


def test_compound_and_leading_colon() -> None:
    units, error = parse(b';SOUR:FREQ 1;POW?;:OUTP ON;*OPC?;"')
    assert [(unit.mnemonics, unit.rooted, unit.common) for unit in units] == [
        (("SOUR", "FREQ"), False, False),
        (("POW",), False, False),
        (("OUTP",), True, False),
        (("*OPC",), False, True),
    ]
    assert error is not None


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_blocks_keep_every_byte(first: bytes, second: bytes) -> None:
    message = b"DATA " + encode_block(first) + b",#(%d)" % len(second) + second + b";*OPC?"
    units, error = parse(message)
    assert error is None
    assert [argument.block() for argument in units[0].arguments] == [first, second]
    assert units[1].mnemonics == ("*OPC",)


def test_indefinite_block_is_the_rest_of_the_message() -> None:
    assert only(b"DATA 1,#0a;b\nc") == (("DATA",), False, [b"1", b"a;b\nc"])


@given(st.text(st.characters(max_codepoint=255), max_size=30))
def test_strings_keep_every_character(text: str) -> None:
    doubled = text.replace('"', '""')
    (unit,), error = parse(f'OPEN "{doubled}"'.encode("latin-1"))
    assert error is None
    assert unit.arguments[0].kind is ArgumentKind.STRING
    assert unit.arguments[0].text() == text


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"1FOO", -101),
        (b"FOO::BAR 1", -103),
        (b"FOO?BAR", -103),
        (b"FOO 1,", -109),
        (b"FOO ,1", -102),
        (b'FOO "a" "b"', -103),
        (b'FOO "a', -151),
        (b"FOO #15ab", -161),
        (b"FOO #3", -161),
        (b"\xff\xfe", -101),
    ],
)
def test_what_cannot_be_read_has_a_code(message: bytes, code: int) -> None:
    _, error = parse(message)
    assert error is not None
    assert error.code == code


@given(st.binary(max_size=80))
def test_garbage_ends_in_units_or_an_error(message: bytes) -> None:
    units, error = parse(message)
    assert all(unit.mnemonics for unit in units)
    assert error is None or isinstance(error, ScpiError)
