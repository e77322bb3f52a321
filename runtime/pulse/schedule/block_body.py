"""What a block holds, in a form that copies at no cost.

A program is a tree: a `Node` (name, metadata, and a table of subroutines where it is a scope of its own) holds a
`BlockBody` (alignment and elements), whose elements are instructions and further nodes. Every piece belongs to the
block that made it, by a token, and only that block may change it; to share its tree with others, a block takes a
new token, after which all pieces are frozen for everyone. Changing something frozen copies the pieces on the way
from the root to it, one level each. So appending a block to another, copying and calling cost the same whatever
the size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from runtime.pulse.channels import Channel
from runtime.pulse.instructions import Instruction, Reference
from runtime.pulse.parameters import Parameter
from runtime.pulse.schedule.alignments import AlignmentKind, Part
from runtime.pulse.schedule.block_table import Key, Table

if TYPE_CHECKING:
    from runtime.pulse.schedule.block_extent import Extent
    from runtime.pulse.schedule.body import Body

__all__ = ["BlockBody", "Element", "Node", "children_first"]

_T = TypeVar("_T")


class BlockBody:
    """Alignment and elements, with what is known of them; not for users."""

    __slots__ = (
        "_channels",
        "_count",
        "_elements",
        "_lent",
        "_parameters",
        "_searched",
        "alignment",
        "laid",
        "owner",
        "part",
        "referenced",
        "surveyed",
    )

    def __init__(self, alignment: AlignmentKind, elements: list[Element], owner: object, referenced: bool) -> None:
        self.alignment = alignment
        self.owner = owner
        """Token of the block that may change this."""
        self.referenced = referenced
        """False if no reference stands in here, nested ones included; True says nothing."""
        self.laid: Body | None = None
        """The content laid out in time, once it was asked for; shared."""
        self.part: Part | None = None
        """Length of that in samples, and its channels."""
        self.surveyed = 0
        """How many elements were looked at for channels."""
        self._elements = elements
        # A number: only so many of `_elements` are ours, the rest is the list's new owner's.
        self._count: int | None = None
        # Whether others hold the beginning of `_elements`, so that only appending is free.
        self._lent = False
        self._channels: dict[Channel, None] | None = None
        self._parameters: set[Parameter] | None = None
        self._searched = 0

    @property
    def elements(self) -> list[Element]:
        """Instructions and nested blocks in order; to be looked at only."""
        if self._count is not None:
            self._elements = self._elements[: self._count]
            self._count = None
        return self._elements

    def copy(self, owner: object) -> BlockBody:
        """The same content for another owner.

        It takes over the list, of which this one keeps the beginning: a chain of `b = b.append(x, inplace=False)`,
        whose older members nobody looks at, copies nothing.
        """
        elements = self.elements
        new = BlockBody(self.alignment, elements, owner, self.referenced)
        new._lent = True
        self._count = len(elements)
        return new

    def append(self, element: Element) -> None:
        """Put an element at the end; for the owner."""
        self._elements.append(element)
        self.laid = None

    def put(self, number: int, element: Element) -> None:
        """Put an element in place of another one; for the owner."""
        if self._lent:
            self._elements = self._elements.copy()
            self._lent = False
        self._elements[number] = element
        self.forget()

    def forget(self) -> None:
        """Drop what is known, after a change other than appending."""
        self.laid = None
        self.surveyed = self._searched = 0
        self._channels = self._parameters = None

    def nested(self) -> Iterator[BlockBody]:
        """The bodies that stand directly in this one."""
        return (element.body for element in self.elements if type(element) is Node)

    def channels(self) -> dict[Channel, None]:
        """The channels in use, nested ones included, in order of first use; without those of references."""
        if self.surveyed < len(self.elements):
            for body in children_first(self, BlockBody.unsurveyed):
                body.survey()
        return self._channels or {}

    def unsurveyed(self) -> Iterator[BlockBody]:
        """The bodies directly in this one whose channels are not known."""
        for element in self.elements[self.surveyed :]:
            if type(element) is Node and element.body.surveyed < len(element.body.elements):
                yield element.body

    def survey(self) -> None:
        """Look for channels in the elements that are new; those of nested bodies must be known."""
        found = self._channels if self._channels is not None else {}
        for element in self.elements[self.surveyed :]:
            if isinstance(element, Node):
                found.update(element.body.channels())
            elif not isinstance(element, Reference):
                for channel in element.channels:
                    found[channel] = None
        self._channels = found
        self.surveyed = len(self.elements)

    def parameters(self) -> set[Parameter]:
        """The parameters that are open in the alignment and the instructions, nested ones included."""
        found: set[Parameter] = set()
        for body in children_first(self, BlockBody.nested):
            found |= body.alignment.parameters
            found |= body.own_parameters()
        return found

    def own_parameters(self) -> set[Parameter]:
        """The parameters that are open in the instructions directly in this one."""
        found = self._parameters if self._parameters is not None else set()
        if self._searched < len(self.elements):
            new = {id(element): element for element in self.elements[self._searched :]}
            for element in new.values():
                if isinstance(element, Instruction):
                    found |= element.parameters
            self._searched = len(self.elements)
            self._parameters = found or None
        return found

    def reference_keys(self) -> dict[Key, None]:
        """The keys of all references in here, nested ones included, in order."""
        found: dict[Key, None] = {}
        if self.referenced:
            for body in children_first(self, BlockBody.referring):
                for element in body.elements:
                    if isinstance(element, Reference):
                        found[element.ref_keys] = None
        return found

    def referring(self) -> Iterator[BlockBody]:
        """The bodies directly in this one that may hold references."""
        return (body for body in self.nested() if body.referenced)


class Node:
    """A block within a program, or the program itself."""

    __slots__ = ("body", "extent", "inlined", "metadata", "name", "owner", "table")

    def __init__(
        self, body: BlockBody, name: str, metadata: dict[str, Any] | None, table: Table | None, owner: object
    ) -> None:
        self.body = body
        self.name = name
        self.metadata = metadata
        """What the user hung on it; None for nothing, which is the rule."""
        self.table = table
        """Subroutines of this scope; None where the scope is an outer block's."""
        self.owner = owner
        self.inlined: BlockBody | None = None
        """The body with subroutines in place of references, once it was asked for."""
        self.extent: Extent | None = None
        """The duration as far as it was asked for."""

    def copy(self, owner: object, metadata: dict[str, Any] | None = None) -> Node:
        """The same block for another owner."""
        own = metadata if metadata is not None or not self.metadata else self.metadata.copy()
        return Node(self.body, self.name, own, self.table, owner)

    def forget(self) -> None:
        """Drop what is known, after a change in its body or its table."""
        self.inlined = None
        self.extent = None

    def entries(self) -> dict[Key, Node | None]:
        """The subroutines of this scope."""
        return {} if self.table is None else self.table.entries

    def subroutines(self) -> Iterator[Node]:
        """The assigned subroutines of this scope."""
        return (node for node in self.entries().values() if node is not None)

    def owned_body(self, owner: object) -> BlockBody:
        """The body, for appending to it; copied first if it is not this owner's."""
        body = self.body
        if body.owner is not owner:
            self.body = body = body.copy(owner)
        return body

    def owned_table(self, owner: object) -> Table:
        """The subroutines, for changing them; taken over first if they are not this owner's."""
        table = self.table
        if table is None or table.owner is not owner:
            self.table = table = Table({}, owner) if table is None else table.taken_over(owner)
        return table


Element = Instruction | Node
"""What a block is made of."""


def children_first(root: _T, children: Callable[[_T], Iterable[_T]]) -> Iterator[_T]:
    """All that is reachable from `root`, each object once, after all of its children.

    Works without recursion, since programs may nest as deep as they are long.
    """
    done: set[int] = set()
    stack: list[tuple[_T, Iterator[_T]]] = [(root, iter(children(root)))]
    while stack:
        item, rest = stack[-1]
        for child in rest:
            if id(child) not in done:
                stack.append((child, iter(children(child))))
                break
        else:
            stack.pop()
            done.add(id(item))
            yield item
