"""Crosstalk between instruments and oscillators: what arrives, worked out above the mixers, is what was meant."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.contract import InstrumentProgram, ProblemReport
from runtime.lowering import MixerCorrection, OutputLine, Routed, TriggerLine, Wiring, lower, route
from runtime.pulse import Constant, Drag, Gaussian, Play, Schedule, ShiftFrequency, ShiftPhase
from runtime.target import Target
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import CARRIERS, D0, D1, M0, PLAYBACK, make_target
from tests.runtime.lowering.sequencing import ANALYZER, CONVERTER, SEQUENCER

Samples = NDArray[np.complex128]

A = OutputLine("a", (D0,), "one", 1, 2, 5.05e9, scale=0.9, delay_s=3.7e-9)
B = OutputLine("b", (D1,), "two", 1, 2, 4.95e9, delay_s=1.2e-9)
A_TO_B, B_TO_A = 0.05 * np.exp(0.7j), -0.03j
PULSES = Schedule(
    (10, Play(Gaussian(120, 0.3, 30, angle=0.4), D0)),
    (130, ShiftFrequency(3e6, D0)),
    (200, Play(Constant(100, 0.25), D0)),
    (60, ShiftPhase(0.3, D1)),
    (60, Play(Drag(160, 0.2, 40, -1.1), D1)),
    name="pulses",
)


def apart(lines: list[OutputLine], rates_hz: dict[str, int], **fields: Any) -> Wiring:
    """Lines and nothing else."""
    return Wiring(tuple(lines), sample_rates_hz=rates_hz, **fields)


def port_pair(program: InstrumentProgram, line: OutputLine) -> Samples:
    """What a line's ports emit in a whole pass, the idle behind programs included."""
    found = []
    for row, step in enumerate(program.steps):
        samples = program.port_samples(line.i_port, row) + 1j * program.port_samples(line.q_port or 0, row)
        found += [samples] * step.repeat
    return np.concatenate(found)


def above(samples: Samples, lo_hz: float, rate_hz: int, first: int = 0) -> Samples:
    """Samples above the mixer, whose oscillator has phase 0 at sample 0."""
    step = Fraction(lo_hz) / rate_hz % 1
    turns = np.array([float(step * n % 1) for n in range(first, first + samples.size)])
    return samples * np.exp(2j * math.pi * turns)


def begins(program: InstrumentProgram) -> list[int]:
    """The first sample of each program of a batch."""
    ends = np.cumsum([step.length * step.repeat for step in program.steps]).tolist()
    return [0 if begin == 0 else ends[begin - 1] for begin in program.begins]


def generators(wiring: Wiring, schedules: list[Schedule]) -> Routed:
    """Routed to generators of play lists."""
    limits = dict.fromkeys(wiring.sample_rates_hz, PLAYBACK)
    return route(lower(schedules, make_target()), wiring, limits, shots=1)


def test_two_generators_on_two_oscillators_throughout_a_batch() -> None:
    """Oscillators run on from program to program, so that only lengths that fit them keep the cancellation."""
    rate_hz = 1_000_000_000
    crosstalk = {("a", "b"): A_TO_B, ("b", "a"): B_TO_A}
    wiring = apart([A, B], {"one": rate_hz, "two": rate_hz}, crosstalk=crosstalk, idle_s=150e-9)
    schedules = [
        PULSES,
        PULSES.shift(7),
        Schedule((3, Play(Constant(50, 0.2), D1)), (0, Play(Constant(9, 0.1), D0))),
    ]
    routed = generators(wiring, schedules)
    one, two = routed.programs["one"], routed.programs["two"]
    a, b = above(port_pair(one, A), 5.05e9, rate_hz), above(port_pair(two, B), 4.95e9, rate_hz)
    assert begins(one) == begins(two)
    wanted_a, wanted_b = np.zeros(a.size + 330, np.complex128), np.zeros(b.size + 330, np.complex128)
    for begin, schedule in zip(begins(one), schedules, strict=True):
        for wanted, line in ((wanted_a, A), (wanted_b, B)):
            meant = reference.port_signal(schedule, line, CARRIERS, (Fraction(1, 10**9), rate_hz, 330))
            wanted[begin : begin + 330] += above(meant, line.lo_frequency_hz, rate_hz, begin)
    np.testing.assert_allclose(a + B_TO_A * b, wanted_a[: a.size], rtol=0, atol=1e-11)
    np.testing.assert_allclose(b + A_TO_B * a, wanted_b[: b.size], rtol=0, atol=1e-11)
    assert np.abs(b - wanted_b[: b.size]).max() > 1e-2


def test_programs_last_until_the_oscillators_stand_alike() -> None:
    """100 MHz apart: every 10 ns; lines of 4 ns: every 20. Without crosstalk nothing is longer."""
    wiring = apart([A, B], {"one": 10**9, "two": 10**9}, idle_s=150e-9)
    batch = [PULSES, PULSES.shift(4), PULSES.shift(8)]
    coupled = begins(generators(replace(wiring, crosstalk={("a", "b"): 0.1}), batch).programs["two"])
    assert all(begin % 20 == 0 for begin in coupled)
    assert any(begin % 20 for begin in begins(generators(wiring, batch).programs["two"]))


