"""The two stations' devices, set node by node as a client would, without a client."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulators.lab import load_lab
from simulators.lab.zurich import LabOneBench
from simulators.labone import NodeTree
from tests.simulators.labone.devices.bench import Compiler

Complex = NDArray[np.complex128]
CONFIGS = Path(__file__).parents[4] / "configs"
DT = 2e-9 / 9
QUBITS_HZ = {0: 5.2365732175e9, 1: 5.0143686445e9}
PROBES_HZ = {0: 7.278492341e9, 1: 7.337882003e9}
X = {0: (0.19446387943092866, -1.121524299910051), 1: (0.23439815272221795, -0.9459175778571624)}
"""Amplitude and beta of the recorded device's x pulses, for 0.25 V at full scale."""
READOUT = 0.1955
LENGTH = 4096
TONES: Mapping[str, float | None] = {
    "lo_q0": 5.186573217536762e9,
    "lo_q1": 4.9643686444772575e9,
    "lo_readout": 7.3e9,
}


def drag(amp: complex, beta: float, rate_hz: float, length: int, if_hz: float = 0.0) -> Complex:
    """The device's 160 dt DRAG pulse at an instrument's rate, moved to an intermediate frequency."""
    t = (np.arange(length) + 0.5) / rate_hz / DT
    lift = np.exp(-((81.0 / 40.0) ** 2) / 2)
    shape = (np.exp(-(((t - 80.0) / 40.0) ** 2) / 2) - lift) / (1 - lift) * (t < 160.0)
    envelope = amp * shape * (1 - 1j * beta * (t - 80.0) / 40.0**2)
    return np.asarray(envelope * np.exp(2j * np.pi * if_hz * np.arange(length) / rate_hz))


def words(samples: Complex, marker: int = 0) -> NDArray[np.int16]:
    """A dual waveform for waveform memory; with a marker during its first samples."""
    columns = [np.round(samples.real * 32767), np.round(samples.imag * 32767)]
    if marker:
        columns.append((np.arange(samples.size) < marker).astype(float))
    return np.stack(columns, axis=1).astype(np.int16).ravel()


@dataclass
class Clouds:
    """Two clouds of integrated values, and the line between them."""

    zero: complex
    one: complex

    @classmethod
    def of(cls, ground: Complex, excited: Complex) -> Clouds:
        """From values of |0> and of |1>, mostly."""
        return cls(
            complex(np.median(ground.real), np.median(ground.imag)),
            complex(np.median(excited.real), np.median(excited.imag)),
        )

    def ones(self, values: Complex) -> float:
        """The part of the values that is nearer to |1>."""
        along = (values - 0.5 * (self.zero + self.one)) * np.exp(-1j * np.angle(self.one - self.zero))
        return float(np.mean(along.real > 0.0))


@contextmanager
def bench(station: str, tones: Mapping[str, float | None] = TONES, seed: int = 1) -> Iterator[LabOneBench]:
    lab, chip = load_lab(CONFIGS / station / "lab.yaml")
    made = LabOneBench(lab.model_copy(update={"seed": seed}), chip, lambda: tones)
    try:
        yield made
    finally:
        for device in made.devices.values():
            device.stop()


