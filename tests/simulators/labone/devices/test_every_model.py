"""Every model, by zhinst-toolkit and by zhinst-qcodes: what a user does with a device, step by step.

connect, set and get, load a program, waveforms, command table, enable, wait, poll, weights, result logger,
snapshot, Station; what a model has not, its driver has not either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import qcodes
from zhinst.qcodes import ZISession
from zhinst.toolkit import CommandTable, Session, SHFQAChannelMode, Waveforms

from tests.simulators.labone.devices.bench import LSB, gauss
from tests.simulators.labone.devices.polling import polled_until
from tests.simulators.labone.process import DEVICES, Served
from tests.snapshots import snapshot_values

CLIENTS = ("toolkit", "qcodes")
GENERATORS = ("HDAWG8", "HDAWG4", "SHFSG8", "SHFSG4", "SHFQC")
ANALYZERS = ("SHFQA4", "SHFQA2", "SHFQC")
WAVES = "wave a = placeholder(64); wave b = placeholder(64); assignWaveIndex(1, a, 2, b, 0); "
PLAYING = {
    "HDAWG8": f"{WAVES} repeat (3) {{ executeTableEntry(0); playZero(1008); }} setUserReg(5, 42);",
    "UHFQA": f"{WAVES} repeat (3) {{ playWave(1, a, 2, b); playZero(1008); }} setUserReg(5, 42);",
    "SHFQA4": "repeat (3) { playZero(4096); startQA(QA_GEN_0, QA_INT_0, true, 0, 0x0); } setUserReg(5, 42);",
}
"""By the first model of a family."""


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest, server: Served) -> Iterator[Any]:
    """A session of each client; its devices are let go afterwards."""
    name: str = request.param
    session = (
        Session(server.host, server.port)
        if name == "toolkit"
        else ZISession(server.host, server.port, new_session=True)
    )
    yield session
    qcodes.Instrument.close_all()


@pytest.mark.parametrize("model", DEVICES)
def test_what_users_do(model: str, client: Any) -> None:
    """One device from its connection to its results."""
    device = client.connect_device(DEVICES[model])
    connects_sets_and_gets(model, device)
    runs_a_program_with_waveforms_and_table(model, device)
    is_polled(model, device, client)
    weighs_and_logs(model, device)


def core_of(model: str, device: Any) -> Any:
    """The last sequencer of a device."""
    if model in ("HDAWG8", "HDAWG4", "UHFQA"):
        return device.awgs[len(device.awgs) - 1]
    if model.startswith("SHFQA"):
        return device.qachannels[len(device.qachannels) - 1].generator
    return device.sgchannels[len(device.sgchannels) - 1].awg


def family(model: str) -> str:
    """The first model of a family of sequencers."""
    return model if model == "UHFQA" else "SHFQA4" if model.startswith("SHFQA") else "HDAWG8"


def register(core: Any, number: int) -> Any:
    """A user register: in QCoDeS a parameter of a submodule."""
    node = core.userregs[number]
    return node if callable(node) else node.value


def connects_sets_and_gets(model: str, device: Any) -> None:
    """Ranges and switches of an output take what they are given."""
    assert device.device_type == model
    assert device.serial == DEVICES[model]
    device.check_compatibility()
    if model in ("HDAWG8", "HDAWG4", "UHFQA"):
        output, ranges = device.sigouts[1], (0.15, 1.5) if model == "UHFQA" else (0.6, 2.0)
    else:
        channels = device.qachannels if model.startswith("SHFQA") else device.sgchannels
        output, ranges = channels[1].output, (-10, 5)
    for volts in ranges:
        output.range(volts)
        assert output.range() == pytest.approx(volts)
        output.on(1)
        assert output.on() == 1
        output.on(0)
        assert output.on() == 0


def runs_a_program_with_waveforms_and_table(model: str, device: Any) -> None:
    """The program runs to its end: the register that it writes last can be read."""
    core = core_of(model, device)
    core.load_sequencer_program(PLAYING[family(model)])
    waves = Waveforms()
    shape = gauss(64, 0.9, 32, 8)
    waves[0] = shape * (0.8 + 0.5j) if family(model) == "SHFQA4" else (shape, -shape)
    core.write_to_waveform_memory(waves)
    back = core.read_from_waveform_memory()
    if family(model) == "SHFQA4":
        assert back[0][0] == pytest.approx(shape * (0.8 + 0.5j), abs=LSB)
    else:
        assert back[0][0] == pytest.approx(shape, abs=4 * LSB)
        assert back[0][1] == pytest.approx(-shape, abs=4 * LSB)
    if model in GENERATORS:
        table = CommandTable(core.commandtable.load_validation_schema())
        table.table[0].waveform.index = 0
        core.commandtable.upload_to_device(table)
        assert core.commandtable.check_status()
        assert core.commandtable.load_from_device().as_dict() == table.as_dict()
    else:
        assert "commandtable" not in dir(core)
    register(core, 5)(0)
    core.enable_sequencer(single=True)
    core.wait_done(timeout=10)
    assert register(core, 5)() == 42
    assert core.enable() == 0


def is_polled(model: str, device: Any, session: Any) -> None:
    """What the program writes while it runs arrives with its value."""
    core = core_of(model, device)
    core.load_sequencer_program("setUserReg(2, 17);")
    register(core, 2)(0)
    register(core, 2).subscribe()
    core.enable_sequencer(single=True)
    core.wait_done(timeout=10)
    seen = polled_until(session, 17)
    register(core, 2).unsubscribe()
    assert 17 in seen


def weighs_and_logs(model: str, device: Any) -> None:
    """What a cable brings back of a constant of 256 samples, weighted by ones; generators have no such thing."""
    if model == "UHFQA":
        assert _uhfqa_sums(device) == pytest.approx(np.full(3, 1.5 * 0.5 * 256), rel=1e-3)
    elif model in ANALYZERS:
        volts = np.sqrt(2 * 50 * 1e-3)
        assert _shfqa_sums(device.qachannels[len(device.qachannels) - 1]) == pytest.approx(
            np.full(3, volts * 0.5 * 256), rel=1e-4
        )
    else:
        assert not {"qachannels", "qas"} & set(dir(device))


def _shfqa_sums(channel: Any) -> Any:
    channel.configure_channel(center_frequency=5e9, input_range=0, output_range=0, mode=SHFQAChannelMode.READOUT)
    channel.input.on(1)
    channel.output.on(1)
    waves = Waveforms()
    waves[0] = np.full(256, 0.5 + 0j)
    channel.generator.write_to_waveform_memory(waves)
    channel.readout.write_integration_weights(weights={0: np.ones(256, complex)}, integration_delay=0.0)
    channel.generator.load_sequencer_program(PLAYING["SHFQA4"])
    channel.generator.configure_sequencer_triggering(aux_trigger="software_trigger0", play_pulse_delay=0.0)
    channel.readout.configure_result_logger(result_source="result_of_integration", result_length=3)
    channel.readout.run()
    channel.generator.enable_sequencer(single=True)
    found = channel.readout.read()[0]
    channel.output.on(0)
    return found


def _uhfqa_sums(device: Any) -> Any:
    core, unit = device.awgs[0], device.qas[0]
    device.sigouts[0].range(1.5)
    for switched in (device.sigouts[0].on, device.sigins[0].on):
        switched(1)
    core.load_sequencer_program(
        "wave a = placeholder(256); assignWaveIndex(1, a, 0);"
        "repeat (3) { playWave(1, a); startQA(QA_INT_ALL, true); playZero(4096); }"
    )
    waves = Waveforms()
    waves[0] = (np.full(256, 0.5), None)
    core.write_to_waveform_memory(waves)
    unit.integration.length(256)
    unit.integration.write_integration_weights({0: np.ones(256, complex)})
    for name, value in (("length", 3), ("averages", 1), ("source", 2), ("reset", 1), ("enable", 1)):
        getattr(unit.result, name)(value)
    core.enable_sequencer(single=True)
    core.wait_done(timeout=10)
    device.sigouts[0].on(0)
    assert unit.result.acquired() == 3
    return np.asarray(unit.result.data[0].wave()).real


def test_snapshot_and_station(server: Served) -> None:
    """Every model in one Station of QCoDeS: its snapshot holds what was set."""
    session = ZISession(server.host, server.port, new_session=True)
    station = qcodes.Station()
    try:
        for model, serial in DEVICES.items():
            device = session.connect_device(serial)
            register(core_of(model, device), 7)(100 + len(station.components))
            station.add_component(device)
        snapshot = station.snapshot(update=False)["instruments"]
        assert len(snapshot) == len(DEVICES)
        for number, serial in enumerate(DEVICES.values()):
            (name,) = [name for name in snapshot if serial in name]
            assert 100 + number in list(snapshot_values(snapshot[name]))
    finally:
        qcodes.Instrument.close_all()
