"""The demo station end to end: device files, shipped drivers, simulated instruments and chip, memory slots."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from drivers.contract import ConfigurationError, ProblemReport, SignalError
from runtime import pulse
from runtime.experiments import calibrated_amplitude, fit_rabi, rabi_schedules
from runtime.lowering import Sweep
from runtime.pulse import Drag, Parameter, Play, Schedule, ShiftPhase
from runtime.pulse.macros import measure
from runtime.results import ConfusionMatrix
from runtime.rig import Rig
from tests.runtime.rig.programs import after_nothing, after_x

SHOTS = 1000


def test_who_answers(rig: Rig) -> None:
    """Every instrument of the station, identified over its own protocol."""
    models = {name: identity.model for name, identity in rig.identities.items()}
    assert models == {
        "awg": "AWG5208",
        "lo_q0": "SGS100A",
        "lo_q1": "SGS100A",
        "lo_readout": "SGS100A",
        "digitizer": "ATS9360",
    }


def test_x_excites_and_nothing_does_not(rig: Rig) -> None:
    """P(1) above 0.95 after x and below 0.05 after nothing on both qubits, readout error included."""
    ground, excited = rig.run([after_nothing(rig.target), after_x(rig.target)], shots=SHOTS)
    assert ground.shots == excited.shots == SHOTS
    for slot in (0, 1):
        assert ground.memory[slot].mean() < 0.05
        assert excited.memory[slot].mean() > 0.95
    assert max(excited.counts, key=excited.counts.__getitem__) == "11"
    assert not ground.overrange.any()


def test_the_rabi_fit_finds_the_device_amplitude(rig: Rig) -> None:
    """The pi amplitude that the chip shows is the recorded device's own, within 2 %."""
    scales = np.linspace(0, 2, 21)
    points = rig.run(rabi_schedules(rig.target, (0, 1), scales.tolist()), shots=400)
    for qubit in (0, 1):
        calibrated = calibrated_amplitude(rig.target, qubit)
        p1 = np.array([point.memory[qubit].mean() for point in points])
        fit = fit_rabi(scales * calibrated, p1, 400)
        assert fit.pi_amplitude == pytest.approx(calibrated, rel=0.02)
        assert fit.contrast > 0.9
        assert fit.reduced_chi_square < 3


def test_two_half_turns_add_up_by_their_phase(rig: Rig) -> None:
    """sx, a virtual Z of phi, sx: P(1) = cos^2(phi / 2), so frames reach the chip with the right sign and size."""
    phases = np.linspace(0, 2 * np.pi, 9)
    batch = []
    for phase in phases:
        schedule = rig.target.get_calibration("sx", (0,)).append(ShiftPhase(-phase, rig.target.drive(0)))
        schedule = schedule.append(rig.target.get_calibration("sx", (0,)))
        batch.append(schedule.insert(schedule.duration, measure([0], rig.target)))
    p1 = np.array([result.memory[0].mean() for result in rig.run(batch, shots=500)])
    assert p1 == pytest.approx(np.cos(phases / 2) ** 2, abs=0.09)


def test_the_stored_discriminators_are_what_training_finds(rig: Rig) -> None:
    """wiring.yaml holds no magic numbers: training on the station gives the same lines."""
    stored = rig.readout
    trained = rig.train_readout([0, 1], shots=2000)
    for qubit, found in trained.items():
        line = stored[qubit].discriminator
        assert line is not None
        assert found.discriminator.angle_rad == pytest.approx(line.angle_rad, abs=0.05)
        # Between the clouds the error hardly depends on where the line is: what counts is what it tells.
        told = ConfusionMatrix.of(*(line.classify(cloud) for cloud in found.clouds))
        assert told.fidelity == pytest.approx(found.fidelity, abs=0.004)
        assert found.fidelity > 0.96
        rig.use_readout(qubit, stored[qubit])


def test_the_levels_agree_with_one_another(rig: Rig) -> None:
    """Raw traces, kernelled by hand, lie where level 1 lies, and most of level 1 lies beyond the threshold."""
    schedule = after_x(rig.target)
    raw = rig.run(schedule, shots=200, level=0)
    kernelled = rig.run(schedule, shots=1000, level=1)
    assert raw.data.shape[:2] == (200, 2)
    assert raw.data.shape[2] == int(22400 * 2 / 9 * 0.5)
    line = rig.readout[0].discriminator
    assert line is not None
    assert line.classify(kernelled.memory[0]).mean() > 0.95
    # By hand: the tone's frequency from the device file and the oscillator, the boxcar from wiring.yaml.
    # The record starts with the marker, on the generator's sample that holds the end of x (160 dt).
    start = np.floor(160 * 2 / 9 * 2.5) / 2.5e9
    samples = np.arange(raw.data.shape[2])
    turn = np.exp(-2j * np.pi * (7.278492341000001e9 - 7.3e9) * (start + (samples + 1) / 500e6))
    # The window starts with the first sample after the readout pulse's first instant: sample 1 of the record.
    by_hand = (raw.memory[0] * turn)[:, 100:1350].mean(axis=1)
    assert np.median(by_hand.real) == pytest.approx(np.median(kernelled.memory[0].real), abs=3e-4)
    assert np.median(by_hand.imag) == pytest.approx(np.median(kernelled.memory[0].imag), abs=3e-4)


