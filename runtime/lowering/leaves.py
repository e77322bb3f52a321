"""The parts of programs that are worth lowering one by one: single instructions, and whole gates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby

from runtime.pulse.instructions import Instruction
from runtime.pulse.schedule import Schedule
from runtime.pulse.schedule.body import Body
from runtime.pulse.schedule.rows import Rows

__all__ = ["Leaf", "leaf_rows", "leaves"]

Leaf = tuple[int, Schedule | Instruction]
"""Start in samples, and what starts there."""

GATE_LIMIT = 256
"""A nested schedule of no more instructions is a gate: lowered once, and placed wherever the same one occurs.

A longer one is opened, because a sum `a + b + c + ...` is nested as deep as it is long, and each depth is another
schedule.
"""


SHORT = 64
"""Columns of fewer children are not worth being made for a program of its own."""


def leaf_rows(bodies: Sequence[Body]) -> tuple[Rows, list[int]]:
    """The leaves of programs, one program behind the other, each from its own start; and how many each has.

    The rows may be a body's own: do not change them.
    """
    if len(bodies) == 1 and _only_gates(bodies[0]):
        rows = bodies[0].columns()
        return rows, [len(rows.codes)]
    rows = Rows()
    sizes: list[int] = []
    for long, group in groupby(bodies, _is_long):
        if long:
            for body in group:
                rows.extend(body.columns())
                sizes.append(len(body.children))
        else:
            parts = list(map(leaves, group))
            rows.take(chain.from_iterable(parts))
            sizes += map(len, parts)
    return rows, sizes


def _is_long(body: Body) -> bool:
    return len(body.children) > SHORT and _only_gates(body)


def leaves(body: Body) -> list[Leaf]:
    """The leaves of a program in the order of insertion, with their starts from the program's start.

    Iterative, since programs may nest deeper than Python's stack. The list may be the body's own: do not change
    it.
    """
    if _only_gates(body):
        return body.children
    found: list[Leaf] = []
    pending = [(0, iter(body.children))]
    while pending:
        offset, children = pending[-1]
        for time, child in children:
            if isinstance(child, Schedule) and child.body.count > GATE_LIMIT:
                pending.append((offset + time, iter(child.body.children)))
                break
            found.append((offset + time, child))
        else:
            pending.pop()
    return found


def _only_gates(body: Body) -> bool:
    """Whether each child is a leaf."""
    if body.count - len(body.children) <= GATE_LIMIT:
        return True
    return all(isinstance(one, Instruction) or one.body.count <= GATE_LIMIT for one in body.columns().distinct)
