"""Programs as the vendor compiles them: control flow, registers, timing; repeated passes against plain ones."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.labone.devices.assembly import parse_assembly
from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.events import Play, Readout, Register, TriggerOut
from simulators.labone.devices.passes import ENDLESS
from simulators.labone.devices.program import read_program
from simulators.labone.devices.shots import shots_of
from simulators.labone.devices.tape import Run, Section, Tape, flat_events
from tests.simulators.labone.devices.bench import Compiler, run, table

WAVES = "wave a = gauss(64, 0.5, 32, 8); assignWaveIndex(1, 2, a, 0);"
ROWS = [
    {
        "index": number,
        "waveform": {"index": 0},
        "amplitude00": {"value": number / 8},
        "phase": {"value": 45 * number},
    }
    for number in range(7)
] + [{"index": 7, "waveform": {"index": 0}, "phase": {"value": 90, "increment": True}}]
TABLE = table(ROWS)


def sections(tape: Tape) -> list[tuple[object, ...]]:
    """Every section written out, with its trigger, end and events."""

    def unroll(parts: tuple[Section | Run, ...]) -> list[Section]:
        found: list[Section] = []
        for part in parts:
            found.extend([part] if isinstance(part, Section) else unroll(part.parts) * part.count)
        return found

    return [
        (each.trigger, each.duration, each.armed, tuple(flat_events(each.entries)))
        for each in unroll(tape.sections())
    ]


def zeros(tape: Tape) -> list[int]:
    return [event.length for event in flat_events(tape.entries) if isinstance(event, Play)]


@pytest.mark.parametrize("model", ["SHFSG8", "HDAWG8"])
@pytest.mark.parametrize(
    ("code", "lengths"),
    [
        ("repeat (3) { playZero(64); }", [64] * 3),
        ("var i; for (i = 0; i < 4; i++) { playZero(64 + 16); }", [80] * 4),
        ("var i; for (i = 0; i < 4; i++) { playZero(32 * i + 32); }", [32, 64, 96, 128]),
        ("var i = 5; while (i > 2) { playZero(64); i -= 1; }", [64] * 3),
        ("var i = 0; do { playZero(48); i += 2; } while (i < 5);", [48] * 3),
        (
            "var i; var j; for (i = 0; i < 2; i++) { for (j = 0; j < 2; j++) { playZero(32 + 32 * j); } }",
            [32, 64] * 2,
        ),
        ("repeat (2) { repeat (3) { playZero(32); } playZero(64); }", [32, 32, 32, 64] * 2),
        ("playZero(1000000000); playZero(40);", [1_000_000_000, 48]),
    ],
)
def test_loops(seqc: Compiler, code: str, lengths: list[int], model: str) -> None:
    assert zeros(run(seqc(code, model), model)) == lengths


@pytest.mark.parametrize("value", [-3, 0, 1, 2, 7])
def test_branches_on_user_registers(seqc: Compiler, value: int) -> None:
    code = """
    var x = getUserReg(2); var y = getUserReg(3);
    if (x == y) playZero(32); if (x != y) playZero(48); if (x < y) playZero(64); if (x <= y) playZero(80);
    if (x > y) playZero(96); if (x >= y) playZero(112); if (!x) playZero(128); if (x && y) playZero(144);
    if (x || y) playZero(160);
    switch (x) { case 0: playZero(208); case 1: playZero(224); default: playZero(240); }
    """
    other = 1
    expected = [
        length
        for length, holds in (
            (32, value == other),
            (48, value != other),
            (64, value < other),
            (80, value <= other),
            (96, value > other),
            (112, value >= other),
            (128, not value),
            (144, bool(value and other)),
            (160, bool(value or other)),
        )
        if holds
    ]
    expected.append({0: 208, 1: 224}.get(value, 240))
    registers = (0, 0, value, other, *(0,) * 12)
    for model in ("SHFSG8", "HDAWG8"):
        assert zeros(run(seqc(code, model), model, registers=registers)) == expected


@pytest.mark.parametrize(("first", "second"), [(12, 10), (-5, 3), (1 << 30, 1 << 30)])
def test_register_arithmetic(seqc: Compiler, first: int, second: int) -> None:
    code = """
    var a = getUserReg(0); var b = getUserReg(1);
    setUserReg(2, a & b); setUserReg(3, a | b); setUserReg(4, a - b); setUserReg(5, a + b); setUserReg(6, a << 2);
    setUserReg(7, a >> 1); setUserReg(8, ~a); setUserReg(9, -a); setUserReg(10, a * 5); setUserReg(11, 100000);
    """
    registers = run(seqc(code, "SHFSG8"), "SHFSG8", registers=(first, second, *(0,) * 14)).registers

    def wrapped(value: int) -> int:
        return (value + (1 << 31)) % (1 << 32) - (1 << 31)

    expected = [first & second, first | second, first - second, first + second, first << 2, first >> 1]
    expected += [~first, -first, first * 5, 100_000]
    assert list(registers[2:12]) == [wrapped(value) for value in expected]


def test_what_follows_a_play_happens_at_its_start(seqc: Compiler) -> None:
    tape = run(seqc("playZero(160); setTrigger(1); playZero(320); setTrigger(0); wait(10);", "SHFSG8"), "SHFSG8")
    assert [(event.time, event.bits) for event in tape.entries if isinstance(event, TriggerOut)] == [
        (0, 1),
        (160, 0),
    ]
    tape = run(seqc("playZero(160); waitWave(); setTrigger(1); wait(10); playZero(32);", "SHFSG8"), "SHFSG8")
    assert [event.time for event in tape.entries] == [0, 160, 240]


def test_user_registers_are_written_where_the_program_stands(seqc: Compiler) -> None:
    tape = run(seqc("playZero(160); playZero(160); setUserReg(3, 9);", "SHFSG8"), "SHFSG8")
    written = [event for event in tape.entries if isinstance(event, Register)]
    assert written == [Register(160, 3, 9)]


def test_every_field_of_a_readout(seqc: Compiler) -> None:
    tape = run(seqc("playZero(64); startQA(QA_GEN_0 | QA_GEN_5, QA_INT_2, true, 5, 0b10);", "SHFQA4"), "SHFQA4")
    assert tape.entries[-1] == Readout(0, 0b100001, 0b100, monitor=True, integrate=True, address=5, triggers=2)
    tape = run(seqc("startQA(1, QA_INT_ALL, false);", "SHFQA4"), "SHFQA4")
    assert tape.entries[-1] == Readout(0, 1, 0xFFFF, monitor=False, integrate=True, address=0, triggers=0)


def test_the_uhfqa_triggers_its_unit(seqc: Compiler) -> None:
    code = "startQA(QA_INT_0 | QA_INT_3, true, 4, 1); setTrigger(AWG_INTEGRATION_ARM + AWG_INTEGRATION_TRIGGER);"
    tape = run(seqc(code, "UHFQA"), "UHFQA")
    readouts = [event for event in tape.entries if isinstance(event, Readout)]
    assert readouts[0] == Readout(0, 0, 0b1001, monitor=True, integrate=True, address=4, triggers=1)
    assert readouts[1].integrators == 0x3FF
    assert not readouts[1].monitor


def test_long_waves_of_the_uhfqa_come_through_its_cache(seqc: Compiler) -> None:
    code = "wave a = ones(100000); wave b = zeros(60000) + 0.5; playWave(1, a, 2, a); playWave(b);"
    plays = [event for event in flat_events(run(seqc(code, "UHFQA"), "UHFQA").entries) if isinstance(event, Play)]
    assert sum(event.length for event in plays if event.slot == 0) == 100_000
    assert sum(event.length for event in plays if event.slot == 1) == 60_000
    offsets = [(event.slot, event.offset) for event in plays]
    lengths = [event.length for event in plays]
    for (slot, offset), length, (after, place) in zip(offsets, lengths, offsets[1:], strict=False):
        assert place == (offset + length if after == slot else 0)


def test_random_numbers_follow_the_documented_register(seqc: Compiler) -> None:
    code = "setPRNGSeed(7); setPRNGRange(3, 12); var i; for (i = 0; i < 3; i++) { setUserReg(0, getPRNGValue()); }"
    tape = run(seqc(code, "SHFSG8"), "SHFSG8")
    state, expected = 7, []
    for _ in range(3):
        state = (state >> 1) ^ (0xB400 if state & 1 else 0)
        expected.append(((state * 10) >> 16) + 3)
    assert [event.value for event in flat_events(tape.entries) if isinstance(event, Register)] == expected


def test_a_loop_without_end_is_one_group(seqc: Compiler) -> None:
    tape = run(seqc("while (true) { playZero(4096); startQA(1, 1); }", "SHFQA4"), "SHFQA4")
    assert tape.endless
    shots = list(shots_of(tape))
    assert shots[-1].count >= ENDLESS
    assert shots[-1].duration == 4096


@pytest.mark.parametrize(
    ("model", "code", "words"),
    [
        ("SHFSG8", "var x = getFeedback(ZSYNC_DATA_RAW); setUserReg(0, x);", "reading register address"),
        ("SHFSG8", "playWaveDIO();", "feedback or DIO"),
        ("SHFSG8", "executeTableEntry(3);", "no entry 3"),
        ("SHFSG8", "waitSineOscPhase();", "register address 68"),
        ("HDAWG8", "configureFeedbackProcessing(ZSYNC_DATA_PROCESSED_A, 0, 2, 0);", "feedback"),
    ],
)
def test_what_is_not_simulated_stops_the_program(seqc: Compiler, model: str, code: str, words: str) -> None:
    with pytest.raises(SequencerError, match=words):
        run(seqc(code, model), model)


@pytest.mark.parametrize(
    "text", ["frob R1", "addi R1, R0", "addi R1, R0, later", "jmp nowhere", "addi X1, R0, 3", "%"]
)
def test_assembly_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(SequencerError, match="assembly line 1"):
        parse_assembly(text)


def test_something_else_than_a_program_is_refused() -> None:
    with pytest.raises(SequencerError, match="not a compiled"):
        read_program(b"no program")


STATEMENTS = st.recursive(
    st.sampled_from(
        [
            "playZero(64);",
            "playWave(1, 2, a);",
            "executeTableEntry(2);",
            "executeTableEntry(7);",
            "executeTableEntry(i);",
            "waitDigTrigger(1);",
            "wait(20);",
            "setTrigger(1);",
            "setTrigger(0);",
            "resetOscPhase();",
            "incrementSinePhase(120);",
            "i = 1;",
            "x += 1;",
            "if (x > 3) { playZero(160); }",
            "waitWave();",
        ]
    ),
    lambda inner: st.tuples(
        st.sampled_from(
            [
                "repeat (5) {{ {} }}",
                "for (i = 0; i < 4; i++) {{ {} }}",
                "for (j = 1; j < 6; j += 2) {{ {} }}",
                "repeat (2) {{ {} }}",
            ]
        ),
        st.lists(inner, min_size=1, max_size=3),
    ).map(lambda pair: pair[0].format(" ".join(pair[1]))),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(STATEMENTS, min_size=1, max_size=4))
def test_repeated_passes_are_what_plain_interpretation_gives(seqc: Compiler, body: list[str]) -> None:
    code = f"{WAVES} var i = 0; var j = 0; var x = 0; repeat (4) {{ {' '.join(body)} }} setUserReg(1, x);"
    # A loop on i inside a loop on i may not end; such a program is no case.
    if code.count("for (i") > 1 or ("for (i" in code and "i = 1;" in code) or code.count("for (j") > 1:
        return
    elf = seqc(code, "SHFSG8")
    fast, plain = run(elf, "SHFSG8", table=TABLE), run(elf, "SHFSG8", table=TABLE, plain=True)
    assert sections(fast) == sections(plain)
    assert (fast.time, fast.edge, fast.registers) == (plain.time, plain.edge, plain.registers)


def test_a_thousand_shots_of_a_hundred_points_take_no_time(seqc: Compiler) -> None:
    points = table([{"index": i, "waveform": {"index": 0}, "amplitude00": {"value": i / 101}} for i in range(101)])
    loops = {
        "cyclic": "repeat (1000) { for (i = 0; i < 101; i++) { %s } }",
        "sequential": "for (i = 0; i < 101; i++) { repeat (1000) { %s } }",
    }
    for name, loop in loops.items():
        for start in ("waitDigTrigger(1);", ""):
            body = f"{start} executeTableEntry(i); playZero(1008);"
            elf = seqc(f"{WAVES} var i; {loop % body}", "SHFSG8")
            began = time.process_time()
            tape = run(elf, "SHFSG8", table=points)
            counted = sum(shot.count for shot in shots_of(tape))
            assert time.process_time() - began < 2.0
            assert counted >= (101_000 if start or name == "sequential" else 1000)
