"""`build` and the functions that put in one instruction."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import numpy as np
import pytest

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    ControlChannel,
    Delay,
    Discriminator,
    DriveChannel,
    Instruction,
    Kernel,
    MeasureChannel,
    MemorySlot,
    NoActiveBuilder,
    Play,
    PulseError,
    RegisterSlot,
    RelativeBarrier,
    Schedule,
    ScheduleBlock,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Snapshot,
    Waveform,
    builder,
)
from runtime.pulse.transforms import AlignEquispaced, AlignLeft, AlignRight, AlignSequential, block_to_schedule

D0, D1 = DriveChannel(0), DriveChannel(1)
PULSE = Constant(10, 0.1, name="flat")

ONE_INSTRUCTION: list[tuple[Callable[[], None], Instruction]] = [
    (lambda: builder.play(PULSE, D0), Play(PULSE, D0)),
    (lambda: builder.play(np.array([0.1, 0.2j]), D0), Play(Waveform([0.1, 0.2j]), D0)),
    (lambda: builder.play([0.1, 0.2], D0), Play(Waveform([0.1, 0.2]), D0)),
    (lambda: builder.delay(10, D0), Delay(10, D0)),
    (lambda: builder.delay(10, MemorySlot(0)), Delay(10, MemorySlot(0))),
    (lambda: builder.acquire(10, 1, MemorySlot(2)), Acquire(10, AcquireChannel(1), MemorySlot(2))),
    (
        lambda: builder.acquire(10, AcquireChannel(1), RegisterSlot(2)),
        Acquire(10, AcquireChannel(1), reg_slot=RegisterSlot(2)),
    ),
    (
        lambda: builder.acquire(
            10, 0, MemorySlot(0), kernel=Kernel("boxcar"), discriminator=Discriminator("linear")
        ),
        Acquire(
            10, AcquireChannel(0), MemorySlot(0), kernel=Kernel("boxcar"), discriminator=Discriminator("linear")
        ),
    ),
    (lambda: builder.set_frequency(5e9, D0), SetFrequency(5e9, D0)),
    (lambda: builder.shift_frequency(1e6, D0), ShiftFrequency(1e6, D0)),
    (lambda: builder.set_phase(1.0, D0), SetPhase(1.0, D0)),
    (lambda: builder.shift_phase(-1.0, D0), ShiftPhase(-1.0, D0)),
    (lambda: builder.snapshot("here"), Snapshot("here", "statevector")),
    (lambda: builder.snapshot("here", "counts"), Snapshot("here", "counts")),
    (lambda: builder.barrier(D0, D1), RelativeBarrier(D0, D1)),
    (lambda: builder.append_instruction(Delay(3, D1)), Delay(3, D1)),
]


@pytest.mark.parametrize(("call", "expected"), ONE_INSTRUCTION)
def test_each_function_appends_its_instruction(call: Callable[[], None], expected: Instruction) -> None:
    with builder.build() as program:
        call()
    assert list(program.blocks) == [expected]


@pytest.mark.parametrize("call", [call for call, _ in ONE_INSTRUCTION])
def test_outside_of_a_context_there_is_no_builder(call: Callable[[], None]) -> None:
    with pytest.raises(NoActiveBuilder, match=r"build\(\)"):
        call()


def test_names_of_instructions() -> None:
    with builder.build() as program:
        builder.play(PULSE, D0)
        builder.play(PULSE, D0, name="mine")
        builder.delay(1, D0, name="wait")
    assert [element.name for element in program.blocks] == ["flat", "mine", "wait"]


def test_barrier_needs_two_different_channels() -> None:
    with builder.build() as program:
        builder.barrier()
        builder.barrier(D0)
        builder.barrier(D0, D0)
    assert len(program) == 0


BAD_CALLS: list[tuple[Callable[[], object], str]] = [
    (lambda: builder.acquire(10, 0, D0), "cannot be kept there"),  # type: ignore[arg-type]
    (lambda: builder.acquire(10, D0, MemorySlot(0)), "AcquireChannel"),  # type: ignore[arg-type]
    (lambda: builder.acquire(10, -1, MemorySlot(0)), "index"),
    (lambda: builder.play(PULSE, MemorySlot(0)), "PulseChannel"),  # type: ignore[arg-type]
    (lambda: builder.play([2.0], D0), "full scale"),
    (lambda: builder.play([float("nan")], D0), "finite"),
    (lambda: builder.play("pulse", D0), "complex numbers"),  # type: ignore[arg-type]
    (lambda: builder.delay(10, 0), "Channel"),  # type: ignore[arg-type]
    (lambda: builder.set_phase("x", D0), "real number"),  # type: ignore[arg-type]
    (lambda: builder.shift_frequency(float("inf"), D0), "finite"),
    (lambda: builder.barrier(D0, True), "neither a channel nor a qubit"),
    (lambda: builder.barrier(D0, "d1"), "neither a channel nor a qubit"),  # type: ignore[arg-type]
    (lambda: builder.append_instruction(Schedule()), "not an instruction"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "text"), BAD_CALLS)
def test_bad_calls_say_why_and_add_nothing(call: Callable[[], object], text: str) -> None:
    with builder.build() as program, pytest.raises(PulseError, match=text):
        call()
    assert len(program) == 0


@pytest.mark.parametrize(
    ("given", "kind"),
    [("left", AlignLeft), ("right", AlignRight), ("sequential", AlignSequential), (None, AlignLeft)],
)
def test_default_alignment_by_name(given: builder.AlignmentName | None, kind: type[object]) -> None:
    with builder.build(default_alignment=given) as program:
        pass
    assert type(program.alignment_context) is kind


def test_default_alignment_as_an_object() -> None:
    with builder.build(default_alignment=AlignEquispaced(100)) as program:
        builder.delay(10, D0)
    assert program.alignment_context == AlignEquispaced(100)
    assert block_to_schedule(program) == Schedule((45, Delay(10, D0)))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"default_alignment": "middle"}, "'sequential'"),
        ({"default_alignment": 3}, "alignment"),
        ({"default_alignment": AlignLeft}, "alignment"),
        ({"schedule": Delay(1, D0)}, "ScheduleBlock"),
        ({"backend": 3}, "without dt, num_qubits"),
    ],
)
def test_bad_arguments_of_build(arguments: dict[str, object], text: str) -> None:
    with pytest.raises(PulseError, match=text), builder.build(**arguments):  # type: ignore[arg-type]
        pass


def test_the_root_is_the_context_itself_without_a_schedule() -> None:
    with builder.build(name="mine") as program:
        builder.delay(10, D0)
        assert len(program) == 1
    assert program.name == "mine"
    assert list(program.blocks) == [Delay(10, D0)]


def test_building_upon_a_block_nests_what_is_new_in_the_same_object() -> None:
    base = ScheduleBlock(name="base", alignment_context=AlignRight())
    base.append(Delay(10, D0))
    with builder.build(schedule=base, default_alignment="sequential") as program:
        builder.delay(5, D1)
    assert program is base
    new = ScheduleBlock(alignment_context=AlignSequential())
    new.append(Delay(5, D1))
    assert list(base.blocks) == [Delay(10, D0), new]
    assert base.name == "base"


def test_building_upon_a_block_may_rename_it() -> None:
    base = ScheduleBlock(name="base")
    with builder.build(schedule=base, name="other") as program:
        pass
    assert program is base
    assert base.name == "other"
    assert len(base) == 0


def test_building_upon_a_schedule_uses_a_copy_with_its_timing() -> None:
    base = Schedule((5, Delay(10, D0)), (40, Play(PULSE, D0)), (3, Delay(1, D1)), name="base")
    with builder.build(schedule=base) as program:
        builder.delay(7, D1)
    expected = base.insert(50, Delay(7, D1))
    assert _without_directives(program) == expected
    assert len(base) == 3
    assert program.name == "base"


def test_an_exception_keeps_what_was_built() -> None:
    with pytest.raises(ZeroDivisionError), builder.build() as program:  # noqa: PT012 - the context is what is tested
        builder.delay(1, D0)
        with builder.align_right():
            builder.delay(2, D0)
            raise ZeroDivisionError
    nested = ScheduleBlock(alignment_context=AlignRight())
    nested.append(Delay(2, D0))
    assert list(program.blocks) == [Delay(1, D0), nested]
    with pytest.raises(NoActiveBuilder):
        builder.delay(1, D0)


def test_builds_nest_independently() -> None:
    with builder.build() as outer:
        builder.delay(1, D0)
        with builder.build() as inner:
            builder.delay(2, D0)
        builder.delay(3, D0)
    assert list(outer.blocks) == [Delay(1, D0), Delay(3, D0)]
    assert list(inner.blocks) == [Delay(2, D0)]


def test_tasks_build_side_by_side() -> None:
    async def building(index: int) -> ScheduleBlock:
        with builder.build() as program:
            for duration in range(5):
                builder.delay(duration, DriveChannel(index))
                await asyncio.sleep(0)
        return program

    async def both() -> list[ScheduleBlock]:
        return list(await asyncio.gather(building(0), building(1)))

    for index, program in enumerate(asyncio.run(both())):
        assert list(program.blocks) == [Delay(duration, DriveChannel(index)) for duration in range(5)]


def test_contexts_of_tasks_within_one_build_do_not_mix() -> None:
    async def part(index: int) -> None:
        with builder.align_sequential():
            for _ in range(3):
                builder.delay(1, DriveChannel(index))
                await asyncio.sleep(0)

    async def whole() -> ScheduleBlock:
        with builder.build() as program:
            await asyncio.gather(part(0), part(1))
        return program

    blocks = asyncio.run(whole()).blocks
    assert len(blocks) == 2
    for index, block in enumerate(blocks):
        assert isinstance(block, ScheduleBlock)
        assert list(block.blocks) == [Delay(1, DriveChannel(index))] * 3


def test_a_thread_has_no_part_in_the_context() -> None:
    seen: list[Exception] = []

    def work() -> None:
        try:
            builder.delay(1, D0)
        except NoActiveBuilder as error:
            seen.append(error)

    with builder.build() as program:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(seen) == 1
    assert len(program) == 0


def test_everything_is_offered_at_both_doors() -> None:
    from runtime import pulse

    inside_only = {"AlignmentName", "StorageLocation", "append_instruction", "append_schedule"}
    for name in set(builder.__all__) - inside_only:
        assert getattr(pulse, name) is getattr(builder, name), name


def test_conversion_of_a_schedule_holds_every_kind_of_channel_in_place() -> None:
    base = Schedule(
        (5, Delay(10, D0)),
        (20, Snapshot("a")),
        (30, Delay(1, MemorySlot(1))),
        (40, Acquire(1, AcquireChannel(0), MemorySlot(0))),
        (12, Delay(1, ControlChannel(0))),
        (15, ShiftPhase(1.0, D0)),
        (50, Play(PULSE, MeasureChannel(0))),
    )
    for alignment in ("left", "right", "sequential"):
        with builder.build(default_alignment=alignment) as program:
            builder.append_schedule(base)
        assert _without_directives(program) == base


def _without_directives(program: ScheduleBlock) -> Schedule:
    from runtime.pulse.transforms import target_qobj_transform

    return target_qobj_transform(program)


def test_one_pulse_on_one_channel_is_one_instruction() -> None:
    tone, named = Constant(160, 0.1), Constant(160, 0.1, name="flat")
    with builder.build() as program:
        for _ in range(2):
            builder.play(tone, DriveChannel(0))
        builder.play(tone, DriveChannel(1))
        builder.play(named, DriveChannel(0))
        builder.play(tone, DriveChannel(0), name="mine")
    plays = [element for element in program.blocks if isinstance(element, Play)]
    assert plays[0] is plays[1]
    assert [play.channel for play in plays[2:]] == [DriveChannel(1), DriveChannel(0), DriveChannel(0)]
    assert [play.name for play in plays[2:]] == [None, "flat", "mine"]
