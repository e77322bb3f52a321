"""Which qubits of a device are joined: a directed graph of two-qubit operations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from runtime.target.checks import Findings, is_index
from runtime.target.errors import CouplingError

__all__ = ["CouplingMap", "EdgeSource", "coupling_map_of"]

Edge = tuple[int, int]


@runtime_checkable
class EdgeSource(Protocol):
    """The coupling map of another package, such as an installed Qiskit."""

    def get_edges(self) -> Iterable[Iterable[int]]:
        """The directed pairs."""
        ...

    @property
    def physical_qubits(self) -> Iterable[int]:
        """The indices of the qubits."""
        ...


class CouplingMap:
    """Directed pairs of qubits. Does not change; equal are maps of the same qubits and edges.

    Directions count for `edges` and `neighbors` only, distances and connectedness ignore them. As an iterable it
    gives its edges.
    """

    __slots__ = ("_edges", "_joined", "_successors")

    def __init__(
        self, couplinglist: Iterable[Iterable[int]] | None = None, *, qubits: Iterable[int] | None = None
    ) -> None:
        """Join pairs of qubits.

        Args:
            couplinglist: (from, to); repeated pairs count once.
            qubits: All qubits, for those that no pair names; 0 to the highest that one names if left out.

        Raises:
            InvalidTarget: What is no pair of different qubits, or is not among `qubits`, all at once.
        """
        findings = Findings("CouplingMap")
        edges = tuple(dict.fromkeys(_pairs(couplinglist or (), findings)))
        if qubits is None:
            members = list(range(1 + max((qubit for edge in edges for qubit in edge), default=-1)))
        else:
            members = list(qubits)
            if members:
                findings.qubits("qubits", members, None)
        strange = [edge for edge in edges if not set(edge) <= set(members)]
        if strange:
            findings.add("couplinglist", "pairs of unknown qubits", strange, f"qubits {members}")
        findings.raise_if_any()
        members = sorted(map(int, members))
        self._edges = edges
        self._successors = _adjacent(edges, members)
        self._joined = _adjacent([*edges, *((to, start) for start, to in edges)], members)

    @classmethod
    def from_line(cls, num_qubits: int, bidirectional: bool = True) -> Self:
        """Qubits in a row, each joined to the next."""
        return cls(
            _both_ways([(k, k + 1) for k in range(num_qubits - 1)], bidirectional), qubits=range(num_qubits)
        )

    @classmethod
    def from_ring(cls, num_qubits: int, bidirectional: bool = True) -> Self:
        """Qubits in a row whose last is joined to the first."""
        pairs = [(k, (k + 1) % num_qubits) for k in range(num_qubits)] if num_qubits > 1 else []
        return cls(_both_ways(pairs, bidirectional), qubits=range(num_qubits))

    @classmethod
    def from_full(cls, num_qubits: int, bidirectional: bool = True) -> Self:
        """Every qubit joined to every other; in one direction only, from the lower to the higher one."""
        pairs = [(low, high) for low in range(num_qubits) for high in range(low + 1, num_qubits)]
        return cls(_both_ways(pairs, bidirectional), qubits=range(num_qubits))

    # What is in it

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The directed pairs, in the order they were given."""
        return self._edges

    def get_edges(self) -> list[Edge]:
        """The directed pairs, in the order they were given."""
        return list(self._edges)

    @property
    def physical_qubits(self) -> list[int]:
        """The indices of the qubits, ascending."""
        return list(self._successors)

    def size(self) -> int:
        """Number of qubits, joined or not."""
        return len(self._successors)

    @property
    def is_symmetric(self) -> bool:
        """Whether every pair is there in both directions."""
        return self._successors == self._joined

    def neighbors(self, physical_qubit: int) -> list[int]:
        """The qubits that an edge from this one leads to, in ascending order.

        Raises:
            CouplingError: No such qubit.
        """
        return list(self._successors[self._qubit(physical_qubit, "neighbors")])

    # Ways

    def distance(self, physical_qubit1: int, physical_qubit2: int) -> int:
        """Number of edges of a shortest way between two qubits, directions ignored.

        Raises:
            CouplingError: No such qubit, or no way.
        """
        return len(self.shortest_undirected_path(physical_qubit1, physical_qubit2)) - 1

    def shortest_undirected_path(self, physical_qubit1: int, physical_qubit2: int) -> list[int]:
        """The qubits of a shortest way, both ends included, directions ignored.

        Raises:
            CouplingError: No such qubit, or no way.
        """
        start, end = self._qubit(physical_qubit1, "distance"), self._qubit(physical_qubit2, "distance")
        before = self._reached(end)
        if start not in before:
            raise CouplingError(f"no way joins the qubits {start} and {end}", where="CouplingMap")
        path = [start]
        while path[-1] != end:
            path.append(before[path[-1]])
        return path

    @property
    def distance_matrix(self) -> NDArray[np.float64]:
        """Number of edges between every two of `physical_qubits`, directions ignored; inf where no way is.

        float64 (size, size), in the order of `physical_qubits`.
        """
        position = {qubit: place for place, qubit in enumerate(self._successors)}
        matrix = np.full((len(position), len(position)), math.inf)
        for start, row in position.items():
            matrix[row, row] = 0
            for qubit, previous in self._reached(start).items():
                if qubit != start:
                    matrix[row, position[qubit]] = matrix[row, position[previous]] + 1
        return matrix

    def is_connected(self) -> bool:
        """Whether a way leads from each qubit to each other, directions ignored; True without qubits."""
        return len(self.connected_components()) <= 1

    def connected_components(self) -> list[set[int]]:
        """The groups of qubits that ways join, by their lowest qubit."""
        groups: list[set[int]] = []
        seen: set[int] = set()
        for qubit in self._successors:
            if qubit not in seen:
                groups.append(set(self._reached(qubit)))
                seen |= groups[-1]
        return groups

    def _reached(self, start: int) -> dict[int, int]:
        """Every qubit that a way joins to `start`, with the qubit before it on that way; nearer ones first."""
        before = {start: start}
        frontier = [start]
        while frontier:
            following: list[int] = []
            for qubit in frontier:
                for other in self._joined[qubit]:
                    if other not in before:
                        before[other] = qubit
                        following.append(other)
            frontier = following
        return before

    def _qubit(self, qubit: int, where: str) -> int:
        if not is_index(qubit) or qubit not in self._successors:
            allowed = ", ".join(map(str, self._successors)) or "none"
            raise CouplingError("no such qubit", where=f"CouplingMap.{where}", got=repr(qubit), allowed=allowed)
        return int(qubit)

    def __iter__(self) -> Iterator[Edge]:
        return iter(self._edges)

    def __contains__(self, edge: object) -> bool:
        return isinstance(edge, tuple | list) and tuple(edge) in self.get_edges()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CouplingMap):
            return NotImplemented
        return self._successors == other._successors

    def __hash__(self) -> int:
        return hash(tuple(self._successors.items()))

    def __repr__(self) -> str:
        return f"CouplingMap({[list(edge) for edge in self._edges]}, qubits={self.physical_qubits})"


