"""The waveform list and the sequence list: loading, reading back, deleting, limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulators.scpi import encode_block
from simulators.tektronix import AWG5208, AWG5208_PROFILE
from tests.simulators.tektronix.files import NO_ERROR, ask, load, seqx, sml, step, wfmx

RAMP = np.linspace(-1.0, 1.0, 2400, dtype=np.float32)
MARKERS = (np.arange(2400) % 16).astype(np.uint8)


@pytest.fixture
def awg() -> AWG5208:
    return AWG5208(profile=replace(AWG5208_PROFILE, memory_samples=20_000, max_sequences=2))


def test_loaded_waveform_is_read_back_bit_for_bit(awg: AWG5208) -> None:
    assert load(awg, "ramp.wfmx", wfmx(RAMP, MARKERS)) == NO_ERROR
    assert ask(awg, 'WLIS:LIST?;SIZE?;NAME? 1;WAV:LENG? "ramp";TYPE? "ramp"') == '"ramp";1;"ramp";2400;REAL'
    assert awg.handle(b'WLIS:WAV:DATA? "ramp"') == encode_block(RAMP.tobytes()) + b"\n"
    assert awg.handle(b'WLIS:WAV:DATA? "ramp",100,2') == encode_block(RAMP[100:102].tobytes()) + b"\n"
    assert awg.handle(b'WLIS:WAV:MARK:DATA? "ramp",2390') == encode_block(MARKERS[2390:].tobytes()) + b"\n"


def test_limits_are_told(awg: AWG5208) -> None:
    assert ask(awg, "WLIS:WAV:LMIN?;LMAX?;GRAN?") == "2400;2000000000;1"
    assert ask(awg, "SLIS:SEQ:STEP:MAX?;RCO:MAX?;:SLIS:SEQ:TRAC:MAX?") == "16384;1048576;8"


def test_new_waveform_is_written_in_parts(awg: AWG5208) -> None:
    assert ask(awg, 'WLIS:WAV:NEW "new",2400') == ""
    awg.handle(b'WLIS:WAV:DATA "new",0,1200,' + encode_block(RAMP[:1200].tobytes()))
    awg.handle(b'WLIS:WAV:DATA "new",1200,' + encode_block(RAMP[1200:].tobytes()))
    assert awg.handle(b'WLIS:WAV:DATA? "new"') == encode_block(RAMP.tobytes()) + b"\n"
    awg.handle(b'WLIS:WAV:DATA "new",0,1,' + encode_block(RAMP[:2].tobytes()))
    awg.handle(b'WLIS:WAV:DATA "new",0,1,' + encode_block(np.array([np.nan], "<f4").tobytes()))
    assert ask(awg, "SYST:ERR:CODE?;CODE?;CODE?") == "-161;-161;0"


@pytest.mark.parametrize(
    "message",
    [
        'WLIS:WAV:LENG? "no"',
        'WLIS:WAV:DEL "no"',
        'WLIS:WAV:DATA? "no"',
        'SLIS:SEQ:LENG? "no"',
        'SLIS:SEQ:DEL "no"',
        'SOUR1:CASS:WAV "no"',
        'SOUR1:CASS:SEQ "no",1',
    ],
)
def test_names_that_are_not_there(awg: AWG5208, message: str) -> None:
    assert ask(awg, message) == ""
    assert ask(awg, "SYST:ERR:CODE?") == "-256"


def test_damaged_file_leaves_the_waveform_of_that_name(awg: AWG5208) -> None:
    load(awg, "w.wfmx", wfmx(RAMP))
    error = load(awg, "w.wfmx", wfmx(RAMP)[:-4])
    assert error == '-253,"Corrupt media;w.wfmx: 9596 bytes of samples instead of 9600"'
    assert awg.handle(b'WLIS:WAV:DATA? "w"') == encode_block(RAMP.tobytes()) + b"\n"


def test_file_replaces_the_waveform_of_its_name(awg: AWG5208) -> None:
    load(awg, "w.wfmx", wfmx(RAMP))
    assert load(awg, "w.wfmx", wfmx(-RAMP)) == NO_ERROR
    assert awg.handle(b'WLIS:WAV:DATA? "w"') == encode_block((-RAMP).tobytes()) + b"\n"
    assert ask(awg, "WLIS:SIZE?") == "1"


def test_lengths_and_memory_are_limited(awg: AWG5208) -> None:
    assert load(awg, "short.wfmx", wfmx(RAMP[:2399])).startswith("-222")
    for n in range(8):
        assert load(awg, f"w{n}.wfmx", wfmx(RAMP)) == NO_ERROR
    assert load(awg, "w8.wfmx", wfmx(RAMP)).startswith("-225")
    assert ask(awg, 'WLIS:WAV:NEW "more",2400;:SYST:ERR:CODE?') == "-225"
    assert load(awg, "w0.wfmx", wfmx(np.zeros(3200))) == NO_ERROR
    assert ask(awg, "WLIS:SIZE?") == "8"
    ask(awg, "WLIS:WAV:DEL ALL")
    assert ask(awg, "WLIS:SIZE?;LIST?") == '0;""'


def test_sequence_is_read_back_step_by_step(awg: AWG5208) -> None:
    steps = [
        step(1, ["a", "b"], Repeat="RepeatCount", RepeatCount="12", WaitInput="TrigB"),
        step(2, ["b", "a"], Repeat="Infinite", GoTo="StepIndex", GoToStep="1", EventJumpInput="TrigA"),
    ]
    assert load(awg, "s.seqx", seqx({"s": sml("seq", steps, 2)}, {"a": wfmx(RAMP), "b": wfmx(-RAMP)})) == NO_ERROR
    assert ask(awg, 'SLIS:SIZE?;NAME? 1;SEQ:LENG? "seq";TRAC? "seq"') == '1;"seq";2;2'
    assert (
        ask(awg, 'SLIS:SEQ:STEP1:RCO? "seq";WINP? "seq";GOTO? "seq";TASS1? "seq";TASS2? "seq"')
        == '12;BTR;NEXT;"a";"b"'
    )
    assert (
        ask(awg, 'SLIS:SEQ:STEP2:RCO? "seq";EJIN? "seq";GOTO? "seq";TASS2? "seq";TASS:TYPE? "seq"')
        == 'INF;ATR;1;"a";WAV'
    )
    ask(awg, "SLIS:SEQ:STEP2:EJUM seq, 1")
    assert ask(awg, 'SLIS:SEQ:STEP2:EJUM? "seq";:SLIS:SEQ:STEP1:EJUM? "seq"') == "1;NEXT"
    ask(awg, 'SLIS:SEQ:STEP3:RCO? "seq";:SLIS:SEQ:STEP1:TASS3? "seq"')
    assert ask(awg, "SYST:ERR:CODE?") == "-114"


def test_sequence_without_its_waveforms_is_refused_as_a_whole(awg: AWG5208) -> None:
    data = seqx({"s": sml("seq", [step(1, ["a"]), step(2, ["missing"])])}, {"a": wfmx(RAMP)})
    assert load(awg, "s.seqx", data) == '-256,"File name not found;seq step 2: no waveform missing"'
    assert ask(awg, "SLIS:SIZE?;:WLIS:SIZE?") == "0;0"
    load(awg, "missing.wfmx", wfmx(RAMP))
    assert load(awg, "s.seqx", data) == NO_ERROR


def test_tracks_of_a_step_have_one_length(awg: AWG5208) -> None:
    data = seqx({"s": sml("seq", [step(1, ["a", "b"])], 2)}, {"a": wfmx(RAMP), "b": wfmx(np.zeros(2401))})
    assert load(awg, "s.seqx", data) == '-221,"Settings conflict;seq step 1: tracks of different length"'
    assert ask(awg, "WLIS:SIZE?") == "0"


def test_damaged_bundle_leaves_everything_as_it_was(awg: AWG5208) -> None:
    good = seqx({"s": sml("seq", [step(1, ["a"])])}, {"a": wfmx(RAMP)})
    load(awg, "s.seqx", good)
    bad = seqx({"s": sml("seq", [step(1, ["a"]), step(2, ["a"])])}, {"a": wfmx(-RAMP), "b": wfmx(RAMP)[:-1]})
    assert load(awg, "s.seqx", bad).startswith('-253,"Corrupt media;s.seqx: b.wfmx')
    assert load(awg, "s.seqx", good[: len(good) // 2]).startswith("-253")
    assert ask(awg, 'SLIS:SEQ:LENG? "seq";:WLIS:LIST?') == '1;"a"'
    assert awg.handle(b'WLIS:WAV:DATA? "a"') == encode_block(RAMP.tobytes()) + b"\n"


def test_sequences_are_replaced_counted_and_deleted(awg: AWG5208) -> None:
    waveforms = {"a": wfmx(RAMP)}
    for name in ("one", "two"):
        load(awg, "s.seqx", seqx({"s": sml(name, [step(1, ["a"])])}, waveforms))
    assert load(awg, "s.seqx", seqx({"s": sml("three", [step(1, ["a"])])}, waveforms)).startswith("-225")
    assert load(awg, "s.seqx", seqx({"s": sml("two", [step(1, ["a"]), step(2, ["a"])])}, waveforms)) == NO_ERROR
    assert ask(awg, 'SLIS:SIZE?;SEQ:LENG? "two"') == "2;2"
    ask(awg, 'SLIS:SEQ:DEL "one"')
    assert ask(awg, "SLIS:SIZE?;NAME? 1") == '1;"two"'
    ask(awg, "SLIS:SEQ:DEL ALL")
    assert ask(awg, "SLIS:SIZE?;:SYST:ERR:CODE?") == "0;0"


def test_dropped_waveform_leaves_no_error(awg: AWG5208) -> None:
    awg.load_faults.drops = lambda name: name == "b"
    data = seqx({"s": sml("seq", [step(1, ["a", "b"])], 2)}, {"a": wfmx(RAMP), "b": wfmx(RAMP)})
    assert load(awg, "s.seqx", data) == NO_ERROR
    assert load(awg, "b.wfmx", wfmx(RAMP)) == NO_ERROR
    assert ask(awg, "WLIS:LIST?;:SLIS:SIZE?") == '"a";1'


def test_reset_empties_the_lists_and_keeps_the_disk(awg: AWG5208) -> None:
    load(awg, "s.seqx", seqx({"s": sml("seq", [step(1, ["a"])])}, {"a": wfmx(RAMP)}))
    ask(awg, "SOUR2:VOLT 1;MARK1:VOLT:HIGH 1.5;:OUTP2 1;*RST")
    assert ask(awg, "WLIS:SIZE?;:SLIS:SIZE?;:SOUR2:VOLT?;MARK1:VOLT:HIGH?;:OUTP2?") == (
        "0;0;5.0000000000E-01;1.0000000000E+00;0"
    )
    assert ask(awg, 'MMEM:OPEN "s.seqx";*OPC?;:SLIS:SIZE?') == "1;1"
