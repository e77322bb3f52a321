"""Messages must come out of the byte stream however it was cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.scpi import Framer, Message, encode_block

payloads = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from([b"\n", b";", b'"', b"'", b"#", b"#0", b"#3", b",", b":", b"A"]), max_size=30).map(
        b"".join
    ),
)
quoted = st.text(st.sampled_from("ab;,:# 1'#("), max_size=12).map(lambda text: f'"{text}"'.encode())
texts = st.one_of(
    st.sampled_from([b"*IDN?", b"SOUR1:FREQ 1e9", b"FOO:BAR #H1F,2", b"A;B;:C?"]),
    quoted.map(lambda text: b"MMEM:OPEN " + text),
)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A message without its line feed, with or without blocks."""
    if draw(st.booleans()):
        return draw(texts)
    block = encode_block(draw(payloads))
    if draw(st.booleans()):
        data = draw(payloads)
        block = b"#(%d)" % len(data) + data
    tail = draw(st.sampled_from([b"", b",3", b";*OPC?"]))
    return b"MMEM:DATA " + draw(quoted) + b"," + block + tail


def cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    """The stream in pieces."""
    marks = sorted({min(mark, len(stream)) for mark in cuts})
    return [stream[a:b] for a, b in zip([0, *marks], [*marks, len(stream)], strict=True)]


def feed_all(framer: Framer, pieces: list[bytes]) -> list[bytes]:
    """What a framer makes of pieces."""
    return [message.data for piece in pieces for message in framer.feed(piece)]


@given(st.lists(messages(), min_size=1, max_size=5), st.lists(st.integers(0, 400), max_size=12))
def test_any_cut_of_the_stream_gives_the_messages_that_were_sent(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(message + b"\n" for message in sent)
    assert feed_all(Framer(has_end=False), cut(stream, cuts)) == sent


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=12), st.booleans(), st.booleans())
def test_any_cut_of_garbage_gives_the_same_messages(
    stream: bytes, cuts: list[int], has_end: bool, lenient: bool
) -> None:
    whole = Framer(has_end=has_end, lenient=lenient, limit=50)
    pieces = Framer(has_end=has_end, lenient=lenient, limit=50)
    expected = [*whole.feed(stream, end=has_end)]
    got = [message for piece in cut(stream, cuts) for message in pieces.feed(piece)]
    assert got + pieces.feed(b"", end=has_end) == expected


@given(payloads, st.lists(st.integers(0, 100), max_size=5))
def test_end_closes_a_message_without_a_line_feed(data: bytes, cuts: list[int]) -> None:
    framer = Framer(has_end=True)
    message = b'MMEM:DATA "a;b",' + encode_block(data)
    assert feed_all(framer, cut(message, cuts)) == []
    assert framer.feed(b"", end=True) == [Message(message)]


@given(payloads, st.lists(st.integers(0, 100), max_size=5))
def test_lenient_framer_ends_a_message_with_its_block(data: bytes, cuts: list[int]) -> None:
    message = b'MMEM:DATA "x",' + encode_block(data)
    stream = message + b'MMEM:OPEN "x"\n' + message + b"\n*OPC?\n"
    expected = [message, b'MMEM:OPEN "x"', message, b"*OPC?"]
    assert feed_all(Framer(has_end=False, lenient=True), cut(stream, cuts)) == expected


def test_strict_framer_glues_the_next_command_to_a_block_without_a_line_feed() -> None:
    stream = b'MMEM:DATA "x",#15abc\n9MMEM:OPEN "x"\n'
    assert feed_all(Framer(has_end=False), [stream]) == [stream[:-1]]


def test_indefinite_block_runs_to_end_where_there_is_one() -> None:
    framer = Framer(has_end=True)
    assert framer.feed(b"DATA #0a\nb;") == []
    assert framer.feed(b'"\n', end=True) == [Message(b'DATA #0a\nb;"')]


def test_indefinite_block_runs_to_the_line_feed_on_a_socket() -> None:
    assert feed_all(Framer(has_end=False), [b'DATA #0a"b;\n*IDN?\n']) == [b'DATA #0a"b;', b"*IDN?"]


def test_line_feed_ends_a_message_inside_an_open_quote() -> None:
    assert feed_all(Framer(has_end=False), [b'OPEN "x\n*IDN?\n']) == [b'OPEN "x', b"*IDN?"]


@pytest.mark.parametrize("stream", [b"A" * 200 + b"\n", b"D #3200" + b"\n" * 200 + b"x\n", b"D #9999999999\n" * 9])
def test_too_long_a_message_is_thrown_away_in_bounded_memory(stream: bytes) -> None:
    framer = Framer(has_end=False, limit=100)
    messages = [message for byte in stream for message in framer.feed(bytes([byte]))]
    assert all(message.oversize and message.data == b"" for message in messages)
    assert len(framer._buffer) <= 101


def test_next_message_after_one_too_long_is_whole() -> None:
    framer = Framer(has_end=False, limit=100)
    assert framer.feed(b"D #3200" + b"\n" * 200 + b"\n*IDN?\n") == [Message(b"", oversize=True), Message(b"*IDN?")]


def test_reset_forgets_half_a_block() -> None:
    framer = Framer(has_end=True)
    framer.feed(b"D #3200abc")
    framer.reset()
    assert framer.feed(b"*IDN?\n") == [Message(b"*IDN?")]
