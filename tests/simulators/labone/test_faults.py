"""Faults on request, as the vendor's clients meet them: named errors, and no hang."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.simulators.labone.process import DEVICES, Served, serving
from tests.simulators.labone.vendor import CoreError, DeviceInUseError, Session, ToolkitError, ziDAQServer

HDAWG = DEVICES["HDAWG8"]
UHFQA = DEVICES["UHFQA"]
PATH = f"/{HDAWG}/oscs/0/freq"


@pytest.fixture(autouse=True)
def good_behaviour(server: Served) -> Iterator[None]:
    yield
    assert server.control(fault="none") == {"ok": True}


@pytest.fixture
def daq(server: Served) -> Iterator[ziDAQServer]:
    client = ziDAQServer(server.host, server.port, 6)
    client.connectDevice(HDAWG, "1GbE")
    yield client
    client.disconnect()


def test_a_delay_holds_every_answer(server: Served, daq: ziDAQServer) -> None:
    server.control(fault="delay", seconds=0.2)
    began = time.monotonic()
    daq.setDouble(PATH, 1.0)
    assert daq.getDouble(PATH) == 1.0
    assert time.monotonic() - began >= 0.4


def test_refused_connections_are_an_error(server: Served) -> None:
    server.control(fault="refuse")
    with pytest.raises(RuntimeError):
        ziDAQServer(server.host, server.port, 6)
    server.control(fault="refuse", on=False)
    ziDAQServer(server.host, server.port, 6).disconnect()


def test_a_dropped_connection_is_an_error_or_made_again(server: Served, daq: ziDAQServer) -> None:
    daq.setDouble(PATH, 2.0)
    server.control(fault="drop")
    again = ziDAQServer(server.host, server.port, 6)
    again.connectDevice(HDAWG, "1GbE")
    assert again.getDouble(PATH) == 2.0
    again.disconnect()


def test_a_device_that_another_server_has_is_in_use(server: Served) -> None:
    server.control(fault="in-use", device=UHFQA)
    daq = ziDAQServer(server.host, server.port, 6)
    with pytest.raises(DeviceInUseError, match=f"{UHFQA} is in use"):
        daq.connectDevice(UHFQA, "1GbE")
    assert json.loads(daq.getString("/zi/devices"))[UHFQA.upper()]["AVAILABLE"] == 0
    server.control(fault="in-use", device=UHFQA, on=False)
    daq.connectDevice(UHFQA, "1GbE")
    daq.disconnect()


def test_another_firmware_is_told_by_the_compatibility_check(server: Served) -> None:
    server.control(fault="firmware", device=HDAWG)
    session = Session(server.host, server.port)
    with pytest.raises(ToolkitError, match="Firmware does not match"):
        session.connect_device(HDAWG).check_compatibility()
    session.daq_server.disconnect()


def test_another_version_of_the_server_is_refused_by_the_client() -> None:
    with serving("--device=dev8123:HDAWG8", "--labone-version", "23.02.0.1") as old:
        with pytest.raises(CoreError, match="Version mismatch detected"):
            ziDAQServer(old.host, old.port, 6)
        daq = ziDAQServer(old.host, old.port, 6, allow_version_mismatch=True)
        assert daq.getString("/zi/about/fullversion") == "23.02.0.1"
        daq.disconnect()


def test_a_device_that_needs_another_firmware_cannot_be_connected(server: Served) -> None:
    server.control(fault="firmware", device=UHFQA, needed=True)
    daq = ziDAQServer(server.host, server.port, 6)
    with pytest.raises(CoreError, match=f"{UHFQA} needs another firmware"):
        daq.connectDevice(UHFQA, "1GbE")
    daq.disconnect()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"fault": "earthquake"}', "earthquake"),
        ('{"fault": "delay"}', "seconds"),
        ('{"fault": "delay", "seconds": -1}', "greater than or equal to 0"),
        ('{"fault": "drop", "hard": true}', "hard"),
        ('{"fault": "stall", "device": "dev0"}', "'dev0' is not here"),
        ("no json", "Invalid JSON"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_explained(server: Served, line: str, error: str) -> None:
    answer = server.control_line(line)
    assert not answer["ok"]
    assert error in answer["error"]


def test_a_server_that_is_killed_and_started_again_serves_again() -> None:
    with serving("--device", "dev8123:HDAWG8") as first:
        daq = ziDAQServer(first.host, first.port, 6)
        daq.connectDevice("dev8123", "1GbE")
        daq.setDouble("/dev8123/oscs/0/freq", 3.0)
        first.process.kill()
        first.process.wait()
        began = time.monotonic()
        with pytest.raises((CoreError, RuntimeError)):
            daq.getDouble("/dev8123/oscs/0/freq")
        assert time.monotonic() - began < 5
    with serving("--device", "dev8123:HDAWG8", "--port", str(first.port)) as second:
        daq = ziDAQServer(second.host, second.port, 6)
        daq.connectDevice("dev8123", "1GbE")
        assert daq.getDouble("/dev8123/oscs/0/freq") == 0.0
        daq.disconnect()
