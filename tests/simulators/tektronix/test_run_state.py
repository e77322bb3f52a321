"""Running, waiting, stopping."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulators.tektronix import AWG5208, Position, Stage
from tests.simulators.scpi.box import Clock
from tests.simulators.tektronix.files import NO_ERROR, ask, load, seqx, sml, step, wfmx

STOPPED, WAITING, RUNNING = "0", "1", "2"
WAVEFORMS = {"w": wfmx(np.full(2500, 0.5))}
MICROSECOND = 1e-6
"""How long 2500 samples take at 2.5 GS/s."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def awg(clock: Clock) -> AWG5208:
    awg = AWG5208(clock=clock)
    load(awg, "w.wfmx", WAVEFORMS["w"])
    return awg


def state(awg: AWG5208) -> str:
    """The run state."""
    return ask(awg, "AWGC:RST?")


def run(awg: AWG5208, *steps: str) -> None:
    """Load a sequence and run it."""
    assert load(awg, "s.seqx", seqx({"s": sml("seq", steps)}, WAVEFORMS)) == NO_ERROR
    ask(awg, 'SOUR1:CASS:SEQ "seq",1;:AWGC:RUN')


def test_waveform_runs_until_stopped(awg: AWG5208, clock: Clock) -> None:
    ask(awg, 'SOUR1:CASS:WAV "w"')
    assert state(awg) == STOPPED
    assert awg.playback() is None
    ask(awg, "AWGC:RUN")
    clock.now += 1e6
    assert state(awg) == RUNNING
    playback = awg.playback()
    assert playback is not None
    assert playback.started == 100.0
    ask(awg, "AWGC:STOP")
    assert state(awg) == STOPPED
    assert awg.playback() is None


def test_starting_takes_its_time(awg: AWG5208, clock: Clock) -> None:
    awg.load_faults.run_s = 0.5
    ask(awg, 'SOUR1:CASS:WAV "w";:AWGC:RUN')
    assert state(awg) == STOPPED
    clock.now += 0.5
    assert awg.playback() is not None
    assert state(awg) == RUNNING


def test_loading_takes_its_time(awg: AWG5208, clock: Clock) -> None:
    awg.load_faults.load_s = 0.5
    ask(awg, 'MMEM:OPEN "w.wfmx"')
    ask(awg, "WLIS:WAV:DEL ALL")
    assert ask(awg, "WLIS:SIZE?") == "0"
    clock.now += 0.5
    assert ask(awg, "WLIS:SIZE?") == "1"


def test_first_step_waits_for_ever_without_its_trigger(awg: AWG5208, clock: Clock) -> None:
    run(awg, step(1, ["w"], WaitInput="TrigA"), step(2, ["w"], GoTo="First"))
    clock.now += 1e6
    assert state(awg) == WAITING
    playback = awg.playback()
    assert playback is not None
    assert playback.stages[0].wait == "TrigA"


def test_trigger_releases_the_step_that_waits_for_it(awg: AWG5208, clock: Clock) -> None:
    run(awg, step(1, ["w"], WaitInput="TrigA"), step(2, ["w"], GoTo="First"))
    assert ask(awg, "TRIG:IMM BTR;:SYST:ERR:CODE?") == "-211"
    assert state(awg) == WAITING
    ask(awg, "TRIG:IMM ATR")
    assert state(awg) == RUNNING
    clock.now += 1.9 * MICROSECOND
    assert state(awg) == RUNNING
    clock.now += 0.2 * MICROSECOND
    assert state(awg) == WAITING
    assert ask(awg, "TRIG;*OPC?;:SYST:ERR:CODE?") == "1;0"
    assert ask(awg, "TRIG;*OPC?;:SYST:ERR:CODE?") == "1;-211"


def test_later_step_waits_once_it_is_reached(awg: AWG5208, clock: Clock) -> None:
    run(awg, step(1, ["w"], Repeat="RepeatCount", RepeatCount="10"), step(2, ["w"], WaitInput="Internal"))
    clock.now += 9.9 * MICROSECOND
    assert state(awg) == RUNNING
    clock.now += 0.2 * MICROSECOND
    assert state(awg) == WAITING
    ask(awg, "TRIG INT")
    assert state(awg) == RUNNING
    clock.now += 1.1 * MICROSECOND
    assert state(awg) == STOPPED


def test_loop_without_waits_runs_for_ever(awg: AWG5208, clock: Clock) -> None:
    run(awg, step(1, ["w"]), step(2, ["w"], GoTo="StepIndex", GoToStep="1"))
    clock.now += 1e9
    assert state(awg) == RUNNING


