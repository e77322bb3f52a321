"""Whole programs from a document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from drivers.contract.errors import Problem
from runtime.pulse.instructions import Instruction, Reference
from runtime.pulse.parameters import ParameterExpression
from runtime.pulse.schedule import Schedule, ScheduleBlock
from runtime.pulse.schedule.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)
from runtime.pulse.schedule.block_body import BlockBody, Element, Node
from runtime.pulse.schedule.block_table import Table
from runtime.pulse.schedule.body import Body
from runtime.pulse.serialization import documents as doc
from runtime.pulse.serialization.building import PartBuilder, entry
from runtime.pulse.serialization.faults import Fault, at
from runtime.pulse.serialization.parsing import refusal
from runtime.pulse.serialization.storable import Functions, Storable

__all__ = ["program_of"]

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")

_PLAIN_ALIGNMENTS = {"AlignLeft": AlignLeft, "AlignRight": AlignRight, "AlignSequential": AlignSequential}


def program_of(document: doc.Document, functions: Functions) -> Storable:
    """What a document of the right form holds.

    Raises:
        ProblemReport: a part of it means nothing.
    """
    return _ProgramBuilder(document, functions).content()


class _ProgramBuilder:
    """Builds table after table; a table with faults is the last one that is looked at."""

    def __init__(self, document: doc.Document, functions: Functions) -> None:
        self._document = document
        self._functions = functions
        self._parts = PartBuilder()
        self._schedules: list[Schedule] = []
        self._bodies: list[BlockBody] = []
        self._nodes: list[Node] = []

    def content(self) -> Storable:
        parts, document = self._parts, self._document
        _fill("vectors", document.vectors, parts.vector, parts.vectors)
        _fill("parameters", document.parameters, parts.parameter, parts.parameters)
        _fill("pulses", document.pulses, parts.pulse, parts.pulses)
        _fill("schedules", document.schedules, self._schedule, self._schedules)
        _fill("bodies", document.bodies, self._body, self._bodies)
        _fill("blocks", document.blocks, self._node, self._nodes)
        made: list[Storable] = []
        try:
            made.append(self._content(document.content))
        except Fault as fault:
            raise refusal(doc.WHAT, fault.problem) from fault
        return made[0]

    def _content(self, content: Any) -> Any:  # noqa: ANN401 - one model of each kind of content
        match content:
            case doc.InstructionContent():
                return self._parts.instruction(content.instruction, "content.instruction")
            case doc.ChannelContent():
                return self._parts.channel(content.channel, "content.channel")
            case doc.ValueContent():
                return self._expression(content.value, "content.value")
        tables: dict[str, list[Any]] = {
            "Schedule": self._schedules,
            "ScheduleBlock": self._nodes,
            "Pulse": self._parts.pulses,
            "ParameterVector": self._parts.vectors,
        }
        found = entry(tables[content.kind], content.place, "content.place")
        return ScheduleBlock(name="").holding(found) if isinstance(found, Node) else found

    def _expression(self, tree: object, path: str) -> ParameterExpression:
        value = self._parts.value(tree, path)
        if not isinstance(value, ParameterExpression):
            fix = 'An expression without parameters is written ["value", x]'
            raise Fault(Problem("a number is no expression", where=path, got=repr(value)[:80], fix=fix))
        return value

    def _schedule(self, part: doc.ScheduleEntry, path: str) -> Schedule:
        body = Body()
        for k, child in enumerate(part.children):
            where = f"{path}.children[{k}]"
            if isinstance(child, doc.TimedInstruction):
                instruction = self._parts.instruction(child.instruction, f"{where}.instruction")
                with at(where):
                    body.insert_instruction(child.start, instruction)
            else:
                nested = entry(self._schedules, child.schedule, f"{where}.schedule")
                with at(where):
                    body.insert_schedule(child.start, nested)
        metadata = self._metadata(part.metadata, path)
        return Schedule(name="").holding(body, part.name, metadata)

    def _body(self, part: doc.BodyEntry, path: str) -> BlockBody:
        elements: list[Element] = []
        referenced = False
        for k, element in enumerate(part.elements):
            where = f"{path}.elements[{k}]"
            if isinstance(element, doc.PlainElement):
                instruction: Instruction = self._parts.instruction(element.instruction, f"{where}.instruction")
                referenced = referenced or isinstance(instruction, Reference)
                elements.append(instruction)
            else:
                nested = entry(self._bodies, element.body, f"{where}.body")
                referenced = referenced or nested.referenced
                metadata = self._metadata(element.metadata, where)
                elements.append(Node(nested, element.name, metadata or None, None, None))
        return BlockBody(self._alignment(part.alignment, f"{path}.alignment"), elements, None, referenced)

    def _alignment(self, part: Any, path: str) -> AlignmentKind:  # noqa: ANN401 - one model of each kind
        if isinstance(part, doc.PlainAlignment):
            return _PLAIN_ALIGNMENTS[part.kind]()
        duration = self._parts.value(part.duration, f"{path}.duration")
        with at(f"{path}.duration"):
            if isinstance(part, doc.EquispacedAlignment):
                return AlignEquispaced(duration)
        function = self._functions.get(part.func)
        if function is None:
            raise Fault(
                Problem(
                    "a function that is not known here",
                    where=f"{path}.func",
                    got=repr(part.func),
                    allowed=", ".join(map(repr, self._functions)) or "none",
                    fix="Pass functions={name: function} to loads",
                )
            )
        with at(path):
            return AlignFunc(duration, function)

    def _node(self, part: doc.BlockEntry, path: str) -> Node:
        body = entry(self._bodies, part.body, f"{path}.body")
        called = {
            tuple(one.keys): None
            if one.block is None
            else entry(self._nodes, one.block, f"{path}.subroutines[{k}]")
            for k, one in enumerate(part.subroutines)
        }
        unknown = [key for key in body.reference_keys() if key not in called] if body.referenced else []
        if unknown:
            raise Fault(Problem("references without an entry", where=f"{path}.subroutines", got=repr(unknown)))
        return Node(body, part.name, self._metadata(part.metadata, path) or None, Table(called, None), None)

    def _metadata(self, metadata: dict[str, Any], path: str) -> dict[str, Any]:
        return self._parts.plain(metadata, f"{path}.metadata")


def _fill(name: str, entries: Iterable[_Part], make: Callable[[_Part, str], _Made], table: list[_Made]) -> None:
    """Build a table in place; entries may refer to those before them, so the first fault ends it."""
    for k, part in enumerate(entries):
        try:
            table.append(make(part, f"{name}[{k}]"))
        except Fault as fault:
            raise refusal(doc.WHAT, fault.problem) from fault
