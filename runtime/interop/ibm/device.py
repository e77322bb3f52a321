"""A published device as a Target with its calibrations."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drivers.contract import Problem, ProblemReport
from runtime.interop.ibm.channels import channel_frequencies, control_channels
from runtime.interop.ibm.consistency import consistency_problems
from runtime.interop.ibm.files import FileNames, Source, read, source_name
from runtime.interop.ibm.instructions import Key, add_instructions
from runtime.interop.ibm.recorded import read_properties
from runtime.interop.ibm.schedules import ScheduleReader
from runtime.interop.ibm.schema import ConfFile, DefsFile, PropsFile
from runtime.interop.ibm.selection import chosen_qubits, entries_within, groups_within
from runtime.pulse import Schedule
from runtime.target import QubitProperties, Target

__all__ = ["Device", "UnpublishedPulseWarning", "load_device", "load_target"]

_SECONDS_PER_NS = 1e-9
_SHORTEST_DT_NS = 1e-6
"""A dt below this is in seconds: 1 fs is no sample period, and poughkeepsie stores 3.56e-09 for 3.56 ns."""


class UnpublishedPulseWarning(UserWarning):
    """Some calibrations of a device name pulses that its files do not contain."""


@dataclass(frozen=True, slots=True)
class Device:
    """What the files of a device hold."""

    name: str
    version: str
    target: Target
    unpublished: tuple[Problem, ...]
    """The calibrations that could not be loaded because a pulse of theirs is not published."""


def load_target(
    conf: Source, defs: Source, props: Source | None = None, *, qubits: Iterable[int] | None = None
) -> Target:
    """The Target of a device; see `load_device`, which also tells what could not be loaded.

    Warns:
        UnpublishedPulseWarning: Calibrations are missing because the files lack their pulses.
    """
    device = load_device(conf, defs, props, qubits=qubits)
    if device.unpublished:
        first = device.unpublished[0]
        message = f"{len(device.unpublished)} calibrations of {device.name} are missing, the first: {first}"
        warnings.warn(message, UnpublishedPulseWarning, stacklevel=2)
    return device.target


def load_device(
    conf: Source, defs: Source, props: Source | None = None, *, qubits: Iterable[int] | None = None
) -> Device:
    """Read a device from OpenPulse JSON as IBM published it.

    Args:
        conf: Configuration (`conf_*.json`): path, or what the file held.
        defs: Pulse defaults (`defs_*.json`): path, or what the file held.
        props: Recorded properties (`props_*.json`), or None.
        qubits: Keep only what lies within these qubits. Acquisitions of others are left out; a joint measurement
            and the measurement groups are cut down to them. Indices of qubits and channels stay as they are.

    Raises:
        ProblemReport: Everything that is wrong with the three files, with file and key.
    """
    names = FileNames(source_name(conf, "conf"), source_name(defs, "defs"), source_name(props or {}, "props"))
    problems: list[Problem] = []
    conf_file = read(conf, ConfFile, names.conf, problems)
    defs_file = read(defs, DefsFile, names.defs, problems)
    props_file = PropsFile() if props is None else read(props, PropsFile, names.props, problems)
    if conf_file is None or defs_file is None or props_file is None:
        raise _report(problems)
    chosen = chosen_qubits(qubits, conf_file.n_qubits, problems)
    problems += consistency_problems(conf_file, defs_file, props_file, names)
    if problems:
        raise _report(problems)
    reader = ScheduleReader(defs_file, names.defs, conf_file.n_qubits, chosen)
    calibrations, unpublished = _calibrations(reader, defs_file, chosen)
    qubit_properties, recorded = read_properties(props_file, names.props, problems)
    problems += reader.problems
    if problems:
        raise _report(problems)
    target = _empty_target(conf_file, defs_file, qubit_properties, chosen)
    add_instructions(
        target,
        conf_file.gates,
        calibrations=calibrations,
        recorded=recorded,
        unpublished=unpublished,
        qubits=chosen,
    )
    return Device(conf_file.backend_name, conf_file.backend_version, target, tuple(reader.unpublished))


def _report(problems: list[Problem]) -> ProblemReport:
    return ProblemReport("the device files cannot be used", problems=tuple(problems))


def _calibrations(
    reader: ScheduleReader, defs: DefsFile, qubits: frozenset[int]
) -> tuple[dict[Key, Schedule], list[Key]]:
    """The schedules within `qubits`, and the instructions that have none because a pulse is not published."""
    schedules: dict[Key, Schedule] = {}
    unpublished: list[Key] = []
    for index, entry in entries_within(defs.cmd_def, qubits):
        key = (entry.name, tuple(entry.qubits))
        schedule = reader.read(index, entry)
        if schedule is None:
            unpublished.append(key)
        else:
            schedules[key] = schedule
    return schedules, unpublished


def _empty_target(
    conf: ConfFile, defs: DefsFile, recorded: Sequence[QubitProperties], qubits: frozenset[int]
) -> Target:
    """The Target without instructions; it has as many qubits as its highest index asks for."""
    count = max(qubits) + 1
    constraints = conf.timing_constraints
    return Target(
        description=f"{conf.backend_name} {conf.backend_version}".strip(),
        num_qubits=count,
        dt=conf.dt if conf.dt < _SHORTEST_DT_NS else conf.dt * _SECONDS_PER_NS,
        granularity=constraints.granularity,
        min_length=constraints.min_length,
        pulse_alignment=constraints.pulse_alignment,
        acquire_alignment=constraints.acquire_alignment,
        qubit_properties=[
            recorded[qubit] if qubit in qubits and qubit < len(recorded) else None for qubit in range(count)
        ],
        channel_frequencies=channel_frequencies(conf, defs, qubits),
        meas_map=groups_within(conf.meas_map, qubits),
        control_channels=control_channels(conf, qubits),
    )
