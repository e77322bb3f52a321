"""Programs at many values of their parameters: what moves instructions, layouts in one go, values, pulses."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import symengine
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    Drag,
    DriveChannel,
    Gaussian,
    GaussianSquare,
    MemorySlot,
    Parameter,
    Play,
    PulseError,
    Reference,
    Schedule,
    ScheduleBlock,
    ShiftPhase,
    SymbolicPulse,
    Waveform,
)
from runtime.pulse.library.swept import samples_of, swept_pulses
from runtime.pulse.parameters import assigned_value
from runtime.pulse.parameters.swept import swept_values
from runtime.pulse.schedule.layout_parameters import layout_parameters, moving_parameters
from runtime.pulse.schedule.swept_layout import swept_layout
from runtime.pulse.transforms import AlignEquispaced, AlignRight, AlignSequential, block_to_schedule

D0, D1 = DriveChannel(0), DriveChannel(1)
A, B, W, V = (Parameter(name) for name in "abwv")


def block(*steps: object, context: object = None) -> ScheduleBlock:
    """A block of these steps."""
    made = ScheduleBlock("block", alignment_context=context)  # type: ignore[arg-type]
    for step in steps:
        made += step  # type: ignore[assignment, operator]
    return made


def test_only_lengths_channels_slots_and_alignments_move_instructions() -> None:
    program = block(
        Play(Gaussian(W, A, 4 + B), D0),
        ShiftPhase(A, D0),
        Play(Constant(8, 0.1), DriveChannel(V)),
        block(Delay(8, D1), context=AlignEquispaced(V)),
    )
    assert moving_parameters(program, {A, B, W}) == {W}
    assert moving_parameters(program, {A, B, W, V}) == {W, V}
    assert moving_parameters(block(Acquire(8, AcquireChannel(0), MemorySlot(A))), {A, B}) == {A}
    assert moving_parameters(Schedule((0, Play(Constant(8, A), D0))), {A}) == set()


def test_expressions_are_not_evaluated_in_two_steps() -> None:
    """B stands with w, and a with b: assigning one of them assigns all."""
    program = block(Delay(W, D0), ShiftPhase(W * B, D0), ShiftPhase(A - B, D0), ShiftPhase(V, D0))
    assert moving_parameters(program, {A, B, W, V}) == {W}
    assert layout_parameters(program, {A, B, W, V}) == {A, B, W}


@pytest.mark.parametrize("context", [None, AlignRight(), AlignSequential()])
def test_a_layout_in_one_go_is_that_of_each_point(context: object) -> None:
    """A nested block of a length of its own, beside channels that end at other times."""
    inner = block(Delay(W, D0), Play(Constant(V, A), D1), context=AlignRight())
    program = block(Play(Constant(W + 5, 0.1), D1), inner, Delay(7, D0), ShiftPhase(A, D1), inner, context=context)
    columns = {W: [3, 40, 0, 9], V: [11, 2, 2, 0]}
    layout = swept_layout(program, columns, 4)
    assert layout is not None
    for point in range(4):
        values = {W: columns[W][point], V: columns[V][point]}
        laid = block_to_schedule(program.assign_parameters({**values, A: 0.1}, inplace=False))
        walked = list(laid.body.walk())
        assert layout.starts[:, point].tolist() == [start for start, _ in walked]
        assert layout.lengths[:, point].tolist() == [one.duration for _, one in walked]
        assert layout.duration[point] == laid.duration
        assert [one.kind for one in layout.instructions] == [one.kind for _, one in walked]


@pytest.mark.parametrize(
    "program",
    [
        block(Delay(W, D0), context=AlignEquispaced(100)),
        block(Delay(W, D0), Delay(8, DriveChannel(V))),
        block(Delay(W, D0), Reference("unknown")),
        block(Delay(W - 4, D0)),
        block(Delay(W / 2, D0)),
        block(Delay(W * 2**60, D0)),
    ],
)
def test_what_has_to_be_laid_out_point_by_point(program: ScheduleBlock) -> None:
    assert swept_layout(program, {W: [4, 3]}, 2) is None


def test_deep_nesting_is_left_to_the_layout_without_recursion() -> None:
    program = block(Delay(W, D0))
    for _ in range(300):
        program = block(program)
    assert swept_layout(program, {W: [4, 3]}, 2) is None


NUMBERS = st.one_of(st.floats(-3, 3), st.integers(-5, 5), st.sampled_from([math.nan, 0.1, 1 << 60]))


def outcome(work: Callable[[], object]) -> object:
    """What comes of it, or the text of the refusal."""
    try:
        return work()
    except PulseError as error:
        return error.message


@given(st.lists(NUMBERS, min_size=1))
@settings(deadline=None)
def test_values_are_those_of_assigning_bit_for_bit(values: list[float]) -> None:
    for expression in (A, 2 * A + 0.1, A.sin() / 3, 1 / A, A**3):
        found = swept_values(expression, {A: values}, len(values))
        for value, one in zip(values, found, strict=True):
            wanted = outcome(partial(assigned_value, expression, {A: value}))
            given = one.message if isinstance(one, PulseError) else one
            assert (type(given), given) == (type(wanted), wanted)


@pytest.mark.parametrize(
    "pulse",
    [
        Drag(16, A, 4 + B, B, name="drag"),
        GaussianSquare(64, A, 4, width=30 * B, angle=A),
        Gaussian(16, 2 * A, 4 + B, limit_amplitude=False),
        Constant(16, A, B),
    ],
)
def test_pulses_are_those_of_assigning(pulse: SymbolicPulse) -> None:
    """Those that fit, those whose samples tell that they do, and those that are refused."""
    columns = {A: [0.1, 1.0, 1.3, -0.2, 0.5, math.inf], B: [0.3, 2.0, 1.0, -5.0, -0.1, 0.2]}
    for point, one in enumerate(swept_pulses(pulse, columns, 6)):
        wanted = outcome(partial(pulse.assigned, {A: columns[A][point], B: columns[B][point]}))
        if isinstance(one, PulseError):
            assert one.message == wanted
            continue
        assert isinstance(wanted, SymbolicPulse)
        assert (one.key, one.name, one.limit_amplitude) == (wanted.key, wanted.name, wanted.limit_amplitude)
        assert (type(one), one.is_parameterized()) == (type(wanted), False)
        np.testing.assert_array_equal(one.get_waveform().samples, wanted.get_waveform().samples)


def test_samples_of_many_pulses_are_those_of_each() -> None:
    """Amplitudes, at full scale, a hair above it, angles, a sampled pulse, and a user's formula."""
    amplitudes = (0.0, 0.3, -0.7, 1.0, 1.0 + 5e-8)
    pulses = [Constant(16, amp, 0.3) for amp in amplitudes]
    pulses += [Drag(64, amp, 12, -1.1, angle) for amp in amplitudes[:4] for angle in (0.0, 2.5)]
    pulses += [GaussianSquare(64, 0.2, 4, width=30), Waveform([0.1, 0.2j])]
    t, rise = symengine.symbols("t rise")
    pulses.append(SymbolicPulse("mine", 8, {"rise": 0.05}, envelope=rise * t))
    for pulse, samples in zip(pulses, samples_of(pulses), strict=True):
        assert samples.tobytes() == pulse.get_waveform().samples.tobytes()
        assert not samples.flags.writeable
    with pytest.raises(PulseError, match="open parameters"):
        samples_of([Constant(16, A)])
