"""Laying blocks out in time.

A nested block is laid out by itself and then occupies all of its channels for its whole length in the block around
it. Qiskit lets the parents AlignLeft and AlignRight pull a nested block into idle time at its own edges, or count
that time twice; here it is kept, for every alignment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Integral
from typing import NamedTuple

from runtime.pulse.exceptions import PulseError, UnassignedDurationError
from runtime.pulse.instructions import Instruction, Reference, RelativeBarrier, checked_duration
from runtime.pulse.parameters import ParameterExpression
from runtime.pulse.schedule.alignments import AlignLeft, AlignmentKind, AlignRight, AlignSequential, Part
from runtime.pulse.schedule.block_body import BlockBody, Element, Node, children_first
from runtime.pulse.schedule.block_references import inlined
from runtime.pulse.schedule.body import Body
from runtime.pulse.schedule.schedule import Schedule

__all__ = ["NEVER_OVERLAP", "instruction_length", "is_schedulable", "laid_out", "nested_part", "scheduled"]

_SHOWN_PROBLEMS = 5
_EMPTY = Schedule(name="")
# More instructions than a gate has are hardly ever repeated with the same lengths on the same channels.
_GATE = 16

NEVER_OVERLAP = frozenset({AlignLeft, AlignRight, AlignSequential})
"""Alignments that keep the order of the elements on each channel."""


class _Pattern(NamedTuple):
    """Where instructions of certain lengths and channels stand under an alignment."""

    starts: list[int]
    body: Body
    part: Part


_Patterns = dict[tuple[object, ...], _Pattern]


def scheduled(node: Node) -> Schedule:
    """The program as a schedule of its name; nested blocks become nested schedules.

    Raises:
        UnassignedDurationError: a length or a subroutine is not assigned.
        PulseError: a nested block is longer than its context, or elements overlap.
        TimingError: a length is negative.
    """
    return _schedule(laid_out(node), node)


def is_schedulable(node: Node) -> bool:
    """Whether every length is a whole number and every subroutine is assigned."""
    return next(_obstacles(inlined(node)), None) is None


def laid_out(node: Node) -> Body:
    """The layout of a program, shared; see `scheduled`."""
    root = inlined(node)
    if root.laid is not None:
        return root.laid
    patterns: _Patterns = {}
    try:
        return _laid_tree(root, patterns)
    except UnassignedDurationError as error:
        problems = list(_obstacles(root))
        shown = problems[:_SHOWN_PROBLEMS] + ["..."] * (len(problems) > _SHOWN_PROBLEMS)
        raise UnassignedDurationError(
            "the block cannot be laid out before every length is a whole number and every subroutine assigned",
            where=f"ScheduleBlock {node.name}",
            got="; ".join(shown),
            fix="Assign lengths and references first; see `parameters` and `references.unassigned()`",
        ) from error


def nested_part(body: BlockBody, name: str) -> Part:
    """Length and channels of a nested block that is laid out.

    Raises:
        PulseError: it is longer than its context.
    """
    part = body.part
    if part is None:
        message = "a nested block is laid out before the block around it"
        raise AssertionError(message)
    context = body.alignment.extent
    length, channels = part
    # A context without content has no channel on which it could take time.
    if context is None or not channels:
        return part
    if length > context:
        raise PulseError(
            "a nested block is longer than the duration of its context",
            where=f"ScheduleBlock {name}",
            got=f"{length} samples",
            allowed=f"at most {context}",
        )
    return context, channels


def instruction_length(instruction: Instruction) -> int:
    """The instruction's length in samples.

    Raises:
        UnassignedDurationError: it is an expression, or no whole number.
        TimingError: it is negative.
    """
    duration: object = instruction.duration
    if isinstance(duration, bool) or not isinstance(duration, Integral | ParameterExpression):
        raise UnassignedDurationError("a duration is a whole number of samples", where=repr(instruction))
    return checked_duration(instruction)


def _laid_tree(root: BlockBody, patterns: _Patterns) -> Body:
    """Lay out a body after all that is nested in it, without recursion."""
    pending = [root]
    while pending:
        body = pending[-1]
        if body.laid is None:
            waiting: list[BlockBody] = []
            parts = _parts(body, patterns, waiting)
            if waiting:
                pending += reversed(waiting)
                continue
            _lay_out(body, parts, patterns)
        pending.pop()
    return _known(root)


def _parts(block: BlockBody, patterns: _Patterns, waiting: list[BlockBody]) -> list[Part]:
    """Lengths and channels of the elements.

    Nested blocks of instructions alone are laid out on the way, while they are in the processor's cache; deeper
    ones that are not laid out are left out and put on the list.
    """
    parts: list[Part] = []
    for element in block.elements:
        if isinstance(element, Node):
            body = element.body
            if body.laid is None:
                if Node in map(type, body.elements):
                    waiting.append(body)
                    continue
                _lay_out(body, [_part(inner) for inner in body.elements], patterns)  # type: ignore[arg-type]  # no block
            parts.append(nested_part(body, element.name))
        else:
            parts.append(_part(element))
    return parts


def _lay_out(block: BlockBody, parts: list[Part], patterns: _Patterns) -> None:
    """Lay out a body whose nested ones are."""
    alignment, elements = block.alignment, block.elements
    few = len(elements) <= _GATE and type(alignment) in NEVER_OVERLAP and Node not in map(type, elements)
    if few:
        # Programs repeat few gates, with other phases: the times are worked out once, and so is the bookkeeping.
        key = (type(alignment), *parts)
        pattern = patterns.get(key)
        if pattern is not None:
            block.part = pattern.part
            block.laid = pattern.body.alike(list(zip(pattern.starts, elements, strict=True)))  # type: ignore[arg-type]  # no block
            return
    if type(alignment).align is not AlignmentKind.align:
        body = _aligned_by_user(alignment, elements)
    else:
        starts = alignment.starts(parts)
        children = _children(elements, parts, starts)
        body = Body.in_order(children) if type(alignment) in NEVER_OVERLAP else Body.of(children)
    body.shared = True
    block.laid = body
    block.part = (max(body.stops.values(), default=0), body.starts)
    if few:
        patterns[key] = _Pattern(starts, body, block.part)


def _known(body: BlockBody) -> Body:
    if body.laid is None:
        message = "a nested block is laid out before the block around it"
        raise AssertionError(message)
    return body.laid


def _part(element: Instruction) -> Part:
    if type(element) is Reference:
        raise UnassignedDurationError("a subroutine is not assigned", where=repr(element))
    duration = element.duration
    if type(duration) is not int or duration < 0:
        duration = instruction_length(element)
    return duration, element.channels


def _children(
    elements: Sequence[Element], parts: Sequence[Part], starts: Sequence[int]
) -> list[tuple[int, Schedule | Instruction]]:
    children: list[tuple[int, Schedule | Instruction]] = []
    for start, (extent, channels), element in zip(starts, parts, elements, strict=True):
        if not isinstance(element, Node):
            children.append((start, element))
            continue
        laid = _known(element.body)
        children.append((start, _schedule(laid, element)))
        if element.body.part != (extent, channels):
            # The idle time at the end of a context belongs to it: nothing that follows may start there.
            children.append((start + extent, RelativeBarrier(*channels)))
    return children


def _schedule(laid: Body, node: Node) -> Schedule:
    return _EMPTY.holding(laid, node.name, node.metadata.copy() if node.metadata else None)


def _aligned_by_user(alignment: AlignmentKind, elements: Sequence[Element]) -> Body:
    """The way of alignments that users wrote for Qiskit."""
    schedule = Schedule()
    for element in elements:
        if isinstance(element, Node):
            nested_part(element.body, element.name)  # refuses one that is longer than its context
            child: Schedule | Instruction = _EMPTY.holding(_known(element.body), element.name)
        else:
            instruction_length(element)
            child = element
        schedule.append(child, inplace=True)
    return alignment.align(schedule).body


def _obstacles(root: BlockBody) -> Iterator[str]:
    """What keeps a block from being laid out, for people."""
    for body in children_first(root, BlockBody.nested):
        if body.alignment.parameters:
            yield f"{body.alignment!r} has an open duration"
        for element in body.elements:
            if isinstance(element, Reference):
                yield f"{element!r} is not assigned"
            elif isinstance(element, Instruction):
                duration: object = element.duration
                if isinstance(duration, bool) or not isinstance(duration, Integral):
                    yield f"{element!r} has the duration {duration}"
