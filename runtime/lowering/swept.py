"""The events of a sweep: those of each layout once, repeated for its points, with what depends on the point.

A layout may hold pulses and frame changes whose parameters are swept. Each of these is evaluated once for every
combination of values that its own parameters take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Problem
from runtime.lowering.descriptions import Kind
from runtime.lowering.events import Events, gather
from runtime.lowering.programs import LaidOut
from runtime.lowering.sweep import Combinations, Sweep
from runtime.lowering.tables import PulseTable
from runtime.pulse import PulseError
from runtime.pulse.instructions import Instruction
from runtime.pulse.library.swept import swept_pulses
from runtime.pulse.parameters import float_of
from runtime.pulse.parameters.swept import swept_values
from runtime.pulse.schedule.swept_layout import SweptLayout

__all__ = ["Fault", "swept_events"]

Fault = tuple[int, int, Problem]
"""Program, instant in samples, and what is wrong there."""

_OPEN = frozenset({"Play", "ShiftPhase", "SetPhase", "ShiftFrequency", "SetFrequency"})
"""Instructions that may be open in a layout."""


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """What an open pulse or frame change is, for each combination of the values of its parameters."""

    combinations: Combinations
    numbers: NDArray[np.float64]
    """Shape (combinations,): of a frame change, rad or Hz."""
    pulses: NDArray[np.int32]
    """Shape (combinations,): of a Play, rows of the batch's `PulseTable`."""
    refused: dict[int, PulseError]
    """Combination to why it cannot be."""


def swept_events(laid: LaidOut, sweep: Sweep, pulses: PulseTable) -> tuple[Events, list[Fault]]:
    """The events of all points, and the values that pulses and frame changes refuse; pulses go into the table."""
    own = PulseTable()
    events = gather([layout.body for layout in laid.layouts], own)
    settled = np.array([0 if one.open_parameters else pulses.row(one) for one in own.pulses] or [0], np.int32)
    choices: list[_Choice] = []
    known: dict[int, int] = {}
    # Of each event of the layouts its row in them, -1 where nothing is open.
    choice_of = np.full(events.source.size, -1, np.int64)
    for row, instruction in _open_events(events, laid):
        # Many instructions may hold the same pulse, or expression.
        number = known.setdefault(id(instruction.operands[0]), len(choices))
        if number == len(choices):
            choices.append(_chosen(instruction, sweep, pulses))
        choice_of[row] = number
    settled_sources = events.doubtful.copy()
    settled_sources[events.source[choice_of >= 0]] = False
    rows, spread = _repeated(events, laid)
    spread = replace(spread, pulse=settled[spread.pulse], doubtful=settled_sources)
    return _with_choices(spread, choices, choice_of[rows])


def _open_events(events: Events, laid: LaidOut) -> Iterator[tuple[int, Instruction]]:
    """The events of the layouts that are open Plays and frame changes, as they stand in the program."""
    if laid.times is not None:
        for row, instruction in enumerate(laid.times.instructions):
            if instruction.kind in _OPEN and instruction.parameters:
                yield row, instruction
        return
    opened = np.flatnonzero(events.doubtful[events.source])
    sources, place = np.unique(events.source[opened], return_inverse=True)
    objects = events.chosen(sources.tolist())
    for row, at in zip(opened.tolist(), place.tolist(), strict=True):
        if objects[at].kind in _OPEN and objects[at].parameters:
            yield row, objects[at]


