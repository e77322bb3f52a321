"""What a batch uses, batches that are cut into parts, and pictures of what is emitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drivers.contract import ProblemReport
from runtime.lowering import explain, lower, route, route_in_chunks
from runtime.pulse import Drag, Play, Schedule
from tests.runtime.lowering.lab import D0, LIMITS, M0, PLAYBACK, make_target, make_wiring, measured
from tests.runtime.lowering.sequencing import LIMITS as SEQUENCING
from tests.runtime.lowering.sequencing import converter

TARGET = make_target()
SWEEP = [measured(Schedule((0, Play(Drag(160, amp, 40, -1.1), D0)))) for amp in (0.1, 0.2, 0.4)]


def test_explain_tells_what_each_channel_uses() -> None:
    timelines, wiring = lower(SWEEP, TARGET), make_wiring(idle_s=10e-6)
    routed = route(timelines, wiring, LIMITS, shots=5)
    drive, readout = explain(timelines, routed, wiring, LIMITS, TARGET)
    assert (drive.channel, drive.line, drive.ports) == (D0, "drive0", (1, 2))
    assert (drive.lo_frequency_hz, drive.if_frequency_hz) == (5.05e9, pytest.approx(50e6))
    assert (drive.plays, drive.samples, drive.distinct_waveforms) == (3, 480, 3)
    assert drive.memory_used == 3 * 1360 + 64  # an entry a program, and the idle's silence
    assert drive.memory_allowed == PLAYBACK.memory_samples
    highest = max(np.abs(routed.programs["awg"].port_samples(port, 4)).max() for port in (1, 2))
    assert drive.headroom_percent == pytest.approx(100 * (1 - highest))
    assert drive.alignment_slack == 0  # everything starts at 0
    assert (readout.channel, readout.distinct_waveforms, readout.alignment_slack) == (M0, 1, 160)


def test_a_batch_that_is_too_large_is_cut_into_parts() -> None:
    timelines, wiring = lower(SWEEP, TARGET), make_wiring(idle_s=10e-6)
    small = {**LIMITS, "awg": replace(PLAYBACK, memory_samples=3000)}
    with pytest.raises(ProblemReport, match="waveform memory exceeded"):
        route(timelines, wiring, small, shots=5)
    parts = route_in_chunks(timelines, wiring, small, shots=5)
    assert [list(rows) for rows, _ in parts] == [[0], [1, 2]]
    assert [routed.plans["digitizer"].records_per_pass for _, routed in parts] == [1, 2]
    whole = route_in_chunks(timelines, wiring, LIMITS, shots=5)
    assert [list(rows) for rows, _ in whole] == [[0, 1, 2]]


def test_a_program_that_is_too_large_by_itself_is_refused() -> None:
    timelines, tiny = lower(SWEEP, TARGET), {**LIMITS, "awg": replace(PLAYBACK, memory_samples=1000)}
    with pytest.raises(ProblemReport, match="waveform memory exceeded"):
        route_in_chunks(timelines, make_wiring(idle_s=10e-6), tiny, shots=5)


def test_outputs_of_sequencers_are_explained() -> None:
    timelines, wiring = lower(SWEEP, TARGET), converter()
    routed = route(timelines, wiring, SEQUENCING, shots=1)
    drive, readout = explain(timelines, routed, wiring, SEQUENCING, TARGET)
    assert (drive.channel, drive.ports, drive.distinct_waveforms) == (D0, (1,), 1)
    assert (drive.table_used, drive.table_allowed) == (3, SEQUENCING["qc"].sequencer.max_table_entries)
    assert (drive.memory_used, drive.memory_allowed) == (320, 98304)
    assert drive.headroom_percent == pytest.approx(100 * (1 - routed.sequencers["qc"].tracks[0].amplitudes.max()))
    assert (readout.channel, readout.ports, readout.table_used, readout.table_allowed) == (M0, (3,), 0, 0)
