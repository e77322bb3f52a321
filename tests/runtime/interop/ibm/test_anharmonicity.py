"""Anharmonicities from the recorded properties of a device."""

from __future__ import annotations

import json

import pytest

import configs
from drivers.contract import ProblemReport
from runtime.interop.ibm import load_anharmonicities

PROPS = configs.ROOT / "demo" / "device" / "props_jakarta.json"


def test_published_ones_in_hertz() -> None:
    """Jakarta's seven, from a path and from what it held: it has -0.339883615358574 GHz for qubit 0."""
    found = load_anharmonicities(PROPS)
    assert found.keys() == set(range(7))
    assert found[0] == pytest.approx(-339_883_615.358574)
    assert load_anharmonicities(json.loads(PROPS.read_text(encoding="utf-8"))) == found


def test_unpublished_ones_are_left_out() -> None:
    """A recorded 0 stands for "not published"."""
    entry = {"name": "anharmonicity", "value": 0, "unit": "GHz", "date": "2021-01-01"}
    assert load_anharmonicities({"qubits": [[entry], []]}) == {}


def test_an_unknown_unit_is_named() -> None:
    """With the qubit it is of."""
    entry = {"name": "anharmonicity", "value": -0.3, "unit": "eV", "date": "2021-01-01"}
    with pytest.raises(ProblemReport, match="unknown unit") as caught:
        load_anharmonicities({"qubits": [[], [entry]]})
    assert "qubits[1]" in caught.value.problems[0].where
