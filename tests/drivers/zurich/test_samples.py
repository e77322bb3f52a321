"""What device models emit from our programs equals what the programs ask for, sample by sample."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import SequencerProgram
from drivers.zurich.compiling import SeqcCompiler
from drivers.zurich.translation import core_of
from tests.drivers.zurich.bench import LSB, marker, play, profile, program, tone, track, worst

STEPS = 1.5
"""Largest difference that is allowed, in steps of 16 bits."""

GAUSS = np.exp(-0.5 * ((np.arange(160) - 79.5) / 30) ** 2)
DRAG = GAUSS * (0.9 + 0.4j * (np.arange(160) - 79.5) / 80)
GENERATORS = [("HDAWG8", (1, 2)), ("HDAWG8", (7, 8)), ("HDAWG4", (3, 4)), ("SHFSG8", (1,)), ("SHFQC", (6,))]


@pytest.mark.parametrize("oscillator_hz", [0.0, 123.4e6, -87.65e6])
@pytest.mark.parametrize(("model", "ports"), GENERATORS)
def test_pulses_on_every_generator(
    model: str, ports: tuple[int, ...], oscillator_hz: float, compiler: SeqcCompiler
) -> None:
    """Amplitudes, phases, gaps of every kind, a long idle; oscillator off, up and down."""
    events = [
        [(0, 0, 0.8, 0.0), (160, 1, 0.5, 1.0), (336, 0, 1.0, -2.5), (560, 1, 0.25, 3.1)],
        [(16, 1, 0.7, 0.3)],
        [],
        [(1600, 0, 0.8, 0.0)],
    ]
    line = track(ports, events, [GAUSS, DRAG], oscillator_hz)
    wanted = program(model, [line], [4096, 1_600_000, 2048, 8192], passes=3)
    assert worst(model, wanted, compiler) <= STEPS


@pytest.mark.parametrize("model", ["HDAWG8", "SHFSG4"])
def test_sequential_order(model: str, compiler: SeqcCompiler) -> None:
    """Each program as often as wanted, then the next; oscillators start anew each time."""
    ports = profile(model).generator_outputs[1]
    line = track(ports, [[(32, 0, 0.5, 0.1)], [(64, 0, 0.25, 0.2), (512, 0, 1.0, 0.3)]], [DRAG], 77.7e6)
    wanted = program(model, [line], [1600, 3200], passes=4, order="sequential")
    assert worst(model, wanted, compiler) <= STEPS


@pytest.mark.parametrize("model", ["SHFQA4", "SHFQA2", "SHFQC", "UHFQA"])
def test_readout_pulses(model: str, compiler: SeqcCompiler) -> None:
    """Pulses with their carriers inside, longer than a generator slot, one after another."""
    ports = profile(model).analyzer_outputs[0]
    long = tone(9000 // 16 * 16, 0.031)
    line = track(ports, [[(0, 0, 0.9, 0.4), (20_000, 1, 0.5, 0.0)], [(64, 0, 0.9, 0.4)]], [long, DRAG])
    wanted = program(model, [line], [40_000, 24_000], passes=2)
    assert worst(model, wanted, compiler) <= STEPS


@st.composite
def _programs(draw: st.DrawFn, model: str) -> SequencerProgram:
    limits = profile(model)
    grid, least = limits.core.granularity, limits.core.min_length
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    sizes = [least + grid * draw(st.integers(0, 12)) for _ in range(draw(st.integers(1, 3)))]
    envelopes = [random.uniform(-0.7, 0.7, n) + 1j * random.uniform(-0.7, 0.7, n) for n in sizes]
    lengths = []
    events = []
    for _ in range(draw(st.integers(1, 3))):
        now, of_program = 0, []
        for _ in range(draw(st.integers(0, 6))):
            now += grid * draw(st.sampled_from([0, 0, 1, 2, 3, 9]))
            index = draw(st.integers(0, len(sizes) - 1))
            amplitude, phase = draw(st.sampled_from([(1.0, 0.0), (0.5, 1.0), (0.123, -2.0)]))
            of_program.append((now, index, amplitude, phase))
            now += sizes[index]
        events.append(of_program)
        lengths.append(now + grid * draw(st.integers(0, 40)) + 256)
    oscillator = draw(st.sampled_from([0.0, 50e6, -211.37e6]))
    ports = draw(st.sampled_from(limits.generator_outputs))
    passes = draw(st.sampled_from([1, 2, 1000]))
    return program(model, [track(ports, events, envelopes, oscillator)], lengths, passes=passes)


@pytest.mark.parametrize("model", ["HDAWG8", "SHFSG8"])
def test_any_program(model: str, compiler: SeqcCompiler) -> None:
    """Programs made at random."""

    @settings(max_examples=25, deadline=None, database=None)
    @given(wanted=_programs(model))
    def check(wanted: SequencerProgram) -> None:
        assert worst(model, wanted, compiler) <= STEPS

    check()


@pytest.mark.parametrize(("model", "ports"), [("HDAWG8", (3, 4)), ("SHFSG8", (2,))])
def test_markers_are_where_they_should_be(model: str, ports: tuple[int, ...], compiler: SeqcCompiler) -> None:
    """Within a pulse, across pulses and gaps, in silence, off the grid: each sample of the marker, no other."""
    line = track(ports, [[(160, 0, 0.8, 0.5), (400, 0, 0.8, 0.5)], [], [(0, 0, 0.3, 0.0)]], [DRAG], 33e6)
    port = ports[-1]
    spans = [(0, 3, 35), (0, 100, 450), (0, 1001, 1500), (1, 77, 78), (2, 150, 200)]
    wanted = program(model, [line], [2400, 800, 800], markers=tuple(marker(p, port, a, b) for p, a, b in spans))
    bench, _, lead = play(model, wanted, compiler)
    try:
        core = core_of(profile(model), ports)
        expected = np.zeros(4000, bool)
        for number, start, stop in spans:
            begin = (0, 2400, 3200)[number]
            expected[begin + start : begin + stop] = True
        markers = bench.rendered(core, lead, 4000).markers[len(ports) - 1] & 1
        assert np.array_equal(markers.astype(bool), expected)
    finally:
        bench.close()
    assert worst(model, wanted, compiler) <= STEPS


def test_offsets_of_a_mixer(compiler: SeqcCompiler) -> None:
    """An HDAWG adds the offset that nulls a mixer's leak, between pulses too."""
    line = dataclasses.replace(track((1, 2), [[(64, 0, 0.5, 0.0)]], [GAUSS]), offset=0.01 - 0.02j)
    assert worst("HDAWG8", program("HDAWG8", [line], [1600]), compiler) <= STEPS
    assert LSB < 0.01
