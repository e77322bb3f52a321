"""The policy `shift`: what starts off a grid starts later, and takes along what belongs to it.

The rule, in terms of qubits. An instruction belongs to the qubit of its drive, measure or acquire channel; on a
control channel to the pair of qubits that the Target has it for, and to the channel alone where it has none; a
barrier to the qubits of all its channels.

1. Plays and Acquires that overlap in time and share a qubit keep their distances: they form a group. So do
   Acquires of one measurement group (`meas_map`, `concurrent_measurements`) that start together, with their
   readout pulses. Groups that share a qubit and whose spans overlap are one group.
2. In order of time, each group gets the smallest delay that brings all its members onto their grids, and that is
   no less than the largest delay of its qubits so far. That becomes the delay of its qubits.
3. Frame changes, Delays and barriers are delayed as their qubits are when their turn comes; a barrier makes the
   delays of its qubits equal.

So nothing moves earlier, order is kept on every qubit, and what was simultaneous on a qubit stays so. A group
whose members cannot all be on their grids only moves along with its qubits, and the check that follows tells of
it. Lengths are not changed.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from runtime.pulse import Acquire, AcquireChannel, ControlChannel, DriveChannel, MeasureChannel, Play, Schedule
from runtime.pulse.channels import Channel, ClassicalIOChannel
from runtime.pulse.instructions import Instruction, checked_duration
from runtime.target import NotInTarget, Target

__all__ = ["shifted"]

Timed = tuple[int, Instruction]


@dataclass(slots=True, eq=False)
class Group:
    """Instructions that keep their distances; several at first, joined as overlaps are found."""

    start: int
    stop: int
    qubits: set[Hashable]
    members: list[tuple[int, int]] = field(default_factory=list)
    """Start and grid of each."""
    joined: Group | None = None

    def root(self) -> Group:
        """The group that this one has become part of."""
        group = self
        while group.joined is not None:
            group = group.joined
        return group

    def take(self, other: Group) -> None:
        """Make another group part of this one."""
        other.joined = self
        self.start, self.stop = min(self.start, other.start), max(self.stop, other.stop)
        self.qubits |= other.qubits
        self.members += other.members

    def delay(self, least: int) -> int | None:
        """The smallest delay from `least` on that brings every member onto its grid; None if there is none."""
        step, delay = 1, least
        for start, grid in self.members:
            tries = 0
            while (start + delay) % grid:
                delay, tries = delay + step, tries + 1
                if tries > grid:
                    return None
            step = math.lcm(step, grid)
        return delay


def shifted(schedule: Schedule, target: Target) -> Schedule:
    """The schedule with instructions moved later until all starts are on the Target's grids, where it is possible.

    A schedule that is on its grids comes back as it is.
    """
    timed = list(schedule.instructions)
    grids = [_grid(instruction, target) for _, instruction in timed]
    if not any(time % grid for (time, _), grid in zip(timed, grids, strict=True)):
        return schedule
    owner = _Qubits(target)
    group_of = _groups(timed, grids, owner, target)
    late: dict[Hashable, int] = {}
    delays: dict[int, int] = {}
    moved = []
    # Groups act when their first member's turn comes; `timed` is in order of time.
    for index, (time, instruction) in enumerate(timed):
        group = group_of.get(index)
        qubits = owner.of(instruction) if group is None else group.root().qubits
        least = max((late.get(qubit, 0) for qubit in qubits), default=0)
        if group is None:
            delay = least
        else:
            root = group.root()
            if id(root) not in delays:
                found = root.delay(least)
                delays[id(root)] = least if found is None else found
            delay = delays[id(root)]
        late.update(dict.fromkeys(qubits, delay))
        moved.append((time + delay, instruction))
    return Schedule(*moved, name=schedule.name, metadata=schedule.metadata.copy())


class _Qubits:
    """What instructions belong to."""

    def __init__(self, target: Target) -> None:
        self._known: dict[Channel, frozenset[Hashable]] = {}
        for qubits, channels in _control_channels(target):
            for channel in channels:
                self._known[channel] = self._known.get(channel, frozenset()) | frozenset(qubits)

    def of(self, instruction: Instruction) -> set[Hashable]:
        """The qubits of an instruction; a channel that no qubit is known for stands for itself."""
        found: set[Hashable] = set()
        for channel in instruction.channels:
            if isinstance(channel, DriveChannel | MeasureChannel | AcquireChannel):
                found.add(channel.index)
            elif not isinstance(channel, ClassicalIOChannel):
                found |= self._known.get(channel, {channel})
        return found


def _control_channels(target: Target) -> Iterator[tuple[tuple[int, ...], list[ControlChannel]]]:
    """The control channels of every pair of qubits that the Target has an instruction for."""
    pairs = {qargs for qargs in target.qargs or () if len(qargs) == 2}
    for pair in sorted(pairs | {(second, first) for first, second in pairs}):
        with suppress(NotInTarget):
            yield pair, target.control(pair)


def _grid(instruction: Instruction, target: Target) -> int:
    if isinstance(instruction, Play):
        return target.pulse_alignment
    return target.acquire_alignment if isinstance(instruction, Acquire) else 1


def _groups(timed: list[Timed], grids: list[int], owner: _Qubits, target: Target) -> dict[int, Group]:
    """For each Play and Acquire, by its place in `timed`, its group."""
    found: dict[int, Group] = {}
    stacks: dict[Hashable, list[Group]] = {}
    together = _measured_together(timed, target)
    for index, (time, instruction) in enumerate(timed):
        if not isinstance(instruction, Play | Acquire):
            continue
        stop = time + checked_duration(instruction)
        found[index] = group = Group(time, stop, owner.of(instruction), [(time, grids[index])])
        for other in together.get(index, ()):
            if other in found:
                _join(group, found[other].root())
        _settle(group.root(), stacks)
    return found


def _join(one: Group, other: Group) -> None:
    if one.root() is not other.root():
        other.root().take(one.root())


def _settle(group: Group, stacks: dict[Hashable, list[Group]]) -> None:
    """Join a group with all whose spans overlap with its own on a qubit that both have."""
    pending = set(group.qubits)
    while pending:
        stack = stacks.setdefault(pending.pop(), [])
        while stack and (stack[-1].root() is group or stack[-1].root().stop > group.start):
            other = stack.pop().root()
            if other is not group:
                group.take(other)
                pending |= group.qubits  # it starts earlier now, and may have more qubits
        stack.append(group)


def _measured_together(timed: list[Timed], target: Target) -> dict[int, list[int]]:
    """For each Acquire the earlier ones of its measurement groups that start at the same time."""
    groups = [set(group) for group in (*(target.meas_map or ()), *(target.concurrent_measurements or ()))]
    starts: dict[int, list[int]] = {}
    found: dict[int, list[int]] = {}
    for index, (time, instruction) in enumerate(timed):
        if isinstance(instruction, Acquire):
            qubit = instruction.channel.index
            earlier = starts.setdefault(time, [])
            found[index] = [
                other for other in earlier if any({qubit, _qubit(timed[other][1])} <= group for group in groups)
            ]
            earlier.append(index)
    return found


def _qubit(instruction: Instruction) -> Hashable:
    return next(channel.index for channel in instruction.channels if isinstance(channel, AcquireChannel))
