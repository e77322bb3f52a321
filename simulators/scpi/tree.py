"""The command tree: which headers an instrument knows, and what each of them calls.

A header is written as in manuals, with the short form in capitals, optional nodes in brackets, and the range of a
numeric suffix in braces: `SOURce{1-8}:VOLTage[:LEVel][:IMMediate][:AMPLitude]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from simulators.scpi.arguments import Argument
from simulators.scpi.errors import ScpiError

__all__ = ["AfterOperations", "Call", "CommandTree", "Handler", "Reply"]

_NODE = re.compile(r"(\[)?:?([A-Za-z*_]+)(?:\{(\d+)-(\d+)\})?\]?")
_MNEMONIC = re.compile(r"(\*?[A-Z_]+)(\d*)")
MOST_DIGITS = 9
"""A numeric suffix with more digits is out of every range, and not worth converting."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets."""

    suffixes: tuple[int, ...]
    """The numeric suffixes of the header, 1 where one was left out, in the order of the pattern."""
    arguments: tuple[Argument, ...]

    def take(self, least: int, most: int | None = None) -> tuple[Argument, ...]:
        """The arguments, at least `least` and at most `most` (default: `least`) of them."""
        if len(self.arguments) < least:
            raise ScpiError(-109)
        if len(self.arguments) > (least if most is None else most):
            raise ScpiError(-108)
        return self.arguments


@dataclass(frozen=True, slots=True)
class AfterOperations:
    """A reply, or none, that waits until all overlapped operations have ended."""

    reply: str | None = None


Reply = str | bytes | AfterOperations | None
Handler = Callable[[Call], Reply]


@dataclass(slots=True)
class _Leaf:
    """The handlers of one header, with the levels where its suffixes stand."""

    suffixes: tuple[tuple[int | None, range], ...]
    on_set: Handler | None
    on_query: Handler | None


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    leaf: _Leaf | None = None


@dataclass(frozen=True, slots=True)
class _PatternNode:
    mnemonic: str
    optional: bool
    suffix: range | None

    @property
    def forms(self) -> set[str]:
        """The short and the long form in capitals."""
        return {"".join(c for c in self.mnemonic if not c.islower()), self.mnemonic.upper()}


class CommandTree:
    """Headers and their handlers."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, pattern: str, *, on_set: Handler | None = None, on_query: Handler | None = None) -> None:
        """Register the handlers of a header; a later call may add the one that is missing."""
        nodes = tuple(
            _PatternNode(name, bool(bracket), range(int(low), int(high) + 1) if low else None)
            for bracket, name, low, high in _NODE.findall(pattern)
        )
        for chosen in _without_optional(nodes):
            self._add_path(nodes, chosen, on_set, on_query)

    def _add_path(
        self,
        nodes: tuple[_PatternNode, ...],
        chosen: tuple[int, ...],
        on_set: Handler | None,
        on_query: Handler | None,
    ) -> None:
        """Register one way of writing a header: `chosen` are the indices of the nodes that are written."""
        reached = [self._root]
        for index in chosen:
            forms = nodes[index].forms
            reached = [parent.children.setdefault(form, _Node()) for parent in reached for form in forms]
        level = {index: position for position, index in enumerate(chosen)}
        suffixes = tuple((level.get(i), node.suffix) for i, node in enumerate(nodes) if node.suffix is not None)
        for node in reached:
            old = node.leaf or _Leaf(suffixes, None, None)
            node.leaf = _Leaf(suffixes, on_set or old.on_set, on_query or old.on_query)

    def find(self, mnemonics: tuple[str, ...], *, query: bool) -> tuple[Handler, tuple[int, ...]]:
        """The handler of a header, and its numeric suffixes.

        Raises:
            ScpiError: -113 for a header that is not known, -114 for a suffix out of range.
        """
        header = ":".join(mnemonics)[:60] + ("?" if query else "")
        node, digits = self._root, []
        for mnemonic in mnemonics:
            match = _MNEMONIC.fullmatch(mnemonic)
            child = node.children.get(match[1]) if match else None
            if match is None or child is None:
                raise ScpiError(-113, header)
            node = child
            digits.append(match[2])
        handler = None
        if node.leaf is not None:
            handler = node.leaf.on_query if query else node.leaf.on_set
        if node.leaf is None or handler is None:
            raise ScpiError(-113, header)
        return handler, _suffix_values(node.leaf, digits, header)


def _without_optional(nodes: tuple[_PatternNode, ...], index: int = 0) -> Iterator[tuple[int, ...]]:
    """Every way to leave optional nodes out, as indices of the nodes that stay."""
    if index == len(nodes):
        yield ()
        return
    for rest in _without_optional(nodes, index + 1):
        yield (index, *rest)
        if nodes[index].optional:
            yield rest


def _suffix_values(leaf: _Leaf, digits: list[str], header: str) -> tuple[int, ...]:
    """The values of a leaf's suffixes, taken from the digits that were written at each level."""
    expected = {level for level, _ in leaf.suffixes}
    if any(text and level not in expected for level, text in enumerate(digits)):
        raise ScpiError(-113, header)
    values = []
    for level, allowed in leaf.suffixes:
        text = digits[level] if level is not None else ""
        value = int(text) if text and len(text) <= MOST_DIGITS else (-1 if text else 1)
        if value not in allowed:
            raise ScpiError(-114, header)
        values.append(value)
    return tuple(values)
