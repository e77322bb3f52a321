"""Random schedules for hypothesis: all shapes, frame changes on several channels."""

from __future__ import annotations

from hypothesis import strategies as st

from runtime.pulse import (
    Constant,
    ControlChannel,
    Delay,
    Drag,
    DriveChannel,
    Gaussian,
    GaussianSquare,
    MeasureChannel,
    Play,
    Schedule,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Waveform,
)
from runtime.pulse.channels import Channel
from runtime.pulse.library import Pulse

CARRIERS: dict[Channel, float] = {
    DriveChannel(0): 5.1e9,
    DriveChannel(1): 5.087654321e9,
    ControlChannel(0): 5.087654321e9,
    MeasureChannel(0): 5.05e9,
}
"""Channel to carrier frequency, Hz; near enough to one another to share a line."""

amplitudes = st.floats(-0.45, 0.45, allow_subnormal=False)
angles = st.floats(-7.0, 7.0, allow_subnormal=False)
durations = st.integers(1, 24)


@st.composite
def pulses(draw: st.DrawFn, *, sampled: bool = True) -> Pulse:
    """A pulse of any shape, 1 to 24 samples long."""
    duration, amp, angle = draw(durations), draw(amplitudes), draw(angles)
    sigma = draw(st.floats(1.0, 12.0))
    kind = draw(st.integers(0, 4 if sampled else 3))
    if kind == 0:
        return Gaussian(duration, amp, sigma, angle)
    if kind == 1:
        return Drag(duration, amp, sigma, draw(st.floats(-0.5, 0.5)), angle)
    if kind == 2:
        return GaussianSquare(duration, amp, sigma, width=duration * draw(st.floats(0.0, 1.0)), angle=angle)
    if kind == 3:
        return Constant(duration, amp, angle)
    parts = st.lists(st.floats(-0.7, 0.7), min_size=duration, max_size=duration)
    return Waveform([complex(re, im) for re, im in zip(draw(parts), draw(parts), strict=True)])


@st.composite
def schedules(draw: st.DrawFn, *, sampled: bool = True) -> Schedule:
    """A schedule on up to four channels, gap after gap, frame changes between."""
    schedule = Schedule(name="random")
    for channel in draw(st.lists(st.sampled_from(sorted(CARRIERS, key=repr)), min_size=1, unique=True)):
        for _ in range(draw(st.integers(1, 5))):
            kind = draw(st.integers(0, 6))
            if kind <= 1:
                step = Play(draw(pulses(sampled=sampled)), channel)
            elif kind == 2:
                step = Delay(draw(durations), channel)
            elif kind == 3:
                step = ShiftPhase(draw(angles), channel)
            elif kind == 4:
                step = SetPhase(draw(angles), channel)
            elif kind == 5:
                step = ShiftFrequency(draw(st.floats(-2e7, 2e7, allow_subnormal=False)), channel)
            else:
                step = SetFrequency(CARRIERS[channel] + draw(st.floats(-2e7, 2e7, allow_subnormal=False)), channel)
            schedule = schedule.append(step)
    return schedule
