"""Two instruments in one laboratory: the marker of one is the trigger of the other."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from simulators.labone.devices import EdgeTriggers, ReadoutInput, SequencerDevice, TriggerSource
from simulators.labone.devices.surroundings import Loopback
from tests.simulators.labone.devices.bench import Compiler
from tests.simulators.labone.devices.nodes import Make, load, start, vector


@dataclass
class Wired:
    """A marker of the HDAWG leads to the first trigger input of the UHFQA, two of its outputs to the inputs."""

    devices: dict[str, SequencerDevice] = field(default_factory=dict)

    def trigger_source(self, serial: str, channel: str) -> TriggerSource | None:
        """The marker, a little later."""
        edges = self.devices["dev8000"].edges("triggers/out/0")
        if (serial, channel) != ("dev2000", "trigin0") or not edges:
            return None
        return EdgeTriggers(edges, Fraction(3, 4), delay=20)

    def readout_input(self, serial: str, channel: int) -> ReadoutInput:  # noqa: ARG002 - the protocol's signature
        """The cables."""
        return Loopback()

    def started(self, serial: str, core: str) -> None:  # noqa: ARG002 - the protocol's signature
        """Let the UHFQA look for its triggers."""
        if serial == "dev8000":
            self.devices["dev2000"].resume()


def test_an_hdawg_leads_a_uhfqa(make: Make, seqc: Compiler) -> None:
    lab = Wired()
    hdawg = lab.devices["dev8000"] = make("HDAWG8", lab, "dev8000")
    uhfqa = lab.devices["dev2000"] = make("UHFQA", lab, "dev2000")
    pulses = "repeat (20) { playZero(12000); setTrigger(1); playZero(12000); setTrigger(0); }"
    load(hdawg, "awgs/0", seqc(pulses, "HDAWG8"))
    code = "repeat (20) { waitDigTrigger(1, 1); playWave(1, ones(64) * 0.5); startQA(QA_INT_ALL, true); }"
    load(uhfqa, "awgs/0", seqc(code, "UHFQA"))
    hdawg.tree.set("triggers/out/0/source", 0)
    for path, value in {
        "awgs/0/auxtriggers/0/channel": 0,
        "sigouts/0/on": 1,
        "sigouts/0/range": 1.5,
        "sigins/0/on": 1,
        "qas/0/integration/length": 128,
        "qas/0/integration/weights/1/real": np.ones(128),
        "qas/0/result/length": 10,
        "qas/0/result/averages": 2,
        "qas/0/result/source": 1,
        "qas/0/thresholds/1/level": 40.0,
        "qas/0/thresholds/0/level": 40.0,
        "qas/0/result/enable": 1,
    }.items():
        uhfqa.tree.set(path, value)
    start(uhfqa, "awgs/0")
    assert uhfqa.tree.integer("awgs/0/enable") == 1
    start(hdawg, "awgs/0")
    deadline = time.monotonic() + 10
    while uhfqa.tree.integer("awgs/0/enable") and time.monotonic() < deadline:
        time.sleep(0.01)
    playback = uhfqa.playback("awgs/0")
    assert playback is not None
    starts = [
        shot.start + n * shot.period for shot in playback.shots() for n in range(shot.count) if shot.duration
    ]
    assert starts[0] == 20
    assert np.diff(starts).tolist() == [18_000] * 19
    assert uhfqa.tree.integer("qas/0/result/acquired") == 20
    assert vector(uhfqa, "qas/0/result/data/1/wave").tolist() == [1.0] * 10
    assert vector(uhfqa, "qas/0/result/data/0/wave").tolist() == [0.0] * 10
