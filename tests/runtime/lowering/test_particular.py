"""Acquires with wishes of their own: kernel, discriminator, register slot, and slots that are written again."""

from __future__ import annotations

import pytest

from drivers.contract import ProblemReport
from runtime.lowering import Sweep, Timeline, lower
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Discriminator,
    Gaussian,
    Kernel,
    MemorySlot,
    Parameter,
    Play,
    PulseError,
    RegisterSlot,
    Schedule,
)
from runtime.pulse.macros import measure
from runtime.rig import load_station

STATION = load_station("demo")
TARGET = STATION.target


def wishes(timeline: Timeline) -> list[Acquire | None]:
    """What each Acquire of a timeline asks for, in its order."""
    columns = timeline.acquisitions
    return [columns.particular[own] if own >= 0 else None for own in columns.own.tolist()]


def read(start: int, qubit: int, slot: int, **own: object) -> tuple[int, Acquire]:
    acquire = Acquire(1600, AcquireChannel(qubit), MemorySlot(slot), **own)  # type: ignore[arg-type]
    return start, acquire


def test_wishes_stay_with_their_acquires() -> None:
    """In several programs, out of order, beside companions that are left out."""
    kernel, line = Kernel("boxcar", stop_window=800), Discriminator("threshold", angle_rad=0.0, threshold_v=0.1)
    plain = Schedule((0, measure([0], TARGET)), name="plain")
    late = read(3200, 0, 1, kernel=kernel, reg_slot=RegisterSlot(2))
    early = read(0, 0, 0, discriminator=line)
    both = Schedule((0, measure([0], TARGET).exclude(channels=[AcquireChannel(0)])), late, early, name="both")
    first, second, third = lower([both, plain, both], TARGET)
    assert wishes(first) == wishes(third) == [early[1], late[1]]
    assert wishes(second) == [None]
    assert wishes(lower(plain, TARGET)) == [None]


def test_wishes_are_kept_in_sweeps() -> None:
    """Each point has them."""
    amplitude = Parameter("amplitude")
    kernel = Kernel("mine")
    program = Schedule(
        (0, Play(Gaussian(1600, amplitude, 400), TARGET.measure(0))), read(0, 0, 0, kernel=kernel), name="swept"
    )
    for timeline in lower(Sweep(program, {amplitude: [0.1, 0.2]}), TARGET):
        (wish,) = wishes(timeline)
        assert wish is not None
        assert wish.kernel == kernel


def test_slots_that_are_written_again() -> None:
    """Refused, unless it is asked for; two at once are no schedule."""
    again = Schedule(read(0, 0, 0), read(1600, 0, 0), name="again")
    with pytest.raises(ProblemReport, match="memory slot used twice"):
        lower(again, TARGET)
    assert lower(again, TARGET, reuse_slots=True).acquisitions.slot.tolist() == [0, 0]
    with pytest.raises(PulseError, match="overlaps"):
        Schedule(read(0, 0, 0), read(0, 1, 0))
