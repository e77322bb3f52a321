"""The coupling map: queries against a plain search, fixed shapes, bad input."""

from __future__ import annotations

import itertools
import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.target import CouplingError, CouplingMap, InvalidTarget, TranspilerError
from runtime.target.coupling import coupling_map_of

QUBITS = 7
EDGES = st.lists(
    st.tuples(st.integers(0, QUBITS - 1), st.integers(0, QUBITS - 1)).filter(lambda edge: edge[0] != edge[1])
)


def steps(edges: list[tuple[int, int]], start: int) -> dict[int, int]:
    """Number of undirected edges from `start` to each qubit, by relaxing all edges until nothing changes."""
    found = {start: 0}
    for _ in range(QUBITS):
        for a, b in edges + [(b, a) for a, b in edges]:
            if a in found:
                found[b] = min(found.get(b, QUBITS), found[a] + 1)
    return found


@given(edges=EDGES)
def test_distances_are_those_of_a_plain_search(edges: list[tuple[int, int]]) -> None:
    coupling = CouplingMap(edges, qubits=range(QUBITS))
    matrix = coupling.distance_matrix
    for start in range(QUBITS):
        expected = steps(edges, start)
        for end in range(QUBITS):
            assert matrix[start, end] == expected.get(end, math.inf)
            if end in expected:
                assert coupling.distance(start, end) == expected[end]
                path = coupling.shortest_undirected_path(start, end)
                assert (path[0], path[-1], len(path)) == (start, end, expected[end] + 1)
                hops = itertools.pairwise(path)
                assert all((a, b) in edges or (b, a) in edges for a, b in hops)
            else:
                with pytest.raises(CouplingError, match="no way"):
                    coupling.distance(start, end)


@given(edges=EDGES)
def test_components_and_connectedness_are_those_of_a_plain_search(edges: list[tuple[int, int]]) -> None:
    coupling = CouplingMap(edges, qubits=range(QUBITS))
    groups = {frozenset(steps(edges, start)) for start in range(QUBITS)}
    assert {frozenset(group) for group in coupling.connected_components()} == groups
    assert coupling.is_connected() == (len(groups) == 1)


@given(edges=EDGES)
def test_neighbors_follow_the_directions(edges: list[tuple[int, int]]) -> None:
    coupling = CouplingMap(edges, qubits=range(QUBITS))
    for qubit in range(QUBITS):
        assert coupling.neighbors(qubit) == sorted({b for a, b in edges if a == qubit})
    assert set(coupling) == set(coupling.get_edges()) == set(edges)
    assert coupling.is_symmetric == all((b, a) in edges for a, b in edges)


@given(edges=EDGES)
def test_equality_ignores_order_and_repetition(edges: list[tuple[int, int]]) -> None:
    coupling = CouplingMap(edges, qubits=range(QUBITS))
    twin = CouplingMap([list(edge) for edge in reversed(edges)] * 2, qubits=range(QUBITS))
    assert coupling == twin
    assert hash(coupling) == hash(twin)
    assert pickle.loads(pickle.dumps(coupling)) == coupling
    assert coupling != CouplingMap(edges, qubits=range(QUBITS + 1))


def test_a_line() -> None:
    line = CouplingMap([(0, 1), (1, 2)])
    assert line.edges == ((0, 1), (1, 2))
    assert line.physical_qubits == [0, 1, 2]
    assert line.size() == 3
    assert line.neighbors(1) == [2]
    assert line.distance(2, 0) == 2
    assert line.is_connected()
    assert (0, 1) in line
    assert (1, 0) not in line
    assert 3 not in line
    assert repr(line) == "CouplingMap([[0, 1], [1, 2]], qubits=[0, 1, 2])"


def test_shapes() -> None:
    assert CouplingMap.from_line(3) == CouplingMap([(0, 1), (1, 0), (1, 2), (2, 1)])
    assert CouplingMap.from_line(3, bidirectional=False).get_edges() == [(0, 1), (1, 2)]
    assert CouplingMap.from_ring(4).distance(0, 3) == 1
    assert CouplingMap.from_ring(1).get_edges() == []
    assert CouplingMap.from_full(4).distance_matrix.max() == 1
    assert CouplingMap.from_full(3, bidirectional=False).get_edges() == [(0, 1), (0, 2), (1, 2)]


def test_a_map_without_qubits() -> None:
    nothing = CouplingMap()
    assert (nothing.physical_qubits, nothing.size(), nothing.is_connected()) == ([], 0, True)
    assert nothing.distance_matrix.shape == (0, 0)
    assert not CouplingMap(qubits=range(2)).is_connected()


def test_qubits_need_not_be_a_range() -> None:
    coupling = CouplingMap([(1, 4)], qubits=[4, 1])
    assert coupling.physical_qubits == [1, 4]
    assert coupling.distance(4, 1) == 1
    assert coupling.distance_matrix.tolist() == [[0, 1], [1, 0]]
    with pytest.raises(CouplingError):
        coupling.neighbors(0)


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ({"couplinglist": [(0, 1, 2)]}, ["couplinglist[0]"]),
        ({"couplinglist": [(0, 1), (1, 1), 3]}, ["couplinglist[1]", "couplinglist[2]"]),
        ({"couplinglist": [(0, -1), (0, True), (0, 1.0), "01"]}, [f"couplinglist[{k}]" for k in range(4)]),
        ({"couplinglist": [(0, 5)], "qubits": range(2)}, ["couplinglist"]),
        ({"couplinglist": [(0, 1)], "qubits": []}, ["couplinglist"]),
        ({"qubits": [0, 0]}, ["qubits"]),
        ({"qubits": [-1]}, ["qubits"]),
    ],
)
def test_what_is_no_map_is_refused(arguments: dict[str, Any], places: list[str]) -> None:
    with pytest.raises(InvalidTarget) as caught:
        CouplingMap(**arguments)
    assert [problem.where for problem in caught.value.problems] == places


@pytest.mark.parametrize("qubit", [3, -1, True, 0.5, "0"])
def test_a_qubit_that_is_not_there_is_refused(qubit: Any) -> None:
    line = CouplingMap.from_line(3)
    for ask in (line.neighbors, lambda q: line.distance(0, q), lambda q: line.distance(q, 0)):
        with pytest.raises(TranspilerError, match="no such qubit"):
            ask(qubit)


def test_maps_come_from_pairs_and_from_other_packages() -> None:
    class Foreign:
        physical_qubits = (0, 1, 2)

        def get_edges(self) -> list[tuple[int, int]]:
            return [(2, 0)]

    assert coupling_map_of(Foreign(), None) == CouplingMap([(2, 0)], qubits=range(3))
    assert coupling_map_of([[0, 1]], None) == CouplingMap([(0, 1)])
    assert coupling_map_of([[0, 1]], 4).size() == 4
    line = CouplingMap.from_line(2)
    assert coupling_map_of(line, None) is line
