"""Assigning parameters throughout a block and its subroutines."""

from __future__ import annotations

from runtime.pulse.instructions import Instruction
from runtime.pulse.parameters import Assignment, Parameter
from runtime.pulse.schedule.block_body import BlockBody, Element, Node, children_first
from runtime.pulse.schedule.block_table import Key, Table

__all__ = ["assigned_node", "program_parameters"]


def program_parameters(root: Node) -> set[Parameter]:
    """The parameters that are open in a program and its assigned subroutines."""
    found: set[Parameter] = set()
    for scope in children_first(root, Node.subroutines):
        found |= scope.body.parameters()
    return found


def assigned_node(root: Node, values: Assignment) -> Node:
    """The program with parameters replaced; what does not contain any of them stays the same object.

    New parts belong to nobody, since one may stand in several places of the program.

    Raises:
        PulseError: a value breaks a rule of the pulse, channel, instruction or alignment that it goes to.
    """
    worker = _Assigner(values)
    done: dict[int, Node] = {}
    for scope in children_first(root, Node.subroutines):
        body = worker.body(scope.body)
        table = _assigned_table(scope.table, done)
        new = scope
        if body is not scope.body or table is not scope.table or scope is root:
            new = Node(body, scope.name, scope.metadata, table, None)
        done[id(scope)] = new
    return done[id(root)]


def _assigned_table(table: Table | None, done: dict[int, Node]) -> Table | None:
    if table is None:
        return None
    entries: dict[Key, Node | None] = {
        key: None if node is None else done[id(node)] for key, node in table.entries.items()
    }
    if all(entries[key] is node for key, node in table.entries.items()):
        return table
    return Table(entries, None)


class _Assigner:
    """Replaces parameters in bodies; each object is done once."""

    def __init__(self, values: Assignment) -> None:
        self._values = values
        self._instructions: dict[int, Instruction] = {}
        self._bodies: dict[int, BlockBody] = {}

    def body(self, root: BlockBody) -> BlockBody:
        """The body with parameters replaced."""
        for body in children_first(root, self._waiting):
            self._bodies[id(body)] = self._assigned_body(body)
        return self._bodies[id(root)]

    def _waiting(self, body: BlockBody) -> list[BlockBody]:
        return [nested for nested in body.nested() if id(nested) not in self._bodies]

    def _assigned_body(self, body: BlockBody) -> BlockBody:
        alignment = body.alignment.assigned(self._values)
        elements = [
            self._instruction(element) if isinstance(element, Instruction) else self._node(element)
            for element in body.elements
        ]
        changed = any(new is not old for new, old in zip(elements, body.elements, strict=True))
        if not changed and alignment is body.alignment:
            return body
        return BlockBody(alignment, elements, None, body.referenced)

    def _instruction(self, instruction: Instruction) -> Element:
        known = self._instructions.get(id(instruction))
        new = instruction.assigned(self._values) if known is None else known
        if new is not instruction:
            self._instructions[id(instruction)] = new
        return new

    def _node(self, node: Node) -> Node:
        body = self._bodies[id(node.body)]
        return node if body is node.body else Node(body, node.name, node.metadata, None, None)
