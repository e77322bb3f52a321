"""Nodes: kinds, rights, hooks, listeners and the expressions that select them."""

from __future__ import annotations

import fnmatch
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.labone import Change, Code, Kind, NodeInfo, NodeRefused, NodeTree, Sample
from simulators.labone.values import NodeValue, VectorText

CHOICES = {0: '"off": Off', 1: '"on", "enabled": On', 5: "Five, without a name"}


def _tree(*infos: NodeInfo) -> NodeTree:
    return NodeTree("dev1", infos, clock=lambda: 42)


@pytest.mark.parametrize(
    ("kind", "value", "held"),
    [
        (Kind.INTEGER, 7, 7),
        (Kind.INTEGER, 6.6, 7),
        (Kind.INTEGER, 3 + 0j, 3),
        (Kind.ENUMERATED, 5, 5),
        (Kind.ENUMERATED, "off", 0),
        (Kind.ENUMERATED, "Enabled", 1),
        (Kind.DOUBLE, 3, 3.0),
        (Kind.COMPLEX, 2, 2 + 0j),
        (Kind.STRING, b"text", "text"),
        (Kind.VECTOR, "text", VectorText("text")),
    ],
)
def test_a_value_is_held_in_the_nodes_kind(kind: Kind, value: NodeValue, held: NodeValue) -> None:
    tree = _tree(NodeInfo("a/b", kind, options=CHOICES if kind is Kind.ENUMERATED else {}))
    sample = tree.set("a/b", value)
    assert (sample.value, type(sample.value), sample.path, sample.timestamp) == (held, type(held), "/dev1/a/b", 42)
    assert tree.value("a/b") == held


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (Kind.INTEGER, "seven", "a/b takes a number, not 'seven'"),
        (Kind.INTEGER, float("nan"), "an integer, not nan"),
        (Kind.INTEGER, 1 + 1j, "a real number"),
        (Kind.DOUBLE, 1j, "a real number"),
        (Kind.DOUBLE, np.zeros(3), "a number, not ndarray"),
        (Kind.ENUMERATED, 2, "one of 0, 1, 5, not 2"),
        (Kind.ENUMERATED, "five", "one of off, on, enabled, not 'five'"),
        (Kind.STRING, 3, "text, not 3"),
        (Kind.VECTOR, 3.5, "a vector, not 3.5"),
        (Kind.OTHER, 3, "nothing"),
    ],
)
def test_a_value_of_another_kind_is_refused_and_the_node_stays(kind: Kind, value: NodeValue, message: str) -> None:
    tree = _tree(NodeInfo("a/b", kind, options=CHOICES if kind is Kind.ENUMERATED else {}))
    before = tree.value("a/b")
    with pytest.raises(NodeRefused, match=message):
        tree.set("a/b", value)
    assert tree.value("a/b") is before


def test_rights_are_kept() -> None:
    tree = _tree(
        NodeInfo("reading", Kind.INTEGER, properties=frozenset({"Read"})),
        NodeInfo("order", Kind.INTEGER, properties=frozenset({"Write"})),
    )
    for request, code in (
        (lambda: tree.set("reading", 1), Code.READ_ONLY),
        (lambda: tree.get("order"), Code.WRITE_ONLY),
        (lambda: tree.get("nothing"), Code.NOT_FOUND),
        (lambda: tree.put("nothing", 1), Code.NOT_FOUND),
    ):
        with pytest.raises(NodeRefused) as refused:
            request()
        assert refused.value.code is code
    tree.put("reading", 5)
    assert tree.get("reading").value == 5


def test_hooks_run_in_order_around_storing() -> None:
    tree = _tree(*(NodeInfo(f"awgs/{core}/enable", Kind.INTEGER) for core in range(3)))
    seen: list[object] = []

    def before(change: Change) -> int:
        seen.append(("before", change.indices, change.before, tree.value(change.path)))
        assert isinstance(change.value, int)
        return change.value * 10

    tree.before_set("awgs/*/enable", before)
    tree.after_set("awgs/*/enable", lambda change: seen.append(("after", change.value, tree.value(change.path))))
    tree.listen(lambda sample: seen.append(("told", sample.value)))
    assert tree.set("awgs/2/enable", 1).value == 10
    assert seen == [("before", (2,), 0, 0), ("told", 10), ("after", 10, 10)]


def test_a_hook_that_refuses_leaves_the_node_untold() -> None:
    tree = _tree(NodeInfo("a", Kind.INTEGER))
    told: list[Sample] = []

    def refuse(change: Change) -> None:
        raise NodeRefused(f"not {change.value}")

    tree.before_set("a", refuse)
    tree.listen(told.append)
    with pytest.raises(NodeRefused, match="not 3"):
        tree.set("a", 3)
    assert (tree.value("a"), told) == (0, [])


def test_a_reader_makes_the_value_when_it_is_read() -> None:
    tree = _tree(NodeInfo("status/time", Kind.INTEGER, properties=frozenset({"Read"})))
    instants = iter(range(10))
    tree.on_get("status/*", lambda _path: next(instants))
    assert [tree.get("status/time").value for _ in range(3)] == [0, 1, 2]


def test_nodes_appear_and_vanish() -> None:
    tree = _tree(NodeInfo("awgs/0/elf/data", Kind.VECTOR))
    for number in range(3):
        tree.add(NodeInfo(f"awgs/0/waveform/waves/{number}", Kind.VECTOR), np.zeros(4, np.int16))
    assert len(tree) == 4
    tree.remove("awgs/0/waveform/waves/*")
    assert tree.match("") == ["awgs/0/elf/data"]


def test_an_array_that_cannot_be_sent_is_the_models_mistake() -> None:
    tree = _tree(NodeInfo("a", Kind.VECTOR))
    with pytest.raises(TypeError, match="bool"):
        tree.put("a", np.zeros(3, bool))


def test_listeners_hear_of_changes_from_many_threads_in_the_order_of_storing() -> None:
    tree = _tree(NodeInfo("a", Kind.INTEGER))
    heard: list[NodeValue] = []
    listener = lambda sample: heard.append(sample.value)  # noqa: E731 - it is compared by identity below
    tree.listen(listener)

    def count(start: int) -> None:
        for number in range(start, start + 500):
            tree.put("a", number)

    threads = [threading.Thread(target=count, args=(1000 * each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 2000
    assert heard[-1] == tree.value("a")
    tree.unlisten(listener)
    tree.put("a", 1)
    assert len(heard) == 2000


WORD = st.sampled_from(["awgs", "awg", "0", "1", "11", "out.put"])
PATH = st.lists(WORD, min_size=1, max_size=4).map("/".join)
PATTERN = st.lists(WORD | st.sampled_from(["*", "a*", "*1"]), min_size=1, max_size=4).map("/".join)


@given(st.sets(PATH, max_size=8), PATTERN)
def test_expressions_select_as_word_by_word_patterns_do(paths: set[str], pattern: str) -> None:
    # A node may not lie below another one.
    leaves = {path for path in paths if not any(other.startswith(f"{path}/") for other in paths)}
    words = pattern.split("/")

    def fits(path: str) -> bool:
        parts = path.split("/")
        return len(parts) >= len(words) and all(map(fnmatch.fnmatchcase, parts, words))

    tree = _tree(*(NodeInfo(path, Kind.INTEGER) for path in sorted(leaves)))
    assert set(tree.match(pattern)) == {path for path in leaves if fits(path)}
