"""Experiments for Zurich Instruments: a Ramsey sweep, long gate sequences, and joint readout of many qubits."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import partial

from lowering_jobs import ramsey

from runtime.lowering import InputLine, OutputLine, TriggerLine, Wiring
from runtime.pulse import (
    Acquire,
    AcquireChannel,
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

__all__ = ["JOBS", "Job", "job"]

DT = 0.5e-9
GATE, READOUT = 64, 2000
IDLE_S = 100e-6
DRIVE_LO, READOUT_LO = 5.0e9, 7.0e9

JOBS = {
    "ramsey": "Ramsey, 101 points, one qubit",
    "gates": "1000 gates on each of two qubits",
    "readout": "readout of 20 qubits on four SHFQC",
}


@dataclass(frozen=True, slots=True)
class Job:
    """What is run, on which device, by which wires."""

    programs: list[Schedule]
    target: Target
    wiring: Wiring


def job(name: str) -> Job:
    """One of `JOBS`, all new."""
    qubits, each = {"ramsey": (1, 1), "gates": (2, 2), "readout": (20, 5)}[name]
    target = _device(qubits)
    programs = {"ramsey": partial(ramsey, step=GATE), "gates": _gates, "readout": _readout}[name](target)
    return Job(programs, target, _wiring(qubits, each))


def _device(qubits: int) -> Target:
    carriers: dict[Channel, float] = {}
    for qubit in range(qubits):
        carriers[DriveChannel(qubit)] = DRIVE_LO + 100e6 + 1e6 * qubit
        carriers[MeasureChannel(qubit)] = READOUT_LO + 50e6 + 20e6 * (qubit % 5)
    target = Target(num_qubits=qubits, dt=DT, granularity=16, min_length=16, channel_frequencies=carriers)
    found: dict[str, dict[tuple[int, ...], InstructionProperties]] = {"x": {}, "sx": {}, "measure": {}}
    for qubit in range(qubits):
        for name, amp in (("x", 0.8), ("sx", 0.4)):
            played = Play(Drag(GATE, amp, 16.0, 2.0), DriveChannel(qubit))
            found[name][qubit,] = InstructionProperties(calibration=Schedule(played, name=name))
        tone = Play(GaussianSquare(READOUT, 0.15, 64.0, width=1744.0), MeasureChannel(qubit))
        measure = Schedule(tone, Acquire(READOUT, AcquireChannel(qubit), MemorySlot(qubit)), name="measure")
        found["measure"][qubit,] = InstructionProperties(calibration=measure)
    for name, properties in found.items():
        target.add_instruction(standard_gate(name), properties)
    return target


def _wiring(qubits: int, each: int) -> Wiring:
    """So many qubits on each SHFQC: a generator for each, one analyzer for all; the first starts the others."""
    outputs, inputs = [], []
    for first in range(0, qubits, each):
        name, group = f"qc{first // each}", range(first, min(first + each, qubits))
        outputs += [
            OutputLine(f"drive_q{q}", (DriveChannel(q),), name, q - first + 1, None, DRIVE_LO) for q in group
        ]
        readouts = tuple(MeasureChannel(q) for q in group)
        outputs.append(OutputLine(f"readout_{name}", readouts, name, 7, None, READOUT_LO, shared=True))
        inputs.append(InputLine(f"return_{name}", tuple(AcquireChannel(q) for q in group), name, READOUT_LO))
    return Wiring(
        tuple(outputs),
        tuple(inputs),
        triggers=tuple(
            TriggerLine("qc0", number, 1, line.instrument) for number, line in enumerate(inputs[1:], 1)
        ),
        idle_s=IDLE_S,
        sample_rates_hz={line.instrument: 2_000_000_000 for line in outputs},
    )


def _gates(target: Target, count: int = 1000) -> list[Schedule]:
    """Random x or sx with a virtual Z of one of 16 angles before each, as gate sets have them."""
    source = random.Random(0)
    program = Schedule(name="gates")
    for _ in range(count):
        for qubit in range(2):
            program.append(ShiftPhase(source.randrange(16) * math.pi / 8, DriveChannel(qubit)), inplace=True)
            program.append(target.get_calibration(source.choice(("x", "sx")), (qubit,)), inplace=True)
    for qubit in range(2):
        program.insert(count * GATE, target.get_calibration("measure", (qubit,)), inplace=True)
    return [program]


def _readout(target: Target) -> list[Schedule]:
    """An x on each qubit, then joint readout."""
    program = Schedule(name="readout")
    for qubit in range(20):
        program.insert(0, target.get_calibration("x", (qubit,)), inplace=True)
        program.insert(GATE, target.get_calibration("measure", (qubit,)), inplace=True)
    return [program]
