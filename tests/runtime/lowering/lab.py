"""A small lab for these tests: a target, limits of two instruments, and a wiring of one generator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drivers.contract import AcquisitionLimits, PlaybackLimits, Problem, ProblemReport
from runtime.lowering import InputLine, OutputLine, TriggerLine, Wiring
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    ControlChannel,
    Delay,
    DriveChannel,
    GaussianSquare,
    MeasureChannel,
    MemorySlot,
    Play,
    Schedule,
)
from runtime.pulse.channels import Channel
from runtime.target import Target

D0, D1, U0 = DriveChannel(0), DriveChannel(1), ControlChannel(0)
M0, M1, A0, A1 = MeasureChannel(0), MeasureChannel(1), AcquireChannel(0), AcquireChannel(1)
CARRIERS: dict[Channel, float] = {D0: 5.1e9, D1: 4.9e9, U0: 4.9e9, M0: 7.25e9, M1: 7.33e9}
"""Channel to carrier frequency, Hz."""

PLAYBACK = PlaybackLimits(
    model="generator",
    ports=8,
    sample_rates_hz=(298, 5_000_000_000),
    min_length=64,
    max_length=1_000_000,
    granularity=4,
    max_steps=100,
    max_repeat=1000,
    memory_samples=2_000_000,
    dac_bits=16,
    markers_per_port=4,
    amplitude_vpp=(0.1, 1.5),
)
ACQUISITION = AcquisitionLimits(
    model="digitizer",
    inputs=2,
    sample_rates_hz=(500_000_000, 1_000_000_000),
    record_granularity=128,
    min_record=256,
    max_record=100_000,
    trigger_delay_granularity=8,
    adc_bits=12,
    full_scale_v=0.4,
)
LIMITS = {"awg": PLAYBACK, "digitizer": ACQUISITION}


def make_target(dt: float = 1e-9, **constraints: int) -> Target:
    """A two-qubit target, without constraints unless they are given."""
    return Target(num_qubits=2, dt=dt, channel_frequencies=CARRIERS, **constraints)


def output(name: str, *channels: Channel, ports: tuple[int, int], lo: float, **fields: Any) -> OutputLine:
    """A line of the generator."""
    return OutputLine(name, channels, "awg", *ports, lo, **fields)


def make_wiring(rate_hz: int = 1_000_000_000, **fields: Any) -> Wiring:
    """d0 on ports 1 and 2, d1 on 3 and 4, both readouts on 7 and 8, whose first marker starts the digitizer."""
    wiring = Wiring(
        outputs=(
            output("drive0", D0, ports=(1, 2), lo=5.05e9),
            output("drive1", D1, ports=(3, 4), lo=4.85e9),
            output("readout", M0, M1, ports=(7, 8), lo=7.3e9, shared=True),
        ),
        inputs=(InputLine("return", (A0, A1), "digitizer", 7.3e9),),
        triggers=(TriggerLine("awg", 7, 1, "digitizer"),),
        idle_s=100e-6,
        sample_rates_hz={"awg": rate_hz, "digitizer": 500_000_000},
    )
    return replace(wiring, **fields)


def single_line(line: OutputLine, rate_hz: int, **fields: Any) -> Wiring:
    """A wiring of one output line and nothing else."""
    return Wiring((line,), sample_rates_hz={"awg": rate_hz}, **fields)


def measured(body: Schedule | None = None, *, length: int = 1000, amp: float = 0.3) -> Schedule:
    """A readout of qubit 0 after `body`, with a ring-down Delay of 200 samples."""
    start = body.duration if body is not None else 0
    schedule = Schedule(name="measured") if body is None else body
    readout = GaussianSquare(length, amp, 20, width=length - 80)
    schedule = schedule.insert(start, Play(readout, M0))
    schedule = schedule.insert(start + length, Delay(200, M0))
    return schedule.insert(start, Acquire(length, A0, MemorySlot(0)))


def the_problem(report: ProblemReport, what: str) -> Problem:
    """The one problem of a report that has this text."""
    found = [problem for problem in report.problems if problem.what == what]
    assert len(found) == 1, str(report)
    return found[0]
