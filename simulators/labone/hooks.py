"""What happens when a node is touched: callables found by patterns of paths."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from simulators.labone.paths import compile_expression, indices_of
from simulators.labone.values import NodeValue, Sample

__all__ = ["After", "Before", "Change", "Hooks", "Listener", "Source"]

HookT = TypeVar("HookT")


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A client's wish to set a node.

    Attributes:
        path: Relative, lower case: "awgs/0/enable".
        indices: The numbers that the stars of the hook's pattern stood for: (0,) for "awgs/*/enable".
        value: The value, already of the node's kind.
        before: What the node held until now.
    """

    path: str
    indices: tuple[int, ...]
    value: NodeValue
    before: NodeValue


Before = Callable[[Change], NodeValue | None]
"""Runs before the value is stored: returns what to store instead, or None; raises NodeRefused to refuse."""
After = Callable[[Change], None]
"""Runs after the value is stored and subscribers were told: may start work that puts other nodes."""
Source = Callable[[str], NodeValue]
"""Makes the value of a node at the moment it is read."""
Listener = Callable[[Sample], None]
"""Hears of every value that is stored; called on the thread that stored it, so it must be quick."""


class Hooks(Generic[HookT]):
    """Callables by pattern, in the order in which they were added; what a path found is kept."""

    def __init__(self) -> None:
        self._patterns: list[tuple[re.Pattern[str], HookT]] = []
        self._found: dict[str, tuple[tuple[HookT, tuple[int, ...]], ...]] = {}

    def add(self, pattern: str, hook: HookT) -> None:
        """Serve the paths of `pattern`, whose stars stand for one word each."""
        self._patterns.append((compile_expression(pattern, below=False), hook))
        self._found.clear()

    def of(self, path: str) -> tuple[tuple[HookT, tuple[int, ...]], ...]:
        """The hooks for `path`, each with the numbers its stars stand for."""
        found = self._found.get(path)
        if found is None:
            matches = ((pattern.fullmatch(path), hook) for pattern, hook in self._patterns)
            found = self._found[path] = tuple((hook, indices_of(match)) for match, hook in matches if match)
        return found
