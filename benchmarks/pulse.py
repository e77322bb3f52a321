"""How long programs take to build, lay out, copy and compare, beside a floor in the same run.

Run it by `python benchmarks/pulse.py`. The program has 4,001 operations: 1000 random x or sx on each of two
qubits, a virtual Z before each one, and a joint readout. The floor is a list of the same operations as plain
slotted objects with their start times: it checks nothing, and its objects can do nothing.

CPU time of one process without garbage collection, as timeit measures; everything is built anew before each run.
"10x" is how the cost grows from 4,001 to 40,001 operations. Ends with an error when a limit is
broken.
"""

from __future__ import annotations

import copy
import gc
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from runtime import pulse
from runtime.pulse.transforms import block_to_schedule, flatten

REPEATS = 9
GATES = 1000
GROWTH_LIMIT = 11.0
NOISE = 0.5
"""A row comes out this much higher or lower from run to run."""
SHORT = 100.0
"""Microseconds; what takes less does not grow with the program, and its ratio tells nothing."""
IMPORT_LIMIT = 3.0
HEAVY = ("matplotlib", "qcodes", "numba", "pandas")

DRIVES = (pulse.DriveChannel(0), pulse.DriveChannel(1))
X = pulse.Drag(160, 0.2, 40, -1.1, name="x")
SX = pulse.Drag(160, 0.1, 40, -1.1, name="sx")

Step = tuple[int, Any, pulse.Pulse]
"""qubit, phase of the virtual Z, pulse."""
TimedStep = tuple[int, int, Any, pulse.Pulse]
"""start in samples, and a step."""


class FloorShift:
    """A virtual Z, as little as can be."""

    __slots__ = ("channel", "name", "phase")

    duration = 0

    def __init__(self, phase: float, channel: pulse.Channel, name: str | None = None) -> None:
        self.phase = phase
        self.channel = channel
        self.name = name


class FloorPlay:
    """A pulse on a channel, as little as can be."""

    __slots__ = ("channel", "duration", "name", "pulse")

    def __init__(self, played: pulse.Pulse, channel: pulse.Channel, name: str | None = None) -> None:
        self.pulse = played
        self.channel = channel
        self.name = name
        self.duration = played.duration


class FloorProgram:
    """Operations with their start times, one after another on each channel."""

    __slots__ = ("operations", "stops")

    def __init__(self) -> None:
        self.operations: list[tuple[float, FloorShift | FloorPlay]] = []
        self.stops: dict[pulse.Channel, Any] = {}

    def append(self, operation: FloorShift | FloorPlay) -> None:
        """Put an operation where its channel is free."""
        start = self.stops.get(operation.channel, 0)
        self.operations.append((start, operation))
        self.stops[operation.channel] = start + operation.duration


EVERY = -1
"""Number of parameters: one for each gate."""


def steps(gates: int, parameters: int = 0) -> list[Step]:
    """`gates` random gates on each qubit; `parameters` of their phases, evenly spread, are open expressions."""
    rng = random.Random(7)
    found: list[Step] = []
    for _ in range(gates):
        found += [(qubit, rng.uniform(-3.14, 3.14), rng.choice((X, SX))) for qubit in (0, 1)]
    count = len(found) if parameters == EVERY else parameters
    for number in range(count):
        place = number * len(found) // count
        qubit, _, played = found[place]
        found[place] = (qubit, 0.5 * pulse.Parameter(f"p{number}"), played)
    return found


def readout() -> pulse.Schedule:
    """Both qubits read together."""
    flat = pulse.Constant(1000, 0.1)
    both = pulse.Schedule(name="readout")
    for qubit in (0, 1):
        both.insert(0, pulse.Play(flat, pulse.MeasureChannel(qubit)), inplace=True)
        slot, channel = pulse.MemorySlot(qubit), pulse.AcquireChannel(qubit)
        both.insert(0, pulse.Acquire(1000, channel, slot), inplace=True)
    return both


READOUT = readout()


def floor(program: list[Step]) -> FloorProgram:
    """The list of plain objects."""
    made = FloorProgram()
    for qubit, phase, played in program:
        channel = DRIVES[qubit]
        made.append(FloorShift(phase, channel))
        made.append(FloorPlay(played, channel, played.name))
    made.append(FloorPlay(X, DRIVES[0], X.name))
    return made


def by_append(program: list[Step]) -> pulse.Schedule:
    """In-place append."""
    schedule = pulse.Schedule(name="program")
    for qubit, phase, played in program:
        channel = DRIVES[qubit]
        schedule.append(pulse.ShiftPhase(phase, channel), inplace=True)
        schedule.append(pulse.Play(played, channel), inplace=True)
    return schedule.insert(schedule.duration, READOUT, inplace=True)


