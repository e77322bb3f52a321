"""Generators as users of zhinst-toolkit see them: the vendor's own client, compiler and helpers, unmodified."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from zhinst.toolkit import CommandTable, Session, Waveforms

from tests.simulators.labone.devices.bench import LSB, gauss
from tests.simulators.labone.devices.polling import polled_until
from tests.simulators.labone.process import DEVICES

SHOT = """
wave a = placeholder(64); wave b = placeholder(96, true, true);
assignWaveIndex(1, 2, a, 0); assignWaveIndex(1, b, 2, b, 3);
repeat (10) { executeTableEntry(0); playZero(1008); }
setUserReg(5, 42);
"""


def table_of(node: Any, **amplitude: float) -> CommandTable:
    table = CommandTable(node.load_validation_schema())
    table.table[0].waveform.index = 0
    for name, value in amplitude.items():
        getattr(table.table[0], name).value = value
    return table


@pytest.mark.parametrize("model", ["HDAWG8", "HDAWG4"])
def test_an_hdawg_takes_a_program_waveforms_and_a_table_and_runs(session: Session, model: str) -> None:
    device = session.connect_device(DEVICES[model])
    core = device.awgs[1]
    core.load_sequencer_program(SHOT)
    assert core.ready()
    waves = Waveforms()
    waves[0] = (gauss(64, 0.9, 32, 8), None)
    waves[3] = (gauss(96, 0.5, 40, 8), -gauss(96, 0.5, 40, 8), np.arange(96) % 16)
    core.write_to_waveform_memory(waves)
    back = core.read_from_waveform_memory()
    assert back[0][0] == pytest.approx(waves[0][0], abs=LSB)
    assert back[3][1] == pytest.approx(waves[3][1], abs=LSB)
    assert back[3][2].tolist() == waves[3][2].tolist()
    table = table_of(core.commandtable, amplitude0=0.25, amplitude1=-0.5)
    core.commandtable.upload_to_device(table)
    assert core.commandtable.check_status()
    assert core.commandtable.load_from_device().as_dict() == table.as_dict()
    core.enable_sequencer(single=True)
    core.wait_done(timeout=10)
    assert core.userregs[5]() == 42
    assert core.enable() == 0


@pytest.mark.parametrize("model", ["SHFSG8", "SHFSG4", "SHFQC"])
def test_a_signal_generator_channel_runs(session: Session, model: str) -> None:
    device = session.connect_device(DEVICES[model])
    channel = device.sgchannels[1]
    channel.configure_channel(enable=True, output_range=5, center_frequency=5.0e9, rf_path=True)
    channel.configure_pulse_modulation(enable=True, osc_index=2, osc_frequency=80e6)
    channel.awg.load_sequencer_program(SHOT)
    waves = Waveforms()
    waves[0] = (gauss(64, 0.9, 32, 8), None)
    channel.awg.write_to_waveform_memory(waves)
    signs = {"amplitude00": 0.5, "amplitude01": -0.5, "amplitude10": 0.5, "amplitude11": 0.5}
    table = table_of(channel.awg.commandtable, **signs)
    channel.awg.commandtable.upload_to_device(table)
    assert channel.awg.commandtable.check_status()
    assert channel.awg.commandtable.load_from_device().as_dict() == table.as_dict()
    channel.awg.enable_sequencer(single=True)
    channel.awg.wait_done(timeout=10)
    assert channel.awg.userregs[5]() == 42
    assert channel.output.range() == 5


def test_a_table_that_is_no_table_is_told_by_its_status(session: Session) -> None:
    core = session.connect_device(DEVICES["HDAWG8"]).awgs[2]
    core.commandtable.data('{"header": {"version": "1.1"}, "table": [{"index": 5000}]}')
    with pytest.raises(RuntimeError, match="failed"):
        core.commandtable.check_status()


def test_a_program_that_waits_is_stopped(session: Session) -> None:
    core = session.connect_device(DEVICES["HDAWG8"]).awgs[3]
    core.load_sequencer_program("waitDigTrigger(1); playZero(1024);")
    core.enable_sequencer(single=True)
    with pytest.raises(TimeoutError):
        core.wait_done(timeout=0.3)
    assert core.sequencer.status() & 4
    core.enable(0, deep=True)
    assert core.sequencer.status() == 0


def test_waveforms_that_do_not_fit_are_refused(session: Session) -> None:
    core = session.connect_device(DEVICES["HDAWG8"]).awgs[0]
    core.load_sequencer_program(SHOT)
    waves = Waveforms()
    waves[0] = (np.zeros(4096), None)
    with pytest.raises(RuntimeError):
        core.write_to_waveform_memory(waves)


def test_results_are_streamed_to_those_who_subscribe(session: Session) -> None:
    core = session.connect_device(DEVICES["SHFSG8"]).sgchannels[4].awg
    core.load_sequencer_program("setUserReg(2, 17);")
    core.userregs[2](0)
    core.userregs[2].subscribe()
    core.enable_sequencer(single=True)
    core.wait_done(timeout=10)
    seen = polled_until(session, 17)
    core.userregs[2].unsubscribe()
    assert 17 in seen


def test_the_descriptors_are_the_compilers(session: Session) -> None:
    core = session.connect_device(DEVICES["SHFSG8"]).sgchannels[3].awg
    core.load_sequencer_program(SHOT)
    entries = json.loads(core.waveform.descriptors())["waveforms"]
    assert [entry["length"] for entry in entries][0::3] == ["64", "96"]
