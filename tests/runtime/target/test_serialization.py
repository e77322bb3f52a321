"""Targets as JSON: round trips, the schema, what cannot be written and what is refused."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import ProblemReport
from runtime.interop.ibm import load_target
from runtime.pulse import ControlChannel, Delay, DriveChannel, MeasureChannel, Parameter
from runtime.pulse.calibration_entries import CalibrationPublisher
from runtime.pulse.schedule import AlignFunc, ScheduleBlock
from runtime.target import (
    STANDARD_GATES,
    Gate,
    InstructionProperties,
    QubitProperties,
    ScheduleEntry,
    Target,
    standard_gate,
)
from runtime.target.serialization import dumps, loads, schema
from runtime.target.serialization.documents import Document
from tests.runtime.interop.ibm.conftest import DEVICES, paths
from tests.runtime.pulse.strategies import schedules
from tests.runtime.target.conftest import u2_schedule, x_schedule

QUBITS = 4
POSITIVE = st.floats(1e-12, 1e12)
GROUPS = st.lists(st.lists(st.integers(0, QUBITS - 1), min_size=1, unique=True), max_size=3)
GRID = st.integers(1, 64)
VALUES = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.just(1 - 2j))


class Anything:
    """An operation of any width."""


def half_way(k: int) -> float:
    return k / 2


@st.composite
def properties(draw: st.DrawFn) -> InstructionProperties | None:
    number = st.none() | st.floats(0, 1)
    if draw(st.booleans()):
        return None
    return InstructionProperties(draw(number), draw(number), draw(st.none() | schedules(max_size=3)))


@st.composite
def targets(draw: st.DrawFn) -> Target:
    target = Target(
        description=draw(st.none() | st.text(max_size=5)),
        num_qubits=QUBITS,
        dt=draw(st.none() | POSITIVE),
        granularity=draw(GRID),
        min_length=draw(GRID),
        pulse_alignment=draw(GRID),
        acquire_alignment=draw(GRID),
        qubit_properties=draw(
            st.none()
            | st.lists(
                st.none() | st.builds(QubitProperties, POSITIVE, st.none(), POSITIVE), min_size=4, max_size=4
            )
        ),
        concurrent_measurements=draw(st.none() | GROUPS),
        channel_frequencies=draw(
            st.dictionaries(st.sampled_from([DriveChannel(0), MeasureChannel(1), ControlChannel(2)]), POSITIVE)
        ),
        meas_map=draw(GROUPS),
        control_channels={(1, 0): [ControlChannel(3), ControlChannel(0)]} if draw(st.booleans()) else None,
    )
    for name in draw(st.lists(st.sampled_from(sorted(STANDARD_GATES)), unique=True, max_size=3)):
        gate = standard_gate(name)
        group = tuple(draw(st.permutations(range(QUBITS)))[: gate.num_qubits])
        target.add_instruction(gate, {group: draw(properties())} if draw(st.booleans()) else None)
    values = tuple(draw(st.lists(VALUES, max_size=2)))
    target.add_instruction(
        Gate("own", 1, (*values, Parameter("angle"))), {(0,): draw(properties())}, name="variant"
    )
    return target


def same(some: Target, other: Target) -> bool:
    """Whether two Targets agree in everything that can be asked of them."""
    names = [
        "description",
        "num_qubits",
        "dt",
        "qubit_properties",
        "concurrent_measurements",
        "meas_map",
        "channel_frequencies",
        "control_channels",
        "operation_names",
        "operations",
        "instructions",
    ]
    return (
        all(getattr(some, name) == getattr(other, name) for name in names)
        and some.timing_constraints() == other.timing_constraints()
        and {name: dict(some[name]) for name in some} == {name: dict(other[name]) for name in other}
        and str(some) == str(other)
    )


@settings(max_examples=30, deadline=None)
@given(target=targets())
def test_what_is_written_comes_back(target: Target) -> None:
    text = dumps(target)
    twin = loads(text)
    assert same(twin, target)
    assert dumps(twin) == text
    assert same(loads(dumps(target, indent=2).encode()), target)


@settings(max_examples=30, deadline=None)
@given(target=targets())
def test_documents_fit_the_schema(target: Target) -> None:
    jsonschema.validate(json.loads(dumps(target)), schema())


def test_the_schema_in_the_package_is_that_of_the_models() -> None:
    found = schema()
    assert found.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    assert found == Document.model_json_schema()


@pytest.mark.parametrize("device", DEVICES)
def test_published_devices_come_back(device: str) -> None:
    target = load_target(*paths(device))
    twin = loads(dumps(target))
    assert same(twin, target)
    assert twin.instruction_schedule_map() == target.instruction_schedule_map()


def test_calibrations_keep_their_arguments_and_their_publisher(device: Target) -> None:
    users = ScheduleEntry(u2_schedule(0), ["P1", "P0"])
    device.update_instruction_properties("u2", (0,), InstructionProperties(calibration=users))
    twin = loads(dumps(device))
    assert twin.get_calibration("u2", (0,), 1, 2) == device.get_calibration("u2", (0,), P1=1, P0=2)
    assert twin.get_calibration("u2", (0,)).metadata["publisher"] == CalibrationPublisher.QISKIT
    assert twin.get_calibration("x", (0,)).metadata["publisher"] == CalibrationPublisher.BACKEND_PROVIDER
    assert twin.instruction_schedule_map().has_custom_gate()


def test_a_number_of_qubits_that_is_unknown_stays_so() -> None:
    target = Target(num_qubits=None)
    target.add_instruction(standard_gate("rz"))
    assert loads(dumps(target)).num_qubits is None


def test_classes_and_foreign_gates_are_brought_by_the_reader() -> None:
    target = Target(num_qubits=2)
    target.add_instruction(Anything, name="any")
    target.add_instruction(standard_gate("x"), {(0,): None})
    text = dumps(target)
    other = Gate("x", 1, (1,))
    twin = loads(text, operations={"any": Anything, "x": other})
    assert twin.operation_from_name("any") is Anything
    assert twin.operation_from_name("x") is other
    with pytest.raises(ProblemReport, match=r"instructions\[0\]\.operation.*operations="):
        loads(text)


def test_functions_of_alignments_travel_by_name() -> None:
    block = ScheduleBlock(name="aligned", alignment_context=AlignFunc(100, half_way))
    block.append(Delay(10, DriveChannel(0)))
    target = Target()
    target.add_instruction(standard_gate("x"), {(0,): InstructionProperties(calibration=block)})
    functions = {"half way": half_way}
    assert loads(dumps(target, functions=functions), functions=functions).get_calibration("x", (0,)) == block
    with pytest.raises(ProblemReport, match=r"instructions\[0\]\.places\[0\]\.properties\.calibration\.program\."):
        dumps(target)


def test_all_that_cannot_be_written_is_told_at_once() -> None:
    class Dated(InstructionProperties):
        """Properties with more to them."""

    class Tuned(QubitProperties):
        """Properties with more to them."""

    target = Target(qubit_properties=[Tuned()])
    target.add_instruction(standard_gate("x"), {(0,): InstructionProperties(calibration=lambda: x_schedule(0))})
    target.add_instruction(Gate("y", 1, ("text",)), {(0,): Dated()})
    with pytest.raises(ProblemReport) as caught:
        dumps(target)
    assert [problem.where for problem in caught.value.problems] == [
        "qubit_properties[0]",
        "instructions[0].places[0].properties.calibration",
        "instructions[1].places[0].properties",
        "instructions[1].operation.params[0]",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ""),
        ("{", ""),
        ("[]", "format"),
        ("{}", "format"),
        ('{"format": "pulserig.pulse", "version": 1}', "format"),
        ('{"format": "pulserig.target"}', "version"),
        ('{"format": "pulserig.target", "version": 2}', "version"),
        ('{"format": "pulserig.target", "version": true}', "version"),
        ('{"format": "pulserig.target", "version": "1"}', "version"),
        ('{"format": "pulserig.target", "version": 1}', "num_qubits"),
        ('{"format": "pulserig.target", "version": 1, "num_qubits": 1, "dt": NaN}', ""),
        ('{"format": "pulserig.target", "version": 1, "num_qubits": 1, "dt": 1e999}', "dt"),
    ],
)
def test_what_is_no_document_is_refused(text: str, place: str) -> None:
    with pytest.raises(ProblemReport) as caught:
        loads(text)
    assert [problem.where for problem in caught.value.problems] == [place]


def change(*path: str | int, to: Any) -> Callable[[Any], None]:
    """A fault: another value at this path."""

    def fault(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return fault


X = ("instructions", 0)
U2 = ("instructions", 1)
CALIBRATION = (*X, "places", 0, "properties", "calibration")


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (change("unknown", to=1), "unknown"),
        (change("dt", to=-1e-9), "dt"),
        (change("dt", to="1e-9"), "dt"),
        (change("granularity", to=0), "granularity"),
        (change("min_length", to=1.5), "min_length"),
        (change("num_qubits", to=1), "qubit_properties"),
        (change("meas_map", to=[[0, 0]]), "meas_map[0]"),
        (change("meas_map", to=[[9]]), "meas_map[0]"),
        (change("concurrent_measurements", to=[[0, -1]]), "concurrent_measurements[0][1]"),
        (change("qubit_properties", 0, "t1", to=0), "qubit_properties[0].t1"),
        (change("channel_frequencies", 0, "channel", to="AcquireChannel"), "channel_frequencies[0].channel"),
        (change("channel_frequencies", 0, "frequency_hz", to=None), "channel_frequencies[0].frequency_hz"),
        (change("control_channels", 1, "qubits", to=[0, 1]), "control_channels[1]"),
        (change("instructions", to={}), "instructions"),
        (change(*X, "operation", "kind", to="magic"), "instructions[0].operation"),
        (change(*X, "operation", "gate", to="magic"), "instructions[0].operation.gate"),
        (change(*X, "name", to="u2"), "instructions[1]"),
        (change(*X, "places", 0, "qubits", to=[0, 1]), "instructions[0]"),
        (change(*X, "places", 1, "qubits", to=[0]), "instructions[0].places[1].qubits"),
        (change(*X, "places", 1, "qubits", to=[5]), "num_qubits"),
        (change(*X, "places", 0, "properties", "error", to=-1), "instructions[0].places[0].properties.error"),
        (
            change(*CALIBRATION, "arguments", to=["amp"]),
            "instructions[0].places[0].properties.calibration.arguments",
        ),
        (
            change(*CALIBRATION, "program", "version", to=7),
            "instructions[0].places[0].properties.calibration.program.version",
        ),
        (
            change(*CALIBRATION, "program", "pulses", 0, "shape", to=3),
            "instructions[0].places[0].properties.calibration.program.pulses[0].shape",
        ),
        (change(*U2, "operation", to={"kind": "gate", "name": "u2"}), "instructions[1].operation.num_qubits"),
        (
            change(*U2, "operation", to={"kind": "gate", "name": "u2", "num_qubits": 1, "params": ["pi"]}),
            "instructions[1].operation.params[0]",
        ),
        (
            change(
                *U2,
                "operation",
                to={"kind": "gate", "name": "u2", "num_qubits": 1, "params": [{"expression": {"format": "x"}}]},
            ),
            "instructions[1].operation.params[0].expression.format",
        ),
        (change(*U2, "operation", to={"kind": "class", "name": "Anything"}), "instructions[1].operation"),
    ],
)
def test_a_fault_is_refused_with_its_path(device: Target, fault: Callable[[Any], None], place: str) -> None:
    document = json.loads(dumps(device))
    loads(json.dumps(document))
    broken = copy.deepcopy(document)
    fault(broken)
    with pytest.raises(ProblemReport) as caught:
        loads(json.dumps(broken))
    assert place in {problem.where for problem in caught.value.problems}


def test_a_program_of_another_kind_is_refused(device: Target) -> None:
    document = json.loads(dumps(device))
    channel = {
        "format": "pulserig.pulse",
        "version": 1,
        "content": {"kind": "Channel", "channel": {"kind": "DriveChannel", "index": 0}},
    }
    document["instructions"][0]["places"][0]["properties"]["calibration"]["program"] = channel
    document["instructions"][1]["operation"] = {
        "kind": "gate",
        "name": "u2",
        "num_qubits": 1,
        "params": [{"expression": channel}],
    }
    with pytest.raises(ProblemReport) as caught:
        loads(json.dumps(document))
    assert [(problem.what, problem.where) for problem in caught.value.problems] == [
        ("not a program", "instructions[0].places[0].properties.calibration.program"),
        ("not an expression", "instructions[1].operation.params[0].expression"),
    ]


JSON = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
    st.just([0]),
    st.just({"kind": "gate", "name": "x", "num_qubits": 0}),
)


def places_of(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value in a document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, child in children for place in places_of(child, (*path, key)))]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_other_value_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    document = small_document()
    place = data.draw(st.sampled_from(places_of(document)[1:]))
    change(*place, to=data.draw(JSON))(document)
    with contextlib.suppress(ProblemReport):
        target = loads(json.dumps(document))
        assert dumps(loads(dumps(target))) == dumps(target)


def small_document() -> Any:
    target = Target("small", dt=1e-9, qubit_properties=[QubitProperties(1e-5), None], meas_map=[[0, 1]])
    target.add_instruction(standard_gate("x"), {(0,): InstructionProperties(1e-8, 0.1, x_schedule(0)), (1,): None})
    target.add_instruction(
        Gate("own", 1, (1j, Parameter("a"))), {(0,): InstructionProperties(calibration=u2_schedule(0))}
    )
    target.add_instruction(standard_gate("rz"))
    return json.loads(dumps(target))
