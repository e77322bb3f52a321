"""Files that cannot be used: everything that is wrong comes in one report, with file and key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.contract import ProblemReport
from runtime.interop.ibm import load_target
from tests.runtime.interop.ibm import slices
from tests.runtime.interop.ibm.conftest import contents, paths

Json = dict[str, Any]


def problems_of(*files: Any) -> list[tuple[str, str]]:
    """(where, what) of each problem."""
    with pytest.raises(ProblemReport, match="device files") as caught:
        load_target(*files)
    return [(problem.where, problem.what) for problem in caught.value.problems]


def item(defs: Json, entry: int = 2) -> Json:
    found: Json = defs["cmd_def"][entry]["sequence"][0]
    return found


def put(key: str, value: object) -> Callable[[Json], None]:
    return lambda content: content.update({key: value})


def drop(key: str) -> Callable[[Json], None]:
    return lambda content: content.pop(key)


CONF_CASES: list[tuple[Callable[[Json], Any], str, str]] = [
    (drop("n_qubits"), "conf: n_qubits", "the key is missing"),
    (drop("backend_name"), "conf: backend_name", "the key is missing"),
    (put("dt", "0.2222"), "conf: dt", "input should be a valid number"),
    (put("dt", True), "conf: dt", "input should be a valid number"),
    (put("dt", 0), "conf: dt", "input should be greater than 0"),
    (put("dt", float("nan")), "conf: dt", "input should be a finite number"),
    (put("n_qubits", 2.5), "conf: n_qubits", "input should be a valid integer"),
    (put("n_qubits", True), "conf: n_qubits", "input should be a valid integer"),
    (put("meas_map", [[0, -1]]), "conf: meas_map[0][1]", "input should be greater than or equal to 0"),
    (put("meas_map", [[0, 2]]), "conf: meas_map[0]", "not a group of qubits"),
    (put("timing_constraints", {"granularity": 0}), "conf: timing_constraints.granularity", "greater than 0"),
    (put("u_channel_lo", [[{"q": 5, "scale": [1, 0]}]]), "conf: u_channel_lo[0]", "no such qubit"),
    (put("u_channel_lo", [[]]), "conf: u_channel_lo[0]", "no such qubit"),
    (put("u_channel_lo", [[{"q": 0, "scale": [1]}]]), "conf: u_channel_lo[0][0].scale", "[re, im]"),
    (put("gates", [{"name": "cx", "coupling_map": [[0, 0]]}]), "conf: gates[0].coupling_map", "group of qubits"),
]

DEFS_CASES: list[tuple[Callable[[Json], Any], str, str]] = [
    (drop("cmd_def"), "defs: cmd_def", "the key is missing"),
    (put("qubit_freq_est", [4.7]), "defs: qubit_freq_est", "wrong number of frequencies"),
    (put("meas_freq_est", [7.1, -7.2]), "defs: meas_freq_est[1]", "not a frequency"),
    (put("pulse_library", [{"name": "a", "samples": []}]), "defs: pulse_library[0].samples", "at least 1 item"),
    (put("pulse_library", [{"name": "a", "samples": [["x", 0]]}]), "defs: pulse_library[0].samples[0]", "finite"),
    (put("pulse_library", [{"name": "a", "samples": [[2, 0]]}]), "defs: pulse_library[0] 'a'", "not a pulse"),
    (lambda defs: defs["cmd_def"].append(7), "defs: cmd_def[3]", "valid dictionary"),
    (lambda defs: defs["cmd_def"][2].update(qubits=[]), "defs: cmd_def[2].qubits", "at least 1 item"),
    (lambda defs: defs["cmd_def"][2].update(qubits=[4]), "defs: cmd_def[2]", "not a group of qubits"),
    (lambda defs: defs["cmd_def"].append(defs["cmd_def"][2]), "defs: cmd_def 'x' on (0,)", "more than once"),
    (lambda defs: item(defs).update(t0=-16), "defs: cmd_def[2].sequence[0].t0", "greater than or equal to 0"),
    (lambda defs: item(defs).update(t0=1.5), "defs: cmd_def[2].sequence[0].t0", "valid integer"),
    (lambda defs: item(defs).pop("t0"), "defs: cmd_def[2].sequence[0].t0", "the key is missing"),
    (lambda defs: item(defs).update(frequency=5), "defs: cmd_def[2].sequence[0].frequency", "unknown key"),
    (lambda defs: item(defs)["parameters"].update(amp=[1]), "sequence[0].parameters.amp", "[re, im]"),
    (lambda defs: item(defs)["parameters"].update(amp=[1, None]), "sequence[0].parameters.amp", "[re, im]"),
    (lambda defs: item(defs)["parameters"].update(phase=1), "sequence[0].parameters.phase", "unknown key"),
    (lambda defs: item(defs)["parameters"].update(duration=0), "parameters.duration", "greater than 0"),
    (
        lambda defs: item(defs)["parameters"].pop("sigma"),
        "cmd_def[2] 'x' on (0,), sequence[0]",
        "needs ['beta', 'sigma']",
    ),
    (lambda defs: item(defs)["parameters"].update(width=8), "cmd_def[2] 'x' on (0,), sequence[0]", "'width'"),
    (lambda defs: item(defs)["parameters"].update(sigma=-1.0), "cmd_def[2] 'x' on (0,), sequence[0]", "sigma"),
    (lambda defs: item(defs)["parameters"].update(amp=[1.1, 0]), "cmd_def[2] 'x' on (0,), sequence[0]", "amp"),
    (
        lambda defs: item(defs).update(pulse_shape="cosine"),
        "cmd_def[2] 'x' on (0,), sequence[0]",
        "shape 'cosine'",
    ),
    (lambda defs: item(defs).update(ch="q0"), "cmd_def[2] 'x' on (0,), sequence[0]", "no such channel"),
    (lambda defs: item(defs).update(ch="d00"), "cmd_def[2] 'x' on (0,), sequence[0]", "no such channel"),
    (lambda defs: item(defs).update(ch="d2"), "cmd_def[2] 'x' on (0,), sequence[0]", "no such qubit"),
    (lambda defs: item(defs, 1).update(phase="-(theta)"), "cmd_def[1] 'rz' on (1,), sequence[0]", "'theta'"),
    (lambda defs: item(defs, 1).update(phase=None), "cmd_def[1].sequence[0].phase", "expression is needed"),
    (
        lambda defs: item(defs, 1).update(phase=float("inf")),
        "cmd_def[1].sequence[0].phase",
        "expression is needed",
    ),
    (lambda defs: defs["cmd_def"][2]["sequence"].append(item(defs)), "cmd_def[2] 'x' on (0,)", "overlaps"),
    (
        lambda defs: defs["cmd_def"][2]["sequence"].append(
            {"name": "acquire", "t0": 0, "duration": 16, "qubits": [0, 1], "memory_slot": [0]}
        ),
        "cmd_def[2] 'x' on (0,), sequence[1]",
        "each qubit needs its memory slot",
    ),
    (
        lambda defs: defs["cmd_def"][2]["sequence"].append(
            {"name": "acquire", "t0": 0, "duration": 16, "qubits": [9], "memory_slot": [0]}
        ),
        "cmd_def[2] 'x' on (0,), sequence[1]",
        "no such qubit",
    ),
]

PROPS_CASES: list[tuple[Json, str, str]] = [
    ({"qubits": [[{"name": "T1", "unit": "us", "value": "80"}]]}, "props: qubits[0][0].value", "valid number"),
    ({"qubits": [[{"name": "T1", "unit": "us", "value": -1}]]}, "props: qubits[0], T1", "negative"),
    ({"qubits": [[{"name": "T1", "unit": "fortnight", "value": 1}]]}, "props: qubits[0], T1", "unknown unit"),
    ({"qubits": [[], [], []]}, "props: qubits", "too many qubits"),
    ({"gates": [{"gate": "x", "qubits": [3]}]}, "props: gates[0]", "not a group of qubits"),
    ({"gates": [{"qubits": [0]}]}, "props: gates[0].gate", "the key is missing"),
]


@pytest.mark.parametrize(("spoil", "where", "what"), CONF_CASES)
def test_a_wrong_configuration(spoil: Callable[[Json], Any], where: str, what: str) -> None:
    conf, defs = slices.kyiv()
    spoil(conf)
    assert_only(problems_of(conf, defs), where, what)


@pytest.mark.parametrize(("spoil", "where", "what"), DEFS_CASES)
def test_wrong_pulse_defaults(spoil: Callable[[Json], Any], where: str, what: str) -> None:
    conf, defs = slices.kyiv()
    spoil(defs)
    assert_only(problems_of(conf, defs), where, what)


@pytest.mark.parametrize(("props", "where", "what"), PROPS_CASES)
def test_wrong_properties(props: Json, where: str, what: str) -> None:
    assert_only(problems_of(*slices.kyiv(), props), where, what)


def assert_only(problems: list[tuple[str, str]], where: str, what: str) -> None:
    assert len(problems) == 1
    assert where in problems[0][0]
    assert what in problems[0][1]


def test_all_files_are_reported_at_once() -> None:
    conf, defs = slices.kyiv()
    del conf["dt"]
    item(defs)["t0"] = "0"
    assert [where for where, _ in problems_of(conf, defs, {"qubits": 3})] == [
        "conf: dt",
        "defs: cmd_def[2].sequence[0].t0",
        "props: qubits",
    ]


def test_problems_that_only_the_schedules_show_come_together_too() -> None:
    conf, defs = slices.kyiv()
    item(defs, 0)["ch"] = "x7"
    item(defs, 1)["phase"] = "P0 +"
    item(defs, 2)["parameters"]["sigma"] = 0
    assert len(problems_of(conf, defs)) == 3


def test_files_that_are_no_json(tmp_path: Path) -> None:
    missing, broken, text = tmp_path / "conf.json", tmp_path / "defs.json", tmp_path / "props.json"
    broken.write_text('{"cmd_def": [\n  1,, 2]}', encoding="utf-8")
    text.write_text('["a"]', encoding="utf-8")
    assert problems_of(missing, broken, str(text)) == [
        (str(missing), "the file is missing"),
        (f"{broken}:2:5", "the file is not valid JSON"),
        (str(text), "the file holds no keys"),
    ]
    text.write_bytes(b"\xff{")
    assert problems_of(missing, tmp_path, text)[2] == (str(text), "the file is not valid JSON")


def test_a_path_is_named_in_the_report(tmp_path: Path) -> None:
    conf, defs = slices.kyiv()
    file = tmp_path / "conf_kyiv.json"
    file.write_text(json.dumps({**conf, "dt": None}), encoding="utf-8")
    assert [where for where, _ in problems_of(file, defs)] == [f"{file}: dt"]


def test_the_sources_are_left_as_they_are() -> None:
    sources, again = contents("valencia"), contents("valencia")
    load_target(*sources, qubits=(0, 1))
    assert sources == again


@pytest.mark.parametrize("key", ["T1", "T2", "frequency", "readout_error", "readout_length"])
def test_missing_or_unpublished_records_are_tolerated(key: str) -> None:
    conf, defs, _ = paths("jakarta")
    _, _, props = contents("jakarta")
    props["qubits"][0] = [entry for entry in props["qubits"][0] if entry["name"] != key]
    for entry in props["qubits"][1]:
        entry["value"] = 0 if entry["name"] == key else entry["value"]
    props["qubits"] = props["qubits"][:4]
    target = load_target(conf, defs, props)
    attribute = {"T1": "t1", "T2": "t2", "frequency": "frequency"}.get(key)
    for qubit in (0, 1):
        if attribute is None:
            measure = target["measure"][qubit,]
            assert measure is not None
            # A readout's length is that of its schedule when nobody recorded it.
            assert (measure.error if key == "readout_error" else measure.duration) == (
                None if key == "readout_error" else pytest.approx(24832 * 2 / 9 * 1e-9)
            )
        else:
            assert target.qubit_properties is not None
            assert getattr(target.qubit_properties[qubit], attribute) is None
    assert target.qubit_properties is not None
    assert target.qubit_properties[4:] == [None, None, None]


def test_microseconds_may_be_written_with_either_letter() -> None:
    for unit in ("us", "\N{MICRO SIGN}s", "\N{GREEK SMALL LETTER MU}s"):
        props = {"qubits": [[{"name": "T1", "unit": unit, "value": 80.0}]]}
        target = load_target(*slices.kyiv(), props)
        assert target.qubit_properties is not None
        assert target.qubit_properties[0] is not None
        assert target.qubit_properties[0].t1 == pytest.approx(80e-6)


def test_a_zero_error_counts_only_where_nothing_is_played() -> None:
    def gate(name: str, length: float, error: float) -> Json:
        values = [
            {"name": "gate_length", "unit": "ns", "value": length},
            {"name": "gate_error", "unit": "", "value": error},
        ]
        return {"gate": name, "qubits": [0 if name == "x" else 1], "parameters": values}

    target = load_target(*slices.kyiv(), {"gates": [gate("x", 0, 0), gate("rz", 0, 0)]})
    x, rz = target["x"][0,], target["rz"][1,]
    assert x is not None
    assert rz is not None
    assert x.duration == pytest.approx(224 * 2 / 9 * 1e-9)
    assert x.error is None
    assert (rz.duration, rz.error) == (0.0, 0.0)
