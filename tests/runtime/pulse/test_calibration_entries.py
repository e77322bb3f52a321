"""Calibration entries: signatures, binding, who published what."""

from __future__ import annotations

import copy
import pickle
from functools import partial

import pytest

from runtime.pulse import (
    Constant,
    Delay,
    DriveChannel,
    Parameter,
    ParameterVector,
    Play,
    PulseError,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
)
from runtime.pulse.calibration_entries import (
    CalibrationEntry,
    CalibrationPublisher,
    CallableDef,
    ScheduleDef,
    entry_of,
)
from runtime.target import CalibrationEntry as TargetEntry
from runtime.target import InstructionProperties

D0 = DriveChannel(0)
AMP, WIDTH = Parameter("amp"), Parameter("width")


def rabi(qubit: int, amp: float = 0.1) -> Schedule:
    """A flat pulse."""
    return Schedule(Play(Constant(10, amp), DriveChannel(qubit)), name="rabi")


def block() -> ScheduleBlock:
    """Two parameters, width first in the program and last in the alphabet."""
    program = ScheduleBlock(name="flat")
    program.append(Delay(WIDTH, D0))
    program.append(Play(Constant(10, AMP), D0))
    return program


def bound_block(amp: float, width: int) -> ScheduleBlock:
    """The block with numbers."""
    program = ScheduleBlock()
    program.append(Delay(width, D0))
    program.append(Play(Constant(10, amp), D0))
    return program


def defined(program: Schedule | ScheduleBlock, arguments: list[str] | None = None) -> ScheduleDef:
    """An entry of it."""
    entry = ScheduleDef(arguments)
    entry.define(program)
    return entry


def test_signature_is_alphabetical_or_as_given() -> None:
    assert list(defined(block()).get_signature().parameters) == ["amp", "width"]
    assert list(defined(block(), ["width", "amp"]).get_signature().parameters) == ["width", "amp"]


def test_binding_by_position_and_name() -> None:
    expected = bound_block(0.2, 30)
    assert defined(block()).get_schedule(0.2, 30) == expected
    assert defined(block()).get_schedule(0.2, width=30) == expected
    assert defined(block()).get_schedule(width=30, amp=0.2) == expected
    assert defined(block(), ["width", "amp"]).get_schedule(30, 0.2) == expected


def test_fewer_arguments_leave_the_rest_open() -> None:
    partly = defined(block()).get_schedule(0.2)
    assert partly.parameters == {WIDTH}
    assert defined(block()).get_schedule(width=30).parameters == {AMP}


def test_one_name_binds_all_parameters_that_bear_it() -> None:
    program = Schedule(
        Play(Constant(10, Parameter("amp")), D0), Play(Constant(10, Parameter("amp")), DriveChannel(1))
    )
    entry = defined(program)
    assert list(entry.get_signature().parameters) == ["amp"]
    assert not entry.get_schedule(0.3).parameters


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((1, 2, 3), {}), ((0.1,), {"amp": 0.2}), ((), {"phase": 1}), ((0.1, 2), {"width": 3})],
    ids=["too many", "doubled", "unknown", "doubled later"],
)
def test_arguments_that_do_not_fit(args: tuple[float, ...], kwargs: dict[str, float]) -> None:
    with pytest.raises(PulseError, match=r"flat\(amp, width\)"):
        defined(block()).get_schedule(*args, **kwargs)


@pytest.mark.parametrize("arguments", [["amp"], ["amp", "width", "more"], ["amp", "amp"], []])
def test_arguments_must_be_the_parameter_names(arguments: list[str]) -> None:
    with pytest.raises(PulseError, match="not the program's parameters"):
        ScheduleDef(arguments).define(block())


def test_what_comes_out_or_went_in_can_change_without_changing_the_entry() -> None:
    program = Schedule(Delay(10, D0))
    entry = defined(program)
    program.append(Delay(1, D0), inplace=True)
    entry.get_schedule().append(Delay(2, D0), inplace=True)
    assert entry.get_schedule() == Schedule(Delay(10, D0))
    changing = block()
    entry = defined(changing)
    changing.append(Delay(1, D0))
    out = entry.get_schedule()
    assert isinstance(out, ScheduleBlock)
    out.append(Delay(1, D0))
    assert entry.get_schedule() == block()


@pytest.mark.parametrize(
    ("user_provided", "publisher"),
    [(True, CalibrationPublisher.QISKIT), (False, CalibrationPublisher.BACKEND_PROVIDER)],
)
def test_publisher(user_provided: bool, publisher: CalibrationPublisher) -> None:
    entry, made = ScheduleDef(), CallableDef()
    entry.define(block(), user_provided)
    made.define(rabi, user_provided)
    assert entry.user_provided is made.user_provided is user_provided
    assert entry.get_schedule().metadata["publisher"] is publisher
    assert entry.get_schedule(0.1).metadata["publisher"] is publisher
    assert made.get_schedule(0).metadata["publisher"] is publisher


