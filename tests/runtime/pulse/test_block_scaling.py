"""Ten times the program takes about ten times as long, however it is put together."""

from __future__ import annotations

import copy
import gc
import pickle
import time
from collections.abc import Callable, Iterator

import pytest

from runtime.pulse import AlignRight, Delay, DriveChannel, Parameter, Reference, ScheduleBlock, ShiftPhase
from runtime.pulse.builder import build, call, delay
from runtime.pulse.transforms import block_to_dag, block_to_schedule, compress_pulses, pad, schedule_to_block

CHANNELS = [DriveChannel(index) for index in range(4)]
DELAYS = [Delay(1, channel) for channel in CHANNELS]
P = Parameter("p")
SUBROUTINE = ScheduleBlock().append(Delay(3, CHANNELS[0]))


def appended(count: int) -> ScheduleBlock:
    """One after the other, in place."""
    block = ScheduleBlock()
    for number in range(count):
        block.append(DELAYS[number % 4])
    return block


def chained(count: int) -> ScheduleBlock:
    """One after the other, a new block each time."""
    block = ScheduleBlock()
    for number in range(count):
        block = block.append(DELAYS[number % 4], inplace=False)
    return block


def nested(count: int) -> ScheduleBlock:
    """Each block within the next one."""
    block = ScheduleBlock()
    for number in range(count // 3):
        outer = ScheduleBlock(alignment_context=AlignRight())
        outer.append(DELAYS[number % 4]).append(block).append(ShiftPhase(P, CHANNELS[number % 4]))
        block = outer
    return block


def side_by_side(count: int) -> ScheduleBlock:
    """Small blocks in one."""
    block = ScheduleBlock()
    for number in range(count // 2):
        block.append(ScheduleBlock().append(DELAYS[number % 4]).append(DELAYS[(number + 1) % 4]))
    return block


def within(count: int) -> ScheduleBlock:
    """In place in a nested block, at any time."""
    block = ScheduleBlock().append(ScheduleBlock()).append(ScheduleBlock())
    for number in range(count):
        block.blocks[number % 2].append(DELAYS[number % 4])  # type: ignore[union-attr]  # a block
    return block


def called(count: int) -> ScheduleBlock:
    """Subroutines, each under its own key."""
    block = ScheduleBlock()
    for number in range(count // 2):
        key = f"s{number}"
        block.append(Reference(key)).append(DELAYS[number % 4])
        block.assign_references({(key,): SUBROUTINE})
    return block


def referring(count: int) -> ScheduleBlock:
    """Each block within the next one, and a subroutine of its own at each level."""
    block = ScheduleBlock()
    for number in range(count // 4):
        key = f"s{number}"
        outer = ScheduleBlock().append(Reference(key)).append(block)
        if number % 2:
            outer.assign_references({(key,): SUBROUTINE})
        else:
            outer = ScheduleBlock().append(block).append(Reference(key))
            outer.assign_references({(key,): SUBROUTINE})
        block = outer.append(DELAYS[number % 4])
    assert len(block.references) == count // 4
    return block


def referring_copies(count: int) -> ScheduleBlock:
    """Subroutines, each under its own key, in a new block each time."""
    block = ScheduleBlock()
    for number in range(count // 2):
        key = f"s{number}"
        block = block.append(Reference(key), inplace=False)
        block = block.assign_references({(key,): SUBROUTINE}, inplace=False)
    return block


def calling(count: int) -> ScheduleBlock:
    """Each block called by the next one, through the builder."""
    block = SUBROUTINE
    for number in range(count // 3):
        with build() as outer:
            call(block, name="s")
            delay(1, CHANNELS[number % 4])
        block = outer
    return block


def watched(count: int) -> ScheduleBlock:
    """With a look at the length after each step."""
    block = ScheduleBlock()
    for number in range(count):
        block.append(DELAYS[number % 4])
        assert block.duration > 0
    return block


def use(block: ScheduleBlock) -> None:
    """Everything that reads or transforms a program."""
    schedule = block_to_schedule(block)
    assert schedule.duration == block.duration
    assert schedule.flatten() == schedule
    pad(schedule)
    compress_pulses([schedule])
    schedule_to_block(schedule)
    again = pickle.loads(pickle.dumps(copy.deepcopy(block)))
    assert again == block
    again.assign_parameters({P: 0.5})
    assert not again.is_parameterized()
    block.filter(channels=CHANNELS[:2])
    block_to_dag(block.inlined())


@pytest.fixture(autouse=True)
def _without_collections() -> Iterator[None]:
    # The collector walks all objects of the test process from time to time, which is not what is measured.
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def seconds(action: Callable[[], object]) -> float:
    """Processor time of this thread, the best of four: the machine may be busy."""
    best = float("inf")
    for _ in range(4):
        begin = time.thread_time()
        action()
        best = min(best, time.thread_time() - begin)
    return best


@pytest.mark.parametrize(
    "program",
    [appended, chained, nested, side_by_side, within, called, referring, referring_copies, calling, watched],
)
def test_cost_is_linear(program: Callable[[int], ScheduleBlock]) -> None:
    # Quadratic cost would give a ratio of 100.
    assert seconds(lambda: program(12_000)) < 40 * seconds(lambda: program(1_200))
    small, large = program(600), program(6_000)
    assert seconds(lambda: use(large)) < 40 * seconds(lambda: use(small))