def test_endless_step_is_left_by_a_forced_jump(awg: AWG5208, clock: Clock) -> None:
    run(awg, step(1, ["w"], Repeat="Infinite"), step(2, ["w"], GoTo="Last"), step(3, ["w"]))
    clock.now += 1e6
    assert state(awg) == RUNNING
    ask(awg, "SOUR1:JUMP:FORC 2")
    clock.now += 2.1 * MICROSECOND
    assert state(awg) == STOPPED
    assert ask(awg, "SOUR1:JUMP:FORC 4;:SYST:ERR:CODE?") == "-221"


@pytest.mark.parametrize(
    "assign",
    [
        "*CLS",
        'SOUR1:CASS:WAV "w";:SOUR2:CASS:SEQ "seq",1',
        'SOUR1:CASS:SEQ "seq",1;:SOUR2:CASS:SEQ "other",1',
        'SOUR1:CASS:WAV "w";:SOUR2:CASS:WAV "long"',
    ],
)
def test_what_cannot_play_together_does_not_start(awg: AWG5208, assign: str) -> None:
    load(awg, "long.wfmx", wfmx(np.zeros(2600)))
    for name in ("seq", "other"):
        load(awg, "s.seqx", seqx({"s": sml(name, [step(1, ["w"])])}, WAVEFORMS))
    ask(awg, assign)
    assert ask(awg, "AWGC:RUN;*OPC?;:SYST:ERR:CODE?;:AWGC:RST?") == "1;-221;0"


def test_track_that_the_sequence_lacks(awg: AWG5208) -> None:
    load(awg, "s.seqx", seqx({"s": sml("seq", [step(1, ["w"])])}, WAVEFORMS))
    assert ask(awg, 'SOUR1:CASS:SEQ "seq",2;:SYST:ERR:CODE?;:SOUR1:CASS?') == '-222;""'


@pytest.mark.parametrize("change", ["SOUR1:CASS:CLE", "SLIS:SEQ:DEL ALL", 'SOUR2:CASS:WAV "w"', "*RST"])
def test_changing_what_is_assigned_stops(awg: AWG5208, change: str) -> None:
    run(awg, step(1, ["w"], GoTo="First"))
    assert state(awg) == RUNNING
    ask(awg, change)
    assert state(awg) == STOPPED


def test_replaced_sequence_stops(awg: AWG5208) -> None:
    run(awg, step(1, ["w"], GoTo="First"))
    load(awg, "t.seqx", seqx({"s": sml("seq", [step(1, ["w"], Repeat="Infinite")])}, WAVEFORMS))
    assert state(awg) == STOPPED
    assert ask(awg, "SOUR1:CASS?") == '"seq,1"'


def test_another_sequence_does_not_stop(awg: AWG5208) -> None:
    run(awg, step(1, ["w"], GoTo="First"))
    load(awg, "t.seqx", seqx({"s": sml("next", [step(1, ["w"])])}, WAVEFORMS))
    assert state(awg) == RUNNING


def test_deleted_waveform_leaves_its_channel(awg: AWG5208) -> None:
    ask(awg, 'SOUR1:CASS:WAV "w";:AWGC:RUN')
    ask(awg, 'WLIS:WAV:DEL "w"')
    assert ask(awg, "AWGC:RST?;:SOUR1:CASS?") == '0;""'


def test_function_generator_runs_without_a_play_list(awg: AWG5208) -> None:
    ask(awg, "INST:MODE FGEN;:AWGC:RUN")
    assert state(awg) == RUNNING
    assert awg.playback() is None


def test_playback_goes_on_where_the_trigger_released_it(awg: AWG5208, clock: Clock) -> None:
    run(
        awg,
        step(1, ["w"]),
        step(2, ["w"], WaitInput="TrigA", Repeat="RepeatCount", RepeatCount="3", GoTo="Last"),
        step(3, ["w"], GoTo="First"),
    )
    clock.now += 5.0
    waiting = awg.playback()
    assert waiting is not None
    assert [stage.wait for stage in waiting.stages] == [None, "TrigA", None]
    assert waiting.begin == Position()
    ask(awg, "TRIG ATR")
    released = awg.playback()
    assert released is not None
    assert released.started == 105.0
    assert released.begin == Position(stage=1, turn=0, step=1, entered=True, released=True)
    assert released.stages == waiting.stages == (Stage(0, 1, 1), Stage(1, 1, 2, "TrigA"), Stage(2, 1, 0))
    assert [entry.repeat for entry in released.steps] == [1, 3, 1]