def _chosen(instruction: Instruction, sweep: Sweep, pulses: PulseTable) -> _Choice:
    """Evaluate what is open in a Play or a frame change."""
    operand = instruction.operands[0]
    combinations = sweep.combinations(instruction.parameters)
    columns, count = combinations.columns, combinations.count
    if instruction.kind == "Play":
        made = swept_pulses(operand, columns, count)
        refused = {row: one for row, one in enumerate(made) if isinstance(one, PulseError)}
        # One that cannot be has a place in the table all the same, until all that is wrong is known.
        rows = pulses.rows([operand if isinstance(one, PulseError) else one for one in made])
        return _Choice(combinations, np.zeros(0), rows, refused)
    numbers = np.zeros(count)
    refused = {}
    for row, value in enumerate(swept_values(operand, columns, count)):
        if type(value) is float or type(value) is int:
            numbers[row] = float_of(value)
        else:
            refused[row] = value if isinstance(value, PulseError) else _refusal(instruction, combinations, row)
    return _Choice(combinations, numbers, np.zeros(0, np.int32), refused)


def _refusal(instruction: Instruction, combinations: Combinations, row: int) -> PulseError:
    """Why a frame change does not take a number: it is complex."""
    try:
        instruction.assigned({parameter: values[row] for parameter, values in combinations.columns.items()})
    except PulseError as error:
        return error
    message = "an instruction takes what is no real number"
    raise AssertionError(message)


def _repeated(events: Events, laid: LaidOut) -> tuple[NDArray[np.int64], Events]:
    """The events of the layouts, once for each program that has the layout; and which of them each is."""
    times, row = laid.times, laid.row
    count = np.bincount(events.program, minlength=len(laid.layouts))
    layout = row if times is None else np.zeros_like(row)
    begin = np.cumsum(count) - count
    size = count[layout]
    first = np.cumsum(size) - size
    program = np.repeat(np.arange(row.size, dtype=np.int32), size)
    rows = np.arange(program.size) + (begin[layout] - first)[program]
    return rows, replace(
        events,
        program=program,
        time=events.time[rows] if times is None else times.starts[rows, row[program]],
        source=events.source[rows],
        kind=events.kind[rows],
        channel=events.channel[rows],
        duration=events.duration[rows] if times is None else _lengths(events, times, rows, row[program]),
        pulse=events.pulse[rows],
        value=events.value[rows],
    )


def _lengths(
    events: Events, times: SweptLayout, rows: NDArray[np.int64], layout: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The duration of each event; of what has none for lowering, as a barrier, it stays 0."""
    lasting = np.isin(events.kind[rows], (Kind.PLAY, Kind.DELAY, Kind.ACQUIRE))
    return np.where(lasting, times.lengths[rows, layout], 0)


def _with_choices(
    events: Events, choices: Sequence[_Choice], choice: NDArray[np.int64]
) -> tuple[Events, list[Fault]]:
    """The events with the numbers and pulses of each point.

    Args:
        events: of all points.
        choices: what is open in the layouts.
        choice: for each event its row in them, -1 where nothing is open.
    """
    if not choices:
        return events, []
    value, pulse = events.value, events.pulse
    places = np.flatnonzero(choice >= 0)
    places = places[np.argsort(choice[places], kind="stable")]
    bounds = np.searchsorted(choice[places], np.arange(len(choices) + 1)).tolist()
    faults: list[Fault] = []
    for number, (first, last) in enumerate(pairwise(bounds)):
        own, one = places[first:last], choices[number]
        combination = one.combinations.row[events.program[own]]
        if one.numbers.size:
            value[own] = one.numbers[combination]
        else:
            pulse[own] = one.pulses[combination]
        if one.refused:
            marked = np.flatnonzero(np.isin(combination, list(one.refused)))
            where = own[marked].tolist()
            faults += [
                (int(events.program[event]), int(events.time[event]), _problem(events, event, one.refused[row]))
                for event, row in zip(where, combination[marked].tolist(), strict=True)
            ]
    return events, faults


def _problem(events: Events, event: int, error: PulseError) -> Problem:
    (instruction,) = events.chosen([int(events.source[event])])
    place = f"{instruction.channels[0].name}, {instruction.kind}, instant {events.time[event]} dt"
    return Problem(error.what, ", ".join(filter(None, (place, error.where))), error.got, error.allowed, error.fix)
