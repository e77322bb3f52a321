"""Cores that wait for the instrument's own trigger start together, whenever it comes."""

from __future__ import annotations

import pytest

from simulators.labone.devices.core import SequencerCore
from simulators.labone.devices.playback import Playback
from simulators.labone.devices.surroundings import TriggerSource
from tests.simulators.labone.devices.bench import Compiler
from tests.simulators.labone.devices.nodes import Make, load, readout_ready, settle, start

GENERATOR, ANALYZER = "sgchannels/0/awg", "qachannels/0/generator"
CLOCK = "system/internaltrigger"


def test_a_trigger_that_comes_while_the_device_looks(
    make: Make, seqc: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes when the generator has been looked at and the analyzer has not: neither is left behind."""
    device = make("SHFQC")
    load(device, GENERATOR, seqc("waitDigTrigger(1); playWave(ones(64));", "SHFQC", "sg"))
    load(device, ANALYZER, seqc("waitDigTrigger(1); playZero(512); startQA(1, 1);", "SHFQC", "qa"))
    readout_ready(device, 1)
    for core in (GENERATOR, ANALYZER):
        device.tree.set(f"{core}/auxtriggers/0/channel", 8)
    device.tree.set(f"{CLOCK}/repetitions", 1)
    start(device, GENERATOR)
    begin = SequencerCore.begin
    looked: list[str] = []

    def begun(self: SequencerCore, triggers: TriggerSource) -> Playback:
        looked.append(self.path)
        if self.path == ANALYZER and looked.count(ANALYZER) == 1:
            device.tree.set(f"{CLOCK}/enable", 1)
        return begin(self, triggers)

    monkeypatch.setattr(SequencerCore, "begin", begun)
    start(device, ANALYZER)
    settle(device)
    assert looked[:2] == [GENERATOR, ANALYZER]
    for core in (GENERATOR, ANALYZER):
        assert device.playback(core) is not None
        assert device.tree.integer(f"{core}/enable") == 0
    assert device.tree.integer(f"{CLOCK}/enable") == 0
