"""What a sweep costs as a whole, beside the same programs lowered separately: `python benchmarks/sweeps.py`.

- amplitude: 1001 amplitudes of a DRAG pulse, then the readout.
- phase: 1001 virtual Z between two DRAG pulses, then the readout.
- Ramsey: 101 delays between two DRAG pulses, which move all that follows; then the readout.
- chevron: 41 frequencies crossed with 25 delays of a flat pulse, then the readout.

Each from one open block in memory to timelines and sequences (starts, phases, distinct waveforms). `together`:
every point assigned, then all of them lowered in one call. `separately`: every point assigned and lowered by
itself. CPU time in one process and one thread, median of 7; the block is made anew before each run.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from runtime import pulse
from runtime.lowering import Sweep, lower
from runtime.pulse.instructions import Instruction
from runtime.target import Target

REPEATS = 7
DRIVE, READ, ACQUIRE = pulse.DriveChannel(0), pulse.MeasureChannel(0), pulse.AcquireChannel(0)
TARGET = Target(
    num_qubits=1,
    dt=0.2222222222222222e-9,
    granularity=16,
    pulse_alignment=16,
    channel_frequencies={DRIVE: 5.1e9, READ: 7.28e9},
)
X90 = pulse.Play(pulse.Drag(160, 0.2, 40, 2), DRIVE)


def measured(name: str, *steps: Instruction) -> pulse.ScheduleBlock:
    """Steps one after the other, then the readout."""
    block = pulse.ScheduleBlock(name, alignment_context=pulse.transforms.AlignSequential())
    for step in steps:
        block += step
    block += pulse.Play(pulse.GaussianSquare(2000, 0.3, 64, width=1744), READ)
    block += pulse.Acquire(2000, ACQUIRE, pulse.MemorySlot(0))
    return block


def amplitude() -> Sweep:
    """Rabi."""
    amp = pulse.Parameter("amp")
    program = measured("rabi", pulse.Play(pulse.Drag(160, amp, 40, 2), DRIVE))
    return Sweep(program, {amp: np.linspace(0.001, 0.9, 1001)})


def phase() -> Sweep:
    """The phase of the second of two pulses."""
    angle = pulse.Parameter("angle")
    program = measured("phase", X90, pulse.ShiftPhase(angle, DRIVE), X90)
    return Sweep(program, {angle: np.linspace(0.01, 6.28, 1001)})


def ramsey() -> Sweep:
    """The delay between two pulses."""
    wait = pulse.Parameter("wait")
    program = measured("ramsey", X90, pulse.Delay(wait, DRIVE), X90)
    return Sweep(program, {wait: [144 * k for k in range(101)]})


def chevron() -> Sweep:
    """Length and frequency of a pulse."""
    length, offset = pulse.Parameter("length"), pulse.Parameter("offset")
    program = measured(
        "chevron", pulse.ShiftFrequency(offset, DRIVE), pulse.Play(pulse.Constant(length, 0.1), DRIVE)
    )
    return Sweep(program, {offset: np.linspace(-2e7, 2e7, 41)}, {length: [16 * k for k in range(1, 26)]})


def whole(sweep: Sweep) -> list[Any]:
    """All points at once."""
    return [timeline.sequences() for timeline in lower(sweep, TARGET)]


def together(sweep: Sweep) -> list[Any]:
    """All points in one call, assigned before."""
    return [timeline.sequences() for timeline in lower(assigned(sweep), TARGET)]


def separately(sweep: Sweep) -> list[Any]:
    """One point after the other."""
    return [lower(program, TARGET).sequences() for program in assigned(sweep)]


def assigned(sweep: Sweep) -> list[Any]:
    """The program at each point."""
    return [sweep.program.assign_parameters({**point}, inplace=False) for point in sweep.points()]


def cpu_ms(make: Callable[[], Sweep], work: Callable[[Sweep], Any]) -> float:
    """Median CPU time, milliseconds."""
    times = []
    for _ in range(REPEATS):
        sweep = make()
        gc.collect()
        start = time.process_time_ns()
        made = work(sweep)
        times.append((time.process_time_ns() - start) / 1e6)
        del made
    return statistics.median(times)


def main() -> None:
    """Print the table, as Markdown."""
    print("| sweep | points | as a whole, ms | together, ms | ratio | separately, ms | ratio |")
    print("|---|---|---|---|---|---|---|")
    for make in (amplitude, phase, ramsey, chevron):
        whole(make()), separately(make())  # whatever is done once in a process
        took, others = cpu_ms(make, whole), [cpu_ms(make, work) for work in (together, separately)]
        ratios = " | ".join(f"{other:.1f} | {other / took:.1f}" for other in others)
        print(f"| {make.__name__} | {len(make().points())} | {took:.1f} | {ratios} |")


if __name__ == "__main__":
    main()
