"""What is written comes back."""

from __future__ import annotations

import json
import math
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    DriveChannel,
    Parameter,
    ParameterVector,
    Play,
    PulseError,
    Schedule,
    ScheduleBlock,
    Waveform,
)
from runtime.pulse.channels import Channel
from runtime.pulse.instructions import Instruction
from runtime.pulse.library import Constant, Gaussian, Pulse
from runtime.pulse.schedule.alignments import AlignFunc, AlignLeft
from runtime.pulse.serialization import Storable, dumps, loads, schema
from runtime.pulse.serialization.documents import Document
from tests.runtime.pulse.serialization.programs import (
    D0,
    FUNCTIONS,
    INSTRUCTIONS,
    METADATA,
    PULSES,
    A,
    V,
    block,
    schedule,
)
from tests.runtime.pulse.strategies import schedules


def again(program: Any) -> Any:
    text = dumps(program, functions=FUNCTIONS)
    jsonschema.validate(json.loads(text), schema(), cls=jsonschema.Draft202012Validator)
    return loads(text, functions=FUNCTIONS)


@pytest.mark.parametrize("pulse", PULSES, ids=lambda pulse: str(pulse)[:40])
def test_pulses(pulse: Pulse) -> None:
    copy = again(pulse)
    assert copy == pulse
    assert type(copy) is type(pulse)
    assert (copy.key, copy.name, copy.limit_amplitude) == (pulse.key, pulse.name, pulse.limit_amplitude)
    assert copy.open_parameters == pulse.open_parameters
    assert repr(copy) == repr(pulse)
    if not pulse.open_parameters:
        np.testing.assert_array_equal(copy.get_waveform().samples, pulse.get_waveform().samples)


def test_rules_of_custom_pulses_come_along() -> None:
    copy = again(PULSES[-2])
    assert copy.constraints == PULSES[-2].constraints  # type: ignore[attr-defined]
    assert copy.valid_amp_conditions == PULSES[-2].valid_amp_conditions  # type: ignore[attr-defined]
    with pytest.raises(PulseError, match="full scale"):
        copy.assigned({A: 2})


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda instruction: str(instruction)[:40])
def test_instructions(instruction: Instruction) -> None:
    copy = again(instruction)
    assert copy == instruction
    assert type(copy) is type(instruction)
    assert copy.name == instruction.name
    assert copy.parameters == instruction.parameters


@pytest.mark.parametrize(
    "value", [A, A + 1, V[2], V, (A + 1).bind({A: 2}), (1j * A).bind({A: 1}), DriveChannel(A)]
)
def test_values(value: Storable) -> None:
    copy = again(value)
    assert copy == value
    assert type(copy) is type(value)
    if isinstance(value, Channel):
        assert copy.parameters == {A}


def same_value(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_value(value, other[key]) for key, value in one.items())
    return bool(one == other and type(one) is type(other))


def test_a_schedule_of_everything() -> None:
    program = schedule()
    copy = again(program)
    assert copy == program
    assert copy.name == program.name
    assert copy.parameters == program.parameters
    assert copy.timeslots == program.timeslots
    assert [time for time, _ in copy.children] == [time for time, _ in program.children]
    inner = copy.children[0][1]
    while not inner.metadata:
        inner = inner.children[0][1]
    assert same_value(inner.metadata, METADATA)


def test_a_block_of_everything() -> None:
    program = block()
    copy = again(program)
    assert copy == program
    assert (copy.name, copy.alignment_context) == (program.name, program.alignment_context)
    assert copy.parameters == program.parameters
    assert same_value(copy.metadata, METADATA)
    assert set(copy.references) == set(program.references)
    middle = copy.references[("x", "q0")]
    assert middle == program.references[("x", "q0")]
    assert middle.metadata == {"n": (1, 2)}
    assert set(middle.references.unassigned()) == {("deep",), ("open", "q1")}
    # It is a program of its own: changing it changes nothing else.
    copy.assign_references({("deep",): ScheduleBlock("d").append(Play(PULSES[0], D0))})
    assert copy != program


