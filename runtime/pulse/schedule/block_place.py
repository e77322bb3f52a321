"""Where a block stands in a program, and changing the program there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Reference
from runtime.pulse.schedule.block_body import Element, Node
from runtime.pulse.schedule.block_equality import same_program
from runtime.pulse.schedule.block_references import ReferenceManager, inlined
from runtime.pulse.schedule.block_table import Key, Table

__all__ = ["Place"]


class Place:
    """The root of a program, or an element (by number) or subroutine (by key) of the block at another place.

    It finds its block anew each time, so it never shows an old state. See `block_body` for who owns what.
    """

    __slots__ = ("content", "key", "manager", "mark", "outer")

    content: Node
    """The program; at the root only."""
    mark: object
    """What only this program's own pieces carry; at the root only."""

    def __init__(self, outer: Place | None, key: int | Key) -> None:
        self.outer = outer
        self.key = key
        self.manager: ReferenceManager | None = None
        """The face of this scope's subroutines, once it was asked for."""

    @classmethod
    def root(cls, node: Node) -> Place:
        """The root of a program; the node must be nobody else's."""
        place = cls(None, 0)
        place.content = node
        place.mark = object()
        return place

    def inner(self, key: int | Key) -> Place:
        """The place of an element or a subroutine of the block here."""
        return Place(self, key)

    def scope(self) -> Place:
        """The place whose table holds the subroutines that the block here refers to."""
        place = self
        while place.outer is not None and isinstance(place.key, int):
            place = place.outer
        return place

    def path(self) -> list[Place]:
        """The places from the root to here."""
        path = [self]
        while path[-1].outer is not None:
            path.append(path[-1].outer)
        path.reverse()
        return path

    def token(self) -> object:
        """What marks the pieces that only this program holds."""
        return self.mark if self.outer is None else self.path()[0].mark

    # Looking

    def node(self) -> Node:
        """The block here, to be looked at only.

        Raises:
            PulseError: something else has taken its place.
        """
        if self.outer is None:
            return self.content
        path = self.path()
        node = path[0].content
        for place in path[1:]:
            node = place.step(node)
        return node

    def step(self, outer: Node) -> Node:
        """The block here, within the one around it."""
        found: Element | None
        if isinstance(self.key, int):
            elements = outer.body.elements
            found = elements[self.key] if self.key < len(elements) else None
        else:
            found = outer.entries().get(self.key)
        if not isinstance(found, Node):
            raise PulseError("this block is no part of its program any more", where=f"ScheduleBlock {outer.name}")
        return found

    def program(self) -> Node:
        """The block here with the subroutines that it refers to, to be looked at only."""
        node = self.node()
        scope = self.scope()
        if scope is self or not node.body.referenced:
            return node
        return Node(node.body, node.name, node.metadata, scope.node().table, None)

    # Sharing

    def share(self) -> None:
        """Freeze the program as it is, so that others may hold parts of it."""
        self.path()[0].mark = object()

    def shared(self, metadata: dict[str, Any] | None = None) -> Node:
        """The block here as a program of its own, with a copy of its metadata unless one is given."""
        self.share()
        node = self.program().copy(None, metadata)
        if self.scope() is not self and node.body.referenced:
            entries = node.entries()
            node.table = Table({key: entries.get(key) for key in node.body.reference_keys()}, None)
        return node

    # Changing

    def owned_node(self, *, referring: bool = False) -> Node:
        """The block here, for changing it.

        What leads to it is copied where others hold it, and forgets what it knew.

        Args:
            referring: a reference will be put here.
        """
        if self.outer is None:
            return self.content
        path = self.path()
        token = path[0].mark
        node = path[0].content
        for place in path[1:]:
            child = place.step(node)
            if child.owner is not token:
                child = child.copy(token)
            node.forget()
            if isinstance(place.key, int):
                body = node.owned_body(token)
                body.put(place.key, child)
                body.referenced = body.referenced or referring
            else:
                node.owned_table(token).put(place.key, child)
            node = child
        return node

    def append(self, element: Element) -> None:
        """Put an element at the end of the block here; a node must be nobody else's."""
        referring = element.body.referenced if isinstance(element, Node) else isinstance(element, Reference)
        node = self.owned_node(referring=referring)
        node.inlined = None
        body = node.owned_body(self.token())
        if referring:
            body.referenced = True
        if isinstance(element, Node):
            element.table = None
        body.append(element)

    def put(self, numbers: Sequence[int], element: Element) -> None:
        """Put an element in place of those with the given numbers, and drop subroutines that nothing refers to."""
        referring = element.body.referenced if isinstance(element, Node) else isinstance(element, Reference)
        node = self.owned_node(referring=referring)
        token = self.token()
        node.forget()
        body = node.owned_body(token)
        body.referenced = body.referenced or referring
        for number in numbers:
            new = element
            if isinstance(element, Node):
                new = element.copy(None)
                new.table = None
            body.put(number, new)
        scope = self.scope().owned_node()
        keys = scope.body.reference_keys()
        for key in [key for key in scope.entries() if key not in keys]:
            scope.owned_table(token).remove(key)

    def become(self, node: Node) -> None:
        """Take the content of another block, one that nobody owns."""
        mine = self.owned_node()
        mine.forget()
        mine.body = node.body
        mine.table = node.table

    def refer(self, entries: Mapping[Key, Node | None], *, force: bool = False) -> list[Key]:
        """Add subroutines to the scope; one that is None only makes the key known.

        Args:
            entries: by key.
            force: replace subroutines that differ.

        Returns:
            The keys whose subroutines were replaced.

        Raises:
            PulseError: another subroutine is assigned to a key, unless `force`.
        """
        scope = self.scope()
        changes, conflicts = _news(scope.node().entries(), entries)
        if conflicts and not force:
            raise PulseError(
                "another subroutine is assigned already",
                where=f"ScheduleBlock {scope.node().name}",
                got=", ".join(map(repr, conflicts)),
                fix="Give the subroutine another key",
            )
        changes.update({key: entries[key] for key in conflicts})
        if changes:
            scope.take_subroutines(changes, forget=bool(conflicts))
        return conflicts

    def adopt(self, table: Table | None, *, force: bool = False) -> list[Key]:
        """Add the subroutines of a block that comes in; see `refer`. The larger of both tables stays as it is."""
        if table is None:
            return []
        scope = self.scope()
        mine = scope.node().entries()
        if len(table.entries) <= len(mine):
            return self.refer(table.entries, force=force)
        changes, conflicts = _news(table.entries, mine)
        if conflicts:
            return self.refer(table.entries, force=force)
        scope.owned_node().table = table.taken_over(scope.token())
        scope.take_subroutines(changes, forget=False)
        return []

    def take_subroutines(self, changes: Mapping[Key, Node | None], *, forget: bool) -> None:
        """Put subroutines into this scope's table, and forget what is no longer so."""
        node = self.owned_node()
        node.inlined = None
        if forget:
            node.extent = None
        table = node.owned_table(self.token())
        for key, subroutine in changes.items():
            table.put(key, subroutine)


def _news(
    known: Mapping[Key, Node | None], entries: Mapping[Key, Node | None]
) -> tuple[dict[Key, Node | None], list[Key]]:
    """What `entries` adds to what is known, and the keys under which both have different subroutines."""
    changes: dict[Key, Node | None] = {}
    conflicts: list[Key] = []
    for key, new in entries.items():
        old = known.get(key)
        if key not in known or (old is None and new is not None):
            changes[key] = new
        elif old is not None and new is not None and not _same(old, new):
            conflicts.append(key)
    return changes, conflicts


def _same(one: Node, other: Node) -> bool:
    if one.body is other.body and one.table is other.table:
        return True
    return same_program(inlined(one), inlined(other))
