"""How long lowering takes, beside a floor on the same machine: `python benchmarks/lowering.py [--plot FILE.png]`.

Jobs, from programs in memory to samples (dense complex64 streams) and to sequences (starts, phases and distinct
waveforms, nothing rendered):

- J1: Ramsey on one qubit, sx delay rz sx measure, 101 delays k * 144 dt, as 101 programs.
- J2: 1000 random x or sx, each after a random virtual Z, on each of 2 qubits; joint readout.
- J3: 127 qubits, 20 such gates each; joint readout.
- J4: J2 with 30 seeds.

dt 0.222 ns; DRAG of 160 samples (sigma 40, beta 2), readout GaussianSquare of 2000 (sigma 64, width 1744). The
floor does the same from plain tuples with one compiled kernel, checks nothing and has no objects. CPU time in one
process and one thread, median of 7; programs are made anew before each run, and compiled code is warm. The device
stays, as in a laboratory: what its gates are is known from the first program on. The last column is for a device
that is made anew as well.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from lowering_floor import floor_programs, floor_streams
from lowering_jobs import as_tuples, device, gates, job

from runtime.lowering import lower
from runtime.pulse import Schedule
from runtime.target import Target

REPEATS = 7
DEVICES = [(1, 1000), (2, 2000), (10, 10_000), (40, 40_000), (127, 127_000)]
SPREAD = [(1, 10_000), (2, 10_000), (10, 10_000), (40, 10_000), (127, 10_000)]
OPERATIONS = [(2, 1000), (2, 3000), (2, 10_000), (2, 30_000), (2, 100_000)]
"""Qubits and operations of the programs that show how the cost grows: a thousand operations on each qubit, ten
thousand spread over more and more qubits, and longer programs on two qubits."""
FIRST_USE = """
import time
begin = time.perf_counter()
from runtime.lowering import lower
from runtime.pulse import Drag, DriveChannel, Play, Schedule
from runtime.target import Target
ready = time.perf_counter()
timeline = lower(Schedule(Play(Drag(160, 0.2, 40.0, 2.0), DriveChannel(0))), Target(num_qubits=1, dt=1e-9))
lowered = time.perf_counter()
for stream in timeline.streams("complex64").values():
    stream.to_array()
print(ready - begin, lowered - ready, time.perf_counter() - lowered)
"""


def cpu_ms(prepare: Callable[[], Any], work: Callable[[Any], Any]) -> float:
    """Median CPU time of `work` on what `prepare` makes anew each time, milliseconds."""
    times = []
    for _ in range(REPEATS):
        prepared = prepare()
        gc.collect()
        start = time.process_time_ns()
        made = work(prepared)
        times.append((time.process_time_ns() - start) / 1e6)
        del made, prepared
    return statistics.median(times)


def streams(programs: tuple[list[Schedule], Target]) -> list[dict[Any, Any]]:
    """Dense samples of every channel of every program."""
    timelines = lower(*programs)
    return [
        {channel: stream.to_array() for channel, stream in timeline.streams(np.complex64).items()}
        for timeline in timelines
    ]


def sequences(programs: tuple[list[Schedule], Target]) -> list[Any]:
    """Starts, phases and distinct waveforms."""
    return [timeline.sequences() for timeline in lower(*programs)]


def print_jobs() -> None:
    """The table of jobs, as Markdown."""
    head = "| job | operations | samples | output | ms | floor ms | ratio | ratio, new device |"
    print(f"{head}\n|---|---|---|---|---|---|---|---|")
    for name in ("J1", "J2", "J3", "J4"):
        schedules, target = job(name)
        programs, waves = as_tuples(schedules)
        operations = sum(len(ops) for _, _, ops in programs)
        samples = sum(channels * length for channels, length, _ in programs)
        size = f"{operations} | {samples / 1e6:.2f} M"
        for output, ours, floor in (("streams", streams, floor_streams), ("sequences", sequences, floor_programs)):
            ours((schedules, target)), floor(programs, waves)  # compile, or load what was compiled
            took, anew = cpu_ms(partial(job, name, target), ours), cpu_ms(partial(job, name), ours)
            least = cpu_ms(partial(_tuples, name), partial(_unpacked, floor))
            ratios = f"{took / least:.2f} | {anew / least:.2f}"
            print(f"| {name} | {size} | {output} | {took:.2f} | {least:.2f} | {ratios} |")


def _tuples(name: str) -> tuple[Any, Any]:
    return as_tuples(job(name)[0])


def _unpacked(work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - what the work returns
    return work(*arguments)


def print_memory() -> None:
    """Peak memory of J4's streams against their size."""
    programs = job("J4")
    gc.collect()
    tracemalloc.start()
    made = streams(programs)
    peak = tracemalloc.get_traced_memory()[1]
    size = sum(samples.nbytes for channels in made for samples in channels.values())
    tracemalloc.stop()
    print(f"\nJ4 streams: peak {peak / 1e6:.0f} MB for {size / 1e6:.0f} MB of samples, {peak / size:.2f} times")


