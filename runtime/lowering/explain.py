"""What a batch costs on a station, channel by channel: data for `pulserig explain` and for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from drivers.contract import SILENCE, InstrumentProgram, PlaybackLimits
from runtime.lowering.limits_checks import Limits, memory_samples, sequencer_limits
from runtime.lowering.route import Routed
from runtime.lowering.timeline import Timeline
from runtime.lowering.tracks.checks import envelope_samples, table_entries
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
    ports: tuple[int, ...]
    """I and Q, or the one port of an output that converts up by itself."""
    lo_frequency_hz: float
    if_frequency_hz: float | None
    """Carrier less oscillator; None where the Target has no carrier for the channel."""
    plays: int
    samples: int
    """That the pulses of all programs have at dt, silence not counted."""
    distinct_waveforms: int
    """That the busier one of its ports holds, or the output of a sequencer; those of channels on the same ports
    included."""
    memory_used: int
    """Samples of these waveforms."""
    memory_allowed: int
    headroom_percent: float
    """Of the port with less: what is left to full scale at its loudest sample."""
    alignment_slack: int | None
    """Coarsest grid on which all its pulses start, samples of dt: up to which pulse_alignment could grow.
    0 if all start at 0, None without plays."""
    table_used: int = 0
    """Entries of the command table of a sequencer's output."""
    table_allowed: int = 0


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
    ports = (line.i_port,) if line.q_port is None else (line.i_port, line.q_port)
    headroom = routed.headroom.get(line.instrument, {})
    starts, samples = _plays(channel, timelines)
    stored = _stored(routed, line.instrument, ports, limits)
    return ChannelUse(
        channel=channel,
        line=line.name,
        instrument=line.instrument,
        ports=ports,
        lo_frequency_hz=line.lo_frequency_hz,
        if_frequency_hz=None if carrier_hz is None else carrier_hz - line.lo_frequency_hz,
        plays=starts.size,
        samples=samples,
        headroom_percent=min(headroom.get(port, 100.0) for port in ports),
        alignment_slack=int(np.gcd.reduce(starts)) if starts.size else None,
        distinct_waveforms=stored.waveforms,
        memory_used=stored.samples,
        memory_allowed=stored.samples_allowed,
        table_used=stored.entries,
        table_allowed=stored.entries_allowed,
    )


class _Stored(NamedTuple):
    """What an output holds, and what it could."""

    waveforms: int
    samples: int
    samples_allowed: int
    entries: int = 0
    entries_allowed: int = 0


def _stored(routed: Routed, name: str, ports: tuple[int, ...], limits: object) -> _Stored:
    sequencer = sequencer_limits(limits)
    if sequencer is None:
        program = routed.programs[name]
        waveforms = max(_distinct(program, port) for port in ports)
        used = max(memory_samples(program, program.ports.index(port)) for port in ports)
        return _Stored(waveforms, used, limits.memory_samples if isinstance(limits, PlaybackLimits) else 0)
    track = next(track for track in routed.sequencers[name].tracks if track.ports == ports)
    has_table = sequencer.max_table_entries and ports not in sequencer.readout_outputs
    table = (table_entries(track), sequencer.max_table_entries) if has_table else (0, 0)
    return _Stored(len(track.envelopes), envelope_samples(track), sequencer.memory_samples, *table)


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
