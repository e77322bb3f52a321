"""What no instrument may be asked: the same table for generators of play lists and for sequencers.

Each row is refused before anything is sent, with what is wrong and where; none ends in another error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from drivers.contract import ProblemReport
from runtime.lowering import (
    InputLine,
    MixerCorrection,
    OutputLine,
    Predistortion,
    Sweep,
    TriggerLine,
    Wiring,
    lower,
    route,
)
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    ControlChannel,
    Delay,
    DriveChannel,
    Gaussian,
    MemorySlot,
    Parameter,
    Play,
    Schedule,
    ScheduleBlock,
    ShiftFrequency,
    Waveform,
)
from runtime.target import Target
from tests.runtime.lowering.lab import A0, CARRIERS, D0, D1, M0, PLAYBACK, make_target, measured
from tests.runtime.lowering.lab import LIMITS as PLAYING
from tests.runtime.lowering.sequencing import SEQUENCER

KINDS = {"awg": PLAYBACK, "sg": SEQUENCER}
"""The instrument under test, by its name."""
RATE_HZ = 2_000_000_000
GRID = make_target(0.5e-9, granularity=16, min_length=32, pulse_alignment=16, acquire_alignment=16)


def wired(name: str, *lines: OutputLine, **fields: Any) -> Wiring:
    """d0 and d1 on one pair of ports, m0 on another, and a digitizer started by it."""
    default = (
        OutputLine("drive", (D0, D1), name, 1, 2, 5.0e9, shared=True),
        OutputLine("readout", (M0,), name, 3, 4, 7.2e9),
    )
    wiring = Wiring(
        outputs=lines or default,
        inputs=(InputLine("return", (A0,), "digitizer", 7.2e9, 100e-9),),
        triggers=(TriggerLine(name, 3, 1, "digitizer"),),
        idle_s=10e-6,
        sample_rates_hz={name: RATE_HZ, "digitizer": 500_000_000},
    )
    return replace(wiring, **fields)


PLAIN = make_target(0.5e-9)


@dataclass(frozen=True)
class Bad:
    """A row of the table."""

    programs: Callable[[], Any]
    what: str
    where: str
    wiring: Callable[[str], Wiring] = wired
    target: Target = PLAIN


def line(on: str, **fields: Any) -> OutputLine:
    return OutputLine(
        **{
            "name": "drive",
            "channels": (D0, D1),
            "instrument": on,
            "i_port": 1,
            "q_port": 2,
            "lo_frequency_hz": 5.0e9,
            "shared": True,
            **fields,
        }
    )


def readout(name: str) -> OutputLine:
    return OutputLine("readout", (M0,), name, 3, 4, 7.2e9)


def play(pulse: Any, channel: Any = D0, start: int = 0) -> Schedule:
    return Schedule((start, Play(pulse, channel)), name="bad")


amp = Parameter("amp")
X = Constant(160, 0.5, name="x")


def open_block() -> ScheduleBlock:
    block = ScheduleBlock("open")
    block += Play(Gaussian(160, amp, 40), D0)
    return block


TABLE = {
    "NaN in the wiring": Bad(
        lambda: play(X),
        "number that is not finite",
        "line drive, scale",
        lambda name: wired(name, line(name, scale=math.nan), readout(name)),
    ),
    "NaN after the last step": Bad(
        lambda: play(X),
        "samples that are not finite",
        "program 0 (bad)",
        lambda name: wired(
            name, line(name, scale=1e308, predistortion=Predistortion(fir=(1e10, -1e10))), readout(name)
        ),
    ),
    "infinity after the last step": Bad(
        lambda: play(X),
        "samples that are not finite",
        "program 0 (bad)",
        lambda name: wired(
            name, line(name, scale=1e308, mixer=MixerCorrection(gain=1e10, phase_rad=0.1)), readout(name)
        ),
    ),
    "over range after the mixer's correction": Bad(
        lambda: play(Constant(160, 0.97, math.pi / 2)),
        "over full scale",
        "program 0 (bad)",
        lambda name: wired(
            name,
            line(name, lo_frequency_hz=CARRIERS[D0], channels=(D0,), mixer=MixerCorrection(gain=1.1)),
            readout(name),
        ),
    ),
    "over range by the offset": Bad(
        lambda: play(Constant(160, 0.97)),
        "over full scale",
        "program 0 (bad)",
        lambda name: wired(name, line(name, mixer=MixerCorrection(offset_i=0.05)), readout(name)),
    ),
    "overlapping tones": Bad(
        lambda: play(Constant(160, 0.6)) | play(Constant(160, 0.6), D1), "over full scale", "program 0"
    ),
    "start off the grid": Bad(
        lambda: play(X, start=5), "start off the pulse alignment", "d0, Play x, instant 5 dt", target=GRID
    ),
    "length off the grid": Bad(
        lambda: play(Constant(100, 0.5, name="x")), "pulse length off the granularity", "d0, Play x", target=GRID
    ),
    "pulse too short for the grid": Bad(
        lambda: play(Constant(16, 0.5, name="x")), "pulse shorter than min_length", "d0, Play x", target=GRID
    ),
    "acquisition off the grid": Bad(
        lambda: Schedule((0, Play(X, M0)), (7, Acquire(64, A0, MemorySlot(0)))),
        "start off the acquire alignment",
        "a0, Acquire, instant 7 dt",
        target=GRID,
    ),
    "samples off the instrument's clock": Bad(
        lambda: play(Waveform(np.full(64, 0.2), name="table"), start=16),
        "sampled waveform off the instrument's clock",
        "d0, Play table, instant 16 dt",
        target=make_target(0.2222222222222222e-9),
    ),
    "pulse between two samples": Bad(
        lambda: play(Constant(1, 0.5, name="x"), start=3),
        "pulse between two samples of the instrument",
        "d0, Play x, instant 3 dt",
        target=make_target(0.01e-9),
    ),
    "pulse before the program": Bad(
        lambda: play(X),
        "pulse before the program's start",
        "d0, Play x, instant 0 dt",
        lambda name: wired(name, line(name, delay_s=-10e-9), readout(name)),
    ),
    "frequency beyond the converters": Bad(
        lambda: Schedule((0, ShiftFrequency(0.95e9, D0)), (0, Play(X, D0))),
        "intermediate frequency too high",
        "line drive, channel d0",
    ),
    "channel without a carrier": Bad(
        lambda: play(X, ControlChannel(7)),
        "channel without a carrier frequency",
        "channel u7",
        lambda name: wired(name, line(name, channels=(ControlChannel(7),)), readout(name)),
        target=Target(num_qubits=2, dt=0.5e-9, channel_frequencies={M0: CARRIERS[M0]}),
    ),
    "empty schedule": Bad(lambda: [play(X), Schedule(name="void")], "empty schedule", "program 1 (void)"),
    "program that lasts for ever": Bad(
        lambda: Schedule((0, Delay(1 << 70, D0)), name="eternal"), "program that lasts too long", ""
    ),
    "acquisition of no length": Bad(
        lambda: Schedule((0, Play(X, M0)), (0, Acquire(0, A0, MemorySlot(0)))),
        "acquisition of no length",
        "a0, Acquire, instant 0 dt",
    ),
    "acquisition of less than a sample": Bad(
        lambda: Schedule((0, Play(X, M0)), (0, Acquire(1, A0, MemorySlot(0)))),
        "acquisition shorter than a digitizer's sample",
        "a0, Acquire, instant 0 dt",
    ),
    "unbound parameter": Bad(open_block, "unassigned parameters", "d0, Play, instant 0 dt"),
    "parameter that no axis binds": Bad(
        lambda: Sweep(_two_parameters(), {amp: [0.1, 0.2]}), "unassigned parameters", "d0, Play, instant 0 dt"
    ),
    "channel that the Target lacks": Bad(
        lambda: play(X, DriveChannel(5)), "channel that the Target lacks", "channel d5"
    ),
    "control channel that the Target lacks": Bad(
        lambda: play(X, ControlChannel(7)), "channel that the Target lacks", "channel u7"
    ),
    "channel that is wired nowhere": Bad(
        lambda: play(X, ControlChannel(0)), "channel wired nowhere", "program 0 (bad), channel u0"
    ),
    "acquisition that no digitizer hears": Bad(
        lambda: Schedule((0, Play(X, M0)), (0, Acquire(160, AcquireChannel(1), MemorySlot(0)))),
        "channel wired nowhere",
        "a1, Acquire, instant 0 dt",
    ),
    "acquisition without a readout": Bad(
        lambda: Schedule((0, Delay(160, M0)), (0, Acquire(160, A0, MemorySlot(0)))),
        "acquisition outside the readout",
        "a0, Acquire, instant 0 dt",
    ),
    "memory slot used twice": Bad(
        lambda: Schedule(
            (0, Play(X, M0)), (0, Acquire(64, A0, MemorySlot(0))), (64, Acquire(64, A0, MemorySlot(0)))
        ),
        "memory slot used twice",
        "a0, Acquire, instant 64 dt",
    ),
    "two programs on one port": Bad(
        lambda: play(X),
        "port wired twice",
        "port 1, 2",
        lambda name: wired(
            name, line(name, shared=False, channels=(D0,)), line(name, name="other", channels=(D1,)), readout(name)
        ),
    ),
    "a digitizer that waits while nothing starts it": Bad(
        lambda: [measured(), play(X)],
        "program without a record in a batch that has records",
        "program 1 (bad), digitizer digitizer",
    ),
    "no programs": Bad(list, "no programs", ""),
}


def _two_parameters() -> ScheduleBlock:
    block = ScheduleBlock("two")
    block += Play(Gaussian(160, amp, 40, Parameter("angle")), D0)
    return block


def lowered_and_routed(programs: Any, target: Target, wiring: Wiring, limits: dict[str, Any]) -> None:
    timelines = lower(programs, target) if programs else ()
    route(timelines if isinstance(timelines, tuple) else [timelines], wiring, limits, shots=1)


@pytest.mark.filterwarnings("ignore:overflow encountered", "ignore:invalid value encountered")
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_bad_input_is_refused_by_name(row: Bad, name: str) -> None:
    wiring, limits = row.wiring(name), {**PLAYING, name: KINDS[name]}
    with pytest.raises(ProblemReport) as caught:
        lowered_and_routed(row.programs(), row.target, wiring, limits)
    found = [problem for problem in caught.value.problems if problem.what == row.what]
    assert found, str(caught.value)
    assert row.where in found[0].where, found[0]
