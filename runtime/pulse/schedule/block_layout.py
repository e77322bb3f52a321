"""Laying blocks out in time.

A nested block is laid out by itself and then occupies all of its channels for its whole length in the block around
it. Qiskit lets the parents AlignLeft and AlignRight pull a nested block into idle time at its own edges, or count
that time twice; here it is kept, for every alignment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from numbers import Integral
from typing import NamedTuple

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError, UnassignedDurationError
from runtime.pulse.instructions import Instruction, Reference, RelativeBarrier, checked_duration
from runtime.pulse.parameters import ParameterExpression
from runtime.pulse.schedule.alignments import AlignLeft, AlignmentKind, AlignRight, AlignSequential, Part
from runtime.pulse.schedule.block_body import BlockBody, Element, Node, children_first
from runtime.pulse.schedule.block_references import inlined
from runtime.pulse.schedule.body import Body
from runtime.pulse.schedule.schedule import Schedule

__all__ = ["Extent", "Laid", "is_schedulable", "laid_out", "program_duration", "scheduled"]

_SHOWN_PROBLEMS = 5
_EMPTY = Schedule(name="")
# On each channel, these keep the order of the elements.
_NEVER_OVERLAP = frozenset({AlignLeft, AlignRight, AlignSequential})


class Laid(NamedTuple):
    """A block laid out in time."""

    body: Body
    """The content of the schedule, shared."""
    duration: int
    """Length of the content in samples."""
    extent: int
    """Length that a nested block occupies: the context's duration if its alignment has one."""

    @property
    def channels(self) -> Collection[Channel]:
        """The channels that it occupies."""
        return self.body.starts.keys()


def scheduled(node: Node) -> Schedule:
    """The program as a schedule of its name; nested blocks become nested schedules.

    Raises:
        UnassignedDurationError: a length or a subroutine is not assigned.
        PulseError: a nested block is longer than its context, or elements overlap.
        TimingError: a length is negative.
    """
    return _EMPTY.holding(laid_out(node).body, node.name, dict(node.metadata or {}))


def is_schedulable(node: Node) -> bool:
    """Whether every length is a whole number and every subroutine is assigned."""
    return next(_obstacles(inlined(node)), None) is None


def laid_out(node: Node) -> Laid:
    """The layout of a program; see `scheduled`."""
    root = inlined(node)
    if root.laid is not None:
        return root.laid
    try:
        for body in children_first(root, _not_laid_out):
            laid = body.laid = _laid_body(body)
    except UnassignedDurationError as error:
        problems = list(_obstacles(root))
        shown = problems[:_SHOWN_PROBLEMS] + ["..."] * (len(problems) > _SHOWN_PROBLEMS)
        raise UnassignedDurationError(
            "the block cannot be laid out before every length and subroutine is assigned",
            where=f"ScheduleBlock {node.name}",
            got="; ".join(shown),
            fix="Assign parameters and references first; see `parameters` and `references.unassigned()`",
        ) from error
    return laid


def program_duration(node: Node) -> int:
    """Length of the program in samples; what was known before counts only what was appended since.

    Raises:
        UnassignedDurationError: see `scheduled`.
    """
    if type(node.body.alignment) not in _NEVER_OVERLAP:
        return laid_out(node).duration
    if node.extent is None:
        node.extent = Extent()
    try:
        return node.extent.take(node)
    except UnassignedDurationError:
        node.extent = None
        return laid_out(node).duration


class Extent:
    """The length of a block that grows at its end."""

    __slots__ = ("_ends", "_seen", "_total")

    def __init__(self) -> None:
        self._seen = 0
        self._total = 0
        self._ends: dict[Channel, int] = {}

    def take(self, node: Node) -> int:
        """Count the elements that are new, and give the length of all.

        A block that is aligned to the right is as long as one that is aligned to the left: both have the length of
        the longest chain of elements in which each shares a channel with the next.
        """
        sequential = node.body.alignment.is_sequential
        new = node.body.elements[self._seen :]
        for duration, channels in [_part_in(node, element) for element in new]:
            if sequential:
                self._total += duration
                continue
            stop = max((self._ends.get(channel, 0) for channel in channels), default=0) + duration
            for channel in channels:
                self._ends[channel] = stop
            self._total = max(self._total, stop)
        self._seen += len(new)
        return self._total


