"""zhinst-qcodes, unmodified: a session, drivers of every model, snapshots and a Station."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import qcodes

from tests.simulators.labone.process import DEVICES, Served
from tests.simulators.labone.vendor import qcodes_drivers

DRIVERS = {
    "HDAWG8": qcodes_drivers.HDAWG,
    "HDAWG4": qcodes_drivers.HDAWG,
    "SHFSG8": qcodes_drivers.SHFSG,
    "SHFSG4": qcodes_drivers.SHFSG,
    "SHFQA4": qcodes_drivers.SHFQA,
    "SHFQA2": qcodes_drivers.SHFQA,
    "SHFQC": qcodes_drivers.SHFQC,
    "UHFQA": qcodes_drivers.UHFQA,
}


@pytest.fixture(autouse=True)
def closed_instruments() -> Iterator[None]:
    yield
    qcodes.Instrument.close_all()


@pytest.mark.parametrize("model", DEVICES)
def test_a_driver_of_its_own_connects_sets_and_gets(server: Served, model: str) -> None:
    device = DRIVERS[model](DEVICES[model], server.host, server.port, name=f"device_{model}", new_session=True)
    assert device.device_type == model
    device.check_compatibility()
    output = device.sigouts[0].on if model in ("HDAWG8", "HDAWG4", "UHFQA") else _channel(device, model).output.on
    output(1)
    assert output() == 1
    output(0)
    assert output() == 0


def _channel(device: object, model: str) -> object:
    return device.qachannels[0] if model.startswith("SHFQA") else device.sgchannels[0]


def test_a_session_hands_out_the_drivers(server: Served) -> None:
    session = qcodes_drivers.ZISession(server.host, server.port, new_session=True)
    device = session.connect_device(DEVICES["SHFQC"])
    assert type(device).__name__ == "SHFQC"
    device.sgchannels[1].oscs[2].freq(12.5e6)
    assert device.sgchannels[1].oscs[2].freq() == 12.5e6
    device.qachannels[0].input.range(-10)
    assert device.qachannels[0].input.range() == -10


def test_a_snapshot_holds_what_was_set(server: Served) -> None:
    session = qcodes_drivers.ZISession(server.host, server.port, new_session=True)
    device = session.connect_device(DEVICES["HDAWG4"])
    device.oscs[0].freq(33e6)
    snapshot = device.snapshot(update=True)
    channel, *_ = snapshot["submodules"]["oscs"]["channels"].values()
    assert channel["parameters"]["freq"]["value"] == 33e6


def test_a_station_takes_the_devices(server: Served) -> None:
    session = qcodes_drivers.ZISession(server.host, server.port, new_session=True)
    station = qcodes.Station()
    for model in ("HDAWG8", "UHFQA"):
        station.add_component(session.connect_device(DEVICES[model]))
    instruments = station.snapshot()["instruments"]
    assert len(instruments) == len(station.components) == 2
