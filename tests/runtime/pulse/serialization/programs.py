"""Programs that hold one of everything."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import symengine as se

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    ControlChannel,
    Cos,
    Delay,
    Discriminator,
    Drag,
    DriveChannel,
    Gaussian,
    GaussianDeriv,
    GaussianSquare,
    GaussianSquareDrag,
    Kernel,
    MeasureChannel,
    MemorySlot,
    Parameter,
    ParameterVector,
    Play,
    Pulse,
    RegisterSlot,
    Sawtooth,
    ScalableSymbolicPulse,
    Schedule,
    ScheduleBlock,
    Sech,
    SechDeriv,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Sin,
    Snapshot,
    SnapshotChannel,
    Square,
    SymbolicPulse,
    Triangle,
    Waveform,
    gaussian_square_echo,
)
from runtime.pulse.calibration_entries import CalibrationPublisher
from runtime.pulse.instructions import Instruction, Reference, RelativeBarrier, TimeBlockade
from runtime.pulse.schedule.alignments import AlignEquispaced, AlignFunc, AlignLeft, AlignRight, AlignSequential

A, B = Parameter("a"), Parameter("a")
V = ParameterVector("v", 4)
D0, M0 = DriveChannel(0), MeasureChannel(0)

_T, _AMP, _FREQ = se.symbols("t amp freq")
_ENVELOPE = se.Piecewise((_AMP * se.sin(2 * se.pi * _FREQ * _T), _T < 10), (_AMP * se.I / 3, True))

PULSES: list[Pulse] = [
    Constant(16, 0.1),
    Cos(16, 0.1, 0.3),
    Drag(160, 0.2, 40, -1.1, 0.3),
    Gaussian(16, A / 3, V[1], name="g"),
    Gaussian(16, 2.5, 4, limit_amplitude=False),
    GaussianDeriv(16, 0.1, 4),
    GaussianSquare(100, 0.3, 4, risefall_sigma_ratio=2),
    GaussianSquareDrag(100, 0.3, 4, B, width=80),
    Sawtooth(16, 0.1, 0.3, 0.2),
    Sech(16, 0.1, 4),
    Sech(16, 0.1, 4, zero_ends=False),
    SechDeriv(16, 0.1, 4),
    Sin(A, 0.1, 0.3),
    Square(16, 0.1, 0.3),
    Triangle(16, 0.1, 0.3),
    gaussian_square_echo(100, 0.3, 4, 80, active_amp=0.1),
    Waveform([0.1, 1 / 3 + 0.2j, -0.0], name="w", epsilon=1e-3),
    Waveform([1.5], limit_amplitude=False),
    SymbolicPulse(
        "Mine", 16, {"amp": A, "freq": 0.1}, envelope=_ENVELOPE, constraints=_FREQ > 0,
        valid_amp_conditions=se.Abs(_AMP) <= 1,
    ),
    ScalableSymbolicPulse("Hump", 16, 0.2, 0.1, envelope=_AMP * se.exp(se.I * se.Symbol("angle")) * se.sin(_T)),
]  # fmt: skip

INSTRUCTIONS: list[Instruction] = [
    Acquire(16, AcquireChannel(0), MemorySlot(1), RegisterSlot(2), name="r"),
    Acquire(
        16, AcquireChannel(A), MemorySlot(0), kernel=Kernel("k", weights=np.arange(3) * 1j),
        discriminator=Discriminator(None, pairs=[(1, 2)]),
    ),
    Delay(16, D0),
    Delay(2 * A + 4, MemorySlot(3)),
    Play(PULSES[3], ControlChannel(V[3])),
    SetFrequency(4.9e9, D0),
    ShiftFrequency(-1e6 * A.sin() ** 2, D0),
    SetPhase(math.pi, M0, name="phase"),
    ShiftPhase(abs(A - B).exp() / (1 + V[0].conjugate()), M0),
    Snapshot("s", "state"),
    RelativeBarrier(D0, M0, SnapshotChannel()),
    TimeBlockade(16, D0),
    Reference("x", "q0"),
]  # fmt: skip

METADATA: dict[str, Any] = {
    "publisher": CalibrationPublisher.QISKIT,
    "nothing": None,
    "numbers": [1, 2.5, True, 1 + 2j, math.inf, 10**30],
    "pair": (1, ("a", {"b": [A + 1]})),
    "by pair": {(0, 1): "cx", 2: "x"},
    "$odd": {"$tuple": 1},
    "array": np.arange(6, dtype=np.float32).reshape(2, 3),
}


def schedule() -> Schedule:
    """Every pulse, every instruction that a schedule takes, nested, with metadata."""
    program = Schedule(name="all", metadata=dict(METADATA))
    for pulse in PULSES:
        if isinstance(pulse.duration, int):
            program.append(Play(pulse, D0), inplace=True)
    for instruction in INSTRUCTIONS:
        if not isinstance(instruction, Reference) and isinstance(instruction.duration, int):
            program.insert(10_000 + 100 * len(program), instruction, inplace=True)
    return program.shift(7) + Schedule((5, Delay(3, D0)), name="nested")


def fraction(j: int) -> float:
    """Places of AlignFunc."""
    return (j - 0.5) / 3


FUNCTIONS = {"thirds": fraction}


def block() -> ScheduleBlock:
    """Every alignment and instruction, nested, with subroutines in subroutines, assigned and not."""
    inner = ScheduleBlock("inner", alignment_context=AlignFunc(900, fraction))
    inner.append(Delay(V[2], D0)).append(Reference("open", "q1"))
    middle = ScheduleBlock("middle", {"n": (1, 2)}, AlignEquispaced(A))
    middle.append(inner).append(Reference("deep")).append(Play(PULSES[12], D0))
    program = ScheduleBlock("main", dict(METADATA), AlignSequential())
    for instruction in INSTRUCTIONS:
        program.append(instruction)
    for alignment in (AlignLeft(), AlignRight()):
        part = ScheduleBlock(alignment_context=alignment)
        program.append(part.append(ShiftPhase(0.5, D0)).append(Play(PULSES[0], D0)))
    program.assign_references({("x", "q0"): middle})
    program.append(middle)
    return program