@pytest.mark.parametrize("rates_hz", [(1_000_000_000, 2_500_000_000), (2_500_000_000, 1_200_000_000)])
def test_what_cancels_is_rendered_on_the_victims_clock(rates_hz: tuple[int, int]) -> None:
    """At exact instants, whatever the aggressor's own clock is; behind the victim's mixer correction."""
    own, other = rates_hz
    mixer = MixerCorrection(gain=1.05, phase_rad=0.03, offset_i=0.01, offset_q=-0.02)
    victim = replace(B, mixer=mixer)
    wiring = apart([A, victim], {"one": own, "two": other}, crosstalk={("a", "b"): A_TO_B})
    routed = generators(wiring, [PULSES])
    length = math.ceil(310 * other / 10**9)
    clock = (Fraction(1, 10**9), other, length)
    meant, leak = (reference.port_signal(PULSES, line, CARRIERS, clock) for line in (B, A))
    wanted = above(meant, 4.95e9, other) - A_TO_B * above(leak, 5.05e9, other)
    i, q = (routed.programs["two"].port_samples(port, 0)[:length] for port in (1, 2))
    level = (q - mixer.offset_q) * math.cos(mixer.phase_rad) / mixer.gain
    emitted = (i - mixer.offset_i) - math.tan(mixer.phase_rad) * level + 1j * level
    np.testing.assert_allclose(above(emitted, 4.95e9, other), wanted, rtol=0, atol=1e-11)
    plain = generators(replace(wiring, crosstalk={}), [PULSES]).programs["one"]
    np.testing.assert_array_equal(port_pair(routed.programs["one"], A)[:300], port_pair(plain, A)[:300])


def test_a_chain_of_lines_is_undone_as_a_whole() -> None:
    """A leaks into b, b into c: c cancels what a would bring about by way of b."""
    c = replace(B, name="c", channels=(M0,), instrument="three", lo_frequency_hz=5e9)
    rates = {"one": 10**9, "two": 10**9, "three": 10**9}
    wiring = apart([A, B, c], rates, crosstalk={("a", "b"): 0.2, ("b", "c"): 0.1j})
    programs = generators(wiring, [PULSES]).programs
    a, b, emitted = (
        above(port_pair(programs[line.instrument], line)[:330], line.lo_frequency_hz, 10**9) for line in (A, B, c)
    )
    np.testing.assert_allclose(emitted + 0.1j * b, 0, rtol=0, atol=1e-11)
    assert np.abs(a).max() > 0.2
    assert np.abs(emitted).max() > 0.01


CELL_HZ = 125e6
"""One over 16 samples at 2 GS/s: on oscillators so far apart every line of the grid is alike."""


@pytest.mark.parametrize("carrier", ["instrument", "rendered"])
def test_outputs_of_a_sequencer_on_two_oscillators(carrier: str) -> None:
    """With the instrument's oscillators on both, what cancels has another frequency than the track's own."""
    rate_hz, start = 2_000_000_000, 16 * 12_345
    a = replace(A, instrument="sg", carrier=carrier)
    b = replace(B, instrument="sg", i_port=3, q_port=4, lo_frequency_hz=5.05e9 - CELL_HZ, carrier=carrier)
    wiring = apart([a, b], {"sg": rate_hz}, crosstalk={("a", "b"): A_TO_B, ("b", "a"): B_TO_A}, idle_s=1e-6)
    routed = route(lower([PULSES, PULSES.shift(3)], make_target()), wiring, {"sg": SEQUENCER}, shots=1)
    program = routed.sequencers["sg"]
    assert [track.oscillator_hz != 0 for track in program.tracks] == [carrier == "instrument"] * 2
    for number, schedule in enumerate((PULSES, PULSES.shift(3))):
        lines = (a, b)
        own = [
            above(track.samples(number, 640, rate_hz), line.lo_frequency_hz, rate_hz, start)
            for track, line in zip(program.tracks, lines, strict=True)
        ]
        clock = (Fraction(1, 10**9), rate_hz, 640)
        meant = [
            above(reference.port_signal(schedule, line, CARRIERS, clock), line.lo_frequency_hz, rate_hz, start)
            for line in lines
        ]
        np.testing.assert_allclose(own[0] + B_TO_A * own[1], meant[0], rtol=0, atol=1e-11)
        np.testing.assert_allclose(own[1] + A_TO_B * own[0], meant[1], rtol=0, atol=1e-11)


NEAR = {**CARRIERS, D0: 7.2e9}
"""A drive that is so near to the readout that one can cancel the other."""
TOGETHER = Schedule(
    (40, Play(Gaussian(120, 0.3, 30), D0)),
    (50, Play(Constant(100, 0.25), M0)),
    (300, Play(Constant(90, 0.2, 0.5), M0)),
    name="together",
)