def coupling_map_of(
    source: CouplingMap | EdgeSource | Iterable[Iterable[int]], num_qubits: int | None
) -> CouplingMap:
    """A CouplingMap of pairs, or of another package's coupling map; `num_qubits` counts where pairs are given.

    Raises:
        InvalidTarget: Something in it is no pair of qubits, or lies beyond its size.
    """
    if isinstance(source, CouplingMap):
        return source
    if isinstance(source, EdgeSource):
        return CouplingMap(source.get_edges(), qubits=source.physical_qubits)
    return CouplingMap(source, qubits=None if num_qubits is None else range(num_qubits))


def _pairs(couplinglist: Iterable[object], findings: Findings) -> Iterator[Edge]:
    for number, pair in enumerate(couplinglist):
        members = tuple(pair) if isinstance(pair, Iterable) else ()
        if len(members) == 2 and all(map(is_index, members)) and members[0] != members[1]:
            yield int(members[0]), int(members[1])
        else:
            allowed = "two different whole numbers of at least 0"
            findings.add(f"couplinglist[{number}]", "not a pair of qubits", pair, allowed)


def _adjacent(edges: Iterable[Edge], qubits: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """For each qubit, those that an edge leads to, ascending, each once."""
    found: dict[int, set[int]] = {qubit: set() for qubit in qubits}
    for start, to in edges:
        found[start].add(to)
    return {qubit: tuple(sorted(group)) for qubit, group in found.items()}


def _both_ways(pairs: list[Edge], bidirectional: bool) -> list[Edge]:
    return [*pairs, *((to, start) for start, to in pairs)] if bidirectional else pairs
