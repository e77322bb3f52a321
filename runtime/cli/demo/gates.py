"""The second half of the demo: gates, readout in the middle of a program, and drift."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from rich.console import Console

from runtime.cli.demo.findings import AmplitudeSweep, DriftTrack
from runtime.cli.progress import progress_of
from runtime.experiments import (
    apart,
    calibrated_amplitude,
    detuning_hz,
    detuning_schedules,
    fit_rabi,
    rabi_schedules,
)
from runtime.pulse import Acquire, RegisterSlot, Schedule
from runtime.pulse.macros import measure
from runtime.results import Chunk, Result
from runtime.rig import Rig, basis_programs

__all__ = ["SCALES", "fit_sweep", "measure_both", "measure_twice", "sweep_amplitudes", "track_drift"]

SCALES = np.linspace(0.0, 2.0, 13)
"""The amplitude sweep, in units of each qubit's calibrated x amplitude."""
WAIT_S = 6e-6
"""Between the half turns of the drift's Ramsey programs: tells +-83 kHz."""
TIMES = 6


def measure_both(rig: Rig, console: Console, qubits: Sequence[int], shots: int) -> tuple[Result, Result]:
    """The device's own 'measure', and 'x, measure'."""
    with progress_of(console, "measure; x, measure") as report:
        ground, excited = rig.run(basis_programs(rig.target, qubits), shots=shots, report=report)
    return ground, excited


class _Live:
    """A consumer: the share of ones in slot 0 of one program, while shots come in."""

    def __init__(self, program: int, note: Callable[[str], None]) -> None:
        self._program = program
        self._note = note
        self._ones = self._shots = 0

    def __call__(self, chunk: Chunk) -> None:
        bits = chunk.values[chunk.programs == self._program, 0]
        self._ones += int(bits.sum())
        self._shots += bits.size
        if self._shots:
            self._note(f"live: P(1) of x {self._ones / self._shots:.3f}")


def sweep_amplitudes(rig: Rig, console: Console, qubits: Sequence[int], shots: int) -> tuple[Result, ...]:
    """The x of all qubits at many amplitudes; a consumer watches the calibrated one."""
    schedules = rabi_schedules(rig.target, qubits, SCALES.tolist())
    with progress_of(console, "amplitude sweep of x") as report:
        live = _Live(SCALES.size // 2, report.note)
        return rig.run(schedules, shots=shots, consumers=[live], report=report)


def fit_sweep(rig: Rig, qubits: Sequence[int], points: Sequence[Result]) -> list[AmplitudeSweep]:
    """A Rabi fit of each qubit."""
    sweeps = []
    shots = points[0].shots
    for slot, qubit in enumerate(qubits):
        calibrated = calibrated_amplitude(rig.target, qubit)
        amplitudes = SCALES * calibrated
        p1 = np.array([point.probability(slot) for point in points])
        sweeps.append(AmplitudeSweep(qubit, amplitudes, p1, shots, calibrated, fit_rabi(amplitudes, p1, shots)))
    return sweeps


def measure_twice(rig: Rig, console: Console, qubits: Sequence[int], shots: int) -> Result:
    """All read, turned over, and read again into further slots; the first bits go to registers as well."""
    number = len(qubits)
    first = measure(list(qubits), rig.target)
    again = measure(list(qubits), rig.target, qubit_mem_slots={q: number + k for k, q in enumerate(qubits)})
    flips = basis_programs(rig.target, qubits)[1].exclude(channels=[*map(rig.target.measure, qubits)])
    flips = flips.exclude(instruction_types=[Acquire])
    schedule = Schedule(name="measure, x, measure")
    for start, instruction in first.instructions:
        kept = instruction
        if isinstance(instruction, Acquire) and instruction.mem_slot is not None:
            kept = replace(instruction, reg_slot=RegisterSlot(int(instruction.mem_slot.index)))
        schedule = schedule.insert(start, kept)
    schedule = schedule.insert(first.duration, flips)
    schedule = schedule.insert(first.duration + flips.duration, again)
    with progress_of(console, "readout in the middle") as report:
        return rig.run(schedule, shots=shots, report=report)


def track_drift(rig: Rig, console: Console, qubits: Sequence[int], shots: int) -> DriftTrack:
    """The detunings of qubits that no gate joins, again and again while the chip ages."""
    chosen = apart(rig.target, qubits)
    schedules = detuning_schedules(rig.target, chosen, WAIT_S)
    seconds, found = [], []
    with progress_of(console, "drift") as report:
        for number in range(TIMES):
            report("repeat", number, TIMES)
            seconds.append(time.monotonic())
            results = rig.run(schedules, shots=shots)
            p1 = np.array([[result.probability(slot) for slot in range(len(chosen))] for result in results])
            found.append(detuning_hz(rig.target, p1, WAIT_S))
    return DriftTrack(tuple(chosen), np.array(seconds) - seconds[0], np.array(found))
