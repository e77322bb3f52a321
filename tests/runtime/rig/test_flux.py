"""A flux line: baseband pulses on a control channel bring |11> and |20> together, which makes a CZ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from scipy.optimize import brentq

from runtime.pulse import Constant, ControlChannel, Play, Schedule, ShiftPhase
from runtime.pulse.macros import measure
from runtime.pulse.transforms import target_qobj_transform
from runtime.rig import Rig
from runtime.target import Target

FLUX = ControlChannel(1)
QUANTA, ASYMMETRY = 0.25, 0.1
"""Flux quanta at full scale, 0.25 V; of configs/tunable/chip.yaml, as all numbers here."""
F0, F1, ALPHA_0, ALPHA_1 = 5.2365732175e9, 5.0143686445e9, -339.883615e6, -343.200558e6
COUPLING_HZ = np.sqrt(2) * 1.9554377e6
"""Between |11> and |20>: sqrt(2) J."""


@pytest.fixture(scope="module")
def tunable() -> Iterator[Rig]:
    """The station, opened once."""
    with Rig.open("tunable") as opened:
        yield opened


def frequency_hz(amplitude: float) -> float:
    """Of q1 under a flux pulse: Koch et al., PRA 76, 042319, eq. 2.18."""
    angle = np.pi * amplitude * QUANTA
    factor = (np.cos(angle) ** 2 + (ASYMMETRY * np.sin(angle)) ** 2) ** 0.25
    return float((F1 - ALPHA_1) * factor + ALPHA_1)


RESONANCE = float(brentq(lambda amplitude: frequency_hz(amplitude) - (F0 + ALPHA_0), 0, 1))
"""The amplitude at which 2 f0 + alpha0 = f0 + f1."""


def gate(target: Target, name: str, qubit: int) -> Schedule:
    """A calibrated gate."""
    return target_qobj_transform(target.get_calibration(name, (qubit,)))


def swapped(target: Target, amplitude: float, duration: int) -> Schedule:
    """Both in 1, a flux pulse, and readout."""
    schedule = gate(target, "x", 0).insert(0, gate(target, "x", 1))
    if duration:
        schedule = schedule.insert(160, Play(Constant(duration, amplitude), FLUX))
    return schedule.insert(160 + -(-duration // 16) * 16 + 64, measure([0, 1], target))


def test_two_excitations_meet_in_one_transmon(tunable: Rig) -> None:
    """P(11) = cos^2(2 pi sqrt(2) J t) at the resonance that the circuit's formula names, and 1 far from it."""
    durations = [0, 160, 320, 400, 480, 640, 816]
    programs = [swapped(tunable.target, RESONANCE, duration) for duration in durations]
    *near, far = tunable.run([*programs, swapped(tunable.target, RESONANCE - 0.1, 400)], shots=1000)
    seen = np.array([result.counts.get("11", 0) / 1000 for result in near])
    expected = np.cos(2 * np.pi * COUPLING_HZ * np.array(durations) * float(tunable.target.dt_exact)) ** 2
    assert seen == pytest.approx(0.02 + 0.93 * expected, abs=0.08)
    assert far.counts["11"] > 880
    # What has left |11> has q0 in its third state, which a line between 0 and 1 reads as 1, and q1 in 0.
    assert near[3].counts["01"] > 800


def ramsey(target: Target, *, excited: bool, phase: float, pulse: Sequence[Play]) -> Schedule:
    """q1 between two half turns while q0 is in 0 or 1, with a flux pulse meanwhile."""
    schedule = gate(target, "x", 0) if excited else Schedule()
    schedule = schedule.insert(160, gate(target, "sx", 1))
    for play in pulse:
        schedule = schedule.insert(320, play)
    schedule = schedule.insert(1168, ShiftPhase(-phase, target.drive(1)))
    schedule = schedule.insert(1168, gate(target, "sx", 1))
    return schedule.insert(schedule.duration, measure([0, 1], target))


def test_one_period_is_a_controlled_phase(tunable: Rig) -> None:
    """After t = 1 / (2 sqrt(2) J), 181 ns, q1 has turned by pi more if q0 is in 1; without a pulse it has not."""
    target = tunable.target
    cz = Play(Constant(816, RESONANCE), FLUX)
    phases = np.arange(8) * np.pi / 4
    programs = [
        ramsey(target, excited=excited, phase=phase, pulse=pulse)
        for pulse in ([], [cz])
        for excited in (False, True)
        for phase in phases.tolist()
    ]
    p1 = np.array([result.probability(1) for result in tunable.run(programs, shots=400)])
    vectors = (p1.reshape(2, 2, 8) * np.exp(1j * phases)).sum(axis=2) / 4
    assert np.abs(vectors).min() > 0.4, "a pure phase: q1 keeps its contrast"
    idle, gated = np.degrees(np.angle(vectors[:, 1] / vectors[:, 0]))
    assert idle == pytest.approx(0, abs=15)
    assert abs(gated) == pytest.approx(180, abs=30)