def _part_in(scope: Node, element: Element) -> Part:
    """Length and channels of an element of a scope's own body."""
    if isinstance(element, Reference):
        subroutine = scope.entries().get(element.ref_keys)
        if subroutine is None:
            raise UnassignedDurationError("a subroutine is not assigned", where=repr(element))
        laid = laid_out(subroutine)
    elif isinstance(element, Node):
        # A nested block has no subroutines of its own.
        laid = laid_out(
            element if not element.body.referenced else Node(element.body, "", None, scope.table, None)
        )
    else:
        return _length(element), element.channels
    return _nested_extent(laid), laid.channels


def _not_laid_out(body: BlockBody) -> list[BlockBody]:
    return [nested for nested in body.nested() if nested.laid is None]


def _laid_body(block: BlockBody) -> Laid:
    """A body laid out, whose nested ones are."""
    alignment = block.alignment
    parts = [_part(element) for element in block.elements]
    body: Body
    if type(alignment).align is not AlignmentKind.align:
        body = _aligned_by_user(alignment, block.elements)
    else:
        starts = alignment.starts(parts)
        children = _children(block.elements, parts, starts)
        body = Body.in_order(children) if type(alignment) in _NEVER_OVERLAP else Body.of(children)
    body.shared = True
    duration = max(body.stops.values(), default=0)
    extent = alignment.extent
    # A context without content has no channel on which it could take time.
    return Laid(body, duration, duration if extent is None or not body.starts else extent)


def _laid_body_of(nested: Node) -> Laid:
    # Known already, since nested bodies come first.
    return nested.body.laid or _laid_body(nested.body)


def _part(element: Element) -> Part:
    if isinstance(element, Node):
        laid = _laid_body_of(element)
        return _nested_extent(laid, element.name), laid.channels
    if type(element) is Reference:
        raise UnassignedDurationError("a subroutine is not assigned", where=repr(element))
    duration = element.duration
    if type(duration) is not int or duration < 0:
        duration = _length(element)
    return duration, element.channels


def _length(instruction: Instruction) -> int:
    """The instruction's length.

    Raises:
        UnassignedDurationError: it is an expression, or no whole number.
        TimingError: it is negative.
    """
    duration: object = instruction.duration
    if isinstance(duration, bool) or not isinstance(duration, Integral | ParameterExpression):
        raise UnassignedDurationError("a duration is a whole number of samples", where=repr(instruction))
    return checked_duration(instruction)


def _nested_extent(laid: Laid, name: str = "subroutine") -> int:
    if laid.duration > laid.extent:
        raise PulseError(
            "a nested block is longer than the duration of its context",
            where=f"ScheduleBlock {name}",
            got=f"{laid.duration} samples",
            allowed=f"at most {laid.extent}",
        )
    return laid.extent


def _children(
    elements: Sequence[Element], parts: Sequence[Part], starts: Sequence[int]
) -> list[tuple[int, Schedule | Instruction]]:
    children: list[tuple[int, Schedule | Instruction]] = []
    for start, (extent, channels), element in zip(starts, parts, elements, strict=True):
        if not isinstance(element, Node):
            children.append((start, element))
            continue
        laid = _laid_body_of(element)
        children.append((start, _EMPTY.holding(laid.body, element.name, dict(element.metadata or {}))))
        if laid.duration < extent:
            # The idle time at the end of a context belongs to it: nothing that follows may start there.
            children.append((start + extent, RelativeBarrier(*channels)))
    return children


def _aligned_by_user(alignment: AlignmentKind, elements: Sequence[Element]) -> Body:
    """The way of alignments that users wrote for Qiskit."""
    schedule = Schedule()
    for element in elements:
        if isinstance(element, Node):
            laid = _laid_body_of(element)
            schedule.append(_EMPTY.holding(laid.body, element.name, {}), inplace=True)
        else:
            schedule.append(element, inplace=True)
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
