"""How long lowering takes, beside a floor on the same machine: `python benchmarks/lowering.py [--plot FILE.png]`.

Jobs, from programs in memory to samples (dense complex64 streams) and to sequences (starts, phases and distinct
waveforms, nothing rendered):

- J1: Ramsey on one qubit, sx delay rz sx measure, 101 delays k * 144 dt, as 101 programs.
- J2: 1000 random x or sx, each after a random virtual Z, on each of 2 qubits; joint readout.
- J3: 127 qubits, 20 such gates each; joint readout.
- J4: J2 with 30 seeds.

dt 0.222 ns; DRAG of 160 samples (sigma 40, beta 2), readout GaussianSquare of 2000 (sigma 64, width 1744). The
floor does the same from plain tuples with one compiled kernel, checks nothing and has no objects.

CPU time of one thread without garbage collection, median of 7 turns. In each turn programs and tuples are made
anew, and floor and lowering are measured one after the other, so that a ratio is of times at the same load;
compiled code is warm. The device stays, as in a laboratory: what its gates are is known from the first program on.
The last column is for a device that is made anew as well.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
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
    """CPU time that this thread needs for `work` on what `prepare` makes, milliseconds."""
    gc.collect()
    gc.disable()
    prepared = prepare()
    start = time.thread_time_ns()
    made = work(prepared)
    took = (time.thread_time_ns() - start) / 1e6
    gc.enable()
    del made, prepared
    return took


def in_turns(*rivals: tuple[Callable[[], Any], Callable[[Any], Any]]) -> list[tuple[float, ...]]:
    """What each of them (prepare, work) takes, turn by turn, so that all meet the machine in the same state."""
    for prepare, work in rivals:
        work(prepare())  # compile, or load what was compiled
    turns = [[cpu_ms(*rival) for rival in rivals] for _ in range(REPEATS)]
    return list(zip(*turns, strict=True))


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
        programs, _ = as_tuples(schedules)
        operations = sum(len(ops) for _, _, ops in programs)
        samples = sum(channels * length for channels, length, _ in programs)
        size = f"{operations} | {samples / 1e6:.2f} M"
        for output, ours, floor in (("streams", streams, floor_streams), ("sequences", sequences, floor_programs)):
            kept, anew, least = in_turns(
                (partial(job, name, target), ours),
                (partial(job, name), ours),
                (partial(_tuples, name), partial(_unpacked, floor)),
            )
            times = f"{statistics.median(kept):.2f} | {statistics.median(least):.2f}"
            print(
                f"| {name} | {size} | {output} | {times} | {ratio(kept, least):.2f} | {ratio(anew, least):.2f} |"
            )


def ratio(ours: Sequence[float], floor: Sequence[float]) -> float:
    """Median over the turns."""
    return statistics.median(mine / least for mine, least in zip(ours, floor, strict=True))


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


Cost = tuple[int, int, float, float, float, float]
"""Qubits, operations, and microseconds an operation: sequences and their floor, streams and their floor."""


def scaling() -> list[Cost]:
    """How the cost of an operation depends on the size of the device and of the program."""
    found: list[Cost] = []
    for qubits, operations in DEVICES + SPREAD + OPERATIONS:
        target = device(qubits)
        make = partial(_gates, target, qubits, max(1, operations // (2 * qubits)))
        tuples = partial(_gate_tuples, make)
        size = len(tuples()[0][0][2])
        times = in_turns(
            (make, sequences),
            (tuples, partial(_unpacked, floor_programs)),
            (make, streams),
            (tuples, partial(_unpacked, floor_streams)),
        )
        sequence, least_sequence, stream, least_stream = (1e3 / size * statistics.median(one) for one in times)
        found.append((qubits, size, sequence, least_sequence, stream, least_stream))
    return found


def _gates(target: Target, qubits: int, count: int) -> tuple[list[Schedule], Target]:
    return [gates(target, qubits, count, 0)], target


def _gate_tuples(make: Callable[[], tuple[list[Schedule], Target]]) -> tuple[Any, Any]:
    return as_tuples(make()[0])


def draw(found: list[Cost], path: Path) -> None:
    """Cost an operation against qubits and against operations."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.5), layout="constrained")
    axes = figure.subplots(1, 3, sharey=True)
    many, all_but = len(DEVICES), len(DEVICES) + len(SPREAD)
    parts = (found[:many], found[many:all_but], found[all_but:])
    labels = ("qubits (10^3 operations each)", "qubits (10^4 operations in all)", "operations (2 qubits)")
    lines = (
        (2, "C0o-", "sequences"),
        (3, "C0o:", "their floor"),
        (4, "C1s-", "streams"),
        (5, "C1s:", "their floor"),
    )
    for axis, rows, size, label in zip(axes, parts, (0, 0, 1), labels, strict=True):
        for column, style, name in lines:
            axis.semilogx([row[size] for row in rows], [row[column] for row in rows], style, label=name)
        axis.set_xlabel(label)
        axis.grid(alpha=0.3)
    axes[0].set_ylim(0, 1.1 * max(max(row[2:]) for row in found))
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
    print("\nµs an operation\n\n| qubits | operations | sequences | floor | streams | floor |")
    print("|---|---|---|---|---|---|")
    for qubits, size, *costs in found:
        print(f"| {qubits} | {size} |", " | ".join(f"{cost:.2f}" for cost in costs), "|")
    if arguments.plot:
        draw(found, arguments.plot)


if __name__ == "__main__":
    main()
