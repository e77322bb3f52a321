"""A content understood: clusters, the order of outcomes and readouts, and the distributions of the outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from simulators.chip.actions import Actions, components, find_actions
from simulators.chip.chain import DWELL, EVOLVE, NOTE
from simulators.chip.content import Content, Signal
from simulators.chip.device import Device
from simulators.chip.evolving import Evolver
from simulators.chip.leakage import far, filled, leaking
from simulators.chip.readings import Reading, find_readings
from simulators.chip.receiver import Receiver
from simulators.chip.stages import Span, Stage, Wait, follow

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


def make_plan(device: Device, content: Content, seed: int) -> Plan:
    """Understand a content; `seed` is that of its trajectories.

    Raises:
        ValueError: if a signal or an acquisition names a line that the chip does not have.
    """
    for signal in content.signals:
        device.check(signal.line)
    device = leaking(device, content)
    readings = _readings(device, content)
    slots, times, measured = _slots(device, readings)
    actions = find_actions_of(device, content)
    groups = components(range(len(device.array.transmons)), actions.bonds(device.array))
    operations: list[Operation] = []
    evolvers = []
    for members in groups:
        evolver = Evolver(device, members, seed)
        steps = follow(members, measured, actions.actions, readings, content.duration_s)
        operations += _operations(device, evolver, steps)
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
    drives = [
        (device.drive_lines[s.line], _at_the_chip(device, s, content.duration_s))
        for s in content.signals
        if s.line in device.drive_lines
    ]
    fluxes = [(device.flux_lines[s.line], s) for s in content.signals if s.line in device.flux_lines]
    return find_actions(device.array, device.squids, drives, fluxes)


def _at_the_chip(device: Device, signal: Signal, duration_s: float) -> Signal:
    """What a drive line's mixer makes of a signal, and what leaks through it in the silences."""
    line = device.drive_lines[signal.line]
    if not line.mixer.leak_v:
        return line.mixer.convert(signal)
    if far(device, line, signal.lo_hz):
        # That shifts the levels, all the time.
        return replace(line.mixer, leak_v=0.0).convert(signal)
    return filled(line.mixer.convert(signal), line.mixer.leak_v, duration_s)


def _operations(device: Device, evolver: Evolver, steps: Iterable[Stage | Wait]) -> Iterator[Operation]:
    """What a cluster does in the loop over shots."""
    for step in steps:
        if isinstance(step, Stage):
            yield Operation(EVOLVE, step.end_s, evolver=evolver, stage=evolver.add(step))
        else:
            q = step.transmon
            alone = Evolver(device, (q,))
            silence = Stage(
                (q,), (Span(step.begin_s, step.end_s, frozenset(), ()),), fresh=True, drawn=(q,), readings=()
            )
            yield Operation(EVOLVE, step.end_s, evolver=alone, stage=alone.add(silence))


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
