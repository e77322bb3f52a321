"""The nodes of one kernel, the server's or a device's, and what requests for them come to. Knows no sockets."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Container, Iterable
from typing import Any

from simulators.labone.listing import Listing, children, selects
from simulators.labone.node import NodeInfo
from simulators.labone.nodes import NodeTree
from simulators.labone.outcome import Code, Failure, NodeRefused, Outcome
from simulators.labone.paths import compile_expression, is_expression, normalise, split_expressions
from simulators.labone.values import NodeValue, Sample

__all__ = ["Kernel"]

logger = logging.getLogger(__name__)


class Kernel:
    """Answers for one tree; paths and expressions are absolute, as clients send them."""

    def __init__(self, tree: NodeTree) -> None:
        self.tree = tree

    def get(self, expression: str, *, expand: bool = True, flags: int = 0) -> list[Outcome]:
        """The value of the node of that name or, with `expand`, of all readable ones it selects."""
        if not expand or normalise(expression).removeprefix(f"{self.tree.root}/") in self.tree:
            return [self._attempt(expression, self.tree.get)]
        listing = Listing(flags | Listing.GET_ONLY)
        found = [info.path for info in self._inside(expression) if selects(listing, info)]
        return [self._try(path, self.tree.get) for path in found]

    def set(self, expression: str, value: NodeValue, *, expand: bool = True) -> list[Outcome]:
        """Set the node of that name or, with `expand`, all writable ones that the expression selects."""
        if not (expand and is_expression(expression)):
            return [self._attempt(expression, lambda path: self.tree.set(path, value))]
        found = [info.path for info in self._inside(expression) if info.writable]
        if not found:
            return [Failure(f"no node that can be set is called {expression}", Code.NOT_FOUND)]
        return [self._try(path, lambda path: self.tree.set(path, value)) for path in found]

    def list_nodes(self, expression: str, flags: int, subscribed: Container[str] = ()) -> list[str]:
        """Paths: leaves, or the names one level further down, as `flags` say.

        `subscribed` holds the paths to which who asks has subscribed, for listings of these only.
        """
        listing = Listing(flags)
        listed: dict[str, None] = {}
        for part in split_expressions(expression):
            selected = (f"{self.tree.root}/{info.path}" for info in self._inside(part) if selects(listing, info))
            if Listing.SUBSCRIBED_ONLY in listing:
                selected = (path for path in selected if path in subscribed)
            listed |= dict.fromkeys(children(part, selected, listing))
        return list(listed)

    def list_json(self, expression: str, flags: int) -> str:
        """What the selected nodes are, as the server's JSON."""
        listing = Listing(flags)
        root = self.tree.root
        described: dict[str, Any] = {
            f"{root}/{info.path}": info.describe(root)
            for info in self._inside(expression)
            if selects(listing, info)
        }
        return json.dumps(described, ensure_ascii=False)

    def expand(self, expression: str) -> list[str]:
        """Absolute paths of the nodes that an expression selects."""
        return [f"{self.tree.root}/{info.path}" for info in self._inside(expression)]

    def _inside(self, expression: str) -> Iterable[NodeInfo]:
        """What an expression selects, in order, each node once."""
        found: dict[str, NodeInfo] = {}
        for part in split_expressions(expression):
            root, _, inside = part.removeprefix("/").partition("/")
            # A star in the first word: "/dev*/awgs" selects in every device it fits, and "*" alone all there is.
            if not root or compile_expression(root, below=False).fullmatch(self.tree.root[1:]):
                found |= {info.path: info for info in self.tree.select(inside)}
        return found.values()

    def _attempt(self, path: str, request: Callable[[str], Sample]) -> Outcome:
        whole = normalise(path)[1:]
        root, _, inside = whole.partition("/")
        if f"/{root}" != self.tree.root and whole in self.tree:
            # A client's sync() writes "raw/stats/sync" to each of its connections, whatever kernel is behind it.
            return self._try(whole, request)
        if f"/{root}" != self.tree.root:
            return Failure(f"{path} is not a path of {self.tree.root[1:]}", Code.NOT_FOUND)
        return self._try(inside, request)

    def _try(self, path: str, request: Callable[[str], Sample]) -> Outcome:
        try:
            return request(path)
        except NodeRefused as refused:
            return Failure(str(refused), refused.code)
        except Exception as error:
            # A mistake in a device model: the client is told, and the connection lives on.
            logger.exception("%s/%s failed", self.tree.root, path)
            return Failure(f"{self.tree.root}/{path}: the simulated device failed: {error!r}")
