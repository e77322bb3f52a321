"""Macros: schedules that a device's calibrations are put together to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from drivers.contract import PulserigError
from runtime.pulse.channels import AcquireChannel, MeasureChannel, MemorySlot, RegisterSlot
from runtime.pulse.device import Backend, CalibratedTarget, HasTarget, calibrated_target, device_of
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instruction_schedule_map import InstructionScheduleMap
from runtime.pulse.instructions import Acquire, Instruction
from runtime.pulse.schedule import Schedule, ScheduleBlock
from runtime.pulse.transforms import target_qobj_transform

__all__ = ["joint_readout", "measure", "measure_all"]

MeasMap = Sequence[Sequence[int]] | Mapping[int, Sequence[int]]
"""Groups of qubits that are acquired together: a list of groups, or each qubit's group."""
_Lookup = Callable[[str, tuple[int, ...]], Schedule | ScheduleBlock]


def measure(  # noqa: PLR0917 - Qiskit's order of arguments
    qubits: int | Sequence[int],
    backend: CalibratedTarget | HasTarget | None = None,
    inst_map: InstructionScheduleMap | None = None,
    meas_map: MeasMap | None = None,
    qubit_mem_slots: Mapping[int, int] | None = None,
    measure_name: str = "measure",
) -> Schedule:
    """The joint readout of `qubits`: each one's measure calibration, its own measure and acquire channels only.

    Args:
        qubits: Which to read.
        backend: A Target, or anything that has one (a Rig): where the calibrations come from.
        inst_map: Calibrations to use instead of the target's.
        meas_map: The groups of qubits that are calibrated together; needed with `inst_map` unless there is a
            `backend` that knows them. A qubit without a calibration of its own has its part of its group's.
        qubit_mem_slots: Qubit to memory slot; by default the i-th of `qubits` is written to slot i. Qubits left
            out get the lowest slots that are free, in the order of their numbers.
        measure_name: The calibration's name.

    Raises:
        PulseError: Neither a backend nor both maps are given; a qubit has no such calibration or is asked for
            twice; two qubits share a slot.
    """
    wanted = [qubits] if isinstance(qubits, int) else list(qubits)
    groups = _groups(meas_map if meas_map is not None else getattr(_target_of(backend), "meas_map", None))
    if inst_map is not None and not groups:
        raise PulseError(
            "a map of instructions needs the groups of qubits that are measured together",
            where="measure",
            fix="Pass meas_map, as [[0], [1]] where each qubit stands alone",
        )
    slots = {qubit: MemorySlot(slot) for qubit, slot in _numbered(wanted, groups, qubit_mem_slots).items()}
    lookup: _Lookup
    if inst_map is not None:
        lookup = inst_map.get
    elif backend is not None:
        lookup = calibrated_target(backend).get_calibration
    else:
        raise PulseError(
            "nothing says how qubits are measured", where="measure", fix="Pass a backend, or inst_map and meas_map"
        )
    return _joint(wanted, slots, lookup, groups, measure_name)


def measure_all(backend: Backend) -> Schedule:
    """The joint readout of all qubits of a device, each into the slot of its number.

    Args:
        backend: A Target, or anything that has one (a Rig).

    Raises:
        PulseError: The target does not know its number of qubits, or one has no calibration.
    """
    number = device_of(backend).num_qubits
    if not number:
        raise PulseError("the target does not know its number of qubits", where="measure_all", got=repr(number))
    return measure(range(number), backend)


def joint_readout(
    qubits: Sequence[int],
    backend: CalibratedTarget | HasTarget,
    slots: Mapping[int, MemorySlot | RegisterSlot],
) -> Schedule:
    """As `measure`, with the slot of each qubit as an object: a MemorySlot, or a RegisterSlot for feedback."""
    target = calibrated_target(backend)
    return _joint(qubits, slots, target.get_calibration, _groups(getattr(target, "meas_map", None)), "measure")


def _joint(
    qubits: Sequence[int],
    slots: Mapping[int, MemorySlot | RegisterSlot],
    lookup: _Lookup,
    groups: Mapping[int, tuple[int, ...]],
    measure_name: str,
) -> Schedule:
    _raise_if_unclear(qubits, slots)
    schedule = Schedule(name=f"measure {', '.join(map(str, qubits))}")
    for qubit in qubits:
        calibration = _calibration(lookup, measure_name, qubit, groups.get(qubit, ()))
        for start, instruction in _own_part(calibration, qubit):
            schedule.insert(start, _into_slot(instruction, slots[qubit]), inplace=True)
    return schedule


def _calibration(lookup: _Lookup, name: str, qubit: int, group: tuple[int, ...]) -> Schedule | ScheduleBlock:
    """The calibration that reads this qubit alone, or else with its group."""
    problem: Exception | None = None
    for qubits in ((qubit,), group, tuple(sorted(group))):
        try:
            return lookup(name, qubits)
        except (KeyError, PulserigError) as error:
            problem = problem or error
    reason = problem.message if isinstance(problem, PulseError) else problem
    message = f"Qubit {qubit} has no calibration '{name}': {reason}"
    raise PulseError(message) from problem


def _own_part(calibration: Schedule | ScheduleBlock, qubit: int) -> Iterator[tuple[int, Instruction]]:
    schedule = calibration if isinstance(calibration, Schedule) else target_qobj_transform(calibration)
    yield from schedule.filter(channels=[MeasureChannel(qubit), AcquireChannel(qubit)]).instructions


def _into_slot(instruction: Instruction, slot: MemorySlot | RegisterSlot) -> Instruction:
    if not isinstance(instruction, Acquire):
        return instruction
    return Acquire(
        instruction.duration,
        instruction.channel,
        slot if isinstance(slot, MemorySlot) else None,
        slot if isinstance(slot, RegisterSlot) else None,
        kernel=instruction.kernel,
        discriminator=instruction.discriminator,
        name=instruction.name,
    )


def _target_of(backend: object) -> object:
    return getattr(backend, "target", backend)


def _groups(meas_map: MeasMap | None) -> dict[int, tuple[int, ...]]:
    """The group of each qubit."""
    if meas_map is None:
        return {}
    if isinstance(meas_map, Mapping):
        return {qubit: tuple(group) for qubit, group in meas_map.items()}
    return {qubit: tuple(group) for group in meas_map for qubit in group}


def _numbered(
    qubits: Sequence[int], groups: Mapping[int, tuple[int, ...]], given: Mapping[int, int] | None
) -> dict[int, int]:
    """The number of every wanted qubit's slot."""
    if given is None:
        return {qubit: i for i, qubit in enumerate(qubits)}
    # Left-over slots go round the whole groups, as if their other qubits were written too: so says Qiskit.
    members = {member for qubit in qubits for member in (qubit, *groups.get(qubit, ()))}
    free = _unused(given.values())
    numbers = {qubit: given[qubit] if qubit in given else next(free) for qubit in sorted(members)}
    return {qubit: numbers[qubit] for qubit in qubits}


def _unused(used: Iterable[int]) -> Iterator[int]:
    taken = set(used)
    number = 0
    while True:
        if number not in taken:
            yield number
        number += 1


def _raise_if_unclear(qubits: Sequence[int], slots: Mapping[int, MemorySlot | RegisterSlot]) -> None:
    problems = []
    if len(set(qubits)) != len(qubits):
        problems.append(f"a qubit is asked for twice: {list(qubits)}")
    used = [slots[qubit] for qubit in qubits]
    if len(set(qubits)) == len(qubits) and len(set(used)) != len(used):
        problems.append(f"two qubits share a slot: {dict(slots)}")
    if problems:
        raise PulseError("; ".join(problems))
