"""Pulses read from a run are what the run's own rendering gives."""

from __future__ import annotations

import numpy as np
import pytest

from simulators.lab.zurich.pulses import PulseReader
from simulators.labone.devices import Playback
from simulators.labone.devices.outputs import HdawgOutput, SgOutput
from tests.simulators.lab.zurich.stations import Complex
from tests.simulators.labone.devices.bench import Compiler, play, table

SWEEP = """
wave a = gauss(96, 0.9, 48, 16); wave b = gauss(160, 0.5, 80, 30);
assignWaveIndex(1,2,a,1,2,b,0);
assignWaveIndex(1,2,b,1,2,a,1);
repeat(3) {
  resetOscPhase();
  playZero(48);
  playWave(1,2,a,1,2,b);
  playZero(160);
  repeat(2) { executeTableEntry(0); playZero(320); }
  executeTableEntry(1);
  playZero(2000);
}
"""
ENTRIES = [
    {"index": 0, "waveform": {"index": 0}, "phase": {"value": 90.0}},
    {"index": 1, "waveform": {"index": 1}, "phase": {"value": -45.0, "increment": True}},
]


def rebuilt(playback: Playback, length: int, rate: int) -> Complex:
    """The pulses, put back where they came from."""
    pulses = PulseReader(playback, rate).read(length)
    out = np.zeros(length + 4096, np.complex128)
    for start, number, phase in zip(pulses.starts, pulses.which, pulses.phases_rad, strict=True):
        wave = pulses.waveforms[number]
        out[start : start + wave.size] += wave * np.exp(1j * phase)
    return out[:length]


@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_an_sg_channel(seqc: Compiler, gain: float) -> None:
    """With its oscillator on: equal pulses at other phases are one waveform, turned."""
    elf = seqc(SWEEP, "SHFSG8")
    output = SgOutput(volts=0.3, gain=gain)
    playback = play(elf, "SHFSG8", output=output, frequencies=(76.3e6,) * 8, table=table(ENTRIES))
    length = 11_000
    found = rebuilt(playback, length, 2_000_000_000)
    assert np.abs(found).max() > 0.1
    assert np.allclose(found, playback.render(0, length).volts, atol=1e-9)


def test_few_waveforms_for_many_phases(seqc: Compiler) -> None:
    """No reset: each of 50 pulses begins at another phase of the oscillator."""
    code = "wave a = gauss(96, 0.4, 48, 16); repeat(50) { playWave(1,2,a,1,2,a); playZero(208); }"
    playback = play(seqc(code, "SHFSG8"), "SHFSG8", output=SgOutput(gain=0.7), frequencies=(33.3e6,) * 8)
    pulses = PulseReader(playback, 2_000_000_000).read(1 << 20)
    assert pulses.starts.size == 50
    assert len(pulses.waveforms) == 1
    assert np.allclose(rebuilt(playback, 15_000, 2_000_000_000), playback.render(0, 15_000).volts, atol=1e-9)


def test_a_pair_of_outputs(seqc: Compiler) -> None:
    body = "playWave(1,a,2,-a); playZero(1024); playHold(64); playZero(96);"
    code = f"wave a = gauss(96, 0.9, 48, 16); repeat(4) {{ {body} }}"
    output = HdawgOutput(volts=(0.5, 0.4), delay=(12, 12))
    playback = play(seqc(code, "HDAWG8"), "HDAWG8", output=output)
    volts = playback.render(0, 5000).volts
    assert np.allclose(rebuilt(playback, 5000, 2_400_000_000), volts[0] + 1j * volts[1], atol=1e-9)
