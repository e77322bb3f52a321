"""Common commands, the error queue, compounds and overlapped operations, without any transport."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.scpi import ScpiError
from tests.simulators.scpi.box import Box, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(clock: Clock) -> Box:
    return Box(clock)


def test_identity_and_plain_queries(box: Box) -> None:
    assert box.handle(b"*IDN?") == b"Maker,BOX,7,1.0\n"
    assert box.handle(b"*TST?;*OPT?") == b"0;0\n"
    assert box.handle(b"SYST:VERS?") == b"1999.0\n"


def test_compound_keeps_the_path_and_common_commands_leave_it_alone(box: Box) -> None:
    assert box.handle(b"SOUR2:FREQ 2 GHz;POW 3;*WAI;POW?;:SOUR2:FREQ?;FREQ?") == (
        b"3.0000000000E+00;2.0000000000E+09;2.0000000000E+09\n"
    )
    assert box.handle(b"SOUR1:FREQ?") == b"1.0000000000E+09\n"


def test_limits_can_be_asked_and_set_by_name(box: Box) -> None:
    assert box.handle(b"SOUR:FREQ? MAX;FREQ? MIN") == b"6.0000000000E+09;1.0000000000E+06\n"
    assert box.handle(b"SOUR:FREQ MIN;FREQ?") == b"1.0000000000E+06\n"
    assert box.handle(b"SOUR:FREQ DEF;FREQ?") == b"1.0000000000E+09\n"


@pytest.mark.parametrize(
    ("message", "code", "event"),
    [
        (b"FOO 1", -113, 32),
        (b"FOO?", -113, 32),
        (b"SOUR3:FREQ 1e9", -114, 32),
        (b"SOUR:FREQ", -109, 32),
        (b"SOUR:FREQ 1e9,2", -108, 32),
        (b"SOUR:FREQ 1e12", -222, 16),
        (b"SOUR:FREQ nan", -104, 32),
        (b"OUTP MAYBE", -104, 32),
        (b"*ESE 256", -222, 16),
    ],
)
def test_errors_have_their_code_and_event_bit(box: Box, message: bytes, code: int, event: int) -> None:
    box.handle(b"*CLS")
    assert box.handle(message) == b""
    assert box.handle(b"*STB?") == b"4\n"
    assert box.handle(b"*ESR?") == b"%d\n" % event
    assert box.handle(b"SYST:ERR:COUN?") == b"1\n"
    assert box.handle(b"SYST:ERR?").startswith(b'%d,"' % code)
    assert box.handle(b"SYST:ERR?") == b'0,"No error"\n'
    assert box.handle(b"*STB?") == b"0\n"


def test_command_error_ends_the_message_and_execution_error_does_not(box: Box) -> None:
    assert box.handle(b"*IDN?;FOO;OUTP ON") == b"Maker,BOX,7,1.0\n"
    assert box.handle(b"OUTP?") == b"0\n"
    box.handle(b"SOUR:FREQ 1e12;:OUTP ON")
    assert box.handle(b"OUTP?") == b"1\n"
    assert box.handle(b"SYST:ERR:CODE?;CODE?;CODE?") == b"-113;-222;0\n"


def test_full_queue_ends_in_overflow(box: Box) -> None:
    for _ in range(40):
        box.handle(b"FOO")
    assert box.handle(b"SYST:ERR:COUN?") == b"32\n"
    codes = box.handle(b"SYST:ERR:ALL?").decode().split('"')[0::2]
    assert len(codes) == 33
    assert codes[0].strip(",") == "-113"
    assert codes[31].strip(",") == "-350"


def test_error_text_is_one_line_of_ascii(box: Box) -> None:
    box.report(ScpiError(-256, 'a"b\nc\u00e9' + "x" * 500))
    text = box.handle(b"SYST:ERR?")
    assert text.count(b"\n") == 1
    assert text.count(b'"') == 2
    assert text.isascii()
    assert len(text) < 300


def test_opc_query_answers_after_the_operation(box: Box, clock: Clock) -> None:
    box.handle(b"LOAD")
    execution = box.execute(b"*OPC?")
    assert next(execution) == pytest.approx(2.0)
    clock.now += 1.5
    assert next(execution) == pytest.approx(0.5)
    assert box.handle(b"LOAD:COUN?") == b"0\n"
    clock.now += 0.5
    with pytest.raises(StopIteration) as done:
        next(execution)
    assert done.value.value == b"1\n"
    assert box.handle(b"LOAD:COUN?") == b"1\n"


def test_wait_holds_the_rest_of_the_message_back(box: Box, clock: Clock) -> None:
    box.handle(b"LOAD;LOAD")
    execution = box.execute(b"*WAI;:LOAD:COUN?")
    assert next(execution) == pytest.approx(4.0)
    clock.now += 4.0
    with pytest.raises(StopIteration) as done:
        next(execution)
    assert done.value.value == b"2\n"


def test_opc_command_sets_its_event_bit_at_the_end(box: Box, clock: Clock) -> None:
    box.handle(b"*CLS;*ESE 1;*SRE 32")
    box.handle(b"LOAD;*OPC")
    assert box.handle(b"*STB?") == b"0\n"
    clock.now += 2.0
    assert box.status_byte() == 96
    assert box.handle(b"*ESR?;*ESR?") == b"1;0\n"


def test_failed_operation_leaves_its_error(box: Box, clock: Clock) -> None:
    box.handle(b"LOAD:FAIL")
    assert box.handle(b"SYST:ERR:CODE?") == b"0\n"
    clock.now += 2.0
    assert box.handle(b"*OPC?;:SYST:ERR?") == b'1;-253,"Corrupt media;file.bin"\n'


def test_reset_abandons_operations_and_keeps_the_queue(box: Box, clock: Clock) -> None:
    box.handle(b"FOO")
    box.handle(b"LOAD;*RST")
    clock.now += 2.0
    assert box.handle(b"*OPC?;:LOAD:COUN?;:SYST:ERR:CODE?") == b"1;0;-113\n"


def test_silent_instrument_resumes_when_the_fault_is_over(box: Box) -> None:
    box.faults.silent = True
    execution = box.execute(b"OUTP ON")
    for _ in range(5):
        next(execution)
    assert not box.settings.on("output")
    box.faults.silent = False
    with pytest.raises(StopIteration):
        next(execution)
    assert box.settings.on("output")


def test_wrong_identity_and_slow_opc(box: Box) -> None:
    box.faults.identity = "Maker,OTHER,8,2.0"
    assert box.handle(b"*IDN?") == b"Maker,OTHER,8,2.0\n"
    box.faults.opc_delay_s = 3.0
    assert next(box.execute(b"*OPC?")) == 3.0


@given(
    st.lists(
        st.sampled_from(
            [b"SOUR", b"1", b"2", b":FREQ", b"?", b" ", b"1e9", b";", b",", b'"', b"#", b"*OPC", b"\xff"]
        )
    )
)
def test_no_message_raises(pieces: list[bytes]) -> None:
    box = Box(Clock())
    reply = box.handle(b"".join(pieces))
    assert reply == b"" or reply.endswith(b"\n")
    assert box.handle(b"*IDN?") == b"Maker,BOX,7,1.0\n"
