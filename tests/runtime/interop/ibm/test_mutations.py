"""Whatever stands in a file, it ends in a Target or in a report, never in a traceback from the depths."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import ProblemReport
from runtime.interop.ibm import load_device
from runtime.target import Target
from tests.runtime.interop.ibm import slices
from tests.runtime.interop.ibm.conftest import contents

Place = tuple[int, tuple[str | int, ...]]


def places(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The key path of every node below `node`."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


FILES: tuple[dict[str, Any], ...] = (*slices.kyiv(), {})
_, _, PROPS = contents("jakarta")
FILES[2].update(
    qubits=PROPS["qubits"][:2], gates=[gate for gate in PROPS["gates"] if gate["gate"] in {"x", "rz"}][:2]
)
FILES[1]["pulse_library"] = [{"name": "QId_d0", "samples": [[0.0, 0.1], [0.2, 0.0]]}]
FILES[1]["cmd_def"] += [
    {"name": "id", "qubits": [0], "sequence": [{"name": "QId_d0", "t0": 0, "ch": "d0"}]},
    {
        "name": "measure",
        "qubits": [0],
        "sequence": [
            {"name": "delay", "t0": 0, "ch": "m0", "duration": 16},
            {"name": "acquire", "t0": 0, "duration": 16, "qubits": [0, 1], "memory_slot": [0, 1]},
        ],
    },
]
PLACES: list[Place] = [(index, path) for index, file in enumerate(FILES) for path in places(file)]
JUNK: list[Any] = [
    None,
    True,
    -1,
    0,
    1,
    2.5,
    1e12,
    10**30,
    float("nan"),
    float("-inf"),
    "",
    "P0",
    "u0",
    "measure",
    "acquire",
    [],
    [0],
    [0, 0],
    [[0, 1]],
    [1e400, 0],
    {},
    {"name": "fc"},
]


def test_the_files_are_good_before_they_are_spoiled() -> None:
    assert isinstance(load_device(*FILES).target, Target)


def problems_of(files: tuple[dict[str, Any], ...]) -> ProblemReport | None:
    """The report that loading ends in; None when it gives a Target."""
    try:
        str(load_device(*files).target)
    except ProblemReport as report:
        return report
    return None


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(JUNK)), min_size=1, max_size=2))
def test_any_node_may_be_anything(changes: list[tuple[Place, Any]]) -> None:
    files = copy.deepcopy(FILES)
    for (index, path), value in changes:
        node: Any = files[index]
        with contextlib.suppress(KeyError, IndexError, TypeError):  # the first change may have cut it off
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = copy.deepcopy(value)
    report = problems_of(files)
    assert report is None or (
        report.problems and all(problem.where and problem.what for problem in report.problems)
    )
