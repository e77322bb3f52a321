"""A lab of instruments with sequencers for these tests, and what they emit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionLimits, CombinedLimits, SequencerLimits, SequencerProgram
from runtime.lowering import InputLine, OutputLine, TriggerLine, Wiring, lower, route
from runtime.pulse import Schedule
from runtime.target import Target
from tests.runtime.lowering.lab import A0, A1, D0, D1, M0, M1

SEQUENCER = SequencerLimits(
    model="sequencer",
    outputs=((1, 2), (3, 4), (5, 6)),
    sample_rates_hz=(1_800_000_000, 2_000_000_000, 2_400_000_000),
    granularity=16,
    min_length=32,
    memory_samples=98304,
    max_envelopes=1000,
    max_table_entries=1024,
    max_events=16000,
    oscillators=8,
)
"""A generator of three pairs of ports."""

CONVERTER = CombinedLimits(
    sequencer=replace(
        SEQUENCER,
        model="up- and down-converter",
        outputs=((1,), (2,), (3,)),
        readout_outputs=((3,),),
        max_readout_samples=4096,
    ),
    acquisition=AcquisitionLimits(
        model="up- and down-converter",
        inputs=1,
        sample_rates_hz=(2_000_000_000,),
        record_granularity=4,
        min_record=4,
        max_record=200_000,
        trigger_delay_granularity=4,
        adc_bits=14,
        full_scale_v=0.5,
        integrators=8,
        max_results=2**19,
    ),
)
"""Two drives and a readout, each of which converts up by itself."""

ANALYZER = CombinedLimits(
    sequencer=SequencerLimits(
        model="analyzer",
        outputs=((1, 2),),
        sample_rates_hz=(1_800_000_000,),
        granularity=8,
        min_length=16,
        memory_samples=64_000_000,
        max_envelopes=1000,
        max_table_entries=0,
        max_events=1000,
        oscillators=0,
        readout_outputs=((1, 2),),
    ),
    acquisition=replace(CONVERTER.acquisition, model="analyzer", inputs=2, sample_rates_hz=(1_800_000_000,)),
)
"""A readout of one pair of ports, before and behind mixers, that waits for a generator's trigger."""

LIMITS = {"sg": SEQUENCER, "qc": CONVERTER, "qa": ANALYZER}
RATE_HZ = 2_000_000_000


def drive(**fields: Any) -> OutputLine:
    """A line from d0 to a pair of ports."""
    return OutputLine(
        **{
            "name": "drive0",
            "channels": (D0,),
            "instrument": "sg",
            "i_port": 1,
            "q_port": 2,
            "lo_frequency_hz": 5.053e9,
            **fields,
        }
    )


def one_output(line: OutputLine, rate_hz: int = RATE_HZ, **fields: Any) -> Wiring:
    """A wiring of one line and nothing else."""
    return Wiring((line,), sample_rates_hz={line.instrument: rate_hz}, **fields)


def converter(**fields: Any) -> Wiring:
    """Both drives and the readout of two qubits on one instrument."""
    wiring = Wiring(
        outputs=(
            OutputLine("drive0", (D0,), "qc", 1, None, 5.05e9),
            OutputLine("drive1", (D1,), "qc", 2, None, 4.85e9),
            OutputLine("readout", (M0, M1), "qc", 3, None, 7.3e9, shared=True, scale=0.5),
        ),
        inputs=(InputLine("return", (A0, A1), "qc", 7.3e9, 120e-9),),
        idle_s=20e-6,
        sample_rates_hz={"qc": RATE_HZ},
    )
    return replace(wiring, **fields)


def pair(**fields: Any) -> Wiring:
    """A generator that drives, and starts an analyzer that reads out."""
    wiring = Wiring(
        outputs=(
            OutputLine("drive0", (D0,), "sg", 1, 2, 5.05e9),
            OutputLine("drive1", (D1,), "sg", 3, 4, 4.85e9),
            OutputLine("readout", (M0, M1), "qa", 1, 2, 7.3e9, shared=True, scale=0.5),
        ),
        inputs=(InputLine("return", (A0, A1), "qa", 7.3e9, 120e-9),),
        triggers=(TriggerLine("sg", 1, 1, "qa", 2),),
        idle_s=20e-6,
        sample_rates_hz={"sg": 2_400_000_000, "qa": 1_800_000_000},
    )
    return replace(wiring, **fields)


def sequenced(
    schedules: Schedule | list[Schedule], wiring: Wiring, target: Target, name: str = "sg", **limits: Any
) -> SequencerProgram:
    """The program of one instrument."""
    several = schedules if isinstance(schedules, list) else [schedules]
    known = {**LIMITS, "sg": replace(SEQUENCER, **limits)}
    return route(lower(several, target), wiring, known, shots=10).sequencers[name]


def emitted(program: SequencerProgram, track: int = 0, number: int = 0, length: int = 0) -> NDArray[np.complex128]:
    """What one output emits in one program, or at its beginning."""
    length = length or program.lengths[number]
    return program.tracks[track].samples(number, length, program.sample_rate_hz)


def require_playable(program: SequencerProgram, granularity: int = 16, min_length: int = 32) -> None:
    """Grids, lengths of events and silences, ranges and shapes are what the contract says."""
    for track in program.tracks:
        assert track.begin.size == len(program.lengths) + 1
        sizes = np.array([envelope.size for envelope in track.envelopes], np.int64)
        for number, length in enumerate(program.lengths):
            rows = slice(int(track.begin[number]), int(track.begin[number + 1]))
            starts, stops = track.starts[rows], track.starts[rows] + sizes[track.envelope[rows]]
            silences = np.append(starts, length) - np.append(0, stops)
            assert not (starts % granularity).any()
            assert not (stops % granularity).any()
            assert length % granularity == 0
            assert np.all((silences == 0) | (silences >= min_length))
        assert np.all(sizes >= min_length)
        assert np.all((track.amplitudes >= 0) & (track.amplitudes <= 1))
        assert np.all((track.phases_rad > -np.pi) & (track.phases_rad <= np.pi))
        assert all(np.abs(envelope).max() <= 1 + 1e-15 for envelope in track.envelopes)
        assert len(track.sources) == len(track.envelopes)
