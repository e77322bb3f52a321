"""Blocks as flat tables of plain data, for pickle: nested ones may be deeper than Python's stack."""

from __future__ import annotations

from typing import Any, NamedTuple

from runtime.pulse.instructions import Instruction, Reference
from runtime.pulse.schedule.alignments import AlignmentKind
from runtime.pulse.schedule.block_body import BlockBody, Element, Node, children_first
from runtime.pulse.schedule.block_table import Key, Table

__all__ = ["Stored", "restored", "stored"]

_Block = tuple[str, dict[str, Any] | None, int]
"""Name, metadata and the number of the body."""


class Stored(NamedTuple):
    """A program; bodies and scopes come after those that they contain, so the program itself is the last scope."""

    bodies: list[tuple[AlignmentKind, list[Instruction | _Block]]]
    scopes: list[tuple[_Block, dict[Key, int | None]]]


def stored(root: Node) -> Stored:
    """The program as plain data."""
    scopes: list[tuple[_Block, dict[Key, int | None]]] = []
    bodies: list[tuple[AlignmentKind, list[Instruction | _Block]]] = []
    scope_numbers: dict[int, int] = {}
    body_numbers: dict[int, int] = {}
    for scope in children_first(root, Node.subroutines):
        for body in children_first(
            scope.body, lambda body: [b for b in body.nested() if id(b) not in body_numbers]
        ):
            if id(body) in body_numbers:
                continue
            elements: list[Instruction | _Block] = [
                e if isinstance(e, Instruction) else (e.name, e.metadata, body_numbers[id(e.body)])
                for e in body.elements
            ]
            body_numbers[id(body)] = len(bodies)
            bodies.append((body.alignment, elements))
        entries = {key: None if node is None else scope_numbers[id(node)] for key, node in scope.entries().items()}
        scope_numbers[id(scope)] = len(scopes)
        scopes.append(((scope.name, scope.metadata, body_numbers[id(scope.body)]), entries))
    return Stored(bodies, scopes)


def restored(table: Stored) -> Node:
    """The program that was stored; nobody owns its parts yet."""
    bodies: list[BlockBody] = []
    for alignment, kept in table.bodies:
        elements: list[Element] = [
            e if isinstance(e, Instruction) else Node(bodies[e[2]], e[0], e[1], None, None) for e in kept
        ]
        referenced = any(isinstance(e, Reference) or (isinstance(e, Node) and e.body.referenced) for e in elements)
        bodies.append(BlockBody(alignment, elements, None, referenced))
    nodes: list[Node] = []
    for (name, metadata, body), entries in table.scopes:
        called = {key: None if number is None else nodes[number] for key, number in entries.items()}
        nodes.append(Node(bodies[body], name, metadata, Table(called, None), None))
    return nodes[-1]
