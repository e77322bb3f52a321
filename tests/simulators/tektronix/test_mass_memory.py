"""The disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulators.tektronix import AWG5208, AWG5208_PROFILE
from tests.simulators.tektronix.files import ask, put


@pytest.fixture
def awg() -> AWG5208:
    return AWG5208(profile=replace(AWG5208_PROFILE, disk_bytes=1000))


def test_files_are_found_in_any_case_and_by_any_path(awg: AWG5208) -> None:
    put(awg, "Ramp.bin", b'\n;"#abc')
    for name in (
        "ramp.BIN",
        "C:\\Users\\OEM\\Documents\\ramp.bin",
        "\\users\\oem\\x\\..\\documents\\ramp.bin",
        "c:/Users/OEM/Documents/Ramp.bin",
    ):
        assert awg.handle(f'MMEM:DATA? "{name}"'.encode()) == b'#17\n;"#abc\n'
    assert ask(awg, 'MMEM:DATA:SIZE? "ramp.bin"') == "7"


def test_catalog_and_folders(awg: AWG5208) -> None:
    put(awg, "a.bin", b"12345")
    assert ask(awg, "MMEM:CAT?") == '5,995,"a.bin,,5"'
    ask(awg, 'MMEM:MDIR "Inner"')
    assert ask(awg, "MMEM:CAT?") == '5,995,"Inner,DIR,0","a.bin,,5"'
    ask(awg, 'MMEM:CDIR "inner"')
    assert ask(awg, "MMEM:CDIR?") == '"\\Users\\OEM\\Documents\\Inner"'
    put(awg, "b.bin", b"1")
    assert ask(awg, "MMEM:CAT?") == '6,994,"b.bin,,1"'
    ask(awg, 'MMEM:CDIR ".."')
    assert ask(awg, "MMEM:CDIR?;:SYST:ERR?;:MMEM:MSIS?") == '"\\Users\\OEM\\Documents";0,"No error";"C:"'


def test_parts_of_a_file_are_written_and_read(awg: AWG5208) -> None:
    put(awg, "a.bin", b"0123456789")
    ask(awg, 'MMEM:DATA "a.bin",8,#14abcd')
    assert awg.handle(b'MMEM:DATA? "a.bin"') == b"#21201234567abcd\n"
    assert awg.handle(b'MMEM:DATA? "a.bin",6,3') == b"#1367a\n"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('MMEM:DEL "none.bin"', -256),
        ('MMEM:DATA? "none.bin"', -256),
        ('MMEM:OPEN "none.wfmx"', -256),
        ('MMEM:CDIR "\\nowhere"', -256),
        ('MMEM:DATA "\\nowhere\\a.bin",#11a', -256),
        ('MMEM:MDIR "\\nowhere\\deep"', -256),
        ('MMEM:DATA "D:\\a.bin",#11a', -256),
        ('MMEM:DATA "a*.bin",#11a', -257),
        ('MMEM:DATA "",#11a', -257),
        ('MMEM:DATA "a.bin","text"', -104),
        ('MMEM:DATA "a.bin",7,#11a', -222),
        ("MMEM:DATA #11a,#11a", -104),
    ],
)
def test_refusals(awg: AWG5208, message: str, code: int) -> None:
    assert ask(awg, message) == ""
    assert ask(awg, "SYST:ERR:CODE?") == str(code)
    assert ask(awg, "MMEM:CAT?") == "0,1000"


def test_full_disk_keeps_the_old_file(awg: AWG5208) -> None:
    put(awg, "a.bin", b"x" * 600)
    put(awg, "a.bin", b"y" * 700)
    assert ask(awg, 'SYST:ERR:CODE?;:MMEM:DATA:SIZE? "a.bin"') == "0;700"
    put(awg, "b.bin", b"x" * 301)
    assert ask(awg, "SYST:ERR:CODE?;:MMEM:CAT?") == '-254;700,300,"a.bin,,700"'
    ask(awg, 'MMEM:DEL "A.BIN"')
    put(awg, "b.bin", b"x" * 301)
    assert ask(awg, "SYST:ERR:CODE?") == "0"


def test_deleted_file_is_gone(awg: AWG5208) -> None:
    put(awg, "a.bin", b"1")
    assert ask(awg, 'MMEM:DEL "a.bin";DEL "a.bin";:SYST:ERR:CODE?') == "-256"


def test_file_of_unknown_kind_is_not_loaded(awg: AWG5208) -> None:
    put(awg, "a.txt", b"1")
    assert ask(awg, 'MMEM:OPEN "a.txt";*OPC?;:SYST:ERR:CODE?') == "1;-257"
