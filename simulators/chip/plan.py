"""A content understood: clusters, the order of outcomes and readouts, and the distributions of the outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulators.chip.actions import Action, Actions, components, find_actions
from simulators.chip.chain import DWELL, EVOLVE, NOTE
from simulators.chip.content import Content
from simulators.chip.device import Device
from simulators.chip.events import find_events
from simulators.chip.evolving import Evolver, Stage
from simulators.chip.readings import Reading, find_readings
from simulators.chip.receiver import Receiver

__all__ = ["Operation", "Plan", "find_actions_of", "make_plan"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the loop over shots."""

    kind: int
    time_s: float
    transmon: int = -1
    slot: int = -1
    duration_s: float = 0.0
    evolver: Evolver | None = None
    stage: int = -1


@dataclass(frozen=True)
class Plan:
    """What the loop over shots needs to know of a content."""

    operations: tuple[Operation, ...]
    readings: tuple[Reading, ...]
    slots: Mapping[tuple[int, int], tuple[int, ...]]
    """Slots of each reading and resonator, in order of time."""
    slot_times_s: tuple[float, ...]
    """When each slot's readout begins."""
    receivers: tuple[Receiver, ...]
    evolvers: tuple[Evolver, ...] = field(default=())


def make_plan(device: Device, content: Content) -> Plan:
    """Understand a content.

    Raises:
        ValueError: if a signal or an acquisition names a line that the chip does not have.
    """
    readings = _readings(device, content)
    slots, times, measured = _slots(device, readings)
    actions = find_actions_of(device, content)
    groups = components(range(len(device.array.transmons)), _bonds(device, actions.acted))
    operations: list[Operation] = []
    evolvers = []
    for members in groups:
        evolver, lines = _follow(device, content, members, actions.actions, actions.bonds, measured, readings)
        operations += lines
        evolvers.append(evolver)
    operations += _readouts(device, readings, slots, times)
    operations.sort(key=lambda operation: (operation.time_s, operation.kind))
    return Plan(
        operations=tuple(operations),
        readings=readings,
        slots=slots,
        slot_times_s=tuple(times),
        receivers=tuple(
            Receiver(
                taken,
                device.feedline(taken.feedline),
                device.receiver_image(taken.feedline),
                readings,
                device.tables,
            )
            for taken in content.acquisitions
        ),
        evolvers=tuple(evolvers),
    )


def _readings(device: Device, content: Content) -> tuple[Reading, ...]:
    found: list[Reading] = []
    for name, (feedline, mixer) in device.feedlines.items():
        signals = [signal for signal in content.signals if signal.line == name]
        found += find_readings(name, feedline, mixer, signals, device.signals)
    return tuple(found)


_Span = tuple[float, float]


def _slots(
    device: Device, readings: Sequence[Reading]
) -> tuple[dict[tuple[int, int], tuple[int, ...]], list[float], dict[int, list[_Span]]]:
    """A slot for each time that a resonator is looked at; the intervals in which each transmon is measured."""
    slots: dict[tuple[int, int], tuple[int, ...]] = {}
    times: list[float] = []
    measured: dict[int, list[_Span]] = {}
    for r, reading in enumerate(readings):
        for q, resonator in enumerate(device.feedline(reading.line).resonators):
            spans = reading.measured[q]
            slots[r, q] = tuple(range(len(times), len(times) + max(1, len(spans))))
            times += [span[0] for span in spans] or [reading.start_s]
            measured.setdefault(resonator.transmon, []).extend(spans)
    return slots, times, measured


def find_actions_of(device: Device, content: Content) -> Actions:
    """What a content's signals do to which transmons."""
    for signal in content.signals:
        device.check(signal.line)
    drives = [(device.drive_lines[s.line], s) for s in content.signals if s.line in device.drive_lines]
    fluxes = [(device.flux_lines[s.line], s) for s in content.signals if s.line in device.flux_lines]
    return find_actions(device.array, device.squids, drives, fluxes)


def _bonds(device: Device, acted: frozenset[int]) -> list[tuple[int, int]]:
    return [(a, b) for a, b in device.array.couplings_hz if a in acted and b in acted]


def _follow(  # noqa: PLR0917 - the parts of a content, each once
    device: Device,
    content: Content,
    members: tuple[int, ...],
    actions: Sequence[Action],
    bonds: frozenset[tuple[int, int]],
    measured: Mapping[int, list[_Span]],
    readings: Sequence[Reading],
) -> tuple[Evolver, list[Operation]]:
    """From readout to readout of a cluster's members. Members that are not measured wait meanwhile."""
    evolver = Evolver(device, members, bonds)
    operations: list[Operation] = []
    now = 0.0
    for first, last, who in _merged(members, measured):
        begin, stop = min(first, content.duration_s), min(last, content.duration_s)
        stage = Stage(
            now, begin, tuple(find_events(actions, g, now, begin) for g in evolver.groups), tuple(readings)
        )
        operations.append(Operation(EVOLVE, begin, evolver=evolver, stage=evolver.add(stage)))
        for q in members:
            if q not in who:
                alone = Evolver(device, (q,), bonds)
                operations.append(
                    Operation(EVOLVE, stop, evolver=alone, stage=alone.add(Stage(begin, stop, (), ())))
                )
        now = stop
    stage = Stage(
        now,
        content.duration_s,
        tuple(find_events(actions, g, now, content.duration_s) for g in evolver.groups),
        tuple(readings),
    )
    operations.append(Operation(EVOLVE, content.duration_s, evolver=evolver, stage=evolver.add(stage)))
    return evolver, operations


def _merged(members: Sequence[int], measured: Mapping[int, list[_Span]]) -> list[tuple[float, float, set[int]]]:
    """Readouts of any members that overlap become one: (begin, end, who is measured)."""
    found: list[tuple[float, float, set[int]]] = []
    spans = [(begin, stop, q) for q in members for begin, stop in measured.get(q, ())]
    for begin, stop, q in sorted(spans):
        if found and begin < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop), found[-1][2] | {q})
        else:
            found.append((begin, stop, {q}))
    return found


def _readouts(
    device: Device,
    readings: Sequence[Reading],
    slots: Mapping[tuple[int, int], tuple[int, ...]],
    times: Sequence[float],
) -> list[Operation]:
    """One line for each slot."""
    operations = []
    for (r, q), numbers in slots.items():
        transmon = device.feedline(readings[r].line).resonators[q].transmon
        spans = readings[r].measured[q]
        for k, slot in enumerate(numbers):
            if spans:
                length = spans[k][1] - spans[k][0]
                operations.append(Operation(DWELL, times[slot], transmon, slot, length))
            else:
                operations.append(Operation(NOTE, times[slot], transmon, slot))
    return operations
