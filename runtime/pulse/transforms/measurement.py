"""Acquisitions: for whole groups of qubits, and at one instant in several schedules."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Protocol

from runtime.pulse.channels import AcquireChannel, Channel, MeasureChannel, MemorySlot
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Acquire, Instruction
from runtime.pulse.schedule import Schedule, ScheduleBlock

__all__ = ["add_implicit_acquires", "align_measures"]


class CalibratedGates(Protocol):
    """What `align_measures` needs of an InstructionScheduleMap."""

    def qubits_with_instruction(self, instruction: str) -> Sequence[int | tuple[int, ...]]:
        """The qubits that have this instruction."""
        ...

    def get(self, instruction: str, qubits: int | tuple[int, ...], *args: float) -> Schedule | ScheduleBlock:
        """The instruction's schedule."""
        ...


def add_implicit_acquires(schedule: Schedule | Instruction, meas_map: Sequence[Sequence[int]]) -> Schedule:
    """Each Acquire becomes Acquires on all qubits of its group, qubit i into memory slot i.

    A qubit in no group is acquired alone. (Qiskit drops its Acquire.) Warns where a slot changes.

    Args:
        schedule: the program.
        meas_map: the groups of qubits that are acquired together.
    """
    new = _empty_like(schedule)
    acquired: set[tuple[int, int]] = set()
    for start, instruction in schedule.instructions:
        if not isinstance(instruction, Acquire):
            new.insert(start, instruction, inplace=True)
            continue
        qubit = _index(instruction.channel)
        if instruction.mem_slot is not None and instruction.mem_slot.index != qubit:
            warnings.warn(
                f"{instruction!r} at {start} is relabelled: qubit {qubit} goes to memory slot {qubit}",
                UserWarning,
                stacklevel=2,
            )
        for member in _group(qubit, meas_map):
            if (start, member) not in acquired:
                acquired.add((start, member))
                new.insert(start, _acquire_like(instruction, member), inplace=True)
    return new


def _group(qubit: int, meas_map: Sequence[Sequence[int]]) -> list[int]:
    members = [member for group in meas_map if qubit in group for member in group]
    return list(dict.fromkeys(members)) or [qubit]


def _acquire_like(acquire: Acquire, qubit: int) -> Acquire:
    return Acquire(
        acquire.duration,
        AcquireChannel(qubit),
        MemorySlot(qubit),
        kernel=acquire.kernel,
        discriminator=acquire.discriminator,
    )


def align_measures(  # noqa: PLR0917 - Qiskit's order of arguments
    schedules: Iterable[Schedule | Instruction],
    inst_map: CalibratedGates | None = None,
    cal_gate: str = "u3",
    max_calibration_duration: int | None = None,
    align_time: int | None = None,
    align_all: bool = True,
) -> list[Schedule]:
    """Flat schedules that are shifted so that each qubit's first acquisition is at one instant in all of them.

    Measurement channels move by what brings their qubit's first Acquire to that instant. Other channels move
    with the schedule's last such Acquire; a schedule without any ends at that instant. (In Qiskit what follows a
    measurement inherits its shift, whatever the channel, and a schedule without acquisition is refused.)

    Args:
        schedules: the programs.
        inst_map: where the calibration gate is looked up.
        cal_gate: a gate of three angles, whose longest calibration must fit before the instant.
        max_calibration_duration: that length in samples, if known.
        align_time: the instant in samples; if left out the latest first Acquire, end of a schedule without any,
            or the calibration's length.
        align_all: move all channels; otherwise only measurement channels.

    Raises:
        PulseError: a negative `align_time`, or something would start before 0.
    """
    if align_time is not None and align_time < 0:
        raise PulseError("the instant of alignment is 0 or later", got=repr(align_time))
    programs = list(schedules)
    firsts = [_first_acquires(program) for program in programs]
    if align_time is None:
        longest = max_calibration_duration
        if longest is None:
            longest = 0 if inst_map is None else _longest_calibration(inst_map, cal_gate)
        instants = [list(times.values()) or [_stop(p)] for p, times in zip(programs, firsts, strict=True)]
        align_time = max([longest, *itertools.chain.from_iterable(instants)])
    return [
        _aligned(program, times, align_time, align_all) for program, times in zip(programs, firsts, strict=True)
    ]


def _first_acquires(program: Schedule | Instruction) -> dict[int, int]:
    """When each qubit is acquired first."""
    times: dict[int, int] = {}
    for start, instruction in program.instructions:
        if isinstance(instruction, Acquire):
            times.setdefault(_index(instruction.channel), start)
    return times


def _longest_calibration(inst_map: CalibratedGates, cal_gate: str) -> int:
    calibrations = (
        inst_map.get(cal_gate, qubits, math.pi, 0.0, math.pi)
        for qubits in inst_map.qubits_with_instruction(cal_gate)
    )
    return max((calibration.duration for calibration in calibrations), default=0)


def _aligned(
    program: Schedule | Instruction, firsts: dict[int, int], align_time: int, align_all: bool
) -> Schedule:
    shift_of_others = 0
    if align_all:
        shift_of_others = align_time - max(firsts.values(), default=_stop(program))
    new = _empty_like(program)
    earlier = False
    for start, instruction in program.instructions:
        own = [firsts[qubit] for qubit in _measured(instruction) if qubit in firsts]
        shift = align_time - max(own) if own else shift_of_others
        earlier = earlier or shift < 0
        new.insert(start + shift, instruction, inplace=True)
    if earlier:
        warnings.warn(
            f"aligning at {align_time} moves instructions of {program.name} earlier than they were",
            UserWarning,
            stacklevel=3,
        )
    return new


def _stop(program: Schedule | Instruction) -> int:
    stop: int = program.stop_time  # type: ignore[assignment]  # a number, in what is scheduled
    return stop


def _measured(instruction: Instruction) -> set[int]:
    return {
        _index(channel) for channel in instruction.channels if isinstance(channel, MeasureChannel | AcquireChannel)
    }


def _index(channel: Channel) -> int:
    if not isinstance(channel.index, int):
        raise PulseError("the qubit of an acquisition is not assigned", where=repr(channel))
    return channel.index


def _empty_like(program: Schedule | Instruction) -> Schedule:
    return Schedule.initialize_from(program) if isinstance(program, Schedule) else Schedule(name=program.name)
