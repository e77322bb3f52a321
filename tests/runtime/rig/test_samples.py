"""Sample by sample: what the simulated generator decoded from its bytes is what the streams say."""

from __future__ import annotations

import numpy as np
import pytest

import configs
from runtime.lowering import OutputLine, lower
from runtime.pulse import Play, Schedule
from runtime.pulse.channels import Channel
from runtime.rig import Rig, load_station
from simulators.lab import Lab, running
from simulators.lab.bench import Snapshot
from simulators.tektronix.playback import Playback
from tests.runtime.rig.programs import after_x

RATE, FULL_SCALE_V = 2.5e9, 0.25
DT = 2 / 9 * 1e-9


def test_the_generator_plays_what_was_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every channel of 'x, measure', from the volts of its ports back to its envelope, within 1 LSB of its DAC."""
    with running(configs.ROOT / "demo" / "lab.yaml") as lab:
        seen = watched_playbacks(lab, monkeypatch)
        addresses = {name: places.get("hislip", places.get("ats", "")) for name, places in lab.addresses.items()}
        with Rig.open("demo", addresses=addresses) as rig:
            schedule = after_x(rig.target)
            rig.run(schedule, shots=2)
            step = seen[-1].steps[0]
            for line in rig.station.wiring.outputs:
                ports = (line.i_port, line.q_port)
                played = [step.volts[port - 1] / FULL_SCALE_V for port in ports]
                expected = expected_signal(rig, schedule, line, step.length)
                # A marker in use takes a bit of its port's converter.
                lsb = [2 / (2 ** (15 if port == 7 else 16) - 1) for port in ports]
                assert np.abs(played[0] - expected.real).max() <= lsb[0], line.name
                assert np.abs(played[1] - expected.imag).max() <= lsb[1], line.name
                assert line.name == "cross_q0_q1" or np.abs(played[0]).max() > 0.05


def watched_playbacks(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> list[Playback]:
    """A list that fills with what the generator plays whenever the bench looks at it."""
    seen: list[Playback] = []
    look = lab._look

    def watched() -> Snapshot:
        snapshot = look()
        if snapshot.playback is not None:
            seen.append(snapshot.playback)
        return snapshot

    monkeypatch.setattr(lab, "_look", watched)
    return seen


def expected_signal(rig: Rig, schedule: Schedule, line: OutputLine, count: int) -> np.ndarray:
    """The line's channels on their IF carriers at the generator's samples, complex, units of full scale."""
    times = np.arange(count) / RATE
    signal = np.zeros(count, complex)
    for channel in line.channels:
        offset = rig.target.channel_frequencies[channel] - line.lo_frequency_hz
        signal += closed_form(schedule, channel, count) * np.exp(2j * np.pi * offset * times)
    return signal


def closed_form(schedule: Schedule, channel: Channel, count: int) -> np.ndarray:
    """The channel's envelopes at the middle of each generator sample, from the schedule itself."""
    samples = np.zeros(count, complex)
    middles = (np.arange(count) + 0.5) / RATE
    for start, instruction in schedule.instructions:
        if isinstance(instruction, Play) and instruction.channel == channel:
            instants = middles / DT - start
            inside = (instants >= 0) & (instants < instruction.duration)
            samples[inside] += instruction.pulse.evaluate(instants[inside])
    return samples


def test_the_streams_are_the_same_envelopes_at_dt() -> None:
    """The dt samples of each stream equal the pulses' own waveforms: the other end of the same comparison."""
    target = load_station("demo").target
    schedule = after_x(target)
    streams = lower(schedule, target).streams()
    for start, instruction in schedule.instructions:
        if isinstance(instruction, Play):
            piece = streams[instruction.channel].to_array()[start : start + instruction.duration]
            assert piece == pytest.approx(instruction.pulse.get_waveform().samples, abs=1e-12)
