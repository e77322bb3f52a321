"""Schedules as flat tables of plain data, for pickle: nested ones may be deeper than Python's stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime.pulse.instructions import Instruction
from runtime.pulse.schedule.body import Body

if TYPE_CHECKING:
    from runtime.pulse.schedule.schedule import Schedule

__all__ = ["Row", "rows", "schedule_of"]

Row = tuple[str, dict[str, Any], list[tuple[int, Instruction | int]]]
"""Name, metadata, and children with their times; a nested schedule is the number of an earlier row."""


def rows(root: Schedule) -> list[Row]:
    """The schedule and all that are nested in it, nested ones first."""
    table: list[Row] = []
    numbers: dict[int, int] = {}
    pending = [root]
    while pending:
        schedule = pending[-1]
        waiting = [
            child
            for _, child in schedule.body.children
            if not isinstance(child, Instruction) and id(child) not in numbers
        ]
        if waiting:
            pending.extend(waiting)
            continue
        pending.pop()
        if id(schedule) not in numbers:
            numbers[id(schedule)] = len(table)
            children = [
                (time, child if isinstance(child, Instruction) else numbers[id(child)])
                for time, child in schedule.body.children
            ]
            table.append((schedule.name, schedule.metadata, children))
    return table


def schedule_of(table: list[Row], empty: Schedule) -> Schedule:
    """The schedule that `rows` was made of; `empty` is any schedule of its type."""
    made: list[Schedule] = []
    for name, metadata, children in table:
        body = Body.of([(time, made[child] if isinstance(child, int) else child) for time, child in children])
        made.append(empty.holding(body, name, metadata))
    return made[-1]
