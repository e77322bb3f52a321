"""Requests as clients send them: absolute paths, lists of expressions, flags."""

from __future__ import annotations

import json

import pytest

from simulators.labone import Code, Kind, NodeInfo, NodeTree, Sample
from simulators.labone.kernel import Kernel
from simulators.labone.listing import Listing
from simulators.labone.outcome import Failure

SETTING = frozenset({"Read", "Write", "Setting"})
READING = frozenset({"Read"})
STREAM = frozenset({"Read", "Stream"})


@pytest.fixture
def kernel() -> Kernel:
    channels = [NodeInfo(f"sigouts/{n}/on", Kind.INTEGER, properties=SETTING) for n in range(3)]
    return Kernel(
        NodeTree(
            "dev1",
            [
                *channels,
                NodeInfo("sigouts/0/over", Kind.INTEGER, properties=READING),
                NodeInfo("cnts/0/sample", Kind.COUNT, properties=STREAM),
                NodeInfo("elf/data", Kind.VECTOR, properties=frozenset({"Write"})),
                NodeInfo("clockbase", Kind.DOUBLE, unit="Hz", properties=READING),
            ],
        )
    )


def _values(kernel: Kernel, expression: str, flags: int = 0) -> dict[str, object]:
    outcomes = kernel.get(expression, flags=flags)
    return {outcome.path: outcome.value for outcome in outcomes if isinstance(outcome, Sample)}


def test_expressions_in_any_case_and_in_lists_select(kernel: Kernel) -> None:
    assert list(_values(kernel, "/DEV1/SIGOUTS/*/ON")) == [f"/dev1/sigouts/{n}/on" for n in range(3)]
    assert list(_values(kernel, "/dev*/sigouts/0,/dev1/clockbase/")) == [
        "/dev1/sigouts/0/on",
        "/dev1/sigouts/0/over",
        "/dev1/clockbase",
    ]
    assert _values(kernel, "/dev2/*") == {}


def test_reading_many_leaves_out_what_cannot_be_read_or_streams(kernel: Kernel) -> None:
    assert "/dev1/elf/data" not in _values(kernel, "*")
    assert "/dev1/cnts/0/sample" not in _values(kernel, "*")
    assert "/dev1/cnts/0/sample" in _values(kernel, "/dev1/cnts/0/sample")
    settings = _values(kernel, "*", Listing.SETTINGS_ONLY)
    assert settings == {f"/dev1/sigouts/{n}/on": 0 for n in range(3)}


def test_setting_many_sets_what_can_be_set(kernel: Kernel) -> None:
    assert len(kernel.set("/dev1/sigouts/*", 1)) == 3
    assert _values(kernel, "/dev1/sigouts/*/on") == {f"/dev1/sigouts/{n}/on": 1 for n in range(3)}
    assert _values(kernel, "/dev1/sigouts/*/over") == {"/dev1/sigouts/0/over": 0}


@pytest.mark.parametrize(
    ("expression", "expand", "code"),
    [
        ("/dev1/clockbase", True, Code.READ_ONLY),
        ("/dev1/clock*", True, Code.NOT_FOUND),
        ("/dev1/nothing", True, Code.NOT_FOUND),
        ("/dev1/sigouts/*/on", False, Code.NOT_FOUND),
        ("/dev2/sigouts/0/on", True, Code.NOT_FOUND),
    ],
)
def test_what_cannot_be_set_is_one_failure(kernel: Kernel, expression: str, *, expand: bool, code: Code) -> None:
    (failure,) = kernel.set(expression, 1, expand=expand)
    assert isinstance(failure, Failure)
    assert failure.code is code
    assert expression.removesuffix("*/on") in failure.message


def test_listings_follow_their_flags(kernel: Kernel) -> None:
    everything = Listing.RECURSIVE | Listing.ABSOLUTE | Listing.LEAVES_ONLY
    assert kernel.list_nodes("", 0) == ["dev1"]
    assert kernel.list_nodes("/", Listing.ABSOLUTE) == ["/dev1"]
    assert kernel.list_nodes("/dev1", 0) == ["sigouts", "cnts", "elf", "clockbase"]
    assert kernel.list_nodes("/dev1/*", Listing.LEAVES_ONLY) == ["clockbase"]
    assert kernel.list_nodes("/dev1/sigouts/0", Listing.ABSOLUTE) == ["/dev1/sigouts/0/on", "/dev1/sigouts/0/over"]
    assert kernel.list_nodes("/dev1/sigouts/0", Listing.RECURSIVE) == ["on", "over"]
    assert len(kernel.list_nodes("/dev1", everything)) == 7
    assert kernel.list_nodes("*", everything | Listing.STREAMING_ONLY) == ["/dev1/cnts/0/sample"]
    assert kernel.list_nodes("/dev1/sigouts", everything | Listing.BASE_CHANNEL_ONLY) == [
        "/dev1/sigouts/0/on",
        "/dev1/sigouts/0/over",
    ]
    assert "/dev1/elf/data" not in kernel.list_nodes("*", everything | Listing.EXCLUDE_VECTORS)
    assert "/dev1/cnts/0/sample" not in kernel.list_nodes("*", everything | Listing.EXCLUDE_STREAMING)


def test_descriptions_name_what_nodes_are(kernel: Kernel) -> None:
    assert json.loads(kernel.list_json("/dev1/clockbase", 0)) == {
        "/dev1/clockbase": {
            "Node": "/DEV1/CLOCKBASE",
            "Description": "",
            "Properties": "Read",
            "Type": "Double",
            "Unit": "Hz",
        }
    }
