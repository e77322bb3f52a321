"""How long a block is, without laying all of it out again each time it has grown."""

from __future__ import annotations

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import UnassignedDurationError
from runtime.pulse.instructions import Reference
from runtime.pulse.schedule.alignments import Part
from runtime.pulse.schedule.block_body import Element, Node
from runtime.pulse.schedule.block_layout import NEVER_OVERLAP, instruction_length, laid_out, nested_part
from runtime.pulse.schedule.block_references import inlined

__all__ = ["Extent", "program_duration"]


def program_duration(node: Node) -> int:
    """Length of the program in samples; what was known before counts only what was appended since.

    Raises:
        UnassignedDurationError: see `block_layout.scheduled`.
    """
    if type(node.body.alignment) in NEVER_OVERLAP:
        if node.extent is None:
            node.extent = Extent()
        try:
            return node.extent.take(node)
        except UnassignedDurationError:
            node.extent = None
    return max(laid_out(node).stops.values(), default=0)


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
        return _part_of(subroutine)
    if not isinstance(element, Node):
        return instruction_length(element), element.channels
    # A nested block has no subroutines of its own.
    return _part_of(element if not element.body.referenced else Node(element.body, "", None, scope.table, None))


def _part_of(program: Node) -> Part:
    laid_out(program)
    return nested_part(inlined(program), program.name)