def test_finished_play_list_is_still_told(awg: AWG5208, clock: Clock) -> None:
    run(awg, step(1, ["w"]))
    clock.now += 1.0
    assert state(awg) == STOPPED
    playback = awg.playback()
    assert playback is not None
    assert playback.stages == (Stage(0),)
    ask(awg, "AWGC:STOP")
    assert awg.playback() is None


def run_passes(awg: AWG5208, passes: int, *body: str, **replaced: str) -> None:
    """Run a sequence whose first step plays a subsequence, its second one a waveform for ever."""
    first = step(
        1,
        ["sub"],
        AssetType="Sequence",
        Repeat="RepeatCount",
        RepeatCount=str(passes),
        **{"GoTo": "End", **replaced},
    )
    sequences = {"main": sml("main", [first, step(2, ["w"], Repeat="Infinite")]), "sub": sml("sub", body)}
    assert load(awg, "s.seqx", seqx(sequences, WAVEFORMS)) == NO_ERROR
    ask(awg, 'SOUR1:CASS:SEQ "main",1;:AWGC:RUN')


def test_passes_end_by_the_clock(awg: AWG5208, clock: Clock) -> None:
    run_passes(awg, 1_000_000, step(1, ["w"]), step(2, ["w"], Repeat="RepeatCount", RepeatCount="2"))
    clock.now += 2.999
    assert state(awg) == RUNNING
    assert ask(awg, "*OPC?") == "1"
    clock.now += 0.002
    assert state(awg) == STOPPED
    assert awg.playback() is not None


def test_a_stage_waits_once_and_a_step_of_it_each_time(awg: AWG5208, clock: Clock) -> None:
    run_passes(awg, 2, step(1, ["w"]), step(2, ["w"], WaitInput="TrigB"), WaitInput="TrigA")
    assert state(awg) == WAITING
    ask(awg, "TRIG ATR")
    for turn in (0, 1):
        assert state(awg) == RUNNING
        clock.now += 2.1 * MICROSECOND
        assert state(awg) == WAITING
        assert ask(awg, "TRIG ATR;:SYST:ERR:CODE?") == "-211"
        ask(awg, "TRIG BTR")
        playback = awg.playback()
        assert playback is not None
        assert playback.begin == Position(0, turn, 1, entered=False, released=True)
    clock.now += 1.1 * MICROSECOND
    assert state(awg) == STOPPED


def test_forced_jumps_count_the_steps_of_the_main_sequence(awg: AWG5208, clock: Clock) -> None:
    """Step 2 is the one behind the subsequence, however many steps and passes that has."""
    run_passes(awg, 5, step(1, ["w"]), step(2, ["w"]), step(3, ["w"]))
    ask(awg, "SOUR1:JUMP:FORC 2")
    clock.now += 1e6
    assert state(awg) == RUNNING
    playback = awg.playback()
    assert playback is not None
    assert playback.begin == Position(1, 0, 3, entered=True, released=True)
    ask(awg, "SOUR1:JUMP:FORC 1")
    clock.now += 15.1 * MICROSECOND
    assert state(awg) == STOPPED


@pytest.mark.parametrize("goto", ["First", "StepIndex"])
def test_a_circle_inside_a_pass_has_no_end(awg: AWG5208, clock: Clock, goto: str) -> None:
    run_passes(awg, 2, step(1, ["w"]), step(2, ["w"], GoTo=goto, GoToStep="2"))
    clock.now += 1e9
    assert state(awg) == RUNNING


def test_a_circle_of_stages_has_no_end(awg: AWG5208, clock: Clock) -> None:
    run_passes(awg, 3, step(1, ["w"]), GoTo="First")
    clock.now += 1e9
    assert state(awg) == RUNNING


def test_replaced_subsequence_stops(awg: AWG5208) -> None:
    run_passes(awg, 1000, step(1, ["w"], Repeat="Infinite"))
    assert state(awg) == RUNNING
    ask(awg, 'SLIS:SEQ:DEL "sub"')
    assert state(awg) == STOPPED
    assert ask(awg, "AWGC:RUN;*OPC?;:SYST:ERR:CODE?") == "1;-256"


def test_who_reads_the_playback_may_come_to_its_end_before_the_clock(awg: AWG5208) -> None:
    run_passes(awg, 1_000_000, step(1, ["w"]))
    first = awg.playback()
    assert first is not None
    awg.ends(dataclasses.replace(first, started=first.started - 1.0), 0.0)
    assert state(awg) == RUNNING
    awg.ends(first, 0.0)
    assert state(awg) == STOPPED
    assert awg.playback() is first
    ask(awg, "AWGC:RUN")
    assert state(awg) == RUNNING
