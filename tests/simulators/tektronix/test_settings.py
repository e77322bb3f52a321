"""Settings of the generator over SCPI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.tektronix import AWG5208, Profile
from tests.simulators.tektronix.files import ask


@pytest.fixture(scope="module")
def awg() -> AWG5208:
    return AWG5208()


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("CLOC:SRAT 1.25 GHz;SRAT?", "1.2500000000E+09"),
        ("CLOCK:SOURCE EFIXED;SOURCE?", "EFIX"),
        ("SOUR8:VOLT:LEV:IMM:AMPL 250mV;AMPL?", "2.5000000000E-01"),
        ("SOUR2:DAC:RES 14;RES?", "14"),
        ("OUTP3:STAT ON;STAT?", "1"),
        ("OUTP4:WVAL:ANAL:STAT FIRST;STAT?", "FIRST"),
        ("OUTP4:SVAL:MARK3 LOW;MARK3?;MARK4?", "LOW;OFF"),
        ("FGEN:CHAN2:TYPE TRIANGLE;TYPE?", "TRI"),
        ("FGEN:CHAN2:FREQ 4 MHz;PER?", "2.5000000000E-07"),
        ("SOUR1:MARK2:VOLT:HIGH -0.2;LOW?;HIGH?", "-2.0000000000E-01;-2.0000000000E-01"),
        ("SOUR1:MARK3:VOLT:LOW 1.5;LOW?;HIGH?", "1.5000000000E+00;1.5000000000E+00"),
        ("INST:MODE AWG;MODE?", "AWG"),
    ],
)
def test_what_is_set_is_told(awg: AWG5208, message: str, reply: str) -> None:
    assert ask(awg, message) == reply
    assert ask(awg, "SYST:ERR:CODE?") == "0"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("CLOC:SRAT 5e9", -222),
        ("SOUR1:VOLT 2", -222),
        ("SOUR9:VOLT 0.5", -114),
        ("SOUR1:DAC:RES 11", -222),
        ("SOUR1:MARK5:VOLT:HIGH 1", -114),
        ("SOUR1:MARK1:VOLT:HIGH 2", -222),
        ("CLOC:SOUR MAINS", -224),
        ("TRIG:IMM CTR", -224),
    ],
)
def test_what_cannot_be_set(awg: AWG5208, message: str, code: int) -> None:
    assert ask(awg, message) == ""
    assert ask(awg, "SYST:ERR:CODE?;CODE?") == f"{code};0"


HEADERS = (
    "MMEM:CDIR", "MMEM:MDIR", "MMEM:DATA", "MMEM:DATA:SIZE", "MMEM:DEL", "MMEM:OPEN", "MMEM:OPEN:SASS:SEQ",
    "MMEM:CAT", "WLIS:NAME", "WLIS:WAV:DEL", "WLIS:WAV:NEW", "WLIS:WAV:DATA", "WLIS:WAV:MARK:DATA",
    "WLIS:WAV:LENG", "WLIS:LIST", "SLIS:NAME", "SLIS:SEQ:DEL", "SLIS:SEQ:STEP1:RCO", "SLIS:SEQ:STEP2:EJUM",
    "SLIS:SEQ:STEP1:TASS2", "SLIS:SEQ:LENG", "SOUR1:CASS", "SOUR2:CASS:WAV", "SOUR3:CASS:SEQ",
    "SOUR1:JUMP:FORC", "TRIG", "AWGC:RUN", "AWGC:STOP", "AWGC:RST", "SOUR1:MARK1:VOLT:LOW", "FGEN:CHAN1:PER",
    "CLOC:SRAT", "OUTP:OFF", "*RST", "*OPC", "*WAI", "SYST:ERR:ALL",
)  # fmt: skip
ARGUMENTS = (
    '""', '"w"', '"ALL"', '"a.seqx"', '".."', '"C:"', '"a\\b"', '"\x00"', "ALL", "NEXT", "0", "1", "-1",
    "2400", "1e99", "1e-99", "#HFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "#10", "#14\x00\x00\x00\x00", "#3",
    "MIN", "MAX", "ON",
)  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(HEADERS), st.booleans(), st.lists(st.sampled_from(ARGUMENTS), max_size=4)),
        min_size=1,
        max_size=12,
    )
)
def test_no_message_breaks_the_instrument(units: list[tuple[str, bool, list[str]]]) -> None:
    awg = AWG5208(profile=Profile(memory_samples=5000, disk_bytes=100))
    for header, query, arguments in units:
        reply = ask(awg, f"{header}{'?' * query} {','.join(arguments)}")
        assert "\n" not in reply or "#" in reply
    awg.playback()
    assert ask(awg, "*CLS;*IDN?").startswith("TEKTRONIX,AWG5208")
