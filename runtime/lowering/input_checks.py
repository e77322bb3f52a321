"""What is wrong with programs as they were given, before anything is compared with a Target's grids."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np

from drivers.contract import Problem
from runtime.lowering.batch import Batch
from runtime.lowering.descriptions import Kind
from runtime.pulse import AcquireChannel, ControlChannel, DriveChannel, MeasureChannel
from runtime.pulse.channels import Channel
from runtime.pulse.instructions import Instruction

__all__ = ["input_problems"]


def input_problems(batch: Batch) -> list[list[Problem]]:
    """For each program: nothing in it, open parameters, instructions that cannot be used; in order of time."""
    problems: list[list[tuple[int, Problem]]] = [[] for _ in batch.schedules]
    for program, schedule in enumerate(batch.schedules):
        if not schedule.body.count:
            problems[program].append((0, Problem("empty schedule", fix="Insert at least one instruction")))
    faulty = _channel_problems(batch)
    if faulty:
        for found, channels in zip(problems, batch.channels, strict=True):
            found += [(0, faulty[channel]) for channel in channels if channel in faulty]
    for program, time, problem in chain(_event_problems(batch), batch.faults):
        problems[program].append((time, problem))
    if not any(problems):
        return [[] for _ in problems]
    return [[problem for _, problem in sorted(found, key=itemgetter(0))] for found in problems]


def _channel_problems(batch: Batch) -> dict[Channel, Problem]:
    """The channels that are open, or of qubits that the Target lacks."""
    found = _control_problems(batch)
    indices, count = batch.events.index, batch.target.num_qubits
    # Most often all are fine; then two operations on a column have told so.
    if not (indices < 0).any() and not (count and (indices >= count).any()):
        return found
    for channel in dict.fromkeys(chain.from_iterable(batch.channels)):
        if channel.is_parameterized():
            found[channel] = _unassigned(f"channel {channel.name}", channel)
        elif count and isinstance(channel, DriveChannel | MeasureChannel | AcquireChannel):
            index: Any = channel.index
            if index >= count:
                place, allowed = f"channel {channel.name}", f"0 to {count - 1}"
                found[channel] = Problem("channel that the Target lacks", place, str(index), allowed)
    return found


def _control_problems(batch: Batch) -> dict[Channel, Problem]:
    """Control channels that play and that the Target does not know, if it knows any.

    Those that do not play may be anything: a virtual Z turns all control channels of its qubit, also where only a
    part of the device was loaded.
    """
    table, target = batch.events.table, batch.target
    rows = [row for row, channel in enumerate(table.channels) if isinstance(channel, ControlChannel)]
    if not rows:
        return {}
    known = {channel for channel in target.channel_frequencies if isinstance(channel, ControlChannel)}
    known.update(*target.control_channels.values())
    strange = [row for row in rows if known and table.channels[row] not in known]
    if not strange:
        return {}
    played = set(np.unique(batch.events.channel[batch.events.kind == Kind.PLAY]).tolist())
    allowed = ", ".join(sorted((channel.name for channel in known), key=lambda name: (len(name), name))[:20])
    channels = [table.channels[row] for row in strange if row in played]
    return {
        channel: Problem("channel that the Target lacks", f"channel {channel.name}", channel.name, allowed)
        for channel in channels
        if not channel.is_parameterized()
    }


def _event_problems(batch: Batch) -> Iterator[tuple[int, int, Problem]]:
    events, carriers = batch.events, batch.target.channel_frequencies
    tuned = events.kind == Kind.SET_FREQUENCY
    if not events.doubtful.any() and not tuned.any():
        return
    bare = np.array([channel not in carriers for channel in batch.events.table.channels], np.bool_)
    doubtful = events.doubtful[events.source] | (tuned & bare[events.channel])
    objects = events.objects()
    for event in np.flatnonzero(doubtful).tolist():
        time = int(events.time[event])
        yield int(events.program[event]), time, _problem(time, objects[events.source[event]])


def _problem(time: int, instruction: Any) -> Problem:  # noqa: ANN401 - an instruction of any kind
    channels = ", ".join(channel.name for channel in instruction.channels[:1])
    place = f"{channels}, {instruction.kind}, instant {time} dt"
    if instruction.parameters:
        return _unassigned(place, instruction)
    if instruction.kind == "SetFrequency":
        fix = "Name the channel in the Target's channel_frequencies"
        return Problem("channel without a carrier frequency", place, fix=fix)
    if instruction.kind != "Acquire":
        allowed = "Acquire, Delay, Play, SetFrequency, SetPhase, ShiftFrequency, ShiftPhase, Snapshot"
        return Problem("unknown instruction", place, instruction.kind, allowed)
    if int(instruction.duration) < 1:
        return Problem("acquisition of no length", place, f"{instruction.duration} dt", ">= 1 dt")
    return Problem("acquisition without a memory slot", place, fix="Give the Acquire a MemorySlot")


def _unassigned(place: str, thing: Instruction | Channel) -> Problem:
    names = ", ".join(sorted(parameter.name for parameter in thing.parameters))
    fix = "Assign values with assign_parameters, or lower a Sweep of them"
    return Problem("unassigned parameters", place, names, "numbers", fix)
