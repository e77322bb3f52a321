"""The parts of a program that are worth lowering one by one: single instructions, and whole gates."""

from __future__ import annotations

from runtime.pulse.instructions import Instruction
from runtime.pulse.schedule import Schedule
from runtime.pulse.schedule.body import Body

__all__ = ["Leaf", "leaves"]

Leaf = tuple[int, Schedule | Instruction]
"""Start in samples, and what starts there."""

GATE_LIMIT = 256
"""A nested schedule of no more instructions is a gate: lowered once, and placed wherever the same one occurs.

A longer one is opened, because a sum `a + b + c + ...` is nested as deep as it is long, and each depth is another
schedule.
"""


def leaves(body: Body) -> list[Leaf]:
    """The leaves of a program in the order of insertion, with their starts from the program's start.

    Iterative, since programs may nest deeper than Python's stack. The list may be the body's own: do not change
    it.
    """
    if body.count - len(body.children) <= GATE_LIMIT:
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
