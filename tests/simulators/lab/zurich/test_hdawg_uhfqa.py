"""An HDAWG that drives through mixers, and a UHFQA that reads out at its marker."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest

from simulators.lab.zurich import LabOneBench
from simulators.labone import DeviceFault
from tests.simulators.lab.zurich.stations import (
    LENGTH,
    PROBES_HZ,
    READOUT,
    TONES,
    Clouds,
    Complex,
    X,
    bench,
    drag,
    result,
    wait,
    words,
)
from tests.simulators.labone.devices.bench import Compiler

SHOTS = 400
DRIVE = """
wave a = placeholder(96, true, false); wave b = placeholder(96, false, false);
assignWaveIndex(1,a,2,b,0);
waitDigTrigger(1);
repeat({shots}) {{ playWave(1,a,2,b); playZero(2399904); }}
"""
READ = """
wave a = placeholder(4096); wave b = placeholder(4096);
assignWaveIndex(1,a,2,b,0);
repeat({shots}) {{ waitDigTrigger(1,1); playZero(80); playWave(1,a,2,b); startQA(QA_INT_ALL, true); }}
"""


@dataclass
class Station:
    """Both devices; qubits 0 and 1 on the first two cores of the HDAWG."""

    lab: LabOneBench
    seqc: Compiler

    def drive(self, scales: Mapping[int, float], shots: int = SHOTS) -> None:
        """Load a pulse of that size for each qubit, with a marker."""
        tree = self.lab.devices["dev8001"].tree
        for qubit, scale in scales.items():
            core, wave = f"awgs/{qubit}", drag(scale * X[qubit][0], X[qubit][1], 2.4e9, 96, 50e6)
            tree.set(f"{core}/elf/data", self.seqc(DRIVE.format(shots=shots), "HDAWG8"))
            tree.set(f"{core}/waveform/waves/0", words(wave * 0.25 / 0.3, marker=20))
            tree.set(f"{core}/auxtriggers/0/channel", 7)
            tree.set(f"{core}/single", 1)
            for port in (2 * qubit, 2 * qubit + 1):
                tree.set(f"sigouts/{port}/range", 0.6)
                tree.set(f"sigouts/{port}/on", 1)
        tree.set("triggers/out/0/source", 4)

    def read(self, shots: int = SHOTS) -> None:
        """Load the readout of both qubits."""
        tree, n = self.lab.devices["dev2001"].tree, np.arange(LENGTH)
        tones = [READOUT * np.exp(2j * np.pi * (PROBES_HZ[q] - 7.3e9) * n / 1.8e9) for q in (0, 1)]
        tree.set("awgs/0/elf/data", self.seqc(READ.format(shots=shots), "UHFQA"))
        tree.set("awgs/0/waveform/waves/0", words(np.sum(tones, axis=0) * 0.25 / 1.5))
        for side in (0, 1):
            for path, value in (("sigouts/{}/range", 1.5), ("sigouts/{}/on", 1), ("sigins/{}/on", 1)):
                tree.set(path.format(side), value)
            tree.set(f"sigins/{side}/range", 0.75)
        for q in (0, 1):
            # With the rotation 1 - i a unit gives the sum of both parts: the real part of x w, then the imaginary.
            w = np.exp(-2j * np.pi * (PROBES_HZ[q] - 7.3e9) * n / 1.8e9)
            for unit, (first, second) in ((2 * q, (w.real, -w.imag)), (2 * q + 1, (w.imag, w.real))):
                tree.set(f"qas/0/integration/weights/{unit}/real", np.ascontiguousarray(first))
                tree.set(f"qas/0/integration/weights/{unit}/imag", np.ascontiguousarray(second))
                tree.set(f"qas/0/rotations/{unit}", 1 - 1j)
        settings = {"integration/length": LENGTH, "result/source": 2, "result/length": shots, "result/averages": 1}
        for path, value in settings.items():
            tree.set(f"qas/0/{path}", value)
        tree.set("awgs/0/auxtriggers/0/channel", 0)
        tree.set("awgs/0/single", 1)

    def arm(self) -> None:
        """Let the UHFQA wait for triggers."""
        tree = self.lab.devices["dev2001"].tree
        tree.set("qas/0/result/enable", 1)
        tree.set("awgs/0/enable", 1)

    def release(self, qubits: tuple[int, ...]) -> None:
        """Enable the cores, and start them together by the host's level on a free trigger output."""
        tree = self.lab.devices["dev8001"].tree
        for qubit in qubits:
            tree.set(f"awgs/{qubit}/enable", 1)
        for level in (18, 17, 18):
            tree.set("triggers/out/3/source", level)

    def results(self) -> dict[int, Complex]:
        """Integrated values by qubit."""
        tree = self.lab.devices["dev2001"].tree
        assert wait(tree, "qas/0/result/enable")
        assert wait(tree, "awgs/0/enable")
        at = "qas/0/result/data/{}/wave"
        return {
            q: result(tree, at.format(2 * q)).real + 1j * result(tree, at.format(2 * q + 1)).real for q in (0, 1)
        }

    def flipped(self, scales: Mapping[int, float]) -> dict[int, Complex]:
        """These qubits get a pulse of that size, then both are read."""
        self.drive(scales)
        self.read()
        self.arm()
        self.release(tuple(scales))
        return self.results()

    def trained(self) -> dict[int, Clouds]:
        """Clouds of both qubits."""
        ground, excited = self.flipped({0: 0.0, 1: 0.0}), self.flipped({0: 1.0, 1: 1.0})
        return {q: Clouds.of(ground[q], excited[q]) for q in (0, 1)}


