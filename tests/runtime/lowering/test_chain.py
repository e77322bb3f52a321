"""What lines do to signals is undone: the lines are modelled here, sample by sample, from their definitions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.contract import ProblemReport
from runtime.lowering import OutputLine, Predistortion, Wiring, lower, route, wiring_problems
from runtime.lowering.distortion import predistorted
from runtime.pulse import Constant, Drag, Gaussian, Play, Schedule
from tests.runtime.lowering.lab import CARRIERS, D0, D1, LIMITS, make_target, output

RATE_HZ = 1_000_000_000
NS = 1e-9


def wired(*lines: OutputLine, **fields: object) -> Wiring:
    return replace(Wiring(lines, sample_rates_hz={"awg": RATE_HZ}), **fields)


def emitted(schedule: Schedule, wiring: Wiring) -> dict[str, NDArray[np.complex128]]:
    """Line to I + iQ of its ports in the first step."""
    program = route([lower(schedule, make_target())], wiring, LIMITS, shots=1).programs["awg"]
    return {
        line.name: program.port_samples(line.i_port, 0) + 1j * program.port_samples(line.q_port, 0)
        for line in wiring.outputs
    }


PULSES = Schedule(
    (10, Play(Gaussian(120, 0.3, 30, angle=0.4), D0)),
    (200, Play(Constant(100, 0.25), D0)),
    (60, Play(Drag(160, 0.2, 40, -1.1), D1)),
)
PLAIN = wired(output("a", D0, ports=(1, 2), lo=5e9), output("b", D1, ports=(3, 4), lo=5e9))


def through(line: Predistortion, samples: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """A line as a sum of step responses: each change of the input starts one, half a sample early on average."""
    steps = np.diff(samples, prepend=0)
    response = np.ones(samples.size)
    instants = (np.arange(samples.size) + 0.5) * NS
    for amplitude, tau_s in line.exponentials:
        response = response + amplitude * np.exp(-instants / tau_s)
    if line.high_pass_s is not None:
        response = response * np.exp(-instants / line.high_pass_s)
    made = np.convolve(steps, response)[: samples.size]
    if line.bounce is not None:
        late = round(line.bounce[1] / NS)
        made[late:] = made[late:] + line.bounce[0] * made[: made.size - late].copy()
    return made


@pytest.mark.parametrize(
    "line",
    [
        Predistortion(exponentials=((-0.05, 300e-9),)),
        Predistortion(exponentials=((0.08, 1e-6),)),
        Predistortion(high_pass_s=2e-6),
        Predistortion(bounce=(0.1, 17e-9)),
    ],
    ids=["undershoot", "overshoot", "high pass", "bounce"],
)
def test_a_line_turns_the_predistorted_signal_into_what_was_meant(line: Predistortion) -> None:
    """The bilinear transform is good to (sample / time constant)**2, here 1e-5."""
    lines = tuple(replace(one, predistortion=line) for one in PLAIN.outputs)
    ports, wanted = emitted(PULSES, replace(PLAIN, outputs=lines)), emitted(PULSES, PLAIN)
    for name, samples in ports.items():
        assert np.abs(samples - wanted[name]).max() > 1e-4
        np.testing.assert_allclose(through(line, samples), wanted[name], rtol=0, atol=2e-5)


def test_filters_come_one_after_the_other() -> None:
    """Both exponentials, then the filter: a convolution by hand."""
    signal = np.zeros(400, np.complex128)
    signal[20:200] = 0.3 - 0.2j
    line = Predistortion(exponentials=((0.05, 100e-9), (-0.02, 500e-9)), fir=(0.9, 0.1, -0.05))
    once = signal
    for part in line.exponentials:
        once = predistorted(once, Predistortion(exponentials=(part,)), RATE_HZ)
    wanted = np.convolve(once, line.fir)[:400]
    np.testing.assert_allclose(predistorted(signal, line, RATE_HZ), wanted, rtol=0, atol=1e-12)


def test_crosstalk_cancels_on_arrival() -> None:
    """The lines leak into one another as the wiring says; what arrives is what each channel means."""
    a_to_b, b_to_a = 0.05 * np.exp(0.7j), -0.03j
    wiring = replace(PLAIN, crosstalk={("a", "b"): a_to_b, ("b", "a"): b_to_a})
    ports, wanted = emitted(PULSES, wiring), emitted(PULSES, PLAIN)
    np.testing.assert_allclose(ports["a"] + b_to_a * ports["b"], wanted["a"], rtol=0, atol=1e-14)
    np.testing.assert_allclose(ports["b"] + a_to_b * ports["a"], wanted["b"], rtol=0, atol=1e-14)
    assert np.abs(ports["a"] - wanted["a"]).max() > 1e-3


def test_crosstalk_of_a_silent_line_is_still_undone() -> None:
    """Only a plays, and b has to emit what cancels its leakage; a sweep of b alone must not be taken for it."""
    wiring = replace(PLAIN, crosstalk={("a", "b"): 0.1})
    timelines = [
        lower(Schedule((0, Play(Constant(64, amp), D0)), (0, Play(Constant(64, 0.2), D1))), make_target())
        for amp in (0.1, 0.3)
    ]
    program = route(timelines, wiring, LIMITS, shots=1).programs["awg"]
    tone = np.exp(-2j * math.pi * 0.1 * np.arange(64))  # d1 stands 100 MHz below the oscillator
    other = np.exp(2j * math.pi * 0.1 * np.arange(64))
    for step, amp in enumerate((0.1, 0.3)):
        samples = program.port_samples(3, step) + 1j * program.port_samples(4, step)
        np.testing.assert_allclose(samples[:64], 0.2 * tone - 0.1 * amp * other, rtol=0, atol=1e-12)


def test_headroom_is_told_by_port() -> None:
    line = output("a", D0, ports=(1, 2), lo=CARRIERS[D0])
    schedule = Schedule((0, Play(Constant(64, 0.5, math.pi / 6), D0)))
    routed = route([lower(schedule, make_target())], wired(line), LIMITS, shots=1)
    assert routed.headroom["awg"] == pytest.approx({1: 100 * (1 - 0.5 * math.cos(math.pi / 6)), 2: 75.0})


def test_full_scale_is_checked_after_the_last_step() -> None:
    """0.98 fits; undoing a droop of the line does not."""
    line = output("a", D0, ports=(1, 2), lo=CARRIERS[D0], predistortion=Predistortion(high_pass_s=1e-6))
    with pytest.raises(ProblemReport, match="over full scale"):
        emitted(Schedule((0, Play(Constant(640, 0.98), D0))), wired(line))


PULSES_OF_A = Schedule((0, Play(Constant(640, 0.5), D0)))


def test_an_echo_within_half_a_sample_adds_to_the_signal() -> None:
    plain, late = (
        emitted(PULSES_OF_A, wired(output("a", D0, ports=(1, 2), lo=5e9, predistortion=line)))
        for line in (Predistortion(), Predistortion(bounce=(0.25, 0.1 * NS)))
    )
    assert np.allclose(late["a"] * 1.25, plain["a"], atol=1e-15)


@pytest.mark.parametrize(
    ("shape", "what"),
    [
        (Predistortion(exponentials=((-1.0, 1e-6),)), "exponential that cannot be inverted"),
        (Predistortion(exponentials=((0.1, 0.0),)), "time constant that is no length of time"),
        (Predistortion(high_pass_s=math.inf), "time constant that is no length of time"),
        (Predistortion(bounce=(1.0, 1e-9)), "echo that cannot be undone"),
        (Predistortion(fir=(math.nan,)), "number that is not finite"),
    ],
)
def test_lines_that_cannot_be_undone(shape: Predistortion, what: str) -> None:
    line = output("a", D0, ports=(1, 2), lo=5e9, predistortion=shape)
    assert [problem.what for problem in wiring_problems(wired(line))] == [what]


@pytest.mark.parametrize(
    ("crosstalk", "what"),
    [
        ({("a", "x"): 0.1}, "crosstalk of an unknown line"),
        ({("a", "c"): 0.1}, "crosstalk between lines on the same ports"),
        ({("a", "b"): 1.0}, "crosstalk that is no small part"),
    ],
)
def test_crosstalk_that_contradicts_the_wiring(crosstalk: dict[tuple[str, str], complex], what: str) -> None:
    a, b = PLAIN.outputs
    c = replace(a, name="c", channels=())
    found = wiring_problems(replace(PLAIN, outputs=(a, b, c), crosstalk=crosstalk))
    assert what in [problem.what for problem in found]