def test_a_publisher_that_is_known_stays() -> None:
    program = Schedule(Delay(1, D0), metadata={"publisher": CalibrationPublisher.EXPERIMENT_SERVICE})
    assert defined(program).get_schedule().metadata["publisher"] is CalibrationPublisher.EXPERIMENT_SERVICE


def test_callable_entries() -> None:
    entry = CallableDef()
    entry.define(rabi)
    assert list(entry.get_signature().parameters) == ["qubit", "amp"]
    assert entry.get_schedule(2) == rabi(2)
    assert entry.get_schedule(2, 0.3) == rabi(2, 0.3)
    assert entry.get_schedule(amp=0.3, qubit=1) == rabi(1, 0.3)


def test_partial_functions() -> None:
    entry = CallableDef()
    entry.define(partial(rabi, amp=0.4))
    assert entry.get_schedule(1) == rabi(1, 0.4)
    assert str(entry) == "Callable rabi(qubit, amp)"


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((), {"amp": 0.2}), ((1, 2, 3), {}), ((1,), {"qubit": 2}), ((1,), {"phase": 2})],
    ids=["missing", "missing by name", "too many", "doubled", "unknown"],
)
def test_arguments_that_do_not_fit_a_function(args: tuple[float, ...], kwargs: dict[str, float]) -> None:
    entry = CallableDef()
    entry.define(rabi)
    with pytest.raises(PulseError, match="rabi"):
        entry.get_schedule(*args, **kwargs)


def test_a_function_must_return_a_program() -> None:
    entry = CallableDef()
    entry.define(lambda: 3)  # type: ignore[arg-type, return-value]
    with pytest.raises(PulseError, match="no program"):
        entry.get_schedule()


def test_empty_entries_and_wrong_definitions() -> None:
    for entry in (ScheduleDef(), CallableDef()):
        with pytest.raises(PulseError, match="empty"):
            entry.get_schedule()
        with pytest.raises(PulseError, match="empty"):
            entry.get_signature()
        with pytest.raises(PulseError):
            entry.define(3)  # type: ignore[arg-type]
    with pytest.raises(PulseError, match="Schedule, ScheduleBlock"):
        entry_of(3)  # type: ignore[arg-type]


def test_equality_is_that_of_the_definitions() -> None:
    def made(function: object) -> CallableDef:
        entry = CallableDef()
        entry.define(function)  # type: ignore[arg-type]
        return entry

    assert defined(block()) == defined(block())
    assert defined(block()) != defined(bound_block(0.1, 2))
    assert made(rabi) == made(rabi)
    assert made(rabi) != made(lambda: rabi(0))
    assert defined(block()) != made(block)
    assert defined(Schedule(Delay(1, D0))) != defined(bound_block(0.1, 2))


@pytest.mark.parametrize(
    "entry", [entry_of(block()), entry_of(block(), ["width", "amp"]), entry_of(rabi(0)), entry_of(rabi)]
)
def test_copies_and_pickles_are_equal(entry: CalibrationEntry) -> None:
    assert copy.deepcopy(entry) == entry
    restored = pickle.loads(pickle.dumps(entry))
    assert restored == entry
    assert restored.get_signature() == entry.get_signature()


def test_text() -> None:
    assert str(defined(block())) == "Schedule flat(amp, width)"
    assert repr(defined(block())) == "ScheduleDef(Schedule flat(amp, width))"
    assert str(ScheduleDef()) == "empty"
    assert str(defined(Schedule(name="x"))) == "Schedule x"


def test_a_target_takes_entries() -> None:
    entry = entry_of(rabi)
    assert isinstance(entry, TargetEntry)
    properties = InstructionProperties(calibration=entry_of(rabi(0)))
    assert properties.calibration == rabi(0)


@pytest.mark.parametrize("parameter", [ParameterVector("v", 2)[1], Parameter("lambda"), Parameter("amp of x")])
def test_names_that_no_argument_can_have(parameter: Parameter) -> None:
    program = Schedule(ShiftPhase(parameter, DriveChannel(0)), name="odd")
    with pytest.raises(PulseError, match="become arguments") as caught:
        defined(program)
    assert caught.value.got == repr(parameter.name)
    renamed = program.assign_parameters({parameter: Parameter("p")}, inplace=False)
    assert list(defined(renamed).get_signature().parameters) == ["p"]