def wait(tree: NodeTree, path: str, limit_s: float = 10.0) -> bool:
    """Whether a node becomes 0 in time."""
    deadline = time.monotonic() + limit_s
    while tree.integer(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


@dataclass
class Shfqc:
    """An SHFQC that drives some qubits and reads both of them out."""

    lab: LabOneBench
    seqc: Compiler

    @property
    def tree(self) -> NodeTree:
        """Of the device."""
        return self.lab.devices["dev12003"].tree

    def drive(self, qubit: int, program: str, waves: Sequence[Complex]) -> None:
        """Load a generator; wave k of the program is `waves[k]`, for 0.25 V at full scale."""
        tree, at = self.tree, f"sgchannels/{qubit}"
        tree.set(f"{at}/awg/elf/data", self.seqc(program, "SHFQC", "sg"))
        for index, wave in enumerate(waves):
            tree.set(f"{at}/awg/waveform/waves/{index}", words(wave * 0.25 / np.sqrt(0.1)))
        tree.set(f"synthesizers/{tree.integer(f'{at}/synthesizer')}/centerfreq", 5.2e9)
        settings = {"oscs/0/freq": QUBITS_HZ[qubit] - 5.2e9, "awg/modulation/enable": 1, "output/range": 0}
        for path, value in {**settings, "output/on": 1, "awg/auxtriggers/0/channel": 8, "awg/single": 1}.items():
            tree.set(f"{at}/{path}", value)

    def read(self, program: str, results: int, delay_s: float = 0.0) -> None:
        """Load the analyzer: slot 0 sends both tones, unit k integrates qubit k."""
        tree, at = self.tree, "qachannels/0"
        n = np.arange(LENGTH)
        tones = [READOUT * np.exp(2j * np.pi * (PROBES_HZ[q] - 7.2e9) * n / 2e9) for q in (0, 1)]
        tree.set(f"{at}/generator/elf/data", self.seqc(program, "SHFQC", "qa"))
        tree.set(f"{at}/generator/waveforms/0/wave", np.sum(tones, axis=0) * 0.25 / np.sqrt(0.1))
        for q in (0, 1):
            weight = np.exp(-2j * np.pi * (PROBES_HZ[q] - 7.2e9) * n / 2e9)
            tree.set(f"{at}/readout/integration/weights/{q}/wave", weight)
        settings = {
            "mode": 1,
            "centerfreq": 7.2e9,
            "output/range": 0,
            "input/range": 10,
            "output/on": 1,
            "input/on": 1,
            "generator/auxtriggers/0/channel": 8,
            "generator/single": 1,
            "readout/integration/length": LENGTH,
            "readout/integration/delay": delay_s,
            "readout/result/source": 1,
            "readout/result/length": results,
            "readout/result/averages": 1,
        }
        for path, value in settings.items():
            tree.set(f"{at}/{path}", value)

    def run(self, qubits: Sequence[int]) -> dict[int, Complex]:
        """Start all cores by the internal trigger; integrated values by qubit."""
        tree, at = self.tree, "qachannels/0"
        tree.set(f"{at}/readout/result/enable", 1)
        for qubit in qubits:
            tree.set(f"sgchannels/{qubit}/awg/enable", 1)
        tree.set(f"{at}/generator/enable", 1)
        tree.set("system/internaltrigger/repetitions", 1)
        tree.set("system/internaltrigger/enable", 1)
        assert wait(tree, f"{at}/readout/result/enable")
        assert wait(tree, f"{at}/generator/enable")
        assert all(wait(tree, f"sgchannels/{qubit}/awg/enable") for qubit in qubits)
        return {q: result(tree, f"{at}/readout/result/data/{q}/wave") for q in (0, 1)}


def result(tree: NodeTree, path: str) -> Complex:
    value = tree.value(path)
    return np.asarray(getattr(value, "vector", value), np.complex128)


GENERATOR = """
wave a = placeholder(80); wave b = placeholder(80);
assignWaveIndex(1,2,a,1,2,b,0);
waitDigTrigger(1);
repeat({shots}) {{ playZero(112); resetOscPhase(); playZero(112); {body} playZero({rest}); }}
"""
ANALYZER = """
waitDigTrigger(1);
repeat({shots}) {{ playZero({lead}); playZero({rest}); startQA(1,3,false,0,0); }}
"""
PERIOD = 2_000_000
"""1 ms at 2 GS/s."""


def one_pulse(shots: int) -> str:
    return GENERATOR.format(shots=shots, body="playWave(1,2,a,1,2,b);", rest=PERIOD - 304)


def pair(shots: int, apart: int) -> str:
    """Two pulses."""
    body = f"playWave(1,2,a,1,2,b); playZero({apart}); playWave(1,2,a,1,2,b);"
    return GENERATOR.format(shots=shots, body=body, rest=PERIOD - 384 - apart)


def read_at(shots: int, lead: int = 320) -> str:
    return ANALYZER.format(shots=shots, lead=lead, rest=PERIOD - lead)