def by_insert(timed: list[TimedStep]) -> pulse.Schedule:
    """In-place insertion of the gates in the order of the list."""
    schedule = pulse.Schedule(name="program")
    for start, qubit, phase, played in timed:
        channel = DRIVES[qubit]
        schedule.insert(start, pulse.Play(played, channel), inplace=True)
        schedule.insert(start, pulse.ShiftPhase(phase, channel), inplace=True)
    return schedule.insert(schedule.duration, READOUT, inplace=True)


def backwards(program: list[Step]) -> list[TimedStep]:
    """The gates from the last to the first."""
    return _in_order(program, reversed(range(len(program))))


def shuffled(program: list[Step]) -> list[TimedStep]:
    """The gates at random times."""
    order = list(range(len(program)))
    random.Random(8).shuffle(order)
    return _in_order(program, order)


def _in_order(program: list[Step], order: Iterable[int]) -> list[TimedStep]:
    # New objects, side by side in memory as any program's are that is generated in that order.
    found = []
    for number in order:
        qubit, phase, played = program[number]
        found.append((number // 2 * 160, qubit, 1.0 * phase, played))
    return found


def by_builder(program: list[Step]) -> pulse.ScheduleBlock:
    """Builder calls in one context."""
    with pulse.build(name="program") as block:
        for qubit, phase, played in program:
            channel = DRIVES[qubit]
            pulse.shift_phase(phase, channel)
            pulse.play(played, channel)
        pulse.barrier(*DRIVES, pulse.MeasureChannel(0), pulse.MeasureChannel(1))
        pulse.call(READOUT, name="readout")
    return block


def by_nested_builder(program: list[Step]) -> pulse.ScheduleBlock:
    """Builder calls with a context for every gate, the way macros write them."""
    with pulse.build(name="program", default_alignment="sequential") as block:
        for qubit, phase, played in program:
            channel = DRIVES[qubit]
            with pulse.align_left():
                pulse.shift_phase(phase, channel)
                pulse.play(played, channel)
        pulse.call(READOUT, name="readout")
    return block


def laid_out(block: pulse.ScheduleBlock) -> pulse.Schedule:
    """Block to Schedule, and flat."""
    return flatten(block_to_schedule(block))


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    name: str
    limit: float | None
    prepare: Callable[[list[Step]], Any]
    work: Callable[[Any], object]
    parameters: int = 0

    def measured(self) -> tuple[float, float, float]:
        """CPU time in microseconds, that over the floor's, and how it grows for ten times the program.

        Floor, program and long program take turns, so that a busy spell of the machine strikes all of them; the
        ratios are those of the middle turn.
        """
        turns = []
        for _ in range(REPEATS):
            floor_us = cpu_us(partial(steps, GATES), floor, 5)
            turns.append((floor_us, self._cpu_us(GATES, 3), self._cpu_us(10 * GATES, 2)))
        return (
            min(small for _, small, _ in turns),
            median(small / floor for floor, small, _ in turns),
            median(large / small for _, small, large in turns),
        )

    def _cpu_us(self, gates: int, repeats: int) -> float:
        return cpu_us(lambda: self.prepare(steps(gates, self.parameters)), self.work, repeats)


Open = tuple[pulse.Schedule | pulse.ScheduleBlock, dict[pulse.Parameter | pulse.ParameterVector | str, float]]
"""A program, and a value for each of its parameters."""


def valued(build: Callable[[list[Step]], Any], program: list[Step]) -> Open:
    """The program, and values for its parameters in its order."""
    parameters = [
        p for _, phase, _ in program if isinstance(phase, pulse.ParameterExpression) for p in phase.parameters
    ]
    return build(program), {parameter: 0.01 * number for number, parameter in enumerate(parameters)}


def assigned(program: Open) -> object:
    """All open parameters assigned, on a copy."""
    return program[0].assign_parameters(program[1], inplace=False)


def pair(build: Callable[[list[Step]], Any], program: list[Step]) -> tuple[Any, Any]:
    """Two equal programs that share no instruction."""
    return build(program), build(program)


def equal(both: tuple[Any, Any]) -> None:
    """Compare them."""
    if both[0] != both[1]:
        raise AssertionError


def same(program: list[Step]) -> list[Step]:
    """The steps themselves."""
    return program


CASES = (
    Case("append in place", 8, same, by_append),
    Case("insert in place, backwards", None, backwards, by_insert),
    Case("insert in place, shuffled", None, shuffled, by_insert),
    Case("builder", 20, same, by_builder),
    Case("builder, nested contexts", None, same, by_nested_builder),
    Case("block to Schedule, flatten", 6, by_builder, laid_out),
    Case("nested blocks to Schedule, flatten", None, by_nested_builder, laid_out),
    Case("assign 100, Schedule", 10, partial(valued, by_append), assigned, 100),
    Case("assign 100, block", 10, partial(valued, by_builder), assigned, 100),
    Case("assign every phase, Schedule", None, partial(valued, by_append), assigned, EVERY),
    Case("assign every phase, block", None, partial(valued, by_builder), assigned, EVERY),
    Case(
        "assign every phase, nested blocks",
        None,
        partial(valued, by_nested_builder),
        assigned,
        EVERY,
    ),
    Case("deepcopy, Schedule", 10, by_append, copy.deepcopy),
    Case("deepcopy, block", 10, by_builder, copy.deepcopy),
    Case("deepcopy, nested blocks", 10, by_nested_builder, copy.deepcopy),
    Case("==, Schedule", 4, partial(pair, by_append), equal),
    Case("==, block", 4, partial(pair, by_builder), equal),
    Case("==, nested blocks", None, partial(pair, by_nested_builder), equal),
)


def reserved_memory(megabytes: int = 192) -> list[bytes]:
    """Have Python's allocator hold that much memory for as long as the result lives.

    It gives memory back to the system that nothing uses. A short program is then always built in memory that the
    process holds, a long one in pages fresh from the system, which cost up to 3 us each on a virtual machine: a
    tenth of a row's time that says nothing about how the work grows.
    """
    size = 400  # bytes; above 512, with what Python adds, they would come from another allocator
    blocks = [bytes(size) for _ in range(megabytes * 2**20 // size)]
    return blocks[::500]  # a few in each of its arenas of 1 MiB or less


def cpu_us(prepare: Callable[[], Any], work: Callable[[Any], object], repeats: int = REPEATS) -> float:
    """Least CPU time of `work` on what `prepare` makes anew each time, microseconds."""
    times = []
    for _ in range(repeats):
        prepared = prepare()
        gc.collect()
        gc.disable()
        start = time.process_time_ns()
        kept = work(prepared)
        times.append((time.process_time_ns() - start) / 1e3)
        gc.enable()
        del kept, prepared
    return min(times)


def import_ms(*statements: str) -> list[float]:
    """Least time of each import in a fresh interpreter, milliseconds, with byte code as an installation has it."""
    times: dict[str, list[float]] = {statement: [] for statement in statements}
    with TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(1 + REPEATS):  # the first of them compiles
            for statement, taken in times.items():
                script = (
                    f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
                )
                command = [sys.executable, "-c", script]
                run = subprocess.run(command, capture_output=True, check=True, env=environment)
                taken.append(float(run.stdout) * 1e3)
    return [min(taken) for taken in times.values()]


def heavy_modules() -> list[str]:
    """Which of the heavy packages `import runtime.pulse` loads."""
    script = f"import runtime.pulse, sys; print(*[name for name in {HEAVY} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout.decode().split()


def main() -> int:
    """Print the tables; 1 if a limit is broken."""
    broken = []
    reserve = reserved_memory()
    floor_us = cpu_us(partial(steps, GATES), floor)
    operations = 4 * GATES + 1
    print(f"floor: {floor_us / operations:.2f} us an operation, {floor_us / 1e3:.2f} ms in all\n")
    print(f"{'':<36}{'ms':>8}{'x floor':>9}{'at most':>9}{'10x':>7}")
    for case in CASES:
        small, ratio, growth = case.measured()
        limit = "" if case.limit is None else f"{case.limit:g}"
        print(f"{case.name:<36}{small / 1e3:>8.2f}{ratio:>9.1f}{limit:>9}{growth:>7.1f}")
        if case.limit is not None and ratio > case.limit:
            broken.append(f"{case.name}: {ratio:.1f} times the floor, at most {case.limit:g}")
        if growth > GROWTH_LIMIT + NOISE and small > SHORT:
            broken.append(f"{case.name}: ten times the program costs {growth:.1f} times, at most {GROWTH_LIMIT:g}")
    del reserve
    numpy_ms, ours_ms = import_ms("import numpy", "import runtime.pulse")
    print(f"\nimport numpy {numpy_ms:.0f} ms, runtime.pulse {ours_ms:.0f} ms: {ours_ms / numpy_ms:.1f}, at most 3")
    if ours_ms > IMPORT_LIMIT * numpy_ms:
        broken.append(f"import runtime.pulse: {ours_ms / numpy_ms:.1f} times import numpy")
    broken += [f"import runtime.pulse loads {name}" for name in heavy_modules()]
    print("\n".join(broken))
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
