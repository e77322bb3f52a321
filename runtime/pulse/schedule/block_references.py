"""The subroutines of a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from runtime.pulse.instructions import Reference
from runtime.pulse.schedule.block_body import BlockBody, Element, Node, children_first
from runtime.pulse.schedule.block_table import Key

if TYPE_CHECKING:
    from runtime.pulse.schedule.block import ScheduleBlock

__all__ = ["ReferenceManager", "inlined"]

_SHOWN_CHARACTERS = 50


class ReferenceManager(Mapping[Key, "ScheduleBlock | None"]):
    """The subroutines that a program refers to, by key; None where one is not assigned yet.

    Those that subroutines refer to stay inside them: `main.references[("a",)].references`. Assign by
    `ScheduleBlock.assign_references`.
    """

    __slots__ = ("_entries", "_subroutine")
    __hash__ = None  # type: ignore[assignment]  # references change

    def __init__(
        self, entries: Callable[[], Mapping[Key, Node | None]], subroutine: Callable[[Key], ScheduleBlock]
    ) -> None:
        """For this package: `entries` tells the present ones, `subroutine` gives one to look at or change."""
        self._entries = entries
        self._subroutine = subroutine

    def unassigned(self) -> tuple[Key, ...]:
        """The keys that have no subroutine yet."""
        return tuple(key for key, node in self._entries().items() if node is None)

    def __getitem__(self, key: Key) -> ScheduleBlock | None:
        return None if self._entries()[key] is None else self._subroutine(key)

    def __iter__(self) -> Iterator[Key]:
        return iter(tuple(self._entries()))

    def __len__(self) -> int:
        return len(self._entries())

    def __repr__(self) -> str:
        return f"{type(self).__name__}(references=[{', '.join(map(repr, self))}])"

    def __str__(self) -> str:
        lines = [f"{type(self).__name__}:"]
        for key, block in self.items():
            text = repr(block)
            shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
            lines.append(f"  - {key!r}: {shown}")
        return "\n".join(lines)


def inlined(node: Node) -> BlockBody:
    """The body with nested blocks in place of references that are assigned; itself if there are none."""
    if not node.body.referenced:
        return node.body
    if node.inlined is not None:
        return node.inlined
    body = node.body
    for scope in children_first(node, _not_inlined):
        body = scope.inlined = _inlined_scope(scope) if scope.body.referenced else scope.body
    return body


def _not_inlined(scope: Node) -> Iterator[Node]:
    return (node for node in scope.subroutines() if node.inlined is None)


def _inlined_scope(scope: Node) -> BlockBody:
    """The inlined body of a scope whose subroutines are inlined."""
    entries = scope.entries()
    done: dict[int, BlockBody] = {}
    for body in children_first(scope.body, BlockBody.referring):
        elements: list[Element] = []
        open_left = False
        for element in body.elements:
            new = element
            if isinstance(element, Reference):
                new = _call(element, entries.get(element.ref_keys))
                open_left = open_left or new is element or _is_open(new)
            elif isinstance(element, Node) and element.body.referenced:
                new = Node(done[id(element.body)], element.name, element.metadata, None, None)
                open_left = open_left or _is_open(new)
            elements.append(new)
        done[id(body)] = BlockBody(body.alignment, elements, None, open_left)
    return done[id(scope.body)]


def _call(reference: Reference, subroutine: Node | None) -> Element:
    if subroutine is None:
        return reference
    return Node(inlined(subroutine), subroutine.name, subroutine.metadata, None, None)


def _is_open(element: Element) -> bool:
    return isinstance(element, Node) and element.body.referenced
