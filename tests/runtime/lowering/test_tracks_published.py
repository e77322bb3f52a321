"""Published calibrations on sequencers: what they emit is what a generator of play lists emits in their place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from runtime.lowering import OutputLine, Wiring, lower, route
from runtime.pulse import AcquireChannel, MemorySlot, Schedule
from runtime.pulse.channels import Channel, PulseChannel
from runtime.target import Target
from tests.runtime.lowering.lab import PLAYBACK
from tests.runtime.lowering.sequencing import SEQUENCER
from tests.runtime.lowering.test_published import calibrations, device
from tests.runtime.lowering.test_segments import played


def lines(schedule: Schedule, target: Target) -> tuple[OutputLine, ...]:
    """A pair of ports for each channel, 50 MHz below its carrier, each with another delay."""
    channels = [channel for channel in schedule.channels if isinstance(channel, PulseChannel)]
    return tuple(
        OutputLine(
            channel.name,
            (channel,),
            "it",
            2 * row + 1,
            2 * row + 2,
            round(target.channel_frequencies[channel] - 50e6, -6),
            delay_s=0.4e-9 * row,
            scale=0.6,
        )
        for row, channel in enumerate(sorted(channels, key=lambda channel: channel.name))
    )


def without_acquisitions(schedule: Schedule) -> Schedule:
    kept = [(start, one) for start, one in schedule.instructions if not _acquires(one.channels)]
    return Schedule(*kept, name=schedule.name)


def _acquires(channels: tuple[Channel, ...]) -> bool:
    return any(isinstance(channel, AcquireChannel | MemorySlot) for channel in channels)


@pytest.mark.parametrize("rate_hz", [1_800_000_000, 2_000_000_000, 2_400_000_000])
@pytest.mark.parametrize("name", ["jakarta", "valencia"])
def test_calibrations_are_emitted_alike(name: str, rate_hz: int) -> None:
    """Every gate, twice in a row, so that neighbours meet within a cell of the grid."""
    target = device(name)
    found = [(label, schedule) for label, schedule in calibrations(target) if "measure" not in label]
    assert len(found) > 30
    checked = 0
    for label, calibration in found:
        schedule = without_acquisitions(calibration)
        schedule = schedule.append(schedule)
        if not schedule.duration:
            continue
        wiring = Wiring(lines(schedule, target), sample_rates_hz={"it": rate_hz}, interpolation="linear")
        pairs = tuple((line.i_port, line.i_port + 1) for line in wiring.outputs)
        timeline = lower(schedule, target)
        sequencer = replace(SEQUENCER, outputs=pairs)
        program = route([timeline], wiring, {"it": sequencer}, shots=1).sequencers["it"]
        dense = route([timeline], wiring, {"it": replace(PLAYBACK, ports=2 * len(pairs))}, shots=1).programs["it"]
        for track, (i_port, q_port) in zip(program.tracks, pairs, strict=True):
            wanted = played(dense, i_port) + 1j * played(dense, q_port)
            emitted = track.samples(0, wanted.size, rate_hz)
            np.testing.assert_allclose(emitted, wanted, rtol=0, atol=1e-11, err_msg=f"{label} {track.name}")
            checked += wanted.any()
    assert checked > 30