def test_x_and_measure_on_two_cores(seqc: Compiler) -> None:
    with bench("zurich-hdawg-uhfqa") as lab:
        station = Station(lab, seqc)
        clouds = station.trained()
        for qubit in (0, 1):
            values = station.flipped({qubit: 1.0, 1 - qubit: 0.0})
            assert clouds[qubit].ones(values[qubit]) > 0.93
            assert clouds[1 - qubit].ones(values[1 - qubit]) < 0.07


@pytest.mark.parametrize(("off", "ground"), [("lo_q0", True), ("lo_readout", False)])
def test_oscillators_that_are_off(seqc: Compiler, off: str, ground: bool) -> None:
    tones: dict[str, float | None] = dict(TONES)
    with bench("zurich-hdawg-uhfqa", tones) as lab:
        station = Station(lab, seqc)
        clouds = station.trained()
        tones[off] = None
        values = station.flipped({0: 1.0, 1: 0.0})[0]
        if ground:
            assert clouds[0].ones(values) < 0.07
        else:
            assert not np.any(values)


def test_a_reader_that_is_armed_late_gets_nothing_of_what_is_over(seqc: Compiler) -> None:
    with bench("zurich-hdawg-uhfqa") as lab:
        station = Station(lab, seqc)
        station.drive({0: 0.0})
        station.read()
        station.release((0,))
        assert wait(lab.devices["dev8001"].tree, "awgs/0/enable")
        station.arm()
        time.sleep(0.1)
        tree = lab.devices["dev2001"].tree
        assert tree.integer("qas/0/result/enable")
        assert tree.integer("qas/0/result/acquired") == 0
        # The next run is not missed.
        station.release((0,))
        assert station.results()[0].shape == (SHOTS,)


def test_a_lost_trigger_leaves_the_reader_waiting(seqc: Compiler) -> None:
    with bench("zurich-hdawg-uhfqa") as lab:
        station = Station(lab, seqc)
        station.drive({0: 0.0})
        station.read()
        lab.devices["dev2001"].faults.ask(DeviceFault.LOST_TRIGGER, 1)
        station.arm()
        station.release((0,))
        tree = lab.devices["dev2001"].tree
        deadline = time.monotonic() + 10.0
        while tree.integer("qas/0/result/acquired") < SHOTS - 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert tree.integer("qas/0/result/acquired") == SHOTS - 1
        assert tree.integer("qas/0/result/enable")


def test_the_inputs_tell_how_much_of_their_range_is_used(seqc: Compiler) -> None:
    with bench("zurich-hdawg-uhfqa") as lab:
        station = Station(lab, seqc)
        station.flipped({0: 0.0})
        tree = lab.devices["dev2001"].tree
        assert 0.3 < tree.number("sigins/0/max") < 0.9
        station.drive({0: 0.0})
        station.read()
        tree.set("sigins/0/range", 0.1)
        station.arm()
        station.release((0,))
        station.results()
        assert tree.number("sigins/0/max") == 1.0
