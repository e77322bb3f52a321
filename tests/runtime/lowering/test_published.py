"""Every published calibration of the carried devices, against the plain reference; and the demo's programs."""

from __future__ import annotations

import cmath
from collections.abc import Hashable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from runtime.interop.ibm import load_target
from runtime.lowering import lower, route
from runtime.pulse import Drag, Play, Schedule
from runtime.pulse.library import Pulse
from runtime.target import Target
from tests.runtime.lowering import reference
from tests.runtime.lowering.lab import D0, LIMITS, M0, M1, PLAYBACK, make_wiring, output

DATA = Path(__file__).parents[2] / "data" / "ibm"


def device(name: str) -> Target:
    return load_target(*(DATA / name / f"{part}_{name}.json" for part in ("conf", "defs", "props")))


def calibrations(target: Target) -> Iterator[tuple[str, Schedule]]:
    """Name and schedule of each, open angles set to some value."""
    for name in target:
        for qubits in target[name] or ():
            if qubits is not None and target.has_calibration(name, qubits):
                schedule = target.get_calibration(name, qubits)
                angles = {
                    parameter: 0.3 + index for index, parameter in enumerate(sorted(schedule.parameters, key=str))
                }
                yield f"{name}{qubits}", schedule.assign_parameters(angles, inplace=False)


class Envelopes:
    """Reference samples of pulses, each computed once: it takes long."""

    def __init__(self) -> None:
        self._known: dict[Hashable, NDArray[np.complex128]] = {}

    def samples(self, pulse: Pulse) -> NDArray[np.complex128]:
        """At dt."""
        if pulse.key not in self._known:
            instants = [Fraction(2 * k + 1, 2) for k in range(int(pulse.duration))]
            self._known[pulse.key] = np.array([reference.envelope(pulse, u) for u in instants])
        return self._known[pulse.key]


@pytest.mark.parametrize(("name", "count"), [("jakarta", 69), ("guadalupe", 161), ("valencia", 49)])
def test_every_calibration_lowers_to_the_reference(name: str, count: int) -> None:
    target, envelopes = device(name), Envelopes()
    found = list(calibrations(target))
    assert len(found) == count
    for label, schedule in found:
        streams = lower(schedule, target).streams()
        for channel, stream in streams.items():
            wanted = np.zeros(schedule.duration, np.complex128)
            plays = reference.framed_plays(schedule, channel, target.dt_exact, target.channel_frequencies[channel])
            for start, pulse, phi, nu, _ in plays:
                assert nu == 0
                samples = envelopes.samples(pulse)
                wanted[start : start + samples.size] = samples * cmath.exp(1j * phi)
            np.testing.assert_allclose(stream.to_array(), wanted, rtol=0, atol=1e-12, err_msg=label)


def test_an_amplitude_sweep_of_the_calibrated_x_at_another_clock() -> None:
    """As the demo plays it: 2/9 ns against 2.5 GS/s, joint readout, 1 ms of idle."""
    files = [DATA / "jakarta" / f"{part}_jakarta.json" for part in ("conf", "defs", "props")]
    target = load_target(*files, qubits=(0, 1))
    carriers = target.channel_frequencies
    drive = output("drive0", D0, ports=(1, 2), lo=carriers[D0] - 50e6)
    readout = output("readout", M0, M1, ports=(7, 8), lo=7.3e9, shared=True)
    wiring = make_wiring(2_500_000_000, outputs=(drive, readout), idle_s=1e-3)
    limits = {**LIMITS, "awg": replace(PLAYBACK, min_length=2400, granularity=1, max_repeat=1 << 20)}
    x = target.get_calibration("x", (0,))
    calibrated = next(step.pulse for _, step in x.instructions if isinstance(step, Play)).parameters
    measure = target.get_calibration("measure", (0, 1))
    sweep = [
        Schedule((0, Play(Drag(**{**calibrated, "amp": amp}), D0)), (160, measure))
        for amp in np.linspace(0, 2 * calibrated["amp"], 21).tolist()
    ]
    routed = route([lower(point, target) for point in sweep], wiring, limits, shots=1)
    program, plan = routed.programs["awg"], routed.plans["digitizer"]
    assert len(program.waveforms) == 2 * 20 + 2
    assert [step.repeat for step in program.steps[:2]] == [1, 1042]  # 1042 * 0.96 us
    assert {(window.qubit, window.stop - window.start) for window in plan.windows} == {(0, 2488), (1, 2488)}
    for point in (1, 10, 20):
        step = 2 * point
        wanted = reference.port_signal(sweep[point], drive, dict(carriers), (target.dt_exact, 2_500_000_000, 100))
        samples = program.port_samples(1, step) + 1j * program.port_samples(2, step)
        np.testing.assert_allclose(samples[:100], wanted, rtol=0, atol=1e-12)
        assert not samples[100:].any()