@given(program=schedules())
def test_any_schedule(program: Schedule) -> None:
    copy = loads(dumps(program))
    assert copy == program
    assert isinstance(copy, Schedule)
    assert copy.children == program.children


@given(samples=st.lists(st.complex_numbers(max_magnitude=0.9), max_size=9))
def test_samples_keep_every_bit(samples: list[complex]) -> None:
    waveform = Waveform(samples)
    copy = loads(dumps(waveform))
    assert isinstance(copy, Waveform)
    assert copy.samples.tobytes() == waveform.samples.tobytes()


@given(phase=st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_every_bit(phase: float) -> None:
    amp = Parameter("amp")
    expression = amp * phase
    for value in (expression, Gaussian(8, amp, 2, angle=phase)):
        assert loads(dumps(value)) == value


def test_programs_as_deep_as_they_are_long() -> None:
    program = Schedule()
    for _ in range(3000):
        program = program + Play(PULSES[0], D0)
    assert loads(dumps(program)) == program
    nested = ScheduleBlock()
    for _ in range(3000):
        nested = ScheduleBlock().append(nested)
    assert loads(dumps(nested)) == nested


def test_shared_pulses_are_written_once() -> None:
    pulse = Waveform(np.full(1000, 0.1))
    program = Schedule()
    for _ in range(100):
        program.append(Play(pulse, D0), inplace=True)
    text = dumps(program)
    assert len(text) < 40_000
    copy = loads(text)
    assert isinstance(copy, Schedule)
    assert len({id(play.pulse) for _, play in copy.instructions}) == 1  # type: ignore[attr-defined]


def test_vectors_are_shared() -> None:
    vector = ParameterVector("v", 3)
    program = Schedule(Play(Constant(16, vector[0]), DriveChannel(vector[2])))
    copy = loads(dumps(program))
    assert isinstance(copy, Schedule)
    assert copy.assign_parameters({"v": [0.1, 0, 5]}) == Schedule(Play(Constant(16, 0.1), DriveChannel(5)))


def test_text_for_people() -> None:
    assert loads(dumps(PULSES[0], indent=2)) == PULSES[0]
    assert "\n" in dumps(PULSES[0], indent=2)
    assert loads(dumps(PULSES[0]).encode()) == PULSES[0]


def test_the_schema_in_the_package_is_that_of_the_models() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    written = schema()
    assert written.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    assert written == Document.model_json_schema()


# What cannot be written


class OwnPulse(Constant):
    """A user's class."""


class OwnChannel(DriveChannel):
    """A user's class."""


class OwnSchedule(Schedule):
    """A user's class."""


class OwnAlignment(AlignLeft):
    """A user's class."""


@pytest.mark.parametrize(
    ("program", "path"),
    [
        (Schedule(metadata={"x": {"y": [object()]}}), "schedules[0].metadata['x']['y'][0]"),
        (Schedule(metadata={"x": np.array(["a"])}), "schedules[0].metadata['x']"),
        (Schedule(Play(OwnPulse(8, 0.1), D0)), "schedules[0].children[0].instruction.pulse"),
        (Schedule(Play(PULSES[0], OwnChannel(0))), "schedules[0].children[0].instruction.channel"),
        (OwnSchedule(), "content"),
        (ScheduleBlock(alignment_context=OwnAlignment()), "bodies[0].alignment"),
        (ScheduleBlock(alignment_context=AlignFunc(10, math.sqrt)), "bodies[0].alignment.func"),
        (Constant(8, abs(A).gradient(A)), "pulses[0].parameters.amp"),
        (object(), ""),
    ],
    # Numbers: an object's text holds its address, and workers must collect equal names.
    ids=range(9),
)
def test_what_cannot_be_written_is_named(program: Any, path: str) -> None:
    with pytest.raises(PulseError) as caught:
        dumps(program)
    assert caught.value.where == path


def test_what_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(PulseError, match="too deeply"):
        dumps(Schedule(metadata={"loop": loop}))
