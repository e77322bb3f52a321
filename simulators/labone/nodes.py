"""A device's nodes: what each holds, what happens when it is set, who hears of a change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from simulators.labone.elements import CODES
from simulators.labone.hooks import After, Before, Change, Hooks, Listener, Source
from simulators.labone.node import Kind, NodeInfo
from simulators.labone.outcome import Code, NodeRefused
from simulators.labone.paths import compile_expression
from simulators.labone.values import NodeValue, Sample, VectorText

__all__ = ["NodeTree"]


@dataclass(slots=True)
class _Node:
    info: NodeInfo
    value: NodeValue
    timestamp: int = 0


class NodeTree:
    """Nodes by path. Reading, putting and listening may be done on any thread; setting is for the server's.

    Paths given to a tree are relative and in lower case ("awgs/0/enable"); absolute ones belong to the wire.
    """

    def __init__(self, root: str, nodes: Iterable[NodeInfo] = (), *, clock: Callable[[], int] = lambda: 0) -> None:
        """`root` is the first word of the absolute paths, "dev12345"; `clock` gives ticks for the timestamps."""
        self.root = f"/{root}"
        self._clock = clock
        self._nodes = {info.path: _Node(info, info.empty()) for info in nodes}
        self._lock = threading.RLock()
        self._before: Hooks[Before] = Hooks()
        self._after: Hooks[After] = Hooks()
        self._sources: Hooks[Source] = Hooks()
        self._listeners: tuple[Listener, ...] = ()

    def __contains__(self, path: str) -> bool:
        return path in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def add(self, info: NodeInfo, value: NodeValue | None = None) -> None:
        """Let a node appear, or replace one; it holds `value`, or nothing yet."""
        with self._lock:
            kept = info.empty() if value is None else value
            self._nodes[info.path] = _Node(info, kept, self._clock())

    def remove(self, pattern: str) -> None:
        """Let the nodes of `pattern` ("awgs/0/waveform/waves/*") vanish; none need be there."""
        with self._lock:
            for path in self.match(pattern):
                del self._nodes[path]

    def info(self, path: str) -> NodeInfo:
        """What `path` is; raises NodeRefused when there is no such node."""
        return self._node(path).info

    def match(self, expression: str) -> list[str]:
        """The paths that an expression selects, with all below; "" selects every node."""
        return [info.path for info in self.select(expression)]

    def select(self, expression: str) -> list[NodeInfo]:
        """The same nodes, as what they are."""
        with self._lock:
            if not expression:
                return [node.info for node in self._nodes.values()]
            if expression in self._nodes:
                return [self._nodes[expression].info]
            pattern = compile_expression(expression)
            return [node.info for path, node in self._nodes.items() if pattern.fullmatch(path)]

    def before_set(self, pattern: str, hook: Before) -> None:
        """Let `hook` check, change or refuse what clients set at `pattern` ("awgs/*/elf/data")."""
        self._before.add(pattern, hook)

    def after_set(self, pattern: str, hook: After) -> None:
        """Let `hook` act on what clients have set at `pattern`."""
        self._after.add(pattern, hook)

    def on_get(self, pattern: str, source: Source) -> None:
        """Let `source` make the value of the nodes of `pattern` whenever one is read."""
        self._sources.add(pattern, source)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every value that is stored from now on."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def unlisten(self, listener: Listener) -> None:
        """Tell it no more."""
        with self._lock:
            self._listeners = tuple(each for each in self._listeners if each != listener)

    def value(self, path: str) -> NodeValue:
        """What `path` holds; raises NodeRefused when there is no such node."""
        return self._node(path).value

    def integer(self, path: str) -> int:
        """What a whole-number node holds."""
        value = self.value(path)
        if not isinstance(value, int):
            raise TypeError(f"{path} holds {type(value).__name__}, not an integer")
        return value

    def number(self, path: str) -> float:
        """What a number node holds."""
        value = self.value(path)
        if not isinstance(value, int | float):
            raise TypeError(f"{path} holds {type(value).__name__}, not a number")
        return float(value)

    def text(self, path: str) -> str:
        """What a text node holds."""
        value = self.value(path)
        if not isinstance(value, str):
            raise TypeError(f"{path} holds {type(value).__name__}, not text")
        return value

    def put(self, path: str, value: NodeValue, *, timestamp: int | None = None) -> None:
        """Store a value and tell those who listen. No hook runs, and rights and kind are not looked at.

        Raises:
            NodeRefused: If there is no such node.
            TypeError: For an array whose elements cannot be sent.
        """
        self._store(self._node(path), value, timestamp)

    def get(self, path: str) -> Sample:
        """What a client reads; raises NodeRefused for a node that is not there or cannot be read."""
        node = self._node(path)
        if not node.info.readable:
            raise NodeRefused(f"{self.root}/{path} cannot be read", Code.WRITE_ONLY)
        for source, _ in self._sources.of(path):
            return Sample(f"{self.root}/{path}", source(path), self._clock())
        with self._lock:
            return Sample(f"{self.root}/{path}", node.value, node.timestamp or self._clock())

    def set(self, path: str, value: NodeValue) -> Sample:
        """Do what a client asks: check, convert, store, tell, act.

        Returns:
            What the node holds now, which may differ from what was asked.

        Raises:
            NodeRefused: For a node that is not there, cannot be written, or does not take the value.
        """
        node = self._node(path)
        if not node.info.writable:
            raise NodeRefused(f"{self.root}/{path} is read-only", Code.READ_ONLY)
        value = node.info.accept(value)
        before = node.value
        for check, indices in self._before.of(path):
            replaced = check(Change(path, indices, value, before))
            value = value if replaced is None else replaced
        stored = self._store(node, value, None)
        for act, indices in self._after.of(path):
            act(Change(path, indices, value, before))
        return stored

    def _node(self, path: str) -> _Node:
        node = self._nodes.get(path)
        if node is None:
            raise NodeRefused(f"{self.root}/{path} does not exist", Code.NOT_FOUND)
        return node

    def _store(self, node: _Node, value: NodeValue, timestamp: int | None) -> Sample:
        if isinstance(value, np.ndarray) and value.dtype.name not in CODES:
            raise TypeError(f"{node.info.path}: no vector holds elements of type {value.dtype}")
        if isinstance(value, str) and node.info.kind is Kind.VECTOR:
            value = VectorText(value)
        # Under the lock, so that listeners hear of changes in the order in which they are stored.
        with self._lock:
            node.value = value
            node.timestamp = self._clock() if timestamp is None else timestamp
            sample = Sample(f"{self.root}/{node.info.path}", value, node.timestamp)
            for listener in self._listeners:
                listener(sample)
        return sample
