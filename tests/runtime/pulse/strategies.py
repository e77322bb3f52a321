"""Random instructions and schedules."""

from __future__ import annotations

from hypothesis import strategies as st

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    DriveChannel,
    Instruction,
    MeasureChannel,
    MemorySlot,
    Play,
    PulseChannel,
    PulseError,
    Schedule,
    ShiftPhase,
)

CHANNELS: list[PulseChannel] = [DriveChannel(0), DriveChannel(1), MeasureChannel(0)]

_channels = st.sampled_from(CHANNELS)
_durations = st.integers(0, 12)

instructions: st.SearchStrategy[Instruction] = st.one_of(
    st.builds(Delay, _durations, _channels),
    st.builds(ShiftPhase, st.sampled_from([0.5, 1.0]), _channels),
    st.builds(lambda d, a, ch: Play(Constant(d, a), ch), _durations, st.sampled_from([0.1, 0.2]), _channels),
    st.builds(lambda d, k: Acquire(d, AcquireChannel(k), MemorySlot(0)), _durations, st.integers(0, 1)),
)


@st.composite
def schedules(draw: st.DrawFn, max_size: int = 8) -> Schedule:
    """Instructions at random places and in random nesting; what would overlap is appended instead."""
    schedule = Schedule()
    for start, child, nest in draw(
        st.lists(st.tuples(st.integers(0, 40), instructions, st.booleans()), max_size=max_size)
    ):
        item: Schedule | Instruction = Schedule((2, child)) if nest else child
        try:
            schedule = schedule.insert(start, item, inplace=not nest)
        except PulseError:
            schedule = schedule.append(item, inplace=not nest)
    return schedule
