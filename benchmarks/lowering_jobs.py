"""What the lowering benchmark lowers: random gates on a device of DRAG pulses, and the same as plain tuples."""

from __future__ import annotations

import random
from typing import NamedTuple

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Delay,
    Drag,
    DriveChannel,
    GaussianSquare,
    MeasureChannel,
    MemorySlot,
    Play,
    Schedule,
    ShiftPhase,
)
from runtime.pulse.channels import Channel
from runtime.target import InstructionProperties, Target, standard_gate

__all__ = ["Op", "as_tuples", "device", "gates", "job", "ramsey"]

DT = 0.222e-9
GATE, READOUT = 160, 2000


class Op(NamedTuple):
    """The floor's instruction."""

    kind: int
    """0 a pulse, 1 a shift of phase, 2 anything else."""
    channel: int
    start: int
    duration: int
    wave: int
    """Row of the waveforms, for a pulse."""
    phase: float


def device(qubits: int) -> Target:
    """A device with x, sx and measure on every qubit."""
    carriers: dict[Channel, float] = {}
    for qubit in range(qubits):
        carriers[DriveChannel(qubit)] = 5.0e9 + 1e6 * qubit
        carriers[MeasureChannel(qubit)] = 7.0e9 + 1e6 * qubit
    target = Target(num_qubits=qubits, dt=DT, granularity=16, min_length=16, channel_frequencies=carriers)
    found: dict[str, dict[tuple[int, ...], InstructionProperties]] = {"x": {}, "sx": {}, "measure": {}}
    for qubit in range(qubits):
        drive, readout, line = DriveChannel(qubit), MeasureChannel(qubit), AcquireChannel(qubit)
        for name, amp in (("x", 0.2), ("sx", 0.1)):
            pulse = Drag(GATE, amp, 40.0, 2.0)
            found[name][qubit,] = InstructionProperties(calibration=Schedule(Play(pulse, drive), name=name))
        tone = Play(GaussianSquare(READOUT, 0.1, 64.0, width=1744.0), readout)
        measure = Schedule(tone, Acquire(READOUT, line, MemorySlot(qubit)), name="measure")
        found["measure"][qubit,] = InstructionProperties(calibration=measure)
    for name, properties in found.items():
        target.add_instruction(standard_gate(name), properties)
    return target


def ramsey(target: Target, points: int = 101, step: int = 144) -> list[Schedule]:
    """J1: sx, delay, rz, sx, measure with a growing delay, on qubit 0."""
    sx, measure = target.get_calibration("sx", (0,)), target.get_calibration("measure", (0,))
    drive = DriveChannel(0)
    programs = []
    for point in range(points):
        program = Schedule(name=f"ramsey {point}")
        program.append(sx, inplace=True)
        if point:
            program.append(Delay(point * step, drive), inplace=True)
        program.append(ShiftPhase(0.1 * point, drive), inplace=True)
        program.append(sx, inplace=True)
        program.insert(2 * sx.duration + point * step, measure, inplace=True)
        programs.append(program)
    return programs


def gates(target: Target, qubits: int, count: int, seed: int) -> Schedule:
    """`count` random x or sx on each qubit, each after a random virtual Z, then a joint readout."""
    source = random.Random(seed)
    pulses = {
        (name, qubit): target.get_calibration(name, (qubit,)) for name in ("x", "sx") for qubit in range(qubits)
    }
    program = Schedule(name=f"gates {seed}")
    for _ in range(count):
        for qubit in range(qubits):
            program.append(ShiftPhase(source.uniform(-3.0, 3.0), DriveChannel(qubit)), inplace=True)
            program.append(pulses[source.choice(("x", "sx")), qubit], inplace=True)
    for qubit in range(qubits):
        program.insert(count * GATE, target.get_calibration("measure", (qubit,)), inplace=True)
    return program


def job(name: str, target: Target | None = None) -> tuple[list[Schedule], Target]:
    """The programs of a job, all new, and their device: a new one as well if none is given."""
    target = target or device(127 if name == "J3" else 2)
    if name == "J1":
        return ramsey(target), target
    if name == "J3":
        return [gates(target, 127, 20, 0)], target
    return [gates(target, 2, 1000, seed) for seed in range(30 if name == "J4" else 1)], target


def as_tuples(schedules: list[Schedule]) -> tuple[list[tuple[int, int, list[Op]]], list[tuple[float, ...]]]:
    """The floor's input, without objects.

    Returns:
        For each program its channels, its length in samples and its instructions in order; and for each waveform
        duration, amplitude, angle, sigma, width and beta.
    """
    waves: dict[tuple[float, ...], int] = {}
    programs = []
    for schedule in schedules:
        # Channels that play come first: only these have samples.
        played = {one.channel for _, one in schedule.instructions if isinstance(one, Play)}
        rows: dict[Channel, int] = {channel: row for row, channel in enumerate(played)}
        ops = []
        for time, instruction in schedule.instructions:
            row = rows.setdefault(instruction.channel, len(rows))
            duration = int(instruction.duration)
            if isinstance(instruction, Play):
                p = instruction.pulse.parameters
                key = (duration, p["amp"], p["angle"], p["sigma"], p.get("width", -1.0), p.get("beta", 0.0))
                ops.append(Op(0, row, time, duration, waves.setdefault(key, len(waves)), 0.0))
            elif isinstance(instruction, ShiftPhase):
                ops.append(Op(1, row, time, duration, 0, float(instruction.phase)))
            else:
                ops.append(Op(2, row, time, duration, 0, 0.0))
        programs.append((len(played), schedule.duration, ops))
    return programs, list(waves)
