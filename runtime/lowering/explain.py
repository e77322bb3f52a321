"""What a batch costs on a station, channel by channel: data for `pulserig explain` and for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drivers.contract import SILENCE, InstrumentProgram, PlaybackLimits
from runtime.lowering.limits_checks import Limits, memory_samples
from runtime.lowering.route import Routed
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import OutputLine, Wiring
from runtime.pulse.channels import Channel
from runtime.target import Target

__all__ = ["ChannelUse", "explain"]


@dataclass(frozen=True, slots=True)
class ChannelUse:
    """One channel of a batch of programs."""

    channel: Channel
    line: str
    instrument: str
    ports: tuple[int, int]
    """I and Q."""
    lo_frequency_hz: float
    if_frequency_hz: float | None
    """Carrier less oscillator; None where the Target has no carrier for the channel."""
    plays: int
    samples: int
    """That the pulses of all programs have at dt, silence not counted."""
    distinct_waveforms: int
    """That the busier one of its ports holds, those of channels on the same ports included."""
    memory_used: int
    """Samples of waveforms on the busier port."""
    memory_allowed: int
    headroom_percent: float
    """Of the port with less: what is left to full scale at its loudest sample."""
    alignment_slack: int | None
    """Coarsest grid on which all its pulses start, samples of dt: up to which pulse_alignment could grow.
    0 if all start at 0, None without plays."""


def explain(
    timelines: Sequence[Timeline], routed: Routed, wiring: Wiring, limits: Limits, target: Target
) -> tuple[ChannelUse, ...]:
    """What each wired channel of the batch uses, in the order of the wiring.

    Args:
        timelines: as they were given to `route`.
        routed: what `route` made of them.
        wiring: of the station.
        limits: as they were given to `route`.
        target: that the programs were lowered for.
    """
    return tuple(
        _use(channel, line, timelines, routed, limits[line.instrument], target.channel_frequencies.get(channel))
        for line in wiring.outputs
        for channel in line.channels
        if any(channel in timeline.channels for timeline in timelines)
    )


def _use(  # noqa: PLR0917 - private, called once
    channel: Channel,
    line: OutputLine,
    timelines: Sequence[Timeline],
    routed: Routed,
    limits: object,
    carrier_hz: float | None,
) -> ChannelUse:
    program = routed.programs[line.instrument]
    ports = (line.i_port, line.q_port)
    headroom = routed.headroom.get(line.instrument, {})
    starts, samples = _plays(channel, timelines)
    return ChannelUse(
        channel=channel,
        line=line.name,
        instrument=line.instrument,
        ports=ports,
        lo_frequency_hz=line.lo_frequency_hz,
        if_frequency_hz=None if carrier_hz is None else carrier_hz - line.lo_frequency_hz,
        plays=starts.size,
        samples=samples,
        distinct_waveforms=max(_distinct(program, port) for port in ports),
        memory_used=max(memory_samples(program, program.ports.index(port)) for port in ports),
        memory_allowed=limits.memory_samples if isinstance(limits, PlaybackLimits) else 0,
        headroom_percent=min(headroom.get(port, 100.0) for port in ports),
        alignment_slack=int(np.gcd.reduce(starts)) if starts.size else None,
    )


def _plays(
    channel: Channel, timelines: Sequence[Timeline]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], int]:
    """The starts of a channel's plays in all programs, and how many samples they have."""
    starts, samples = [np.zeros(0, np.int64)], 0
    for timeline in timelines:
        if channel in timeline.channels:
            plays = timeline.plays.part(timeline.rows(timeline.channels.index(channel)))
            starts.append(plays.start)
            samples += int(plays.duration.sum())
    return np.concatenate(starts), samples


def _distinct(program: InstrumentProgram, port: int) -> int:
    index = program.ports.index(port)
    return len({step.waveforms[index] for step in program.steps} - {SILENCE})
