"""Headers and what they call."""

from __future__ import annotations

import pytest

from simulators.scpi import Call, CommandTree, ScpiError


@pytest.fixture
def tree() -> CommandTree:
    tree = CommandTree()
    tree.add("SOURce{1-8}:VOLTage[:LEVel][:IMMediate][:AMPLitude]", on_set=lambda _: None, on_query=lambda _: "a")
    tree.add("SOURce{1-8}:VOLTage[:LEVel][:IMMediate]:OFFSet", on_query=lambda _: "o")
    tree.add("SOURce{1-8}:MARKer{1-4}:VOLTage", on_query=lambda call: str(call.suffixes))
    tree.add("[SOURce{1-8}]:FREQuency", on_query=lambda call: str(call.suffixes))
    tree.add("OUTPut:OFF", on_query=lambda _: "off")
    tree.add("OUTPut{1-8}[:STATe]", on_query=lambda call: f"state {call.suffixes}")
    return tree


def ask(tree: CommandTree, header: str) -> object:
    """Call the query of a header."""
    handler, suffixes = tree.find(tuple(header.upper().split(":")), query=True)
    return handler(Call(suffixes, ()))


@pytest.mark.parametrize(
    "header",
    ["SOUR1:VOLT", "source1:voltage", "SOUR:VOLT:LEV:IMM:AMPL", "SOURCE8:VOLT:AMPLITUDE", "SOUR2:VOLT:IMM"],
)
def test_short_long_and_optional_nodes(tree: CommandTree, header: str) -> None:
    assert ask(tree, header) == "a"


@pytest.mark.parametrize(
    ("header", "reply"),
    [
        ("SOUR3:VOLT:OFFS", "o"),
        ("SOUR3:MARK4:VOLT", "(3, 4)"),
        ("SOUR:MARK:VOLT", "(1, 1)"),
        ("FREQ", "(1,)"),
        ("SOUR7:FREQ", "(7,)"),
        ("OUTP:OFF", "off"),
        ("OUTP5", "state (5,)"),
        ("OUTP5:STAT", "state (5,)"),
    ],
)
def test_suffixes(tree: CommandTree, header: str, reply: str) -> None:
    assert ask(tree, header) == reply


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("SOURC1:VOLT", -113),
        ("SOUR1:VOLTA", -113),
        ("SOUR1", -113),
        ("SOUR1:VOLT:FOO", -113),
        ("SOUR1:VOLT2", -113),
        ("OUTP3:OFF", -113),
        ("SOUR9:VOLT", -114),
        ("SOUR0:VOLT", -114),
        ("SOUR99999999999999999999:VOLT", -114),
        ("SOUR1:MARK5:VOLT", -114),
    ],
)
def test_unknown_headers_and_suffixes(tree: CommandTree, header: str, code: int) -> None:
    with pytest.raises(ScpiError) as caught:
        ask(tree, header)
    assert caught.value.code == code


def test_query_only_header_refuses_a_command(tree: CommandTree) -> None:
    with pytest.raises(ScpiError):
        tree.find(("OUTP", "OFF"), query=False)
