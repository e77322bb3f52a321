"""Calls, references and macros."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runtime.pulse import (
    Constant,
    Delay,
    DriveChannel,
    NoActiveBuilder,
    Parameter,
    ParameterVector,
    Play,
    PulseError,
    Reference,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
    builder,
)
from runtime.pulse.transforms import inline_subroutines, target_qobj_transform

D0, D1 = DriveChannel(0), DriveChannel(1)


def block_of(*elements: Delay | Play | ShiftPhase, name: str | None = None) -> ScheduleBlock:
    """A left-aligned block."""
    block = ScheduleBlock(name=name)
    for element in elements:
        block.append(element)
    return block


def elements(program: ScheduleBlock, key: str) -> list[object]:
    """What a subroutine is made of."""
    subroutine = program.references[(key,)]
    assert subroutine is not None
    return list(subroutine.blocks)


def test_call_appends_an_assigned_reference() -> None:
    sub = block_of(Delay(10, D0), name="sub")
    with builder.build() as program:
        builder.call(sub, name="mine")
    assert dict(program.references) == {("mine",): sub}
    assert program.is_referenced()
    assert list(inline_subroutines(program).blocks) == [sub]


def test_calls_without_a_name_are_subroutines_of_their_own() -> None:
    sub = block_of(Delay(10, D0), name="sub")
    with builder.build() as program:
        builder.call(sub)
        builder.call(sub)
    keys = list(program.references)
    assert len(keys) == 2
    assert [key[0] for key in keys] == ["sub", "sub"]
    assert keys[0][1] != keys[1][1]


def test_a_program_whose_name_has_separators_can_be_called() -> None:
    with builder.build() as program:
        builder.call(Schedule(Delay(10, D0), name="measure 0, 1::a"))
    assert target_qobj_transform(program) == Schedule(Delay(10, D0))


def test_calls_by_one_name_share_one_subroutine() -> None:
    with builder.build() as program:
        builder.call(block_of(Delay(10, D0)), name="wait")
        builder.call(block_of(Delay(10, D0)), name="wait")
        with pytest.raises(PulseError):
            builder.call(block_of(Delay(11, D0)), name="wait")
    assert list(program.references) == [("wait",)]


def test_calling_or_appending_nothing_does_nothing() -> None:
    with builder.build() as program:
        builder.call(ScheduleBlock())
        builder.call(Schedule())
        builder.append_schedule(ScheduleBlock())
        builder.append_schedule(Schedule())
    assert len(program) == 0


@pytest.mark.parametrize("alignment", ["left", "right", "sequential"])
def test_a_called_schedule_keeps_its_timing(alignment: builder.AlignmentName) -> None:
    sub = Schedule((5, Delay(10, D0)), (30, Delay(3, D0)), (7, Delay(2, D1)))
    with builder.build(default_alignment=alignment) as program:
        builder.delay(100, D0)
        builder.call(sub)
    expected = Schedule((0, Delay(100, D0))).insert(100, sub)
    assert target_qobj_transform(program) == expected


def test_appended_programs_stay_nested() -> None:
    sub = block_of(Delay(10, D0))
    with builder.build() as program:
        builder.append_schedule(sub)
        builder.append_schedule(sub)
    assert list(program.blocks) == [sub, sub]
    assert not program.references


def test_values_by_keyword_go_to_all_parameters_of_that_name() -> None:
    one, other = Parameter("d"), Parameter("d")
    sub = block_of(Delay(one, D0), Delay(other, D1))
    with builder.build() as program:
        builder.call(sub, name="sub", d=7)
    assert elements(program, "sub") == [Delay(7, D0), Delay(7, D1)]
    assert sub.parameters == {one, other}


def test_values_by_dict() -> None:
    d, angles = Parameter("d"), ParameterVector("angles", 2)
    sub = block_of(Delay(d, D0), ShiftPhase(angles[0], D0), ShiftPhase(angles[1], D0))
    with builder.build() as program:
        builder.call(sub, name="objects", value_dict={d: 7, angles: [0.1, 0.2]})
        builder.call(sub, name="names", value_dict={"d": 7, "angles": [0.1, 0.2]})
    expected = [Delay(7, D0), ShiftPhase(0.1, D0), ShiftPhase(0.2, D0)]
    assert elements(program, "objects") == expected
    assert elements(program, "names") == expected


def test_the_dict_wins_over_keywords_with_a_warning() -> None:
    d = Parameter("d")
    with builder.build() as program, pytest.warns(UserWarning, match="value_dict overrides the keywords d"):
        builder.call(block_of(Delay(d, D0)), name="sub", value_dict={d: 7}, d=8)
    assert elements(program, "sub") == [Delay(7, D0)]


def test_parameters_may_stay_open() -> None:
    d, new = Parameter("d"), Parameter("new")
    with builder.build() as program:
        builder.call(block_of(Delay(d, D0)), name="sub", d=new)
    assert program.parameters == {new}


BAD_CALLS: list[tuple[Callable[[], None], type[Exception], str]] = [
    (lambda: builder.call(3), PulseError, "Schedule, ScheduleBlock"),  # type: ignore[arg-type]
    (lambda: builder.call(None), PulseError, "Schedule, ScheduleBlock"),  # type: ignore[arg-type]
    (lambda: builder.append_schedule(Delay(1, D0)), PulseError, "not a program"),  # type: ignore[arg-type]
    (lambda: builder.call(block_of(Delay(1, D0)), amp=3), PulseError, "no parameter amp"),
    (lambda: builder.call(block_of(Delay(1, D0)), value_dict={"amp": 3}), KeyError, "amp"),
    (lambda: builder.call(block_of(Delay(1, D0)), name="a,b"), PulseError, "','"),
    (lambda: builder.reference("a::b"), PulseError, "'::'"),
    (lambda: builder.reference("a", 3), PulseError, "string"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "error", "text"), BAD_CALLS)
def test_bad_calls_add_nothing(call: Callable[[], None], error: type[Exception], text: str) -> None:
    with builder.build() as program, pytest.raises(error, match=text):
        call()
    assert len(program) == 0


def test_references_are_assigned_later() -> None:
    with builder.build() as program:
        builder.delay(5, D0)
        builder.reference("x", "q0")
    assert list(program.blocks)[1] == Reference("x", "q0")
    assert program.references[("x", "q0")] is None
    program.assign_references({("x", "q0"): block_of(Delay(10, D0))})
    assert target_qobj_transform(program) == Schedule((0, Delay(5, D0)), (5, Delay(10, D0)))


def test_references_in_contexts_belong_to_the_root() -> None:
    with builder.build() as program, builder.align_right(), builder.align_sequential():
        builder.reference("x")
        builder.call(block_of(Delay(10, D0)), name="y")
    assert set(program.references) == {("x",), ("y",)}


def test_a_macro_is_one_subroutine_and_gives_its_value() -> None:
    @builder.macro
    def flip(index: int, *, times: int = 1) -> str:
        """Flip."""
        for _ in range(times):
            builder.play(Constant(10, 0.1), DriveChannel(index))
        return f"flipped {index}"

    with builder.build(default_alignment="sequential") as program:
        answers = [flip(0), flip(1, times=2)]
    assert answers == ["flipped 0", "flipped 1"]
    assert flip.__name__ == "flip"
    assert flip.__doc__ == "Flip."
    assert [key[0] for key in program.references] == ["flip", "flip"]
    play = Play(Constant(10, 0.1), D1)
    assert target_qobj_transform(program) == Schedule((0, Play(Constant(10, 0.1), D0)), (10, play), (20, play))


def test_a_macro_that_builds_nothing_calls_nothing() -> None:
    @builder.macro
    def nothing() -> int:
        return 3

    with builder.build() as program:
        assert nothing() == 3
    assert len(program) == 0


def test_a_macro_needs_a_builder_before_it_runs() -> None:
    ran: list[int] = []

    @builder.macro
    def noting() -> None:
        ran.append(1)

    with pytest.raises(NoActiveBuilder):
        noting()
    assert ran == []