def print_first_use() -> None:
    """What the first program costs in a new process, in seconds of wall clock."""
    run = subprocess.run([sys.executable, "-c", FIRST_USE], capture_output=True, text=True, check=True)
    imported, lowered, rendered = map(float, run.stdout.split())
    print(
        f"first use: import {imported:.2f} s, lower {lowered:.3f} s, first dense samples {rendered:.2f} s (numba)"
    )


def scaling() -> list[tuple[int, int, float, float]]:
    """Qubits, operations, and nanoseconds an operation for sequences and for streams."""
    found = []
    for qubits, operations in DEVICES + SPREAD + OPERATIONS:
        target = device(qubits)
        count = max(1, operations // (2 * qubits))
        made = as_tuples([gates(target, qubits, count, 0)])[0]
        size = len(made[0][2])
        make = partial(_gates, target, qubits, count)
        costs = [1e6 / size * cpu_ms(make, work) for work in (sequences, streams)]
        found.append((qubits, size, costs[0], costs[1]))
    return found


def _gates(target: Target, qubits: int, count: int) -> tuple[list[Schedule], Target]:
    return [gates(target, qubits, count, 0)], target


def draw(found: list[tuple[int, int, float, float]], path: Path) -> None:
    """Cost an operation against qubits and against operations."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.5), layout="constrained")
    axes = figure.subplots(1, 3, sharey=True)
    many, all_but = len(DEVICES), len(DEVICES) + len(SPREAD)
    parts = (found[:many], found[many:all_but], found[all_but:])
    labels = ("qubits (10^3 operations each)", "qubits (10^4 operations in all)", "operations (2 qubits)")
    for axis, rows, column, label in zip(axes, parts, (0, 0, 1), labels, strict=True):
        x = [row[column] for row in rows]
        axis.semilogx(x, [row[2] / 1e3 for row in rows], "o-", label="sequences")
        axis.semilogx(x, [row[3] / 1e3 for row in rows], "s-", label="streams")
        axis.set_xlabel(label)
        axis.grid(alpha=0.3)
    axes[0].set_ylim(0, 1.1e-3 * max(max(row[2:]) for row in found))
    axes[0].set_ylabel("µs an operation")
    axes[0].legend(frameon=False)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--plot", type=Path, help="where to draw the cost of an operation")
    arguments = parser.parse_args()
    print_jobs()
    print_memory()
    print_first_use()
    found = scaling()
    print("\n| qubits | operations | sequences, µs an operation | streams, µs an operation |\n|---|---|---|---|")
    for qubits, size, sequence, stream in found:
        print(f"| {qubits} | {size} | {sequence / 1e3:.2f} | {stream / 1e3:.2f} |")
    if arguments.plot:
        draw(found, arguments.plot)


if __name__ == "__main__":
    main()