def test_a_block_from_the_builder_is_swept(rig: Rig) -> None:
    """A program written with the builder against the open rig, at two amplitudes, as one batch."""
    amplitude = Parameter("amplitude")
    with pulse.build(rig, default_alignment="sequential") as program:
        pulse.play(Drag(160, amplitude, 40, -1.12), pulse.drive_channel(0))
        slot = pulse.measure(0)
    points = rig.run(Sweep(program, {amplitude: [0.0, calibrated_amplitude(rig.target, 0)]}), shots=300)
    low, high = (float(point.memory[slot.index].mean()) for point in points)
    assert low < 0.05
    assert high > 0.9
    assert rig.run(program.assign_parameters({amplitude: 0.0}, inplace=False), shots=50).shots == 50


def test_it_can_be_awaited(rig: Rig) -> None:
    """Two coroutines that submit at once take turns, and both get their own shots."""

    async def both() -> tuple[float, float]:
        first, second = await asyncio.gather(
            rig.submit(after_nothing(rig.target), shots=100), rig.submit(after_x(rig.target), shots=100)
        )
        return float(first.memory[0].mean()), float(second.memory[0].mean())

    low, high = asyncio.run(both())
    assert low < 0.2
    assert high > 0.8


def test_timing_is_told_by_stage(rig: Rig) -> None:
    """Where the time went, in seconds."""
    timing = rig.run(after_nothing(rig.target), shots=10).timing_s
    assert set(timing) == {"lower", "upload", "play", "fetch", "classify"}
    assert all(seconds >= 0 for seconds in timing.values())


@pytest.mark.parametrize("shots", [0, -1, True, 10**9])
def test_impossible_shots_are_refused(rig: Rig, shots: int) -> None:
    """Before anything is lowered."""
    with pytest.raises(ConfigurationError, match="number of shots"):
        rig.run(after_nothing(rig.target), shots=shots)


def test_a_program_that_cannot_be_played_is_refused_whole(rig: Rig) -> None:
    """Off the grid, too short, on a channel that is not wired: every problem, and the rig still works."""
    target = rig.target
    bad = after_nothing(target).insert(8, Play(Drag(40, 0.1, 10, 0.0), target.drive(0)))
    with pytest.raises(ProblemReport) as caught:
        rig.run(bad)
    text = str(caught.value)
    assert "instant 8" in text
    assert "64" in text
    unwired = after_nothing(target).insert(0, Play(Drag(160, 0.1, 40, 0.0), target.control((1, 0))[0]))
    with pytest.raises(ProblemReport, match="u1"):
        rig.run(unwired)
    with pytest.raises((ProblemReport, ConfigurationError)):
        rig.run(Schedule(name="empty"))
    assert rig.run(after_nothing(target), shots=10).shots == 10


def test_every_program_of_a_batch_that_cannot_be_played_is_named(rig: Rig) -> None:
    """At once: who mends one would meet the next."""
    good = after_nothing(rig.target)
    short = good.insert(0, Play(Drag(48, 0.1, 10, 0.0), rig.target.drive(0)))
    with pytest.raises(ProblemReport) as caught:
        rig.run([short, good, short])
    assert "program 0" in str(caught.value)
    assert "program 2" in str(caught.value)
    assert "program 1" not in str(caught.value)


def test_an_over_range_line_is_refused_with_its_headroom(rig: Rig) -> None:
    """Two readout tones that add up to more than full scale on the shared line."""
    target = rig.target
    loud = Schedule(name="loud")
    for qubit in (0, 1):
        loud = loud.insert(0, Play(Drag(22400, 0.9, 4000, 0.0), target.measure(qubit)))
        loud = loud.insert(0, target.get_calibration("measure", (qubit,)).filter(channels=[target.acquire(qubit)]))
    with pytest.raises((ProblemReport, SignalError), match="%"):
        rig.run(loud)
