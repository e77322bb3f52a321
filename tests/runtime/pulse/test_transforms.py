"""Programs from programs: flattening, dropping directives, padding, compressing."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    AlignRight,
    Constant,
    Delay,
    Directive,
    DriveChannel,
    Gaussian,
    MeasureChannel,
    MemorySlot,
    Parameter,
    Play,
    PulseError,
    Reference,
    RelativeBarrier,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
    TimeBlockade,
    Waveform,
)
from runtime.pulse.channels import ClassicalIOChannel
from runtime.pulse.transforms import (
    block_to_schedule,
    compress_pulses,
    flatten,
    pad,
    remove_directives,
    remove_trivial_barriers,
    target_qobj_transform,
)
from tests.runtime.pulse.block_strategies import blocks
from tests.runtime.pulse.strategies import schedules

D0, D1, M0, A0 = DriveChannel(0), DriveChannel(1), MeasureChannel(0), AcquireChannel(0)
BARRIER = RelativeBarrier(D0, D1)


@pytest.mark.parametrize("name", ["transforms", "transforms.alignments", "utils"])
def test_public_modules_list_what_they_offer(name: str) -> None:
    module = importlib.import_module(f"runtime.pulse.{name}")
    for public in module.__all__:
        assert getattr(module, public).__doc__


def test_flatten() -> None:
    nested = Schedule((2, Schedule((3, Delay(1, D0)))), name="n")
    assert flatten(nested).children == ((5, Delay(1, D0)),)
    assert flatten(nested).name == "n"
    assert flatten(Delay(1, D0)) == Delay(1, D0)
    for bad in (ScheduleBlock(), None):
        with pytest.raises(PulseError, match="flattened"):
            flatten(bad)  # type: ignore[call-overload]  # what is tested


def test_directives_are_dropped() -> None:
    schedule = Schedule(TimeBlockade(5, D0), (5, BARRIER), (5, Delay(2, D0)), (7, RelativeBarrier(D0)), name="s")
    assert remove_directives(schedule).children == ((5, Delay(2, D0)),)
    assert remove_directives(schedule).name == "s"
    kept = [i for _, i in remove_trivial_barriers(schedule).instructions]
    assert kept == [TimeBlockade(5, D0), BARRIER, Delay(2, D0)]
    block = (
        ScheduleBlock().append(BARRIER).append(ScheduleBlock().append(RelativeBarrier(D1))).append(Delay(1, D0))
    )
    assert remove_directives(block).blocks == (Delay(1, D0),)
    assert remove_trivial_barriers(block).blocks == (BARRIER, Delay(1, D0))
    for transform in (remove_directives, remove_trivial_barriers):
        with pytest.raises(PulseError):
            transform(BARRIER)  # type: ignore[type-var]  # what is tested


def test_target_form_of_anything() -> None:
    play, block = Play(Constant(10, 0.1), D0), ScheduleBlock().append(Reference("a")).append(BARRIER)
    block.assign_references({("a",): ScheduleBlock().append(Delay(4, D0))})
    assert target_qobj_transform(block).children == ((0, Delay(4, D0)),)
    assert len(target_qobj_transform(block, remove_directives=False)) == 2
    assert target_qobj_transform(play).children == ((0, play),)
    assert target_qobj_transform((7, play)).children == ((7, play),)
    assert target_qobj_transform([(7, play), Delay(3, D1), (1, block)]).children == (
        (0, Delay(3, D1)),
        (1, Delay(4, D0)),
        (7, play),
    )
    assert target_qobj_transform((play, Delay(3, D1))) == Schedule(play, Delay(3, D1))
    for bad in (3, "play", None, (1, 2, 3), [(1, play, 3)], (1.5, play), [3]):
        with pytest.raises(PulseError):
            target_qobj_transform(bad)  # type: ignore[arg-type]  # what is tested


@given(block=blocks())
def test_target_form_keeps_times(block: ScheduleBlock) -> None:
    laid = block_to_schedule(block)
    assert target_qobj_transform(block) == laid.exclude(instruction_types=[Directive])


@pytest.mark.parametrize(
    ("arguments", "added"),
    [
        ({}, [(0, Delay(10, D0)), (20, Delay(10, D0)), (0, Delay(20, D1)), (0, Delay(5, A0)), (8, Delay(22, A0))]),
        (
            {"until": 25},
            [(0, Delay(10, D0)), (20, Delay(5, D0)), (0, Delay(20, D1)), (0, Delay(5, A0)), (8, Delay(17, A0))],
        ),
        ({"until": 7, "channels": [D0, M0]}, [(0, Delay(7, D0)), (0, Delay(7, M0))]),
        ({"until": 35, "channels": [D1, D1, MemorySlot(0)]}, [(0, Delay(20, D1)), (30, Delay(5, D1))]),
        ({"channels": []}, []),
        ({"until": 0}, []),
        ({"channels": [D0], "pad_with": TimeBlockade}, [(0, TimeBlockade(10, D0)), (20, TimeBlockade(10, D0))]),
    ],
)
def test_pad(arguments: dict[str, Any], added: list[Any]) -> None:
    def program() -> Schedule:
        return Schedule((10, Delay(10, D0)), (20, Delay(10, D1)), (5, Acquire(3, A0, MemorySlot(0))), name="s")

    original = program()
    padded = pad(original, **arguments)
    assert padded == Schedule(*program().instructions, *added)
    assert (padded.name, original) == ("s", program())
    assert pad(original, inplace=True, **arguments) is original
    assert original == padded


@given(schedule=schedules())
def test_padding_leaves_no_gap_and_does_no_more_the_second_time(schedule: Schedule) -> None:
    padded = pad(schedule)
    for channel, slots in padded.timeslots.items():
        if not isinstance(channel, ClassicalIOChannel):
            assert sum(stop - start for start, stop in slots) == schedule.duration
    assert pad(padded) == padded
    assert padded.filter(lambda timed: timed in schedule.instructions).duration <= schedule.duration


@pytest.mark.parametrize(
    "arguments",
    [{"until": -1}, {"until": 1.5}, {"until": True}, {"pad_with": Play}, {"pad_with": 3}, {"channels": ["d0"]}],
)
def test_bad_padding(arguments: dict[str, Any]) -> None:
    with pytest.raises(PulseError):
        pad(Schedule(Delay(1, D0)), **arguments)
    with pytest.raises(PulseError):
        pad(ScheduleBlock())  # type: ignore[arg-type]  # what is tested


def pulses(*schedules: Schedule) -> set[int]:
    """The distinct pulse objects."""
    return {id(i.pulse) for s in schedules for _, i in s.instructions if isinstance(i, Play)}


def test_equal_pulses_become_one_object() -> None:
    p = Parameter("p")

    def program() -> Schedule:
        return (
            Schedule(name="s", metadata={"k": 1})
            + Play(Waveform([0.0, 0.1]), D0)
            + Play(Waveform([0.0, 0.1]), D1)
            + Play(Gaussian(10, 0.2, 3), D0, name="g")
            + Play(Gaussian(10, -0.2, 3, angle=np.pi), D0)
            + Play(Gaussian(10, 0.2, 4), D0)
            + Play(Constant(10, p), D0)
            + Play(Constant(10, p), D1)
            + ShiftPhase(1.0, D0)
        )

    one, other = compress_pulses([program(), program()])
    assert one == other == program()
    assert (one.name, one.metadata) == ("s", {"k": 1})
    assert [i.name for _, i in one.instructions if i.name] == ["g"]
    assert len(pulses(one, other)) == 4
    with pytest.raises(PulseError):
        compress_pulses([ScheduleBlock()])  # type: ignore[list-item]  # what is tested


def test_samples_within_their_tolerance_are_equal() -> None:
    rough = [Waveform([0.0, 0.1001], epsilon=1e-3), Waveform([0.0, 0.1], epsilon=1e-3)]
    schedule = Schedule(Play(rough[0], D0), (2, Play(rough[1], D0)))
    assert len(pulses(*compress_pulses([schedule]))) == 1
    fine = Schedule(Play(Waveform([0.0, 0.1001]), D0), (2, Play(Waveform([0.0, 0.1]), D0)))
    assert len(pulses(*compress_pulses([fine]))) == 2


@given(amps=st.lists(st.floats(0.1, 0.9), max_size=6), scale=st.sampled_from([1.0, 1 + 1e-9, 1 + 1e-3]))
def test_compression_agrees_with_comparing_all(amps: list[float], scale: float) -> None:
    made = [Constant(8, amp) for amp in amps] + [Constant(8, amp * scale) for amp in amps]
    schedule = Schedule()
    for pulse in made:
        schedule += Play(pulse, D0)
    (compressed,) = compress_pulses([schedule])
    first: list[Any] = []
    for pulse in made:
        if not any(known == pulse for known in first):
            first.append(pulse)
    assert len(pulses(compressed)) == len(first)
    assert compressed == schedule


def test_blocks_of_the_right_alignment_stay_so() -> None:
    block = ScheduleBlock(alignment_context=AlignRight()).append(BARRIER).append(Delay(1, D0))
    assert remove_directives(block).alignment_context == AlignRight()
