"""Long silences inside programs: nothing is lost, nothing moves, and no waveform is spent on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.contract import SILENCE, InstrumentProgram
from runtime.lowering import MixerCorrection, Predistortion, lower, route
from runtime.lowering.distortion import filter_memory, predistorted
from runtime.pulse import Acquire, Constant, Delay, Drag, MemorySlot, Play, Schedule, ShiftFrequency
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import A0, CARRIERS, D0, D1, LIMITS, M0, PLAYBACK, make_target, make_wiring, output


def played(program: InstrumentProgram, port: int) -> NDArray[np.float64]:
    """Everything that a port emits in one pass, entries repeated."""
    parts = [np.tile(program.port_samples(port, index), step.repeat) for index, step in enumerate(program.steps)]
    return np.concatenate(parts)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([D0, D1]), st.integers(0, 700), st.integers(1, 60)), min_size=1, max_size=5
    ),
    st.sampled_from([1_000_000_000, 1_200_000_000, 2_500_000_000]),
    st.sampled_from([0.0, 3.3e-9, 20e-9]),
)
def test_a_cut_program_plays_what_the_reference_says(
    gaps: list[tuple[object, int, int]], rate_hz: int, delay_s: float
) -> None:
    """Phases of carriers and frames run on through the silence."""
    schedule = Schedule((0, ShiftFrequency(3e6, D0)), name="sparse")
    for channel, gap, length in gaps:
        schedule.insert(schedule.duration + gap, Play(Drag(length, 0.2, 20, 0.3), channel), inplace=True)
    mixer = MixerCorrection(offset_i=0.02)
    lines = (
        output("drive0", D0, ports=(1, 2), lo=5.05e9, delay_s=delay_s, mixer=mixer),
        output("drive1", D1, ports=(3, 4), lo=4.85e9),
    )
    wiring = make_wiring(rate_hz, outputs=lines, inputs=(), triggers=(), idle_s=0.0)
    target = make_target()
    program = route([lower(schedule, target)], wiring, LIMITS, shots=1).programs["awg"]
    for line in lines:
        samples = played(program, line.i_port) + 1j * played(program, line.q_port)
        wanted = reference.port_signal(schedule, line, CARRIERS, (target.dt_exact, rate_hz, samples.size))
        np.testing.assert_allclose(samples - line.mixer.offset_i, wanted, rtol=0, atol=1e-12)
    for step in program.steps:
        assert step.length >= PLAYBACK.min_length
        assert step.length % PLAYBACK.granularity == 0


def test_a_long_delay_costs_neither_memory_nor_waveforms() -> None:
    """A second at 1 GS/s; the readout's marker rises with it."""
    schedule = Schedule((0, Play(Constant(160, 0.2), D0)), (10**9, Play(Constant(1000, 0.2), M0)))
    schedule = schedule.insert(10**9, Acquire(1000, A0, MemorySlot(0)))
    limits = {**LIMITS, "awg": replace(PLAYBACK, max_repeat=10**8)}
    program = route([lower(schedule, make_target())], make_wiring(), limits, shots=1).programs["awg"]
    assert sum(waveform.size for waveform in program.waveforms) < 4000
    ((begin, marker),) = [
        (sum(step.length * step.repeat for step in program.steps[:index]), marker)
        for index, step in enumerate(program.steps)
        for marker in step.markers
    ]
    assert begin + marker.start == 10**9
    silent = [step for step in program.steps if set(step.waveforms) == {SILENCE}]
    assert sum(step.length * step.repeat for step in silent) > 0.999e9


def test_short_gaps_and_lines_with_a_memory_are_not_cut() -> None:
    near = Schedule((0, Play(Constant(64, 0.2), D0)), (300, Play(Constant(64, 0.2), D0)))
    far = Schedule((0, Play(Constant(64, 0.2), D0)), (3000, Play(Constant(64, 0.2), D0)))
    wiring = make_wiring(idle_s=0.0)
    memory = replace(wiring.outputs[0], predistortion=Predistortion(high_pass_s=1e-5))
    distorted = replace(wiring, outputs=(memory, *wiring.outputs[1:]))
    counts = [
        len(route([lower(one, make_target())], station, LIMITS, shots=1).programs["awg"].steps)
        for one, station in ((near, wiring), (far, wiring), (far, distorted))
    ]
    assert counts == [1, 3, 1]