def near_target() -> Target:
    return Target(num_qubits=2, dt=1e-9, channel_frequencies=NEAR)


def test_a_readout_that_restarts_its_carrier_is_cancelled_on_a_drive() -> None:
    """Decoded from what both outputs really emit; programs begin later, so that the readout is on the grid."""
    drive = OutputLine("drive", (D0,), "qc", 1, None, 7.3e9 - CELL_HZ, delay_s=2e-9)
    readout = OutputLine("readout", (M0,), "qc", 3, None, 7.3e9, delay_s=5.3e-9, scale=0.8)
    wiring = apart([drive, readout], {"qc": 2_000_000_000}, crosstalk={("readout", "drive"): A_TO_B})
    routed = route(lower([TOGETHER], near_target()), wiring, {"qc": CONVERTER}, shots=1)
    plain = route(lower([TOGETHER], near_target()), replace(wiring, crosstalk={}), {"qc": CONVERTER}, shots=1)
    rate_hz, length = 2_000_000_000, 900
    emitted, read = (track.samples(0, length, rate_hz) for track in routed.sequencers["qc"].tracks)
    meant = plain.sequencers["qc"].tracks[0].samples(0, length, rate_hz)
    arrived = above(emitted, drive.lo_frequency_hz, rate_hz) + A_TO_B * above(read, 7.3e9, rate_hz)
    np.testing.assert_allclose(arrived, above(meant, drive.lo_frequency_hz, rate_hz), rtol=0, atol=1e-11)
    assert np.abs(emitted - meant).max() > 5e-3


def test_an_instrument_that_is_started_begins_with_what_cancels() -> None:
    """The drive leaks into the readout's line long before the readout plays: the edge has to come that early."""
    drive = OutputLine("drive", (D0,), "sg", 1, 2, 7.25e9)
    readout = OutputLine("readout", (M0,), "qa", 1, 2, 7.25e9)
    wiring = apart(
        [drive, readout],
        {"sg": 2_400_000_000, "qa": 1_800_000_000},
        crosstalk={("drive", "readout"): A_TO_B},
        triggers=(TriggerLine("sg", 1, 1, "qa"),),
        idle_s=10e-6,
    )
    late = Schedule((100, Play(Gaussian(120, 0.3, 30), D0)), (4000, Play(Constant(100, 0.25), M0)))
    routed = route(lower([late], near_target()), wiring, {"sg": SEQUENCER, "qa": ANALYZER}, shots=1)
    program, (marker,) = routed.sequencers["qa"], routed.sequencers["sg"].markers
    (begin,) = {Fraction(marker.start, 2_400_000_000) * 1_800_000_000}
    assert begin <= 180
    emitted = program.tracks[0].samples(0, 1000, 1_800_000_000)
    lead = routed.sequencers["sg"].tracks[0].starts[0]
    assert lead >= 0
    clock = (Fraction(1, 10**9), 1_800_000_000, 2000)
    leak = reference.port_signal(late, drive, NEAR, clock)
    found = np.concatenate([np.zeros(int(begin)), emitted])
    shift = int(np.argmax(np.abs(found) > 1e-6)) - int(np.argmax(np.abs(leak) * 0.05 > 1e-6))
    assert shift >= 0
    assert np.abs(found).max() == pytest.approx(0.05 * np.abs(leak).max(), rel=1e-3)


def refused(wiring: Wiring, limits: dict[str, Any], target: Target | None = None) -> list[tuple[str, str]]:
    """What and where, of a program of both channels."""
    with pytest.raises(ProblemReport) as caught:
        route(lower([PULSES], target or make_target()), wiring, limits, shots=1)
    return [(problem.what, problem.where) for problem in caught.value.problems]


def test_what_cannot_be_cancelled_is_refused() -> None:
    """Out of the victim's band; oscillators that never stand alike; a sequencer that begins nobody knows when."""
    far = replace(B, lo_frequency_hz=4.45e9)
    wiring = apart([A, far], {"one": 10**9, "two": 10**9}, crosstalk={("a", "b"): 0.1})
    limits = {"one": PLAYBACK, "two": PLAYBACK}
    place = "line a, channel d0, to cancel its crosstalk on line b"
    assert ("intermediate frequency too high", place) in refused(wiring, limits)
    odd = replace(B, lo_frequency_hz=4.950000123e9)
    what = "oscillators of coupled lines that hardly ever stand alike"
    assert refused(replace(wiring, outputs=(A, odd)), limits) == [(what, "crosstalk between a and b")]
    a, b = replace(A, instrument="sg"), replace(B, instrument="sg", i_port=3, q_port=4)
    alone = apart([a, b], {"sg": 2_000_000_000}, crosstalk={("a", "b"): 0.1})
    assert refused(alone, {"sg": SEQUENCER}) == [(what, "crosstalk between a and b")]
