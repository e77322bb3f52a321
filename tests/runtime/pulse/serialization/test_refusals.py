"""Documents that are refused, each fault with its path."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from drivers.contract.errors import ProblemReport
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Delay,
    DriveChannel,
    Instruction,
    MemorySlot,
    Parameter,
    PulseError,
    ShiftPhase,
)
from runtime.pulse.serialization import dumps, loads
from tests.runtime.pulse.serialization.programs import FUNCTIONS, PULSES, block, schedule


def document(program: Any) -> Any:
    return json.loads(dumps(program, functions=FUNCTIONS))


def problems(data: Any) -> list[tuple[str, str]]:
    """Path and text of each problem that refuses a document."""
    with pytest.raises(ProblemReport) as caught:
        loads(data if isinstance(data, str | bytes) else json.dumps(data), functions=FUNCTIONS)
    assert caught.value.problems
    return [(problem.where, problem.what) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, 2", b"\xff\xfe", '{"format": NaN}', "nothing", '{"a": 1}}', "[" * 100_000],
)
def test_no_json(text: str | bytes) -> None:
    assert problems(text)[0][1] == "not JSON"


@pytest.mark.parametrize("data", [[], 3, None, {}, {"format": "qpy"}, {"format": None, "version": 1}])
def test_other_formats(data: Any) -> None:
    assert problems(data) == [("format", "not a pulse program")]


@pytest.mark.parametrize("version", [0, 2, "1", 1.0, True, None, [1]])
def test_other_versions(version: Any) -> None:
    data = document(PULSES[0])
    data["version"] = version
    assert problems(data) == [("version", "unknown version")]
    del data["version"]
    assert problems(data) == [("version", "unknown version")]


def put(data: Any, place: str, value: Any) -> None:
    """Change one place of a document: "pulses 0 name" is data["pulses"][0]["name"]."""
    *way, last = (int(step) if step.lstrip("-").isdigit() else step for step in place.split())
    for step in way:
        data = data[step]
    data[last] = value


SCHEDULE_FAULTS: list[tuple[str, Any, str]] = [
    ("more", 1, "more"),
    ("schedules", {}, "schedules"),
    ("schedules 0 name", 3, "schedules[0].name"),
    ("schedules 0 children 1 start", 1.5, "schedules[0].children[1].start"),
    ("schedules 0 children 1 start", "1", "schedules[0].children[1].start"),
    ("schedules 0 children 1 start", 0, "schedules[0].children[1]"),
    ("schedules 0 children 1 start", -5, "schedules[0].children[1]"),
    ("schedules 0 children 1 instruction kind", "Dance", "schedules[0].children[1].instruction"),
    ("schedules 0 children 1 instruction pulse", 999, "schedules[0].children[1].instruction.pulse"),
    ("schedules 0 children 1 instruction pulse", -1, "schedules[0].children[1].instruction.pulse"),
    ("schedules 0 children 1 instruction pulse", True, "schedules[0].children[1].instruction.pulse"),
    (
        "schedules 0 children 1 instruction channel index",
        -1,
        "schedules[0].children[1].instruction.channel",
    ),
    (
        "schedules 0 children 1 instruction channel",
        {"kind": "MemorySlot", "index": 0},
        "schedules[0].children[1].instruction",
    ),
    ("schedules 0 metadata", {"x": {"$surprise": 1}}, "schedules[0].metadata.x.$surprise"),
    ("schedules 0 metadata", {"x": {"$float": "big"}}, "schedules[0].metadata.x.$float"),
    ("schedules 0 metadata", {"x": {"$array": {"dtype": "object"}}}, "schedules[0].metadata.x.$array"),
    ("schedules 0 metadata", {"x": {"$dict": [[[1], 2]]}}, "schedules[0].metadata.x.$dict"),
    ("pulses 0 parameters amp", 2, "pulses[0]"),
    ("pulses 0 parameters amp", "0.1", "pulses[0].parameters.amp"),
    ("pulses 0 parameters amp", ["Pow", 9, 99999999], "pulses[0].parameters.amp"),
    ("pulses 0 parameters amp", ["import", "os"], "pulses[0].parameters.amp[0]"),
    ("pulses 0 parameters amp", ["Add", 1, ["sin"]], "pulses[0].parameters.amp[2]"),
    ("pulses 0 parameters amp", ["parameter", 999], "pulses[0].parameters.amp"),
    ("pulses 0 parameters amp", ["parameter", "a"], "pulses[0].parameters.amp"),
    ("pulses 0 parameters amp", ["log", 0], "pulses[0].parameters.amp"),
    ("pulses 0 parameters amp", ["Add", 1, ["Pow", 0, -1]], "pulses[0].parameters.amp[2]"),
    ("pulses 0 parameters amp", ["Mul", ["parameter", 0], ["Pow", 1e300, 2.5]], "pulses[0].parameters.amp[2]"),
    ("pulses 0 parameters amp", ["Mul", 2, 1e308, ["parameter", 0]], "pulses[0].parameters.amp"),
    ("schedules 0 metadata", {"$tuple": [1]}, "schedules[0].metadata"),
    ("pulses 0 parameters sigma", 2, "pulses[0]"),
    ("pulses 0 parameters", {"amp": 0.1, "angle": 0}, "pulses[0].parameters"),
    ("pulses 0 shape", "Blob", "pulses[0].shape"),
    ("pulses 0 kind", "blob", "pulses[0]"),
    ("parameters 0", {"name": "a", "uuid": "12"}, "parameters[0].uuid"),
    ("parameters 0", {"vector": 9, "index": 0}, "parameters[0].vector"),
    ("parameters 0", {"vector": 0, "index": 9}, "parameters[0].index"),
    ("vectors 0 length", 10**9, "vectors[0].length"),
    ("content place", 99, "content.place"),
    ("content kind", "Symphony", "content"),
]


@pytest.mark.parametrize(("place", "value", "path"), SCHEDULE_FAULTS)
def test_malformed_schedules(place: str, value: Any, path: str) -> None:
    data = document(schedule())
    # Nested schedules come first; the faults are meant for the one that holds everything.
    main = max(range(len(data["schedules"])), key=lambda k: len(data["schedules"][k]["children"]))
    put(data, place.replace("schedules 0", f"schedules {main}"), value)
    assert [where for where, _ in problems(data)] == [path.replace("schedules[0]", f"schedules[{main}]")]


RECORD = Acquire(8, AcquireChannel(0), MemorySlot(0))
SETTING = {"name": "k", "params": {}}
INSTRUCTION_FAULTS: list[tuple[Instruction, str, Any, str]] = [
    (Delay(8, DriveChannel(0)), "duration", "long", "duration"),
    (Delay(8, DriveChannel(0)), "duration", None, "duration"),
    (ShiftPhase(1, DriveChannel(0)), "phase", "x", "phase"),
    (RECORD, "kernel", {**SETTING, "params": {"name": 1}}, "kernel.params"),
    (RECORD, "kernel", {**SETTING, "params": {"self": 1}}, "kernel.params"),
    (RECORD, "kernel", {**SETTING, "params": {"$value": 3}}, "kernel.params"),
    (RECORD, "discriminator", {**SETTING, "params": {"$dict": [[1, 2]]}}, "discriminator.params"),
]


@pytest.mark.parametrize(("instruction", "key", "value", "path"), INSTRUCTION_FAULTS)
def test_malformed_instructions(instruction: Instruction, key: str, value: Any, path: str) -> None:
    data = document(instruction)
    data["content"]["instruction"][key] = value
    assert [where for where, _ in problems(data)] == [f"content.instruction.{path}"]


def test_a_number_is_no_expression() -> None:
    data = document(Parameter("a") + 1)
    data["content"]["value"] = 3
    assert problems(data) == [("content.value", "a number is no expression")]


def test_schedules_hold_earlier_ones_only() -> None:
    data = document(schedule())
    last = len(data["schedules"]) - 1
    data["schedules"][last]["children"][0]["schedule"] = last
    assert problems(data) == [(f"schedules[{last}].children[0].schedule", "no such entry")]
    data["schedules"][last]["children"] = [{"start": 0}]
    assert [where for where, _ in problems(data)] == [f"schedules[{last}].children[0].instruction"]


BLOCK_FAULTS: list[tuple[str, Any, str]] = [
    ("bodies 0 alignment kind", "AlignUp", "bodies[0].alignment"),
    ("bodies 0 alignment", {"kind": "AlignEquispaced", "duration": -1}, "bodies[0].alignment.duration"),
    ("bodies 0 alignment", {"kind": "AlignEquispaced", "duration": 1.5}, "bodies[0].alignment.duration"),
    ("bodies 0 alignment", {"kind": "AlignEquispaced"}, "bodies[0].alignment.duration"),
    ("blocks 0 body", 99, "blocks[0].body"),
    ("blocks -1 subroutines", [], "blocks[{last}].subroutines"),
    ("blocks -1 subroutines 0 keys", [], "blocks[{last}].subroutines[0].keys"),
    ("blocks 0 subroutines 0 block", 99, "blocks[0].subroutines[0]"),
]


@pytest.mark.parametrize(("place", "value", "path"), BLOCK_FAULTS)
def test_malformed_blocks(place: str, value: Any, path: str) -> None:
    data = document(block())
    last = len(data["blocks"]) - 1
    put(data, place, value)
    assert [where for where, _ in problems(data)] == [path.format(last=last)]


def test_blocks_hold_earlier_ones_only() -> None:
    data = document(block())
    data["bodies"][0]["elements"].insert(0, {"name": "", "metadata": {}, "body": 0})
    assert problems(data) == [("bodies[0].elements[0].body", "no such entry")]


def test_functions_travel_by_name() -> None:
    text = dumps(block(), functions=FUNCTIONS)
    with pytest.raises(ProblemReport, match="Pass functions") as caught:
        loads(text)
    assert caught.value.problems[0].where.endswith(".alignment.func")


def test_custom_pulses_are_checked() -> None:
    data = document(PULSES[-2])
    for key, value, path in (
        ("envelope", ["symbol", "other"], "pulses[0]"),
        ("envelope", ["symbol"], "pulses[0].envelope"),
        ("envelope", None, "pulses[0].envelope"),
        ("envelope", ["run", 1], "pulses[0].envelope[0]"),
        ("constraints", ["And", 1, 2], "pulses[0].constraints"),
        ("scalable", True, "pulses[0]"),
        ("parameters", {"t": 1, "duration": 4}, "pulses[0]"),
    ):
        changed = {**data, "pulses": [{**data["pulses"][0], key: value}]}
        assert [where for where, _ in problems(changed)] == [path]


def test_samples_are_checked() -> None:
    data = document(PULSES[-4])
    for samples in ("?", "AAAA", "//////////8AAAAAAAAAAA=="):
        changed = {**data, "pulses": [{**data["pulses"][0], "samples": samples}]}
        assert [where for where, _ in problems(changed)] == ["pulses[0]"]


def test_all_faults_of_form_at_once() -> None:
    data = document(schedule())
    data["schedules"][0]["name"] = None
    data["pulses"][2]["limit_amplitude"] = "yes"
    data["content"]["place"] = "first"
    assert {where for where, _ in problems(data)} == {
        "schedules[0].name",
        "pulses[2].limit_amplitude",
        "content.place",
    }


# Damage at random: a program or a report, never anything else.

JUNK = [None, True, -1, 0, 7, 10**25, 1.5, "", "x", [], {}, [[]], ["Add"], {"kind": "Play"}, ["parameter", 0]]


def places(data: Any) -> list[tuple[Any, Any]]:
    found = []
    pending = [data]
    while pending:
        here = pending.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else []
        for key in keys:
            found.append((here, key))
            pending.append(here[key])
    return found


@pytest.mark.parametrize("make", [schedule, block])
def test_damaged_documents(make: Callable[[], Any]) -> None:
    text = json.dumps(document(make()))
    source = random.Random(7)
    refused = 0
    for _ in range(250):
        data = json.loads(text)
        for _ in range(source.randint(1, 2)):
            container, key = source.choice(places(data))
            if source.random() < 0.2:
                container.pop(key)
            else:
                container[key] = source.choice(JUNK)
        places_of_faults = faults(json.dumps(data))
        refused += places_of_faults is not None
        assert places_of_faults is None or all(places_of_faults)
    assert refused > 125


def faults(text: str) -> list[str] | None:
    """The paths of the faults of a document; None if it is a program."""
    try:
        loads(text, functions=FUNCTIONS)
    except ProblemReport as report:
        return [problem.where for problem in report.problems]
    return None


def test_what_has_no_finite_number_is_not_written() -> None:
    a = Parameter("a")
    for expression in (a * 1e308 * 10, a / a.subs({a: 0})):
        with pytest.raises(PulseError, match=r"content\.value: no finite number"):
            dumps(expression)
