"""Programs that were lowered in different ways, played as one batch."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.contract import PlaybackLimits, SequencerLimits
from runtime.lowering import OutputLine, Wiring, lower, route
from runtime.pulse import Constant, Play, Schedule
from tests.runtime.lowering.lab import CARRIERS, D0, D1, PLAYBACK, make_target
from tests.runtime.lowering.sequencing import SEQUENCER

RATE_HZ = 2_000_000_000


@pytest.mark.parametrize("limits", [PLAYBACK, SEQUENCER], ids=["play list", "sequencer"])
def test_programs_of_several_policies_go_into_one_batch(limits: PlaybackLimits | SequencerLimits) -> None:
    """Strict, padded and shifted: each is played as it was lowered, and what is equal is stored once."""
    target = make_target(0.5e-9, granularity=16, min_length=32, pulse_alignment=16)
    sloppy = Schedule((5, Play(Constant(150, 0.5), D0)), name="sloppy")
    neat = Schedule((0, Play(Constant(160, 0.5), D0)), name="neat")
    late = Schedule((5, Play(Constant(160, 0.5), D0)), name="late")
    timelines = [
        lower(neat, target),
        lower(sloppy, target, policy="pad"),
        lower(late, target, policy="shift"),
        lower(neat, target),
    ]
    line = OutputLine("drive", (D0,), "it", 1, 2, CARRIERS[D0])
    routed = route(timelines, Wiring((line,), sample_rates_hz={"it": RATE_HZ}), {"it": limits}, shots=1)
    emitted = []
    for number, (first, count) in enumerate([(0, 160), (5, 150), (16, 160), (0, 160)]):
        wanted = np.zeros(200)
        wanted[first : first + count] = 0.5
        if routed.sequencers:
            emitted.append(routed.sequencers["it"].tracks[0].samples(number, 200, RATE_HZ).real)
        else:
            program = routed.programs["it"]
            samples = program.port_samples(1, program.begins[number])
            emitted.append(np.pad(samples, (0, 200))[:200])
        np.testing.assert_allclose(emitted[-1], wanted, atol=1e-12)
    if routed.sequencers:
        # The shifted one begins 16 samples later, after a silence that is too short to be played.
        stored = routed.sequencers["it"].tracks[0].envelope.tolist()
    else:
        stored = [routed.programs["it"].steps[begin].waveforms[0] for begin in routed.programs["it"].begins]
    assert stored[0] == stored[3]
    assert len(set(stored)) == 3


def test_any_choice_of_programs_that_were_lowered_together_may_be_routed() -> None:
    """In another order, some of them, one of them twice."""
    target = make_target(0.5e-9)
    sweep = [
        Schedule((16 * k, Play(Constant(64, 0.1 * k), D0)), (0, Play(Constant(64, 0.2), D1))) for k in range(6)
    ]
    timelines = lower(sweep, target)
    chosen = [timelines[row] for row in (4, 1, 1, 5)]
    lines = tuple(
        OutputLine(channel.name, (channel,), "it", port, port + 1, 4.85e9) for channel, port in ((D0, 1), (D1, 3))
    )
    wiring, limits = Wiring(lines, sample_rates_hz={"it": RATE_HZ}), {"it": SEQUENCER}
    whole, part = (route(some, wiring, limits, shots=1).sequencers["it"] for some in (timelines, chosen))
    for track in (0, 1):
        for number, row in enumerate((4, 1, 1, 5)):
            emitted = part.tracks[track].samples(number, 160, RATE_HZ)
            np.testing.assert_array_equal(emitted, whole.tracks[track].samples(row, 160, RATE_HZ))
