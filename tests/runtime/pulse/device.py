"""A small device: two qubits with control channels both ways, a third one alone."""

from __future__ import annotations

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    ControlChannel,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    Play,
    Schedule,
)
from runtime.target import Gate, InstructionProperties, Target

DT = 0.5e-9
READ = Constant(100, 0.2, name="read")


class Backend:
    """Anything with a target."""

    def __init__(self, target: Target) -> None:
        self.target = target


def readout(qubit: int, slot: int = 0) -> Schedule:
    """One qubit's readout, with a drive pulse that does not belong to it."""
    return Schedule(
        (0, Play(Constant(10, 0.1), DriveChannel(qubit))),
        (20, Play(READ, MeasureChannel(qubit))),
        (30, Acquire(90, AcquireChannel(qubit), MemorySlot(slot))),
        name=f"measure q{qubit}",
    )


def group_readout() -> Schedule:
    """All three qubits' readout in one schedule."""
    whole = Schedule(name="measure all")
    for qubit in range(3):
        whole.insert(0, readout(qubit, qubit), inplace=True)
    return whole


def target(num_qubits: int | None = 3, dt: float | None = DT) -> Target:
    """The device."""
    device = Target(
        num_qubits=num_qubits,
        dt=dt,
        meas_map=[[0, 1, 2]],
        control_channels={(0, 1): [ControlChannel(0)], (1, 0): [ControlChannel(1)]},
    )
    pairs: dict[tuple[int, ...], InstructionProperties | None] = {(0, 1): None, (1, 0): None, (1, 2): None}
    device.add_instruction(Gate("cx", 2), pairs)
    single = {(q,): InstructionProperties(calibration=readout(q)) for q in range(3)}
    device.add_instruction(Gate("measure", 1), single)
    return device
