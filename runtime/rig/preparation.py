"""Programs that prepare every state of some qubits and read them out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from drivers.contract import ConfigurationError
from runtime.pulse import Acquire, Drag, MemorySlot, Play, Schedule, ShiftFrequency, Waveform
from runtime.pulse.instructions import Instruction
from runtime.pulse.library import Pulse
from runtime.pulse.macros import measure
from runtime.pulse.transforms import target_qobj_transform
from runtime.target import Target

__all__ = ["all_and_read", "each_and_read"]

RING_DOWN_S = 0.5e-6
"""The least from the end of an acquisition to the next readout pulse, for resonators to ring down."""


def all_and_read(
    target: Target,
    qubits: Sequence[int],
    states: int,
    anharmonicities_hz: Mapping[int, float],
    cells_s: Sequence[Fraction] = (),
) -> list[Schedule]:
    """For each state a program: all `qubits` brought into it, then read twice in a row.

    The i-th of n qubits is read into slot i, and the second time into slot n + i.

    Args:
        target: With calibrations of x and measure; and of x12, or else x has to be one pulse.
        qubits: Those to prepare.
        states: 2 or 3.
        anharmonicities_hz: f12 - f01 by qubit, for the third state where the Target has no x12.
        cells_s: Grids of the instruments that play, seconds. The second readout comes whole cells after the first,
            so that both lie alike between the grid's instants and one set of weights serves both.

    Raises:
        ConfigurationError: Nothing says how a qubit gets into its third state.
    """
    preparations = [Schedule(name="nothing"), _flips(target, qubits)]
    if states > 2:
        second = Schedule(name="x, x12")
        for qubit in qubits:
            flip = _flip(target, qubit)
            again = _second_flip(target, qubit, flip, anharmonicities_hz)
            second = second.insert(0, flip).insert(flip.duration, again)
        preparations.append(second)
    return _then_read(target, preparations, _readouts(target, qubits, 2, cells_s))


def each_and_read(target: Target, qubits: Sequence[int]) -> list[Schedule]:
    """A program for nothing, then one for each of `qubits`: x on that one alone; then all are read."""
    preparations = [Schedule(name="nothing"), *(_flips(target, [qubit]) for qubit in qubits)]
    return _then_read(target, preparations, _readouts(target, qubits, 1))


def _then_read(target: Target, preparations: Sequence[Schedule], read: Schedule) -> list[Schedule]:
    """All read out at the same instant, so that their traces have one phase.

    Each is prepared as late as can be, so that it has least time to decay.
    """
    begin = _on_grid(target, max(int(preparation.duration) for preparation in preparations))
    return [
        Schedule((begin - preparation.duration, preparation), (begin, read), name=preparation.name)
        for preparation in preparations
    ]


def _flips(target: Target, qubits: Sequence[int]) -> Schedule:
    schedule = Schedule(name="x")
    for qubit in qubits:
        schedule = schedule.insert(0, _flip(target, qubit))
    return schedule


def _flip(target: Target, qubit: int) -> Schedule:
    return target_qobj_transform(target.get_calibration("x", (qubit,)))


def _readouts(target: Target, qubits: Sequence[int], readouts: int, cells_s: Sequence[Fraction] = ()) -> Schedule:
    once = measure(list(qubits), target)
    acquires = [(start, each) for start, each in once.instructions if isinstance(each, Acquire)]
    acquired = max(start + int(each.duration) for start, each in acquires)
    ring_down = math.ceil(RING_DOWN_S / target.dt_exact)
    period = _on_grid(target, max(int(once.duration), acquired + ring_down), cells_s)
    schedule = Schedule(name="readouts")
    for number in range(readouts):
        for start, instruction in once.instructions:
            schedule.insert(
                number * period + start, _into_later_slot(instruction, number * len(qubits)), inplace=True
            )
    return schedule


def _into_later_slot(instruction: Instruction, offset: int) -> Instruction:
    if not isinstance(instruction, Acquire) or instruction.mem_slot is None:
        return instruction
    return replace(instruction, mem_slot=MemorySlot(int(instruction.mem_slot.index) + offset))


def _second_flip(target: Target, qubit: int, flip: Schedule, anharmonicities_hz: Mapping[int, float]) -> Schedule:
    """The Target's x12, or x at the second transition's frequency.

    The second transition's matrix element is sqrt(2) times that of the first (Koch et al., PRA 76, 042319): the
    same pulse at 1 / sqrt(2) of the amplitude turns by pi. DRAG's derivative is left out: it is made for x.
    """
    if target.has_calibration("x12", (qubit,)):
        return target_qobj_transform(target.get_calibration("x12", (qubit,)))
    drive = target.drive(qubit)
    plays = [instruction for _, instruction in flip.instructions if isinstance(instruction, Play)]
    if qubit not in anharmonicities_hz or len(plays) != 1 or plays[0].channel != drive:
        raise ConfigurationError(
            "nothing says how the third state is prepared",
            where=f"qubit {qubit}",
            got="no x12, and " + ("an x of several pulses" if qubit in anharmonicities_hz else "no anharmonicity"),
            allowed="a calibration 'x12', or an x of one pulse and the qubit's anharmonicity",
            fix="Add a calibration with target.add_instruction, or train two states",
        )
    shift = anharmonicities_hz[qubit]
    schedule = Schedule((0, ShiftFrequency(shift, drive)), name="x12")
    schedule = schedule.insert(0, Play(_weaker(plays[0].pulse), drive))
    return schedule.insert(schedule.duration, ShiftFrequency(-shift, drive))


def _weaker(pulse: Pulse) -> Pulse:
    if isinstance(pulse, Drag):
        return Drag(pulse.duration, pulse.amp / math.sqrt(2), pulse.sigma, 0.0, angle=pulse.angle)
    return Waveform(pulse.get_waveform().samples / math.sqrt(2))


def _on_grid(target: Target, instant: int, cells_s: Sequence[Fraction] = ()) -> int:
    """The next instant that the Target allows and that is a whole number of every cell, in dt."""
    grid = math.lcm(target.pulse_alignment, target.acquire_alignment)
    for cell_s in cells_s:
        # Whole numbers of a cell that are whole numbers of dt: multiples of its numerator.
        grid = math.lcm(grid, (cell_s / target.dt_exact).numerator)
    return -(-instant // grid) * grid
