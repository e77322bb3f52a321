"""The instructions of an OpenPulse device: gates of `conf`, calibrations of `defs`, recorded values of `props`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from runtime.interop.ibm.recorded import Recorded
from runtime.interop.ibm.schema import GateEntry
from runtime.pulse import Parameter, Schedule
from runtime.target import STANDARD_GATES, Gate, InstructionProperties, ScheduleEntry, Target, standard_gate

__all__ = ["Key", "add_instructions"]

Key = tuple[str, tuple[int, ...]]
"""Name of an instruction, and its qubits in order."""


def add_instructions(
    target: Target,
    gates: Iterable[GateEntry],
    *,
    calibrations: Mapping[Key, Schedule],
    recorded: Mapping[Key, Recorded],
    unpublished: Iterable[Key],
    qubits: frozenset[int],
) -> None:
    """Add to `target` whatever one of the files knows of within `qubits`, and a delay on each of them.

    An instruction whose pulses are not published is there, without a calibration.
    """
    gates = list(gates)
    keys = [(gate.name, tuple(group)) for gate in gates for group in gate.coupling_map or ()]
    keys += [*calibrations, *unpublished, *recorded]
    table: dict[str, dict[tuple[int, ...], InstructionProperties]] = {}
    for name, group in dict.fromkeys(keys):
        if qubits.issuperset(group):
            schedule, values = calibrations.get((name, group)), recorded.get((name, group), Recorded())
            table.setdefault(name, {})[group] = _properties(schedule, values, target.dt)
    parameters = {gate.name: gate.parameters for gate in gates}
    for name, entries in table.items():
        target.add_instruction(_operation(name, entries, parameters.get(name)), entries)
    if "delay" not in table:
        target.add_instruction(standard_gate("delay"), {(qubit,): None for qubit in sorted(qubits)})


def _properties(schedule: Schedule | None, values: Recorded, dt: float | None) -> InstructionProperties:
    """A recorded duration goes before that of the schedule; a duration of 0 only if nothing is played."""
    duration, error = values.duration, values.error
    if not duration and schedule is not None and dt is not None:
        duration = schedule.duration * dt
    if duration and error == 0:
        error = None
    calibration = None if schedule is None else ScheduleEntry(schedule, user_provided=False)
    return InstructionProperties(duration, error, calibration)


def _operation(
    name: str, entries: Mapping[tuple[int, ...], InstructionProperties], parameters: list[str] | None
) -> Gate:
    widths = {len(group) for group in entries}
    if name in STANDARD_GATES and (name == "measure" or widths == {STANDARD_GATES[name][0]}):
        return standard_gate(name)
    if parameters is None:
        schedules = (properties.calibration for properties in entries.values())
        parameters = sorted(
            {p.name for schedule in schedules if schedule is not None for p in schedule.parameters}
        )
    return Gate(name, min(widths), tuple(map(Parameter, parameters)), joint=len(widths) > 1)