def test_a_delay_at_the_end_is_waited_for() -> None:
    schedule = Schedule((0, Play(Constant(64, 0.2), D0)), (64, Delay(936, D0)))
    program = route([lower(schedule, make_target())], make_wiring(idle_s=0.0), LIMITS, shots=1).programs["awg"]
    assert sum(step.length * step.repeat for step in program.steps) == 1000


@pytest.mark.parametrize("points", [1, 5])
def test_a_ramsey_sweep_shares_its_first_pulse(points: int) -> None:
    pulse = Play(Constant(160, 0.2), D0)
    sweep = [Schedule((0, pulse), (1000 * (k + 2), pulse)) for k in range(points)]
    timelines = lower(sweep, make_target())
    program = route(timelines, make_wiring(idle_s=0.0), LIMITS, shots=1).programs["awg"]
    assert len({program.steps[3 * k].waveforms for k in range(points)}) == 1


FORGETTING = [
    pytest.param(Predistortion(exponentials=((-0.05, 30e-9), (0.02, 80e-9))), id="exponentials"),
    pytest.param(Predistortion(bounce=(0.2, 17e-9)), id="bounce"),
    pytest.param(Predistortion(fir=(0.9, 0.2, -0.1)), id="fir"),
    pytest.param(Predistortion(exponentials=((0.1, 40e-9),), bounce=(0.1, 9e-9), fir=(0.8, 0.2)), id="all"),
]


@pytest.mark.parametrize("shape", FORGETTING)
def test_lines_that_forget_are_cut_where_they_have(shape: Predistortion) -> None:
    """What is cut off, and with what the next part would have begun, is below half an LSB of 16 bits."""
    schedule = Schedule(*((4000 * k, Play(Drag(100 + k, 0.5, 20, 0.3), D0)) for k in range(4)), name="sparse")
    line = output("drive0", D0, ports=(1, 2), lo=5.05e9, predistortion=shape)
    other = output("drive1", D1, ports=(3, 4), lo=4.85e9)
    wiring = make_wiring(outputs=(line, other), inputs=(), triggers=(), idle_s=0.0)
    target = make_target()
    program = route([lower(schedule, target)], wiring, LIMITS, shots=1).programs["awg"]
    assert sum(step.repeat > 1 for step in program.steps) == 3
    assert sum(waveform.size for waveform in program.waveforms) < 4 * 2 * 2500
    samples = played(program, 1) + 1j * played(program, 2)
    plain = replace(line, predistortion=Predistortion())
    signal = reference.port_signal(schedule, plain, CARRIERS, (target.dt_exact, 1_000_000_000, samples.size))
    wanted = predistorted(signal, shape, 1_000_000_000)
    np.testing.assert_allclose(samples, wanted, rtol=0, atol=2.0**-17)


@pytest.mark.parametrize("shape", [case.values[0] for case in FORGETTING])
def test_a_filters_memory_is_how_long_it_emits_more_than_half_an_lsb(shape: Predistortion) -> None:
    """The worst signal of full scale has the sign of the response, backwards."""
    memory = filter_memory(shape, 1_000_000_000)
    assert memory is not None
    impulse = np.zeros(4 * memory + 100, np.complex128)
    impulse[0] = 1
    response = predistorted(impulse, shape, 1_000_000_000).real
    assert np.abs(response[memory:]).sum() < 2.0**-17 <= np.abs(response[memory - 1 :]).sum()


def test_filters_that_never_forget_have_no_memory_that_ends() -> None:
    assert filter_memory(Predistortion(), 1_000_000_000) == 0
    assert filter_memory(Predistortion(high_pass_s=1e-6), 1_000_000_000) is None
    assert filter_memory(Predistortion(exponentials=((0.01, 1e-3),)), 1_000_000_000) is None
